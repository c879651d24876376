"""One training step of the user's model, at any rate."""

import inspect
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from lrdiag.errors import UntestableError
from lrdiag.finder.batches import Batches
from lrdiag.finder.losses import LossOf

MOST_SKIPPED = 40  # steps in a row that a scaler may skip: its scale then fell by 2**40


class Stepper:
    """Takes training steps.

    Args:
        loss_of: From a batch to its loss.
        optimizers: All step in every step, each at its share of the rate.
        batches: What to train on.
        parameters: Of the model and of all optimizers: what has gradients.
        scaler: Scales the loss of a float16 training.
        autocast: The dtype of mixed precision; None for none.
        accumulate: Batches a step.
        clip_norm: The norm to which the gradient is clipped; None for no clipping.
    """

    def __init__(
        self,
        loss_of: LossOf,
        optimizers: Sequence[torch.optim.Optimizer],
        batches: Batches,
        *,
        parameters: Sequence[nn.Parameter],
        scaler: Any | None = None,  # noqa: ANN401 - a GradScaler of any device
        autocast: torch.dtype | None = None,
        accumulate: int = 1,
        clip_norm: float | None = None,
    ) -> None:
        for optimizer in optimizers:
            _check(optimizer)
        self._loss_of, self._batches = loss_of, batches
        self._optimizers = tuple(optimizers)
        self._groups = [group for one in optimizers for group in one.param_groups]
        self._parameters = tuple(parameters)
        self._scaler = scaler if scaler is not None and scaler.is_enabled() else None
        self._autocast, self._accumulate, self._clip = autocast, accumulate, clip_norm
        self._device = parameters[0].device.type if parameters else "cpu"
        self.ratios = _ratios(self._groups)
        """The rate of each group by the highest."""

    @property
    def batches_a_step(self) -> int:
        """How many batches one step takes."""
        return self._accumulate

    def batches_at(self, index: int) -> list[Any]:
        """Return the batches of a step."""
        return self._batches.take(index * self._accumulate, self._accumulate)

    def loss(self, batch: Any) -> Tensor:  # noqa: ANN401 - the user's batch
        """Return the loss of a batch as the training sees it, with its graph."""
        if self._autocast is None:
            return self._loss_of(batch)
        with torch.autocast(self._device, dtype=self._autocast):
            return self._loss_of(batch)

    def draw(self, steps: int) -> None:
        """Draw the batches of so many steps beforehand."""
        self._batches.draw(steps * self._accumulate)

    def set_rate(self, lr: float) -> None:
        """Give every parameter group its share of a rate."""
        for group, ratio in zip(self._groups, self.ratios, strict=True):
            if isinstance(group["lr"], Tensor):
                group["lr"].fill_(lr * ratio)
            else:
                group["lr"] = lr * ratio

    def step(self, lr: float, index: int) -> Tensor:
        """Take a step on the batches of that place, and return the loss before it.

        A step that the scaler skips, for its scale is still too high, is taken again: it
        changed nothing.
        """
        for _ in range(MOST_SKIPPED):
            loss, skipped = self._try_step(lr, index)
            if not skipped:
                break
        return loss

    def gradients(self, index: int, *, scaled: bool = True) -> Tensor:
        """Leave the gradients of the batches of that place in ``.grad``; return the loss.

        Args:
            index: The place of the step.
            scaled: Whether the scaler, if any, scales them, as before a step.
        """
        scaler = self._scaler if scaled else None
        for parameter in self._parameters:
            parameter.grad = None
        total: Tensor | None = None
        for batch in self.batches_at(index):
            loss = self.loss(batch)
            if self._accumulate > 1:
                loss = loss / self._accumulate
            if not loss.requires_grad:
                raise UntestableError(
                    "The loss does not depend on any parameter.",
                    hint="Compute it with torch, without detach() or no_grad().",
                )
            torch.autograd.backward(loss if scaler is None else scaler.scale(loss))
            total = loss.detach() if total is None else total + loss.detach()
        assert total is not None
        return total

    def _try_step(self, lr: float, index: int) -> tuple[Tensor, bool]:
        self.set_rate(lr)
        loss = self.gradients(index)
        scaler = self._scaler
        if scaler is None:
            if self._clip is not None:
                nn.utils.clip_grad_norm_(self._parameters, self._clip)
            for optimizer in self._optimizers:
                optimizer.step()
            return loss, False
        for optimizer in self._optimizers:
            if self._clip is not None:
                scaler.unscale_(optimizer)
                nn.utils.clip_grad_norm_(self._parameters, self._clip)
            scaler.step(optimizer)
        before = scaler.get_scale()
        scaler.update()
        return loss, scaler.get_scale() < before


def _check(optimizer: torch.optim.Optimizer) -> None:
    name = type(optimizer).__name__
    closure = inspect.signature(optimizer.step).parameters.get("closure")
    needs = closure is not None and closure.default is inspect.Parameter.empty
    if needs or isinstance(optimizer, torch.optim.LBFGS):
        raise UntestableError(
            f"{name} steps by a closure, several times a step; no range test can follow that.",
            hint="Find the rate of the optimizer it wraps, or search line by line: LBFGS has "
            "line_search_fn='strong_wolfe'.",
        )
    if any("lr" not in group for group in optimizer.param_groups):
        raise UntestableError(
            f"{name} has parameter groups without a rate.", hint="There is nothing to find."
        )


def _ratios(groups: Sequence[dict[str, Any]]) -> tuple[float, ...]:
    """Return the rate of each group by the highest, also where a warmup stands at 0."""
    rates = [float(group["lr"]) for group in groups]
    if max(rates) <= 0.0:
        rates = [float(group.get("initial_lr", 0.0)) for group in groups]
    highest = max(rates)
    return tuple(one / highest if highest > 0.0 else 1.0 for one in rates)
