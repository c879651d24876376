"""Which way the rate should go and how far: measurements first, then what findings forbid.

The measurements alone decide by odds. Then nothing is advised that a finding contradicts: a
loss that cannot fall for want of learnable labels looks like one that falls too slowly, and
overfitting bends the validation loss as a rate that is too high does.
"""

from collections.abc import Collection
from dataclasses import replace

from lrdiag.advice.move import Cause, Move
from lrdiag.advice.weights import CALIBRATED
from lrdiag.scorecard import Calibration, Odds, Rows, Sight
from lrdiag.signals.shape import LossShape, ShapeSignals

MIN_ROWS = 15  # finite rows; fewer hold no curve, whatever they seem to say
SURE: dict[Rows, float] = {"steps": 0.65, "means": 0.8}
"""Odds from which a direction is advised. On 28 further problems, which no weight
saw but on which this was chosen, 0.6 / 0.65 / 0.7 gave 9 / 5 / 4 % false alarms on step logs and
86 / 86 / 85 % right; 0.7 / 0.75 / 0.8 on 30 epoch means 5 / 5 / 4 %, 83 / 83 / 80 % right and
1.0 / 0.3 / 0 % the wrong way. With families of the sweep left out, epoch means had 7 % false
alarms at 0.7."""
SURE_DECAYED = 0.9  # odds; a schedule already lowers the rate, so only plain evidence counts
EDGE = 0.25  # odds of too high from which a rate is good but at its upper end
RIGHT = 0.6  # confidence; of the keeps that the odds put at 0.6 to 0.8, 44 % were right
EARLY, LITTLE = 0.10, 0.12
"""A run that made half of its progress in the first tenth and little in the last half has a long
tail, not a slow rate, whatever the odds: no run of the sweep to raise was like that, three logs of
language models of other people were."""
LEAST_DECADES = 0.5  # a smaller change is not told apart from none by one run
MOST_DECADES_DOWN = 2.0  # decades; how far too high is not seen once the net is dead
MOST_DECADES_UP = 3.0
LEARNING = ((0.5, 1.0), (0.65, 1.3))
"""What a run has reached, in starts, and the decades it may be raised by at most: a loss that is
halved is being learned, and a rate far above one that learns is more likely to break it. On the
sweep these caps cost 0.012 of the runs near the best after three moves; a cap of 1 decade for all
that fell at all would cost 0.09."""
CAPPED_SPREAD = 2.0
LEAST_FALL = 0.1  # starts; a loss that fell so far under a schedule that has run out was trained
UNSURE = 0.5  # confidence; who cannot tell is not 90 % sure
UNLEARNED = 0.8  # confidence; both runs of the sweep that overshot and ended above the start
GREW = 0.1  # decades above the start of a span, from which a loss grew before it broke
GREW_ROW = 0.15  # the same for a single row of the first ones
FLAT = 0.95  # starts; a loss that never gets below has taught nothing
VISIBLE = 0.04  # decades; a level 10 % above the start is seen on the chart

REPEATED_SPIKES = "LR105"
UNSTABLE = frozenset({"LR102", REPEATED_SPIKES, "LR106", "LR107"})
"""Findings under which no run of the sweep had a rate to keep: 44 of 44 were too high."""
OVERSHOOT, SPIKE, PLATEAU, LATE_RISE = "LR103", "LR104", "LR112", "LR113"
AT_CHANCE, OVERFITTING, VAL_NEVER_LEARNS = "LR111", "FIT201", "FIT203"
DECAYED_EARLY = frozenset({"SCH401", "SCH405"})
UNTOLD = frozenset({"LOG903", "LOG906"})
TOO_SHORT, DATA_ORDER = "LOG901", "LOG905"
DIVIDE_BY_2_TO_3 = (-0.39, 10**0.088)  # decades and spread: the symptom table's row for spikes
DIVIDE_BY_2_TO_5 = (-0.5, 10**0.2)  # the same for swings
USUAL_RATE = 2e-3
"""From this rate on, a loss that stays at chance speaks of labels first. Of 20 runs of the sweep
that stayed at chance for want of pace, none had a rate above 1e-3; both trainings on shuffled
labels that looked too slow had 3e-3 and more."""


