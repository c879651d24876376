"""The user's batches, in any form: held so that every training sees the same ones."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import torch
from torch import Tensor

from lrdiag.errors import UntestableError

HELD_BYTES = 1 << 29  # of batches in memory; beyond, those held are gone through again


class Batches:
    """Batches by index, drawn when first asked for.

    Args:
        source: Anything to go through: a loader, a list, a generator.
        limit: How many bytes of batches to hold.
    """

    def __init__(self, source: Iterable[Any], limit: int = HELD_BYTES) -> None:
        if not isinstance(source, Iterable) and not hasattr(source, "__getitem__"):
            raise UntestableError(
                f"A {type(source).__name__} gives no batches.",
                hint="Give a DataLoader, a list of batches or a generator.",
            )
        self._source = source
        self._iterator: Iterator[Any] | None = None  # to begin may draw random numbers
        self._once = isinstance(source, Iterator)
        self._limit = limit
        self._held: list[Any] = []
        self._bytes = 0
        self._full = False
        self.repeats = False
        """Whether batches had to be gone through again."""

    @property
    def consumed(self) -> int:
        """How many batches a caller's own iterator lost to the test; 0 for one that rewinds."""
        return len(self._held) if self._once else 0

    def draw(self, count: int) -> None:
        """Draw so many batches beforehand, that later the source touches no generator."""
        while len(self._held) < count and not self._full:
            self._draw_one()

    def __getitem__(self, index: int) -> Any:  # noqa: ANN401 - the user's batch
        self.draw(index + 1)
        if index >= len(self._held):
            self.repeats = True
        return self._held[index % len(self._held)]

    def take(self, first: int, count: int) -> list[Any]:
        """Return some batches in a row."""
        return [self[first + k] for k in range(count)]

    def _draw_one(self) -> None:
        if self._iterator is None:
            self._iterator = iter(self._source)
        batch = next(self._iterator, self)
        if batch is self and not self._once and self._held:
            self._iterator = iter(self._source)  # another epoch, perhaps in another order
            batch = next(self._iterator, self)
        if batch is self:
            if not self._held:
                raise UntestableError("There are no batches.", hint="Check the data.")
            self._full = True
            return
        self._held.append(batch)
        self._bytes += sum(one.numel() * one.element_size() for one in tensors_of(batch))
        self._full = self._bytes > self._limit


def tensors_of(batch: object) -> list[Tensor]:
    """Return every tensor of a batch, in order."""
    if isinstance(batch, Tensor):
        return [batch]
    if isinstance(batch, Mapping):
        return [one for value in batch.values() for one in tensors_of(value)]
    if isinstance(batch, tuple | list):
        return [one for value in batch for one in tensors_of(value)]
    return []


def move(batch: Any, device: torch.device) -> Any:  # noqa: ANN401 - as it came
    """Move every tensor of a batch to a device and keep its form."""
    if isinstance(batch, Tensor):
        return batch.to(device, non_blocking=True)
    if isinstance(batch, dict):
        return {key: move(one, device) for key, one in batch.items()}
    if isinstance(batch, tuple) and hasattr(batch, "_fields"):
        return type(batch)(*(move(one, device) for one in batch))
    if isinstance(batch, tuple | list):
        return type(batch)(move(one, device) for one in batch)
    return batch.to(device) if hasattr(batch, "to") else batch


def count_examples(batch: object) -> int:
    """Return how many examples, or tokens of whole-number targets, a batch holds; at least 1."""
    found = tensors_of(batch)
    if not found:
        return 1
    target = found[-1]
    if isinstance(batch, Mapping) and isinstance(batch.get("labels"), Tensor):
        target = batch["labels"]
    whole = not (target.is_floating_point() or target.is_complex())
    return max(1, target.numel() if whole else len(target) if target.ndim else 1)


def generators_of(source: object) -> list[torch.Generator]:
    """Return the generators that a loader and its samplers draw from."""
    found: list[torch.Generator] = []
    seen = [source, getattr(source, "sampler", None), getattr(source, "batch_sampler", None)]
    seen.append(getattr(seen[2], "sampler", None))
    for one in islice(seen, 4):
        generator = getattr(one, "generator", None)
        if isinstance(generator, torch.Generator) and all(generator is not k for k in found):
            found.append(generator)
    return found
