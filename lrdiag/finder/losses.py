"""From a batch to its loss, whatever the batch, the model and its output look like."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from lrdiag.errors import UntestableError
from lrdiag.finder.batches import move

LossOf = Callable[[Any], Tensor]
"""From a batch, as the loader gave it, to a scalar."""

TARGETS = ("target", "targets", "label", "labels", "y")  # what a dict calls its target


def make_loss(
    model: nn.Module,
    loss: Callable[[Any, Any], Tensor] | None,
    step: Callable[[nn.Module, Any], Any] | None,
) -> LossOf:
    """Return how the loss of a batch is computed.

    Args:
        model: The model.
        loss: From the output and the target to a scalar. A batch is then (inputs, target),
            (input, another, …, target), a dict with the target under one of ``TARGETS``, or one
            tensor that is its own target.
        step: From the model and the batch to a scalar; it moves the batch to the device itself.
            Without ``loss`` and ``step`` the model is given the whole batch and its output
            holds the loss, as models of Hugging Face do.
    """
    device = _device(model)

    def by_step(batch: Any) -> Tensor:  # noqa: ANN401
        assert step is not None
        return _scalar(step(model, batch))

    def by_loss(batch: Any) -> Tensor:  # noqa: ANN401
        assert loss is not None
        inputs, target = _split(move(batch, device))
        return _scalar(loss(_call(model, inputs), target))

    def by_model(batch: Any) -> Tensor:  # noqa: ANN401
        return _scalar(_call(model, move(batch, device)))

    return by_step if step is not None else by_loss if loss is not None else by_model


def _device(model: nn.Module) -> torch.device:
    first = next(model.parameters(), None)
    return first.device if first is not None else torch.device("cpu")


def _split(batch: Any) -> tuple[Any, Any]:  # noqa: ANN401
    if isinstance(batch, Mapping):
        name = next((one for one in TARGETS if one in batch), None)
        if name is None:
            raise UntestableError(
                f"A batch holds {', '.join(map(str, batch))}; which is the target cannot be told.",
                hint=f"Call it one of {', '.join(TARGETS)}, or give step=lambda model, batch: …",
            )
        return {key: one for key, one in batch.items() if key != name}, batch[name]
    if isinstance(batch, tuple | list):
        if len(batch) == 1:
            return batch[0], batch[0]
        inputs = batch[0] if len(batch) == 2 else tuple(batch[:-1])
        return inputs, batch[-1]
    return batch, batch


def _call(model: nn.Module, inputs: Any) -> Any:  # noqa: ANN401
    if isinstance(inputs, Mapping):
        return model(**inputs)
    if isinstance(inputs, tuple | list):
        return model(*inputs)
    return model(inputs)


def _scalar(value: Any) -> Tensor:  # noqa: ANN401
    """Return the loss that a callable gave, alone or within an output."""
    if not isinstance(value, Tensor):
        if isinstance(value, Mapping) and "loss" in value:
            value = value["loss"]
        elif getattr(value, "loss", None) is not None:
            value = value.loss
        elif isinstance(value, tuple | list) and value:
            value = value[0]
    if not isinstance(value, Tensor):
        raise UntestableError(
            f"A {type(value).__name__} is no loss.",
            hint="loss and step return a tensor with one number, of which gradients are taken.",
        )
    if value.numel() != 1:
        raise UntestableError(
            f"The loss has {value.numel():,} numbers, of shape {tuple(value.shape)}.",
            hint="Reduce it to one: its mean over the batch.",
        )
    return value.reshape(())
