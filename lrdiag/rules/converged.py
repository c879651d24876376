"""Loss has converged.

## What it shows
The loss is level over the last 30 % of the run, after it fell, and there is a reason for it to
be: the rate has decayed, or hardly anything of the loss is left.

## Why it matters
Nothing is wrong. More steps of this kind would gain nothing.

## Example
    step,train_loss,lr
    0,2.31,0.01
    600,0.021,0.001
    900,0.020,0.0

## What to do
Stop here, or stop earlier next time: the summary says where the loss became level.

## References
- Godbole et al. (2023), Deep Learning Tuning Playbook: how long to train.
"""

import numpy as np

from lrdiag.finding import CannotTell, Evidence, Finding, Severity
from lrdiag.rules.rule import Rule
from lrdiag.rules.start_overshoot import blows_up
from lrdiag.rules.words import place, tail_gain, too_thin
from lrdiag.signals import Signals
from lrdiag.signals.progress import TAIL
from lrdiag.wording import say_loss, say_share

MIN_ROWS = 20  # rows; as for LR115
LEVEL = 0.03  # of the drop; a real run that a reader calls level (decayed, 200 rows): 0.021
DECAYED = 0.1  # of the peak rate
NEAR_ZERO = 0.05  # of the median of the first bins; the first alone may have blown up
MIN_DROP = 6.0  # noises; a loss that never fell has not converged
REACHED = 0.02  # of the drop above the best; where the loss counts as there
VAL_RISE = 0.05  # of the best; a validation loss that rises by more is another matter


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for a level tail that has a reason."""
    thin = too_thin(signals, MIN_ROWS)
    if thin is not None:
        return thin
    loss, progress, schedule = signals.loss, signals.progress, signals.schedule
    if not _level_tail(signals) or blows_up(signals):  # a blow-up is no level to come down from
        return None
    decayed = schedule is not None and schedule.left <= DECAYED
    low = loss.end <= NEAR_ZERO * float(np.median(loss.bins.level[:3]))
    if not (decayed or low) or loss.rebound > REACHED * loss.drop + loss.noise:
        return None
    if signals.validation is not None and signals.validation.rise > VAL_RISE:
        return None
    since = _level_since(signals)
    return Finding(
        severity=Severity.NOTE,
        confidence=0.85 if decayed else 0.7,
        summary=f"Converged at {say_loss(loss.end)}, level since {place(signals, since)}",
        cause="The rate has decayed." if decayed else "Hardly anything of the loss is left.",
        evidence=(
            Evidence(
                "gain of the last 30 %, as a share of the drop",
                100.0 * progress.tail_gain / loss.drop,
                100.0 * LEVEL,
                "%",
                "train_loss",
                (progress.tail_from, loss.span[1]),
                since,
            ),
        ),
    )


def _level_tail(signals: Signals) -> bool:
    """Whether a loss that fell changes no more over the tail, either way."""
    loss, tail = signals.loss, signals.progress.tail
    widest = TAIL * max(abs(tail.low), abs(tail.high))
    return loss.drop >= MIN_DROP * loss.noise and widest <= LEVEL * loss.drop


def _level_since(signals: Signals) -> float:
    loss = signals.loss
    reached = np.flatnonzero(loss.bins.settled <= loss.best + REACHED * loss.drop)
    return float(loss.bins.steps[reached[0]])


def seen(signals: Signals) -> str:
    """Return what the tail does; where it is level, how much of the loss is left."""
    loss = signals.loss
    if not _level_tail(signals) or loss.end <= 0.0 or loss.start <= 0.0:
        return tail_gain(signals)
    return f"level, at {say_share(loss.end / loss.start)} of the start"


RULE = Rule(
    code="LR116",
    name="converged",
    needs=("train_loss",),
    check=check,
    doc=__doc__,
    clear="not converged",
    seen=seen,
)
