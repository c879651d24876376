"""The built model with all that the engine needs to train it, and no more."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Trainee:
    """A model on its device, its optimizer and its batches.

    Exactly one of ``loss`` and ``step`` is given.

    Attributes:
        model: The module, in training mode, on the device that was asked for.
        optimizer: Holds the model's parameters; its rate is the optimizer's usual one and is
            replaced by whoever trains.
        batches: (inputs, target) on the CPU. Going through them again begins again with the
            first batch; the same seed gives the same batches. They may end or go on for ever.
        loss: From the model's output and the target to a scalar.
        step: From the model and a batch to a scalar, where the two above do not suffice; moves
            the batch to the device itself.
        scaler: Scales the loss of a float16 training; None otherwise.
        autocast: The dtype of a mixed-precision training; None for float32.
        examples: Examples (or tokens) in a batch.
        notes: What was assumed or left out of a user's data, one sentence each, for the user.
    """

    model: "torch.nn.Module"
    optimizer: "torch.optim.Optimizer"
    batches: Iterable[Any]
    loss: "Callable[[Any, Any], Tensor] | None" = None
    step: "Callable[[torch.nn.Module, Any], Tensor] | None" = None
    scaler: "torch.amp.GradScaler | None" = None
    autocast: "torch.dtype | None" = None
    examples: int | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.loss is None) == (self.step is None):
            raise ValueError("A trainee has either a loss or a step.")
