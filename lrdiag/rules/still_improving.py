"""Loss still falls when the log ends.

## What it shows
Over the last 30 % of the run the loss falls surely, and by 3 % of all progress or more.

## Why it matters
Nothing is wrong. The run is shorter than its curve: more steps, or a decay of the rate to zero,
would still gain.

## Example
    step,train_loss
    0,4.8
    300,2.6
    500,2.3

## What to do
Train 50 to 100 % longer, or let the learning rate decay to zero within the steps you have.

## References
- Godbole et al. (2023), Deep Learning Tuning Playbook: how long to train.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.converged import VAL_RISE
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import cut_short, tail_gain, too_thin
from lrdiag.signals import Signals
from lrdiag.wording import say_share

MIN_ROWS = 20  # rows; a tail of six, the fewest whose slope can be sure
MIN_GAIN = 0.03  # of the drop, over the last 30 %
DECAYED = 0.1  # of the peak rate; a schedule that ends there has used its steps up

LONGER = Fix("Train 50 to 100 % longer", "The trend at the end says it pays.")


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for a tail that falls."""
    thin = too_thin(signals, MIN_ROWS) or cut_short(signals)
    if thin is not None:
        return thin
    loss, progress = signals.loss, signals.progress
    if not progress.tail.falls or progress.tail_gain < MIN_GAIN * loss.drop or loss.drop <= 0.0:
        return None
    gain = progress.tail_gain / loss.drop
    ended = signals.schedule is not None and signals.schedule.left <= DECAYED
    return Finding(
        severity=Severity.NOTE,
        confidence=0.85,
        summary=f"Still falling when the log ends: {say_share(gain)} of the drop in the last 30 %",
        cause=(
            "The run is shorter than the curve."
            if not ended
            else "The schedule ended before the curve did."
        ),
        evidence=(
            Evidence(
                "gain of the last 30 %, as a share of the drop",
                100.0 * gain,
                100.0 * MIN_GAIN,
                "%",
                "train_loss",
                (progress.tail_from, loss.span[1]),
            ),
        ),
        fixes=() if _overfits(signals) else (LONGER,),
    )


def _overfits(signals: Signals) -> bool:
    """Whether the validation loss has turned: then longer training serves nobody."""
    val = signals.validation
    return val is not None and val.rise > VAL_RISE


def seen(signals: Signals) -> str:
    """Return what the tail does."""
    return tail_gain(signals)


RULE = Rule(
    code="LR115",
    name="still-improving",
    needs=("train_loss",),
    check=check,
    doc=__doc__,
    clear="not cut short",
    seen=seen,
)
