"""What optimizers do in a step, for many copies of the weights at once, each at its own rate.

Each rule follows the class of torch.optim that bears its name, number for number; rates are
tensors of shape (k,), weights and gradients of shape (k, ...).
"""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

Slots = dict[str, Tensor]
"""What an optimizer keeps of one parameter: tensors of shape (k, ...), or () for a count."""
Update = Callable[[Tensor, Tensor, Slots, Tensor, Mapping[str, Any]], None]
"""(weights, gradients, slots, rates, settings of the group): changes weights and slots."""


def find_update(optimizer: torch.optim.Optimizer) -> Update | None:
    """Return the rule of an optimizer; None where none is known to be the same."""
    return UPDATES.get(type(optimizer))


def _sgd(
    weights: Tensor, grads: Tensor, slots: Slots, rates: Tensor, how: Mapping[str, Any]
) -> None:
    grads = _decayed(weights, grads, how)
    momentum = how["momentum"]
    if momentum:
        if "momentum_buffer" in slots:
            slots["momentum_buffer"].mul_(momentum).add_(grads, alpha=1.0 - how["dampening"])
        else:
            slots["momentum_buffer"] = grads.clone()
        mean = slots["momentum_buffer"]
        grads = grads.add(mean, alpha=momentum) if how["nesterov"] else mean
    weights.sub_(rates * grads)


def _adam(
    weights: Tensor, grads: Tensor, slots: Slots, rates: Tensor, how: Mapping[str, Any]
) -> None:
    decoupled = how.get("decoupled_weight_decay", False)
    if decoupled:
        grads = -grads if how["maximize"] else grads
        weights.mul_(1.0 - rates * how["weight_decay"])
    else:
        grads = _decayed(weights, grads, how)
    beta1, beta2 = (float(one) for one in how["betas"])
    step = _count(slots)
    mean = slots.setdefault("exp_avg", torch.zeros_like(weights))
    square = slots.setdefault("exp_avg_sq", torch.zeros_like(weights))
    mean.lerp_(grads, 1.0 - beta1)
    square.mul_(beta2).addcmul_(grads, grads, value=1.0 - beta2)
    if how["amsgrad"]:
        largest = slots.setdefault("max_exp_avg_sq", torch.zeros_like(weights))
        torch.maximum(largest, square, out=largest)
        square = largest
    divisor = (square.sqrt() / (1.0 - beta2**step) ** 0.5).add_(how["eps"])
    weights.sub_(rates / (1.0 - beta1**step) * mean / divisor)


def _rmsprop(
    weights: Tensor, grads: Tensor, slots: Slots, rates: Tensor, how: Mapping[str, Any]
) -> None:
    grads = _decayed(weights, grads, how)
    _count(slots)
    alpha = how["alpha"]
    square = slots.setdefault("square_avg", torch.zeros_like(weights))
    square.mul_(alpha).addcmul_(grads, grads, value=1.0 - alpha)
    if how["centered"]:
        mean = slots.setdefault("grad_avg", torch.zeros_like(weights))
        mean.lerp_(grads, 1.0 - alpha)
        square = square.addcmul(mean, mean, value=-1.0)
    scaled = grads / square.sqrt().add_(how["eps"])
    if how["momentum"] > 0.0:
        buffer = slots.setdefault("momentum_buffer", torch.zeros_like(weights))
        scaled = buffer.mul_(how["momentum"]).add_(scaled)
    weights.sub_(rates * scaled)


UPDATES: dict[type[torch.optim.Optimizer], Update] = {
    torch.optim.SGD: _sgd,
    torch.optim.Adam: _adam,
    torch.optim.AdamW: _adam,
    torch.optim.RMSprop: _rmsprop,
}


def _decayed(weights: Tensor, grads: Tensor, how: Mapping[str, Any]) -> Tensor:
    grads = -grads if how["maximize"] else grads
    decay = how["weight_decay"]
    return grads.add(weights, alpha=decay) if decay else grads


def _count(slots: Slots) -> float:
    """Count a step. All copies have taken equally many, so that one number serves them."""
    slots["step"] = slots.get("step", torch.zeros(())) + 1.0
    return float(slots["step"])
