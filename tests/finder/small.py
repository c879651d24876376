"""Small models that train in milliseconds, and everything about them that a test may change."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

Batch = tuple[Tensor, Tensor]


def net(seed: int = 0, *, drop: float = 0.0) -> nn.Sequential:
    """Return a net with batch normalisation and perhaps dropout, from a seed."""
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Linear(6, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(drop), nn.Linear(16, 3)
    )


def plain_net(seed: int = 0) -> nn.Sequential:
    """Return a net of linear layers and ReLU alone."""
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))


def classes(count: int = 120, size: int = 16, seed: int = 1) -> list[Batch]:
    """Return batches of a problem that a linear model nearly solves."""
    generator = torch.Generator().manual_seed(seed)
    inputs = torch.randn(count * size, 6, generator=generator)
    targets = inputs[:, :3].argmax(dim=1)
    return list(zip(torch.split(inputs, size), torch.split(targets, size), strict=True))


cross_entropy: Callable[[Any, Any], Tensor] = functional.cross_entropy


def warm(model: nn.Module, optimizer: torch.optim.Optimizer, steps: int = 3) -> None:
    """Train some steps, so that the optimizer has state and the gradients are there."""
    for inputs, targets in classes()[:steps]:
        optimizer.zero_grad()
        functional.cross_entropy(model(inputs), targets).backward()  # type: ignore[no-untyped-call]
        optimizer.step()


@dataclass(frozen=True)
class Photo:
    """Everything that a range test must leave as it was, bit for bit."""

    values: list[Any]

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Photo)
            and len(self.values) == len(other.values)
            and all(same(a, b) for a, b in zip(self.values, other.values, strict=True))
        )

    __hash__ = None  # type: ignore[assignment]


def same(a: Any, b: Any) -> bool:  # noqa: ANN401
    """Return whether two values are equal, tensors bit for bit."""
    if isinstance(a, Tensor):
        return isinstance(b, Tensor) and a.dtype == b.dtype and torch.equal(a, b)
    if isinstance(a, np.ndarray):
        return bool(np.array_equal(a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, tuple | list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return bool(a == b)


def photograph(*owners: Any) -> Photo:  # noqa: ANN401
    """Return the state of models, optimizers and scalers, and of every random generator."""
    return Photo(list(_look(owners)))


def _look(owners: tuple[Any, ...]) -> Iterator[Any]:
    for one in owners:
        yield _copy(one.state_dict())
        if isinstance(one, nn.Module):
            yield [module.training for module in one.modules()]
            yield [None if p.grad is None else p.grad.clone() for p in one.parameters()]
            yield [id(p.grad) if p.grad is not None else 0 for p in one.parameters()]
        if isinstance(one, torch.optim.Optimizer):
            yield [id(value) for state in one.state.values() for value in state.values()]
            yield sorted(vars(one))
    yield from (random.getstate(), torch.get_rng_state())
    yield np.random.get_state()  # noqa: NPY002 - the generator that users share


def _copy(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, Tensor):
        return value.detach().clone()
    if isinstance(value, dict):
        return {key: _copy(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_copy(one) for one in value]
    return value
