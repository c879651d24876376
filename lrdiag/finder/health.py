"""What is seen of the model on the way: dead units, vanishing gradients, the size of steps."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite

import torch
from torch import Tensor, nn

from lrdiag.finder.result import Health
from lrdiag.wording import say_loss, say_rate, say_share

DEAD = 0.5  # share of the units; up to a third are usual in healthy small nets
VANISHED = 1e-3  # of the last weights' relative gradient
LARGE_UPDATE, SMALL_UPDATE = 0.1, 1e-6  # of the weights; 1e-3 is usual
HUGE_GRADIENT = 1e3
MOST_WEIGHTS = 50_000_000  # above, no copy of the weights is held to measure a step


class ReluWatch:
    """Counts the units of ReLU layers that no example lights, while it is open."""

    def __init__(self, model: nn.Module) -> None:
        self._layers = [one for one in model.modules() if isinstance(one, nn.ReLU)]
        self._lit: list[Tensor] = []
        self._hooks: list[torch.utils.hooks.RemovableHandle] = []

    def __enter__(self) -> "ReluWatch":
        self._hooks = [one.register_forward_hook(self._look) for one in self._layers]
        return self

    def __exit__(self, *_: object) -> None:
        for hook in self._hooks:
            hook.remove()

    def _look(self, _: nn.Module, __: object, output: Tensor) -> None:
        if output.ndim >= 2:  # units are channels of images and features of all else
            units = 1 if output.ndim == 4 else output.ndim - 1
            others = [axis for axis in range(output.ndim) if axis != units]
            self._lit.append(_any(output > 0, others))

    @property
    def dead(self) -> float | None:
        """The share of units that stayed dark; None without a ReLU layer."""
        if not self._lit:
            return None
        passes = [self._lit[k :: len(self._layers)] for k in range(len(self._layers))]
        try:
            lit = torch.cat([torch.stack(one).any(dim=0).flatten() for one in passes if one])
        except RuntimeError:  # a layer that is used twice, or whose width changes
            return None
        return 1.0 - float(lit.double().mean())


def _any(lit: Tensor, axes: Sequence[int]) -> Tensor:
    for axis in sorted(axes, reverse=True):
        lit = lit.any(dim=axis)
    return lit


@dataclass(slots=True)
class Notes:
    """Measurements as they come in."""

    dead: float | None = None
    dead_after: dict[float, ReluWatch] = field(default_factory=dict)
    updates: dict[float, float] = field(default_factory=dict)
    grad_norm: float | None = None
    vanishing: float | None = None


def look_at_gradients(parameters: Sequence[nn.Parameter], notes: Notes) -> None:
    """Note the norm of the gradient in ``.grad``, and how it fades towards the first weights."""
    known = [one for one in parameters if one.grad is not None and not one.grad.is_sparse]
    if not known:
        return
    norms = [torch.linalg.vector_norm(one.grad.double()) for one in known if one.grad is not None]
    notes.grad_norm = float(torch.stack(norms).square().sum().sqrt())
    sizes = [
        norm / torch.linalg.vector_norm(one.detach().double()).clamp_min(1e-12)
        for norm, one in zip(norms, known, strict=True)
        if one.ndim >= 2
    ]
    if len(sizes) >= 2 and float(sizes[-1]) > 0.0:
        notes.vanishing = float(sizes[0] / sizes[-1])


def median_update(before: Sequence[Tensor], after: Sequence[Tensor]) -> float | None:
    """Return the median over the tensors of the size of a step by the size of the weights."""
    ratios = []
    for a, b in zip(before, after, strict=True):
        size = torch.linalg.vector_norm(a.double())
        ratios.append(torch.linalg.vector_norm((b.detach() - a).double()) / size.clamp_min(1e-12))
    matrices = [one for one, a in zip(ratios, before, strict=True) if a.ndim >= 2]
    chosen = matrices or ratios
    return float(torch.stack(chosen).median()) if chosen else None


def tell_health(notes: Notes, lr: float | None) -> Health:
    """Say what is worth a word.

    Args:
        notes: What was measured.
        lr: The suggested rate; None without one.
    """
    watch = notes.dead_after.get(lr) if lr is not None else None
    after = None if watch is None else watch.dead
    update = notes.updates.get(lr) if lr is not None else None
    told = [*_tell_dead(notes.dead, after), *_tell_gradient(notes), *_tell_update(update, lr)]
    return Health(
        dead_relus=notes.dead,
        dead_after=after,
        vanishing=notes.vanishing,
        update_ratio=update,
        grad_norm=notes.grad_norm,
        told=tuple(told),
    )


def _tell_dead(before: float | None, after: float | None) -> list[str]:
    if before is not None and before > DEAD:
        return [
            f"{say_share(before)} of the ReLU units are dead before any training: no example "
            "lights them. Check the scale of the inputs and the initial weights."
        ]
    if after is not None and after > DEAD:
        return [
            f"{say_share(after)} of the ReLU units are dead after the training at the suggested "
            "rate. A lower rate or a warmup spares them."
        ]
    return []


def _tell_gradient(notes: Notes) -> list[str]:
    told = []
    if notes.vanishing is not None and notes.vanishing < VANISHED:
        told.append(
            f"The gradient vanishes: by its weights, that of the first layer is "
            f"{say_loss(notes.vanishing)} of the last one's. Residual connections, normalisation "
            "or another start help more than any rate."
        )
    norm = notes.grad_norm
    if norm is not None and isfinite(norm) and norm > HUGE_GRADIENT:
        told.append(
            f"The gradient before training has the norm {say_loss(norm)}: inputs or targets may "
            "not be scaled, or the loss is a sum over the batch. Scale them before blaming the "
            "rate."
        )
    return told


def _tell_update(update: float | None, lr: float | None) -> list[str]:
    if update is None or lr is None or SMALL_UPDATE <= update <= LARGE_UPDATE:
        return []
    size = "large" if update > LARGE_UPDATE else "small"
    return [
        f"At {say_rate(lr, 2)} a step changes the weights by {say_share(update)} of their size, "
        f"which is {size}: 0.1 % is usual."
    ]
