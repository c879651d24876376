"""Training loss rises late in the run.

## What it shows
Over the last 30 % of the run the training loss rises surely, by a tenth of all progress or
more, but by less than a divergence.

## Why it matters
Training that undoes its own work late has changed its problem: the data, the rate, or the
stability of the optimizer. What follows is seldom better.

## Example
    step,train_loss
    600,0.80
    800,0.95
    1000,1.20

## What to do
Compare the data and the learning rate of that time with those before: a new shard, a restart of
the schedule, weight decay. If neither changed, divide the rate by 2 to 3 from there on.

## References
- Godbole et al. (2023), Deep Learning Tuning Playbook: a training loss that rises is usually a
  fault of the pipeline.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules import diverged
from lrdiag.rules.diverged import learned, validation_learns
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import lower_rate, place, too_thin
from lrdiag.signals import Signals
from lrdiag.wording import say_number, say_share

MIN_ROWS = 50  # rows; a tail of 15
MIN_RISE = 0.1  # of the drop; 73 healthy runs: none rises surely, 70 good ones: one, by 0.01
MIN_NOISES = 2.0  # noises of one row; that one: 0.4
MOST_LOST = 0.3  # of the drop; an end that high above the best is no luck of a noisy tail
RAISED = 1.2  # times; a rate that itself rose over the tail explains a rise


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for a tail that rises."""
    thin = too_thin(signals, MIN_ROWS)
    if thin is not None:
        return thin
    loss, progress = signals.loss, signals.progress
    rise = -progress.tail_gain
    sure = progress.tail.rises and not isinstance(diverged.check(signals), Finding)
    over = max(rise, loss.rebound if loss.rebound >= MOST_LOST * loss.drop else 0.0)
    high = rise >= MIN_RISE * loss.drop and over >= MIN_NOISES * progress.tail_noise
    if (
        not (learned(signals) and sure and high)
        or _rate_rose(signals)
        or validation_learns(signals)
    ):
        return None
    span = (progress.tail_from, loss.span[1])
    return Finding(
        severity=Severity.WARNING,
        confidence=0.75,
        summary=(
            f"The loss rises by {say_number(rise)} from {place(signals, progress.tail_from)} on, "
            f"{say_share(rise / loss.drop)} of what it had fallen"
        ),
        cause=(
            "The data or the schedule changed, or the steps have become too large for the "
            "curvature."
        ),
        evidence=(
            Evidence(
                "rise over the last 30 %, as a share of the drop",
                100.0 * rise / loss.drop,
                100.0 * MIN_RISE,
                "%",
                "train_loss",
                span,
            ),
            Evidence("end above the best", over / progress.tail_noise, MIN_NOISES, "noises")
            if over > rise
            else Evidence("the same rise", rise / progress.tail_noise, MIN_NOISES, "noises"),
        ),
        fixes=(
            Fix(
                f"Compare the data before and after {place(signals, progress.tail_from)}",
                "A new shard or another order shows as a rise.",
            ),
            lower_rate(signals, 2, 3, "A shorter step stays in the valley."),
        ),
    )


def _rate_rose(signals: Signals) -> bool:
    schedule = signals.schedule
    if schedule is None:
        return False
    tail = schedule.lr[schedule.steps >= signals.progress.tail_from]
    return len(tail) > 1 and float(tail.max()) > RAISED * float(tail[0])


def seen(signals: Signals) -> str:
    """Return how far the end stands above the best."""
    return f"end {say_number(signals.loss.rebound)} above best"


RULE = Rule(
    code="LR113",
    name="late-rise",
    needs=("train_loss",),
    check=check,
    doc=__doc__,
    clear="no late rise",
    seen=seen,
)
