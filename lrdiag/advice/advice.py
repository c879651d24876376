"""Findings and measurements to one move of the learning rate."""

from collections.abc import Mapping
from dataclasses import dataclass

from lrdiag.advice.decision import UNTOLD, decide
from lrdiag.advice.move import Action, Move
from lrdiag.advice.probe import probe_in_words
from lrdiag.advice.reason import reason_in_words
from lrdiag.advice.words import RunInWords
from lrdiag.finding import Finding, Severity
from lrdiag.signals import Signals

LEAST_CHANGE = 1.5  # a range to lower or raise never reaches back to today's rate


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
    today = signals.rate
    move = decide(signals.shape, _codes(findings), today=today, over=not signals.unfinished)
    factor = factor_range(move)
    words = RunInWords(signals, today)
    rates = None if factor is None or today is None else (factor[0] * today, factor[1] * today)
    return Advice(
        action=move.action,
        factor=factor,
        lr=None if rates is None else _short(*rates),
        today=today,
        confidence=move.confidence,
        reason=reason_in_words(words, move),
        next_step=probe_in_words(words, move),
    )


def _codes(findings: Mapping[str, Finding]) -> frozenset[str]:
    """Return the codes that speak of the rate; a log that hides its loss at times still tells."""
    return frozenset(
        code
        for code, finding in findings.items()
        if code not in UNTOLD or finding.severity is Severity.ERROR
    )


def factor_range(move: Move) -> tuple[float, float] | None:
    """Return the range about the factor, its geometric middle, that stays on this side of 1."""
    if move.decades is None:
        return None
    factor = 10.0**move.decades
    change = max(factor, 1.0 / factor)
    spread = max(min(move.spread, change / LEAST_CHANGE), 1.0)
    return _short(factor / spread, factor * spread)


def _short(low: float, high: float) -> tuple[float, float]:
    """Return both with three digits; the range is not known any better."""
    return float(f"{low:.3g}"), float(f"{high:.3g}")
