"""Loss climbs away from its best and does not return.

## What it shows
The run ends far above its lowest point: at least half of all progress is lost again, or the
loss ends well above where it started.

## Why it matters
The weights have left the region that training had found. More steps do not bring them back;
the steps since the best are lost, and the same rate leads there again.

## Example
    step,train_loss
    0,2.3
    200,1.1
    400,6.0

## What to do
Return to the checkpoint of the best step and go on at a third to a tenth of the rate; clip the
gradient; where the climb began within the warmup, warm up more slowly.

## References
- Cohen et al. (2021), Gradient Descent on Neural Networks Typically Occurs at the Edge of
  Stability: the bound 2/η on the sharpness.
- Zhang et al. (2020), Why Gradient Clipping Accelerates Training.
"""

import numpy as np

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.epoch_periodic import ends_on_a_peak
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import clip_gradient, lower_rate, place, too_thin
from lrdiag.signals import Signals
from lrdiag.wording import say_loss, say_number, say_rate, say_times

MIN_ROWS = 8  # rows; below, the end is a median of three of fewer than eight
LOST_SHARE = 0.5  # of the drop; 73 healthy runs: at most 0.032, 70 good sweep runs: 0.40
MIN_NOISES = 6.0  # noises of one row; flat noise of 60 rows: at most 3.6 in 200 draws
ABOVE_START = 0.2  # of the start; for runs that never fell
MOST = 1e99  # of any of these; evidence is finite
RATE_ROSE = 1.5  # times; a rate that grew with the loss is the cause
LEFT_SHARE = 0.1  # of the drop above the best; where the climb counts as begun
VAL_VALUES = 5  # values that a validation loss needs to contradict
VAL_HOLDS = 0.1  # of its drop above its best; a validation loss there still learns


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for a loss that ends far above its best."""
    thin = too_thin(signals, MIN_ROWS)
    if thin is not None:
        return thin
    loss = signals.loss
    climb = loss.end - loss.start
    lost = loss.rebound / loss.drop if loss.drop > 0.0 else float("inf")
    fell_back = lost >= LOST_SHARE and loss.rebound >= MIN_NOISES * loss.noise
    grew = climb >= ABOVE_START * abs(loss.start) and climb >= MIN_NOISES * loss.noise
    if not (grew or (fell_back and learned(signals))) or validation_learns(signals):
        return None
    if ends_on_a_peak(signals):
        return None
    left, end = _left_at(signals), loss.span[1]
    evidence = Evidence(
        "rise above the best",
        min(loss.rebound / loss.noise, MOST),
        MIN_NOISES,
        "noises",
        signals.loss_name,
        (left, end),
        left,
    )
    share = (
        Evidence("share of the drop lost again", 100.0 * min(lost, MOST), 100.0 * LOST_SHARE, "%")
        if np.isfinite(lost)
        else Evidence("end above the start", min(climb / loss.noise, MOST), MIN_NOISES, "noises")
    )
    return Finding(
        severity=Severity.ERROR,
        confidence=round(min(0.99, 0.7 + 0.3 * min(1.0, loss.rebound / loss.noise / 30.0)), 2),
        summary=(
            f"The loss leaves its best, {say_loss(loss.best)}, at {place(signals, left)} "
            f"and ends at {say_loss(loss.end)}"
        ),
        cause=_cause(signals, left),
        evidence=(evidence, share),
        fixes=_fixes(signals, left),
    )


def learned(signals: Signals) -> bool:
    """Whether there was progress to lose: more than the noise of a few rows."""
    return signals.loss.drop >= MIN_NOISES / 2.0 * signals.loss.noise


def validation_learns(signals: Signals) -> bool:
    """Whether a validation loss beside it ends at its best: then the objective changed."""
    val = signals.validation
    if val is None or signals.loss_name != "train_loss" or len(val) < VAL_VALUES:
        return False
    return val.drop > 0.0 and val.end - val.best_level <= VAL_HOLDS * val.drop


def _left_at(signals: Signals) -> float:
    """Return the last step at which the loss was still near its best."""
    loss = signals.loss
    near = loss.best + max(LEFT_SHARE * loss.drop, 3.0 * loss.noise)
    inside = np.flatnonzero(loss.bins.level <= near)
    return float(loss.bins.steps[inside[-1]]) if len(inside) else loss.span[0]


def _cause(signals: Signals, left: float) -> str:
    rose = _rate_rise(signals, left)
    if rose is not None:
        return f"The learning rate itself grows {say_times(rose)}-fold as the loss climbs."
    gradient, loss = signals.gradient, signals.loss
    first, last = loss.span
    growth = gradient.growth(left, last, left - first) if gradient and left > first else None
    if growth is not None and growth >= 3.0:
        return (
            "The steps are too large for the curvature: the gradient norm grows to "
            f"{say_times(growth)} times its usual as the loss climbs."
        )
    return (
        "The steps are too large for the curvature at this point, so each one undoes more than "
        "it gains. Without a growing gradient, labels or data that changed are possible too."
    )


def _rate_rise(signals: Signals, left: float) -> float | None:
    """Return how many times the rate rose since ``left``; None if by less than half."""
    schedule = signals.schedule
    if schedule is None:
        return None
    then, now = schedule.at(np.array([left, signals.loss.span[1]]))
    return float(now / then) if then > 0.0 and now > RATE_ROSE * then else None


def _fixes(signals: Signals, left: float) -> tuple[Fix, ...]:
    loss, schedule = signals.loss, signals.schedule
    then = None if schedule is None else float(schedule.at(np.array([left]))[0])
    rate = lower_rate(signals, 3, 10, "A shorter step stays in the valley.", rate=then)
    if _rate_rise(signals, left) is not None:
        keep = Fix(
            f"Keep the rate at {say_rate(then or 0.0)}, its value before the climb",
            "The climb began with the rise of the rate.",
        )
        return keep, back_to(signals), rate
    clip = clip_gradient(signals, "One long step cannot start the climb then.")
    warm = Fix("Warm up over 5 % of the run", "Early steps meet the steepest part of the loss.")
    early = loss.share(loss.best_step) < 0.05
    return (rate, warm, clip) if early else (rate, back_to(signals), clip)


def back_to(signals: Signals) -> Fix:
    """Return the fix that goes back to the best checkpoint."""
    loss = signals.loss
    return Fix(
        f"Go back to the checkpoint of {place(signals, loss.best_step)}",
        "The loss is lowest there.",
    )


def seen(signals: Signals) -> str:
    """Return how far the end stands above the best."""
    return f"end {say_number(signals.loss.rebound)} above best"


RULE = Rule(
    code="LR102",
    name="diverged",
    needs=(),
    check=check,
    doc=__doc__,
    clear="no divergence",
    seen=seen,
    explains=("LR101", "LR106", "LR113", "LR115", "FIT201", "FIT205", "SCH403"),
)
