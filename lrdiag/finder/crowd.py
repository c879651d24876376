"""Many copies of a model trained at once: other rates, other starts, the same batches.

``torch.func`` computes the gradients of all copies in one pass. A GPU, or a small model on a
CPU, takes hardly longer for ten copies than for one. Nothing of the model itself changes.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad_and_value, vmap

from lrdiag.errors import LrdiagError
from lrdiag.finder.updates import Slots, Update, find_update

Tensors = dict[str, Tensor]


class CrowdError(LrdiagError):
    """A model whose copies cannot be trained at once; the message says why."""


class _Whole(nn.Module):
    """All modules of a training with the loss as their output, as ``functional_call`` wants it."""

    def __init__(self, modules: Sequence[nn.Module], loss_of: Callable[[Any], Tensor]) -> None:
        super().__init__()
        self.parts = nn.ModuleList(modules)
        self._loss_of = loss_of

    def forward(self, batch: Any) -> Tensor:  # noqa: ANN401 - the user's batch
        return self._loss_of(batch)


class Crowd:
    """Copies of a model, each with its weights, buffers and optimizer state.

    Args:
        modules: The model and whatever else holds parameters; they stay as they are.
        loss_of: From a batch to a scalar, through those modules.
        optimizers: Their groups and state are where each copy starts.
        ratios: The rate of each group by the copy's rate.
        size: How many copies.
        starts: The weights of each copy, as ``state_dict`` of the first module; those it has
            where None.
        clip_norm: The norm to which each copy's gradient is clipped; None for no clipping.

    Raises:
        CrowdError: An optimizer is not known here, or has hooks.
    """

    def __init__(
        self,
        modules: Sequence[nn.Module],
        loss_of: Callable[[Any], Tensor],
        optimizers: Sequence[torch.optim.Optimizer],
        ratios: Sequence[float],
        size: int,
        *,
        starts: Sequence[Mapping[str, Tensor]] | None = None,
        clip_norm: float | None = None,
    ) -> None:
        self._whole = _Whole(modules, loss_of)
        self._clip, self.size = clip_norm, size
        parameters = dict(self._whole.named_parameters())
        self._rules = _rules(parameters, optimizers, ratios)
        trained = {name: one for name, one in parameters.items() if name in self._rules}
        fixed: Tensors = {n: one for n, one in parameters.items() if n not in self._rules}
        fixed |= self._whole.named_buffers()
        self.weights = {name: _copies(one, size) for name, one in trained.items()}
        self.others = {name: _copies(one, size) for name, one in fixed.items()}
        for k, start in enumerate(starts or ()):
            self._begin(k, start)
        states = {name: _state_of(one, optimizers) for name, one in trained.items()}
        self._slots = {name: _slots(one, size) for name, one in states.items()}
        self._gradients = vmap(
            grad_and_value(self._loss, has_aux=True), in_dims=(0, 0, None), randomness="same"
        )
        self._losses = vmap(self._loss, in_dims=(0, 0, None), randomness="same")

    def step(self, rates: Tensor, batches: Sequence[Any]) -> Tensor:
        """Take a step of every copy on the same batches.

        Args:
            rates: Of each copy; shape (size,).
            batches: Whose gradients are averaged.

        Returns:
            The loss of each copy before the step; shape (size,).
        """
        grads, losses = self._take(batches[0])
        for batch in batches[1:]:
            more, others = self._take(batch)
            grads = {name: grads[name] + more[name] for name in grads}
            losses = losses + others
        count = len(batches)
        with torch.no_grad():
            if count > 1:
                grads = {name: one / count for name, one in grads.items()}
            if self._clip is not None:
                _clip(grads, self._clip)
            for name, (update, group, ratio) in self._rules.items():
                weights = self.weights[name]
                shaped = (rates * ratio).to(weights).view(-1, *[1] * (weights.ndim - 1))
                update(weights, grads[name], self._slots[name], shaped, group)
        return losses.detach() / count

    @torch.no_grad()
    def probe(self, batches: Sequence[Any]) -> Tensor:
        """Return the mean loss of each copy on some batches, leaving all buffers as they are."""
        seen = []
        for batch in batches:
            copies = {name: one.clone() for name, one in self.others.items()}
            seen.append(self._losses(self.weights, copies, batch)[0])
        mean: Tensor = torch.stack(seen).mean(dim=0)
        return mean

    @torch.no_grad()
    def loss(self, place: int, batch: Any) -> Tensor:  # noqa: ANN401
        """Return the loss of one copy by itself, as hooks of the model can follow it."""
        state = {name: one[place].clone() for name, one in {**self.others, **self.weights}.items()}
        loss: Tensor = functional_call(self._whole, state, (batch,))
        return loss

    def _take(self, batch: Any) -> tuple[Tensors, Tensor]:  # noqa: ANN401
        grads, (losses, others) = self._gradients(self.weights, self.others, batch)
        self.others = {name: one.detach() for name, one in others.items()}
        return grads, losses

    def _loss(self, weights: Tensors, others: Tensors, batch: Any) -> tuple[Tensor, Tensors]:  # noqa: ANN401
        loss = functional_call(self._whole, {**weights, **others}, (batch,))
        return loss, others

    @torch.no_grad()
    def _begin(self, place: int, start: Mapping[str, Tensor]) -> None:
        for name, value in start.items():
            for held in (self.weights, self.others):
                if (one := held.get(f"parts.0.{name}")) is not None:
                    one[place].copy_(value)


Rule = tuple[Update, Mapping[str, Any], float]


def _rules(
    parameters: Mapping[str, nn.Parameter],
    optimizers: Sequence[torch.optim.Optimizer],
    ratios: Sequence[float],
) -> dict[str, Rule]:
    """Return by the name of each trained parameter how it is updated."""
    names = {id(one): name for name, one in parameters.items() if one.requires_grad}
    found: dict[str, Rule] = {}
    left = iter(ratios)
    for optimizer in optimizers:
        update = find_update(optimizer)
        if update is None:
            raise CrowdError(f"{type(optimizer).__name__} steps one model at a time.")
        if optimizer._optimizer_step_pre_hooks or optimizer._optimizer_step_post_hooks:
            raise CrowdError("The optimizer has hooks, which see one model at a time.")
        for group in optimizer.param_groups:
            ratio = next(left)
            for one in group["params"]:
                if id(one) in names:
                    found[names[id(one)]] = (update, group, ratio)
                elif one.requires_grad:
                    raise CrowdError("The optimizer holds weights of no module that was given.")
    if not found:
        raise CrowdError("No parameter is trained.")
    return found


def _state_of(
    parameter: nn.Parameter, optimizers: Sequence[torch.optim.Optimizer]
) -> Mapping[str, Any]:
    states = (one.state[parameter] for one in optimizers if parameter in one.state)
    return next(states, {})


def _slots(state: Mapping[str, Any], size: int) -> Slots:
    slots: Slots = {}
    for name, value in state.items():
        if name == "step":
            slots[name] = torch.tensor(float(value))
        elif isinstance(value, Tensor):
            slots[name] = _copies(value, size)
    return slots


def _copies(value: Tensor, size: int) -> Tensor:
    return value.detach().unsqueeze(0).repeat(size, *[1] * value.ndim)


def _clip(grads: Tensors, most: float) -> None:
    """Clip the gradient of each copy to a norm, as ``clip_grad_norm_`` does."""
    squares = [one.flatten(1).square().sum(dim=1) for one in grads.values()]
    norms = torch.stack(squares).sum(dim=0).sqrt()
    shares = (most / (norms + 1e-6)).clamp(max=1.0)
    for one in grads.values():
        one.mul_(shares.view(-1, *[1] * (one.ndim - 1)))
