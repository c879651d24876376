"""Log is smoothed.

## What it shows
A change of the loss does not take back the one before it, as independent batches do: each value
holds much of its neighbour. An exponential or moving average does that.

## Why it matters
A smoothed loss hides what this catalogue looks for: a spike of one batch becomes a low hill,
noise and its growth are gone, and the first steps lag behind. Limits that count noises are too
strict or too loose then. A loss of the same batch at every step looks alike, and is fine.

## Example
    step,train_loss
    100,2.412
    101,2.409
    102,2.407

## What to do
Log the loss of each step, or the plain mean since the last logged row, and smooth only what is
drawn. A tracker's export usually offers both; take the raw one.

## References
- TensorBoard documentation, Scalars: smoothing is an exponential moving average of what is shown.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.epoch_periodic import follows_epochs
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import too_thin
from lrdiag.signals import Signals
from lrdiag.wording import say_number

MIN_ROWS = 125  # rows; a window of 100 after the first fifth
MIN_CORRELATION = -0.2  # 131 of 132 good runs: at most -0.21; averaged with 0.9: -0.16 up
MAX_CORRELATION = 0.5  # beyond, the loss has no noise: the same data at every step


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look at how a change goes with the one before."""
    thin = too_thin(signals, MIN_ROWS)
    if thin is not None:
        return thin
    found = signals.change_correlation
    if found is None or not MIN_CORRELATION <= found <= MAX_CORRELATION:
        return None
    loss = signals.loss
    if follows_epochs(signals) or loss.drop <= 0.0 or loss.end > loss.start:
        return None
    return Finding(
        severity=Severity.NOTE,
        confidence=0.7,
        summary="Neighbouring values of the loss hold much of each other: the log is smoothed",
        cause="The loss was averaged over past steps before it was logged, or on its export.",
        evidence=(
            Evidence(
                "correlation of a change with the one before, -0.5 for single batches",
                found,
                MIN_CORRELATION,
                "",
                "train_loss",
                loss.span,
            ),
        ),
        fixes=(
            Fix(
                "Log the raw loss, and smooth only the drawing",
                "Spikes and noise are what most rules look at.",
            ),
        ),
    )


def seen(signals: Signals) -> str:
    """Return the correlation."""
    found = signals.change_correlation
    return "no noise" if found is None else f"changes correlate by {say_number(found, 2)}"


RULE = Rule(
    code="LOG904",
    name="smoothed-log",
    needs=("train_loss",),
    check=check,
    doc=__doc__,
    clear="not smoothed",
    seen=seen,
)
