"""A nested value as it was, to be put back any number of times: same objects, same numbers.

Optimizers and scalers keep tensors, counters and settings in nested dicts and lists. Whoever
holds on to one of those objects (a captured graph, a scheduler) must find it again, so
containers and tensors are refilled in place rather than replaced.
"""

import copy
from collections.abc import Callable
from typing import Any

import torch

Restore = Callable[[], Any]
"""Puts a value back as it was and returns it."""

CONSTANTS = (bool, int, float, complex, str, bytes, type(None), type)


def freeze(value: Any) -> Restore:  # noqa: ANN401 - whatever an optimizer keeps
    """Remember a value with all that it holds."""
    if isinstance(value, torch.Tensor):  # parameters are kept by whoever owns them
        return (lambda: value) if value.requires_grad else _freeze_tensor(value)
    if isinstance(value, torch.optim.Optimizer):  # one that wraps another, as Lookahead does
        return _freeze_object(value)
    if isinstance(value, dict):
        return _freeze_dict(value)
    if isinstance(value, list):
        return _freeze_list(value)
    if isinstance(value, CONSTANTS) or callable(value):
        return lambda: value
    try:
        kept = copy.deepcopy(value)
    except Exception:
        return lambda: value
    return lambda: copy.deepcopy(kept)


def freeze_attributes(owner: object) -> Restore:
    """Remember the attributes of an object, such as an optimizer or a gradient scaler."""
    return _freeze_object(owner)


def _freeze_tensor(value: torch.Tensor) -> Restore:
    kept = value.detach().clone()

    def restore() -> torch.Tensor:
        with torch.no_grad():
            value.copy_(kept)
        return value

    return restore


def _freeze_dict(value: dict[Any, Any]) -> Restore:
    kept = [(key, freeze(one)) for key, one in value.items()]

    def restore() -> dict[Any, Any]:
        items = [(key, back()) for key, back in kept]
        value.clear()
        value.update(items)
        return value

    return restore


def _freeze_list(value: list[Any]) -> Restore:
    kept = [freeze(one) for one in value]

    def restore() -> list[Any]:
        value[:] = [back() for back in kept]
        return value

    return restore


def _freeze_object(owner: object) -> Restore:
    attributes = _freeze_dict(vars(owner))

    def restore() -> object:
        attributes()
        return owner

    return restore
