"""Findings and measurements to one move of the learning rate."""

from collections.abc import Mapping
from dataclasses import dataclass

from lrdiag.advice_words import next_step_in_words, reason_in_words
from lrdiag.finding import Finding
from lrdiag.move import Action, Cause, Move
from lrdiag.scorecard import CARDS, LOWER, LOWER_GRAD, RAISE
from lrdiag.signals import Signals
from lrdiag.signals.shape import LossShape, ShapeSignals

__all__ = ["Action", "Advice", "advise"]

MIN_ROWS = 15  # finite rows; fewer hold no curve, whatever they seem to say
SURE = 0.6  # odds; 0.4 / 0.5 / 0.6 / 0.7 gave 4.3 / 4.3 / 2.9 / 2.9 % false alarms on the sweep
SURE_DECAYED = 0.9  # odds; a schedule already lowers the rate, so only plain evidence counts
EDGE = 0.25  # odds of too high from which a rate is good but at its upper end
RIGHT = 0.4  # odds of right below which the signs contradict each other
LEAST_DECADES = 0.5  # a smaller change is not told apart from none by one run
MOST_DECADES_DOWN = 2.0  # decades; how far too high is not seen once the net is dead
MOST_DECADES_UP = 3.0
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
    move = decide(signals.shape)
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


def decide(shape: ShapeSignals) -> Move:
    """Return the move that the measurements alone ask for."""
    if (
        shape.loss is None
        or not shape.varies
        or (shape.rows < MIN_ROWS and not shape.ends_nonfinite)
    ):
        return Move("unsure", 0.0, _why_unreadable(shape))
    if shape.ends_nonfinite:
        return _after_the_end(shape, shape.loss)
    if shape.nonfinite:
        return Move("unsure", 0.4, "single-nonfinite")
    return _by_odds(shape, shape.loss)


def _why_unreadable(shape: ShapeSignals) -> Cause:
    if shape.rows + shape.nonfinite == 0:
        return "no-train-loss"
    if shape.loss is None and shape.ends_nonfinite:
        return "never-finite"
    return "few-rows" if shape.rows < MIN_ROWS and not shape.ends_nonfinite else "no-ratio"


def _after_the_end(shape: ShapeSignals, loss: LossShape) -> Move:
    grew = loss.overshoot > 0.1 or loss.jump > 0.15 or shape.rows < 10
    if grew or (shape.grad is not None and shape.grad.grad_highest > 1.0):
        return Move("lower", 0.95, "blew-up", -_decades_down(shape))
    return Move("unsure", 0.4, "bad-sample")


def _by_odds(shape: ShapeSignals, loss: LossShape) -> Move:
    card = CARDS[shape.val is not None, shape.grad is not None]
    odds = card.odds(shape.values())
    decayed = shape.rate_left < 0.5
    if odds.too_high > SURE and not (decayed and (odds.too_high < SURE_DECAYED or loss.end < 0.5)):
        return Move("lower", odds.too_high, "too-high", -_decades_down(shape))
    coarse = (shape.rows < 60 and not shape.from_zero) or (shape.rows < 200 and shape.spaced)
    if odds.too_slow > SURE and coarse and loss.time_to_20 < 0.0:
        return Move("unsure", odds.too_slow, "start-hidden")
    val_untouched = shape.val is not None and shape.val.val_best > 0.97 and loss.best < 0.9
    if odds.too_slow > SURE and val_untouched:
        return Move("unsure", 0.4, "val-untouched")
    slow_at_peak = odds.too_slow >= SURE_DECAYED and loss.time_to_20 >= -0.7
    if odds.too_slow > SURE and (not decayed or slow_at_peak):
        return Move("raise", odds.too_slow, "too-slow", _decades_up(shape))
    if EDGE < odds.too_high <= SURE and odds.too_slow < EDGE and not decayed:
        return Move("decay", odds.right + odds.too_high, "edge")
    if odds.right >= RIGHT or (decayed and odds.right >= 0.2):
        return Move("keep", odds.right, "right")
    return Move("unsure", max(odds.too_high, odds.right, odds.too_slow), "contradiction")


def _decades_down(shape: ShapeSignals) -> float:
    line = LOWER if shape.grad is None else LOWER_GRAD
    return min(max(-line.decades(shape.values()), LEAST_DECADES), MOST_DECADES_DOWN)


def _decades_up(shape: ShapeSignals) -> float:
    return min(max(RAISE.decades(shape.values()), LEAST_DECADES), MOST_DECADES_UP)


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
