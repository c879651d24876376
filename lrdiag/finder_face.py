"""The Python face of the finder: test the rates of one's own model, and see the curve."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self, TypedDict, Unpack

from lrdiag import finder as record
from lrdiag.errors import UntestableError
from lrdiag.finder import Watch
from lrdiag.wording import say_rate

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from lrdiag.finder.subject import Loss, Step


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RangeTestResult(record.RangeTestResult):
    """What a range test brought back, with ways to see it."""

    @classmethod
    def of(cls, one: record.RangeTestResult) -> Self:
        """Dress a bare result."""
        return cls(**{field.name: getattr(one, field.name) for field in fields(one)})

    def __str__(self) -> str:
        found = self.suggestion
        if found is None:
            return " ".join(["No rate can be suggested.", *self.warnings])
        low, high = say_rate(found.low, 2), say_rate(found.high, 2)
        return f"{say_rate(found.lr, 2)} ({low} to {high}). {found.reason}"

    def __repr__(self) -> str:
        return f"<RangeTestResult: {self}>"


class How(TypedDict, total=False):
    """How to test, beyond the model, its optimizer and its batches; see ``range_test``."""

    loss: "Loss | None"
    step: "Step | None"
    lr_min: float
    lr_max: float
    steps: int
    diverge_threshold: float
    scaler: Any
    autocast: "torch.dtype | None"
    accumulate: int
    clip_norm: float | None
    modules: "Sequence[nn.Module]"
    starts: "Sequence[Mapping[str, Tensor]]"
    watch: Watch | None


OPTIONS = ("lr_min", "lr_max", "steps", "diverge_threshold")


def range_test(
    model: "nn.Module",
    optimizer: "torch.optim.Optimizer | Sequence[torch.optim.Optimizer]",
    batches: Iterable[Any],
    **how: Unpack[How],
) -> RangeTestResult:
    """Find a learning rate in about 300 training steps and leave everything as it was.

    A sweep of ``steps`` steps with a growing rate draws the classical curve; four or five short
    trainings at constant rates, each from the same weights on the same batches, give the number.
    Parameters, buffers, optimizers, scaler, gradients, flags and random generators are put back
    bit for bit, also after an exception. An iterator that cannot begin anew loses its batches.

    Args:
        model: The model, untrained or within its training.
        optimizer: The one it is trained with, or several that step together. Their parameter
            groups keep the ratios of their rates.
        batches: A loader, a list or a generator of (input, target), (input, another, target),
            a dict with the target as "target" or "label", or one tensor that is its own target.
        **how: Any of the following by name.

    Keyword Args:
        loss: From the model's output and the target to a scalar tensor.
        step: From the model and the batch to a scalar, instead of ``loss``; it moves the batch to
            the device. Without both the model takes the whole batch and returns the loss, as
            models of Hugging Face do.
        lr_min: The lowest rate that is tried.
        lr_max: The highest.
        steps: Of the sweep; 0 leaves it out.
        diverge_threshold: The sweep ends when the smooth loss is above so many times its best.
        scaler: The GradScaler of the training; a step that it skips does not advance the sweep.
        autocast: The dtype of mixed precision.
        accumulate: Batches a step.
        clip_norm: The norm to which the training clips the gradient.
        modules: Other modules that ``step`` changes.
        starts: ``state_dict()`` of the model from other seeds: the curve gets a band.
        watch: Is told the progress some times a second; what it raises ends the test.

    Raises:
        InvalidSpecError: An argument makes no sense.
        UntestableError: The model, the data or the optimizer cannot be tested, such as LBFGS.
        OutOfMemoryError: A step does not fit the device.
    """
    return _find(model, optimizer, batches, how, confirm=False)


def find_lr(
    model: "nn.Module",
    optimizer: "torch.optim.Optimizer | Sequence[torch.optim.Optimizer]",
    batches: Iterable[Any],
    **how: Unpack[How],
) -> RangeTestResult:
    """Find a learning rate in about 1,100 training steps: a range test, confirmed.

    After the range test, trainings of 100 steps climb from its answer, on its batches and then
    on fresh ones; of 600 steps where the loss stays on a plateau. The result holds them all.

    Args:
        model: As ``range_test`` takes it.
        optimizer: Likewise.
        batches: Likewise.
        **how: Every other argument of ``range_test``.

    Raises:
        LrdiagError: As ``range_test`` does.
    """
    return _find(model, optimizer, batches, how, confirm=True)


def _find(
    model: "nn.Module",
    optimizer: "torch.optim.Optimizer | Sequence[torch.optim.Optimizer]",
    batches: Iterable[Any],
    how: How,
    *,
    confirm: bool,
) -> RangeTestResult:
    try:
        from torch.optim import Optimizer
    except ModuleNotFoundError:
        raise UntestableError(
            "A range test trains, and torch is not installed.",
            hint="pip install 'lrdiag[torch]'",
        ) from None
    from lrdiag.finder.engine import Options, find_rate
    from lrdiag.finder.subject import Subject

    optimizers = (optimizer,) if isinstance(optimizer, Optimizer) else tuple(optimizer)
    given: dict[str, Any] = {**how}
    watch = given.pop("watch", None)
    options = {name: given.pop(name) for name in OPTIONS if name in given}
    given |= {name: tuple(given[name]) for name in ("modules", "starts") if name in given}
    subject = Subject(model, optimizers, batches, **given)
    return RangeTestResult.of(find_rate(subject, Options(**options, confirm=confirm), watch=watch))
