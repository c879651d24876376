"""Loss rises and falls smoothly, without noise.

## What it shows
Neighbouring changes of the loss resemble each other, as they never do where batches are drawn at
random, and yet the loss rises again and again, in stretches all over the run.

## Why it matters
A loss without noise, as of the whole data set at each step, rises only because a step was longer
than the curvature bears. Such training settles at the edge of stability: the sharpness hovers
about 2 / rate. As long as the loss falls over longer stretches this is normal and needs no change.
Where it no longer falls, the rate holds it up.

## Example
    step,train_loss
    400,0.0520
    401,0.0561
    402,0.0613
    403,0.0544

## What to do
While the loss falls over a hundred steps: nothing. Where it has stopped, halve the learning rate,
or let it decay at the end.

## References
- Cohen et al. (2021), Gradient Descent on Neural Networks Typically Occurs at the Edge of
  Stability: not monotone from step to step, falling over longer times.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Severity
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import lower_rate, too_thin
from lrdiag.signals import Signals
from lrdiag.signals.alternation import FEWEST_WINDOWS, WINDOW
from lrdiag.wording import say_number, say_share

MIN_ROWS = (FEWEST_WINDOWS + 1) * WINDOW + 1  # rows
MIN_SMOOTH = 0.5  # correlation; noise: -0.5. 135 good and healthy runs: at most 0.17, full batch at
MIN_RISING = 0.1  # of the changes; the edge: 0.74 and 0.92. Below it no change rises there, at the
MIN_WINDOWS = 0.3  # of the run; edge: 0.36 of them and 0.58 of the run
NEAR_ZERO = 0.05  # of the start; below, little is left to gain


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for a loss without noise that rises again and again."""
    thin = too_thin(signals, MIN_ROWS)
    if thin is not None:
        return thin
    course, loss = signals.alternation, signals.loss
    if course is None or course.smooth < MIN_SMOOTH:
        return None
    if course.rising < MIN_RISING or course.windows < MIN_WINDOWS or _rate_rises(signals):
        return None
    falls = signals.progress.tail.falls or abs(loss.end) <= NEAR_ZERO * abs(loss.start)
    return Finding(
        severity=Severity.NOTE if falls else Severity.WARNING,
        confidence=0.75,
        summary=(
            f"The loss has no noise, yet rises at {say_share(course.rising)} of the rows"
            + (": the edge of stability, which is normal" if falls else ", and falls no more")
        ),
        cause=(
            "Steps are as long as the curvature bears. That is where training without noise "
            "settles, and it is normal while the loss falls over longer stretches."
            if falls
            else "Steps are longer than the curvature bears, and the loss cannot fall further."
        ),
        evidence=(
            Evidence(
                "rows at which the loss rises",
                100.0 * course.rising,
                100.0 * MIN_RISING,
                "%",
                "train_loss",
                (course.first, loss.span[1]),
            ),
            Evidence(
                "correlation of neighbouring changes; noise has -0.5", course.smooth, MIN_SMOOTH
            ),
            Evidence(
                "part of the run in which it rises so",
                100.0 * course.windows,
                100.0 * MIN_WINDOWS,
                "%",
            ),
        ),
        fixes=()
        if falls
        else (lower_rate(signals, 2, 4, "Half the rate bears twice the curvature."),),
    )


def _rate_rises(signals: Signals) -> bool:
    """Whether the rate itself goes up and down: then the loss follows it."""
    return signals.schedule is not None and len(signals.schedule.jumps) > 0


def seen(signals: Signals) -> str:
    """Return how the loss goes from row to row."""
    course = signals.alternation
    if course is None:
        return "too few rows"
    return f"correlation of changes {say_number(course.smooth, 2)}"


RULE = Rule(
    code="LR108",
    name="edge-of-stability",
    needs=("train_loss",),
    check=check,
    doc=__doc__,
    clear="not at the edge of stability",
    seen=seen,
    symptom="oscillation",
    explains=("LOG904",),
)