def decide(
    shape: ShapeSignals,
    codes: Collection[str] = (),
    *,
    today: float | None = None,
    over: bool = True,
    calibration: Calibration = CALIBRATED,
) -> Move:
    """Return the one move that the measurements ask for and no finding contradicts.

    Args:
        shape: The measurements.
        codes: The codes of the findings.
        today: Today's rate, where known.
        over: Whether the run is, as far as the user told.
        calibration: The weights.
    """
    move = temper(weigh(shape, calibration), frozenset(codes), today)
    if not over and move.action in ("raise", "decay"):
        return Move("unsure", 0.4, "not-over")
    return move


def weigh(shape: ShapeSignals, calibration: Calibration = CALIBRATED) -> Move:
    """Return the move that the measurements alone ask for."""
    loss = shape.loss
    short = shape.rows < MIN_ROWS and not shape.ends_nonfinite
    if loss is None or short or not shape.varies:
        return Move("unsure", 0.0, _why_unreadable(shape))
    if shape.ends_nonfinite:
        return _after_the_end(shape, loss, calibration)
    if shape.nonfinite:
        return Move("unsure", 0.4, "single-nonfinite")
    if _val_falls_on(shape, loss):
        return Move("unsure", 0.4, "losses-disagree")
    odds = calibration.cards[sight_of(shape)].odds(shape.values())
    return _by_odds(shape, loss, odds, calibration)


def sight_of(shape: ShapeSignals) -> Sight:
    """Return what the log lets one see, the name of its scorecard."""
    if shape.means:
        return "means" if shape.val is None else "means+val"
    if shape.grad is None:
        return "steps" if shape.val is None else "steps+val"
    return "steps+grad" if shape.val is None else "steps+val+grad"


def _rows(shape: ShapeSignals) -> Rows:
    return "means" if shape.means else "steps"


def _why_unreadable(shape: ShapeSignals) -> Cause:
    if shape.rows + shape.nonfinite == 0:
        return "no-train-loss"
    if shape.ends_nonfinite:
        return "never-finite" if shape.loss is None else "no-ratio"
    return "few-rows" if shape.rows < MIN_ROWS else "no-ratio"


def _after_the_end(shape: ShapeSignals, loss: LossShape, calibration: Calibration) -> Move:
    grew = loss.overshoot > GREW or loss.jump > GREW_ROW or shape.rows < 10
    if grew or (shape.grad is not None and shape.grad.grad_highest > 1.0):
        return Move("lower", 0.95, "blew-up", _decades_down(shape, calibration))
    return Move("unsure", 0.4, "bad-sample")


def _by_odds(shape: ShapeSignals, loss: LossShape, odds: Odds, calibration: Calibration) -> Move:
    sure = SURE[_rows(shape)]
    decayed = shape.rate_left < 0.5
    needed = SURE_DECAYED if decayed else sure
    if odds.too_high > needed and not (decayed and loss.end < 0.5):
        return _lower(odds.too_high, shape, loss, calibration)
    if odds.too_slow > needed and not (decayed and loss.best < 1.0 - LEAST_FALL):
        if shape.val is not None and shape.val.val_best > 0.97 and loss.end < 0.9:
            return Move("unsure", 0.4, "val-untouched")
        if loss.time_to_half_gain < EARLY and loss.half_gain < LITTLE and loss.time_to_20 < 0.0:
            return Move("keep", RIGHT, "right")
        confidence = calibration.share_right("raise", odds.too_slow)
        return _raise(confidence, loss, _decades_up(shape, calibration))
    if loss.end > 1.0 and loss.overshoot > VISIBLE:
        return Move("lower", UNLEARNED, "too-high", _decades_down(shape, calibration))
    if odds.too_high > EDGE and odds.too_slow < EDGE and not decayed:
        confidence = calibration.share_right("decay", _decay_confidence(odds))
        return Move("decay", confidence, "edge")
    confidence = calibration.share_right("keep", odds.right)
    if confidence >= RIGHT or (decayed and odds.right >= 0.2):
        return Move("keep", max(confidence, RIGHT), "right")
    return Move("unsure", min(max(odds.too_high, odds.right, odds.too_slow), UNSURE), _doubt(odds))


def _lower(odds: float, shape: ShapeSignals, loss: LossShape, calibration: Calibration) -> Move:
    """Lower, unless single steps show neither overshoot nor fall: then there is nothing to judge.

    Of six such runs of the sweep and of other problems that the odds called too high, three were.
    """
    if not shape.means and loss.best > FLAT and loss.overshoot <= VISIBLE:
        return Move("unsure", 0.4, "not-learnable")
    confidence = calibration.share_right("lower", odds)
    return Move("lower", confidence, "too-high", _decades_down(shape, calibration))


