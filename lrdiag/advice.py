"""Findings and measurements to one move of the learning rate."""

from collections.abc import Mapping
from dataclasses import dataclass

from lrdiag.advice_words import next_step_in_words, reason_in_words
from lrdiag.decision import decide
from lrdiag.finding import Finding
from lrdiag.move import Action, Move
from lrdiag.signals import Signals

__all__ = ["Action", "Advice", "advise"]

SPREAD = 3.0  # the range is factor / 3 to factor x 3; it held the best rate in 65 % of runs


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
    move = decide(signals.shape, findings)
    today = _todays_rate(signals)
    factor = _factor_range(move)
    lr = None if factor is None or today is None else (factor[0] * today, factor[1] * today)
    return Advice(
        action=move.action,
        factor=factor,
        lr=lr,
        today=today,
        confidence=move.confidence,
        reason=reason_in_words(signals, move),
        next_step=next_step_in_words(signals, move, today),
    )


def _factor_range(move: Move) -> tuple[float, float] | None:
    if move.decades is None:
        return None
    low, high = 10.0**move.decades / SPREAD, 10.0**move.decades * SPREAD
    if move.action == "raise":
        return max(low, 1.5), max(high, 3.0)
    return min(low, 1.0 / 3.0), min(high, 1.0 / 1.5)


def _todays_rate(signals: Signals) -> float | None:
    if signals.config.lr is not None:
        return signals.config.lr
    if "lr" not in signals.run:
        return None
    rates = signals.run["lr"].finite().values
    return float(rates.max()) if len(rates) and rates.max() > 0.0 else None
