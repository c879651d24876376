"""The rate that an optimizer usually takes: where the search starts, and what counts at a tie."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

# log10 of the rate: the mean over 70 problems of the best one and the middle of the rates within
# 5 % of it. NAdam, RAdam, Adamax, Adadelta and Lion: as their authors propose, not measured.
DECADES = {
    "SGD": -0.9,
    "Adagrad": -1.6,
    "Adam": -2.25,
    "AdamW": -2.25,
    "RMSprop": -2.25,
    "NAdam": -2.25,
    "RAdam": -2.25,
    "Adamax": -2.25,
    "Adafactor": -2.0,
    "Adadelta": 0.0,
    "Rprop": -2.0,
    "ASGD": -0.9,
    "Lion": -3.25,
    "Muon": -1.75,
}
BY_MOMENTUM = 0.5  # decades down for each factor of 10 in 1 / (1 - momentum); fitted at 0 and 0.9
UNKNOWN = -2.0  # where the search starts with an optimizer that is not listed


def usual_decades(optimizers: Sequence["torch.optim.Optimizer"]) -> float | None:
    """Return log10 of the usual rate of the first optimizer that is known; None if none is."""
    for optimizer in optimizers:
        name = type(optimizer).__name__
        decades = DECADES.get(name)
        if decades is None:
            continue
        if name == "SGD":
            momentum = max(float(one.get("momentum") or 0.0) for one in optimizer.param_groups)
            decades += BY_MOMENTUM * math.log10(max(1.0 - momentum, 1e-3))
        return decades
    return None
