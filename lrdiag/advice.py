"""Findings and measurements to one move of the learning rate."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lrdiag.finding import Finding
from lrdiag.signals import Signals

Action = Literal["lower", "raise", "keep", "decay", "unsure"]


@dataclass(frozen=True, slots=True)
class Advice:
    """The one move that the evidence asks for.

    Attributes:
        action: What to do with the learning rate.
        factor: The range that multiplies today's rate; None for keep, decay and unsure.
        lr: The same as rates, where the log or the config tells today's.
        today: Today's (peak) learning rate, where known.
        confidence: From 0 to 1.
        reason: Why, in one sentence with this run's numbers.
        next_step: The probe to run, what confirms and what refutes.
    """

    action: Action
    factor: tuple[float, float] | None
    lr: tuple[float, float] | None
    today: float | None
    confidence: float
    reason: str
    next_step: str


def advise(signals: Signals, findings: Mapping[str, Finding]) -> Advice:
    """Combine the findings (by rule code) and the measurements of a run into one move."""
    raise NotImplementedError(signals, findings)
