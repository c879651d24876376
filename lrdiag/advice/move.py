"""One move of the learning rate, before it is put into words."""

from dataclasses import dataclass
from typing import Literal

SPREAD = 4.0
"""The range is a fitted factor divided and multiplied by this. On families of problems left out it
held a rate within 5 % of the best for 80 to 90 % of the runs of the sweep, for 70 to 80 % of drawn
problems, and the very best rate for half; the good rates of a problem span about a decade."""

Action = Literal["lower", "raise", "keep", "decay", "unsure"]
Cause = Literal[
    "no-train-loss",  # nothing to judge
    "few-rows",
    "never-finite",
    "no-ratio",  # constant or negative
    "blew-up",  # grew, then stopped being finite
    "bad-sample",  # stopped being finite without growing
    "single-nonfinite",
    "too-high",
    "too-slow",
    "not-over",  # slow so far, but the planned run is not over
    "slow-at-chance",  # too slow, unless the labels teach nothing
    "edge",  # right, at the upper end
    "right",
    "overfitting",  # what looks wrong is not the rate
    "unstable",  # a finding says too high where the odds do not
    "repeated-spikes",
    "spikes",  # right, but for a spike that comes back
    "plateau",  # right, but it settles no further
    "start-overshoot",  # right, but for the first steps
    "not-learnable",  # slow, but labels that teach nothing are as likely
    "losses-disagree",  # train rises, validation only falls
    "val-untouched",  # train falls, validation never does
    "decayed-early",  # the peak is right, the schedule leaves it too soon
    "data-order",  # the loss repeats each epoch
    "untold",  # what is logged is not the loss
    "right-or-slow",  # the odds do not choose between two
    "right-or-high",
    "high-or-slow",
]


@dataclass(frozen=True, slots=True)
class Move:
    """What to do with the rate, how sure that is, and what speaks for it.

    Attributes:
        action: What to do.
        confidence: From 0 to 1.
        cause: What decided.
        decades: log10 of the factor for lower (negative) and raise (positive); else None.
        spread: The range is the factor divided and multiplied by this.

    Raises:
        ValueError: The factor points the other way, or the confidence is none.
    """

    action: Action
    confidence: float
    cause: Cause
    decades: float | None = None
    spread: float = SPREAD

    def __post_init__(self) -> None:
        sign = {"lower": -1, "raise": 1}.get(self.action, 0)
        if (self.decades is None) != (sign == 0) or sign * (self.decades or 0.0) < 0.0:
            raise ValueError(f"A move to {self.action} has no factor of {self.decades} decades.")
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"A confidence of {self.confidence} is none.")