def _raise(confidence: float, loss: LossShape, decades: float) -> Move:
    """Raise by no more than a run that is learning can bear."""
    most = next((most for level, most in LEARNING if loss.best < level), MOST_DECADES_UP)
    if decades > most:
        return Move("raise", confidence, "too-slow", most, CAPPED_SPREAD)
    return Move("raise", confidence, "too-slow", decades)


def _val_falls_on(shape: ShapeSignals, loss: LossShape) -> bool:
    """Whether the training loss rises though nothing overshot and validation only falls.

    No rate of the sweep that was too high looked so: all four with a validation that only
    fell stood at ten times the start. A training loss that changes its meaning does.
    """
    falls = shape.val is not None and shape.val.val_best_place == 1.0
    steadily = shape.val is not None and shape.val.val_reversals < 0.1
    learned = loss.best < 0.8 and loss.rise > 0.2
    return falls and steadily and learned and loss.overshoot <= VISIBLE


def _decay_confidence(odds: Odds) -> float:
    """A decay suits a right rate, and about a third of those called too high at these odds."""
    return odds.right + 0.3 * odds.too_high


def _doubt(odds: Odds) -> Cause:
    least = min(odds.too_high, odds.right, odds.too_slow)
    if least == odds.too_high:
        return "right-or-slow"
    return "right-or-high" if least == odds.too_slow else "high-or-slow"


def _decades_down(shape: ShapeSignals, calibration: Calibration) -> float:
    decades = -calibration.down[_rows(shape)].decades(shape.values())
    return -min(max(decades, LEAST_DECADES), MOST_DECADES_DOWN)


def _decades_up(shape: ShapeSignals, calibration: Calibration) -> float:
    decades = calibration.up[_rows(shape)].decades(shape.values())
    return min(max(decades, LEAST_DECADES), MOST_DECADES_UP)


def temper(move: Move, codes: frozenset[str], today: float | None = None) -> Move:
    """Return ``move``, or what is left of it beside the findings."""
    if move.cause in ("blew-up", "bad-sample", "single-nonfinite") or move.confidence == 0.0:
        return move
    instead = _beside_the_rate(codes)
    if instead is not None:
        return instead
    if OVERFITTING in codes and move.action != "lower":
        return Move("keep", max(move.confidence, RIGHT), "overfitting")
    if REPEATED_SPIKES in codes and (move.action != "lower" or _mildly(move)):
        confidence = move.confidence if move.action == "lower" else 0.7
        return Move("lower", confidence, "repeated-spikes", *DIVIDE_BY_2_TO_3)
    if codes & UNSTABLE and move.action != "lower":
        return Move("lower", 0.7, "unstable", *DIVIDE_BY_2_TO_5)
    if move.action == "raise":
        return _temper_raise(move, codes, today)
    if move.action == "keep":
        return _temper_keep(move, codes)
    return move


def _beside_the_rate(codes: frozenset[str]) -> Move | None:
    """Return the move where the log, the data or the schedule shapes the curve, not the rate."""
    if TOO_SHORT in codes:
        return Move("unsure", 0.0, "few-rows")
    if codes & UNTOLD:
        return Move("unsure", 0.0, "untold")
    if DATA_ORDER in codes:
        return Move("unsure", 0.4, "data-order")
    return Move("keep", RIGHT, "decayed-early") if codes & DECAYED_EARLY else None


def _mildly(move: Move) -> bool:
    return move.cause == "too-high" and move.decades is not None and move.decades > -0.75


def _temper_raise(move: Move, codes: frozenset[str], today: float | None) -> Move:
    if VAL_NEVER_LEARNS in codes:
        return Move("unsure", 0.4, "not-learnable")
    if AT_CHANCE in codes:
        if today is not None and today >= USUAL_RATE:
            return Move("unsure", 0.4, "not-learnable")
        return replace(move, confidence=min(move.confidence, 0.8), cause="slow-at-chance")
    if codes & {OVERSHOOT, SPIKE, PLATEAU, LATE_RISE}:
        return Move("unsure", 0.4, "high-or-slow")
    return move


def _temper_keep(move: Move, codes: frozenset[str]) -> Move:
    if SPIKE in codes:
        return Move("decay", min(move.confidence, 0.7), "spikes")
    if codes & {PLATEAU, LATE_RISE}:
        return Move("decay", min(move.confidence, 0.7), "plateau")
    return replace(move, cause="start-overshoot") if OVERSHOOT in codes else move
