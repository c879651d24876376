"""What a range test trains: a model with all that a training step needs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from lrdiag.errors import InvalidSpecError, UntestableError
from lrdiag.finder.losses import LossOf, make_loss
from lrdiag.training.trainee import Trainee

Loss = Callable[[Any, Any], Tensor]
Step = Callable[[nn.Module, Any], Any]


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """A model, its optimizers and its batches.

    Attributes:
        model: On its device.
        optimizers: All of them step in every step.
        batches: Anything to go through.
        loss: From the model's output and the target to a scalar.
        step: From the model and a batch to a scalar, instead of ``loss``.
        scaler: A GradScaler; None for none.
        autocast: The dtype of mixed precision; None for none.
        accumulate: Batches a step.
        clip_norm: The norm to which the gradient is clipped; None for no clipping.
        modules: Other modules that a step changes, such as a loss with parameters.
        examples: Examples, or tokens, in a batch; counted where None.
        starts: The weights of other seeds, as ``state_dict`` gives them.
        notes: What was assumed, for the user.
    """

    model: nn.Module
    optimizers: tuple[torch.optim.Optimizer, ...]
    batches: Iterable[Any]
    loss: Loss | None = None
    step: Step | None = None
    scaler: Any | None = None
    autocast: torch.dtype | None = None
    accumulate: int = 1
    clip_norm: float | None = None
    modules: tuple[nn.Module, ...] = ()
    examples: int | None = None
    starts: Sequence[Mapping[str, Tensor]] = ()
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if self.loss is not None and self.step is not None:
            raise InvalidSpecError("Both loss and step are given.", hint="Give one of them.")
        if not self.optimizers:
            raise InvalidSpecError("There is no optimizer.", hint="Give the one you train with.")
        if self.accumulate < 1:
            raise InvalidSpecError("accumulate counts batches a step: 1 or more.")
        if any(map(torch.nn.parameter.is_lazy, self.model.parameters())):
            raise UntestableError(
                "The model has lazy layers that have not seen data yet.",
                hint="Run one batch through the model first.",
            )
        if not any(one.requires_grad for one in self.parameters):
            raise UntestableError(
                "No parameter of the model is trained.", hint="Check requires_grad."
            )

    @classmethod
    def of(cls, trainee: Trainee) -> Self:
        """Take what a task built."""
        return cls(
            model=trainee.model,
            optimizers=(trainee.optimizer,),
            batches=trainee.batches,
            loss=trainee.loss,
            step=trainee.step,
            scaler=trainee.scaler,
            autocast=trainee.autocast,
            examples=trainee.examples,
            notes=trainee.notes,
        )

    @property
    def all_modules(self) -> tuple[nn.Module, ...]:
        """The model, and the loss and the step where they are modules, and all others given."""
        callables = (
            self.loss,
            self.step,
            *(getattr(one, "__self__", None) for one in (self.loss, self.step)),
        )
        more = [one for one in callables if isinstance(one, nn.Module)]
        return (self.model, *more, *self.modules)

    @property
    def parameters(self) -> tuple[nn.Parameter, ...]:
        """Every parameter that is trained, once."""
        found: dict[int, nn.Parameter] = {}
        for module in self.all_modules:
            found |= {id(one): one for one in module.parameters()}
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                found |= {id(one): one for one in group["params"]}
        return tuple(one for one in found.values() if one.requires_grad)

    @property
    def device(self) -> torch.device:
        """Where the model is."""
        return self.parameters[0].device

    @property
    def distributed(self) -> bool:
        """Whether several processes train the model together."""
        return any(isinstance(one, DistributedDataParallel) for one in self.model.modules())

    @property
    def loss_of(self) -> LossOf:
        """From a batch to its loss."""
        return make_loss(self.model, self.loss, self.step)

    @property
    def optimizer_names(self) -> str:
        """The optimizers' classes, as in "SGD" or "Adam, SGD"."""
        return ", ".join(dict.fromkeys(type(one).__name__ for one in self.optimizers))
