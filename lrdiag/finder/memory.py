"""When a step does not fit the device: say so, and which batch would."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from lrdiag.errors import OutOfMemoryError
from lrdiag.finder.batches import Batches, tensors_of
from lrdiag.finder.subject import Subject

CPU_WORDS = ("can't allocate memory", "not enough memory")


@contextmanager
def explained(subject: Subject, batches: Batches) -> Iterator[None]:
    """Turn what torch raises when memory runs out into an error that says what would fit."""
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
        if not _is_full(error):
            raise
        told = str(error).split(".")[0]
    else:
        return
    # Out of the handler, that the failed step's tensors are no longer held by its traceback.
    size = _rows(batches[0])
    raise OutOfMemoryError(
        f"A step on {size:,} rows does not fit the memory of {subject.device}: {told}.",
        hint=_hint(_fitting(subject, batches[0], size)),
    )


def _is_full(error: BaseException) -> bool:
    full = isinstance(error, torch.OutOfMemoryError | MemoryError)
    return full or any(words in str(error) for words in CPU_WORDS)


def _hint(size: int) -> str:
    if size == 0:
        return "Not even one row fits: take a smaller model, lower precision or another device."
    return f"A batch of {size:,} fits; accumulate gradients over more of them to make up for it."


def _fitting(subject: Subject, batch: Any, size: int) -> int:  # noqa: ANN401
    """Return the largest of size / 2, size / 4, … whose gradients fit; 0 if none."""
    loss_of = subject.loss_of
    while (size := size // 2) > 0:
        if subject.device.type == "cuda":
            torch.cuda.empty_cache()
        try:
            torch.autograd.backward(loss_of(_first_rows(batch, size)))
        except (torch.OutOfMemoryError, MemoryError, RuntimeError):
            continue
        finally:
            for parameter in subject.parameters:
                parameter.grad = None
        return size
    return 0


def _rows(batch: Any) -> int:  # noqa: ANN401
    found = tensors_of(batch)
    return len(found[0]) if found and found[0].ndim else 1


def _first_rows(batch: Any, count: int) -> Any:  # noqa: ANN401
    if isinstance(batch, Tensor):
        return batch[:count] if batch.ndim else batch
    if isinstance(batch, dict):
        return {key: _first_rows(one, count) for key, one in batch.items()}
    if isinstance(batch, tuple | list):
        return type(batch)(_first_rows(one, count) for one in batch)
    return batch
