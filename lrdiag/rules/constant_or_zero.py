"""Loss is one constant, or zero.

## What it shows
The loss has exactly one value in the whole log, or stops at one value for the last tenth or more
of a lively curve while it is still high. Every digit is the same.

## Why it matters
A loss over fresh batches never repeats to the last digit. What is logged is not the loss of the
batch: a tensor that no longer changes, another metric under its name, a loss whose labels are all
masked, or weights of which none is trained.

## Example
    step,train_loss
    0,0.0
    10,0.0
    20,0.0

## What to do
Print the loss of two batches, its inputs and its labels. Look whether the logged name is the loss
that backward is called on, whether labels are masked (-100), and whether a parameter changes.

## References
- PyTorch documentation, CrossEntropyLoss: ignore_index takes targets out of the loss.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.hidden_nan import LIVELY
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import place, too_thin
from lrdiag.signals import Signals
from lrdiag.signals.record import Repeat
from lrdiag.wording import count, say_loss

MIN_ROWS = 10  # rows of one value; 480 lively logs repeat a value at most once
MIN_SHARE = 0.1  # of the rows, where the loss moved before
HIGH = 0.05  # of the start; below, a loss printed with few digits stands still by itself
RESTING = 1e-3  # of the peak rate; below, the weights rest and full batches repeat


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for one value."""
    thin = too_thin(signals, MIN_ROWS)
    if thin is not None:
        return thin
    repeat = signals.repeat
    if repeat is None or not _stands(signals, repeat):
        return None
    level = "zero" if repeat.value == 0.0 else f"exactly {say_loss(repeat.value)}"
    where = "in every row" if repeat.whole else f"from {place(signals, repeat.first)} to the end"
    return Finding(
        severity=Severity.ERROR if repeat.whole else Severity.WARNING,
        confidence=0.95 if repeat.whole else 0.75,
        summary=f"The loss is {level} {where}, {count(repeat.rows, 'row')}",
        cause=(
            "What is logged is not the loss of the batch, no label counts, or no weight is trained."
        ),
        evidence=(
            Evidence(
                "rows of one value",
                float(repeat.rows),
                float(MIN_ROWS),
                "",
                signals.loss_name,
                (repeat.first, repeat.last),
                repeat.first,
            ),
        ),
        fixes=(
            Fix(
                "Print the loss of two batches beside what is logged",
                "If they differ, another value is logged under its name.",
            ),
            Fix(
                "Look whether every label is masked, and whether a parameter changes",
                "Either leaves a loss that says nothing of the model.",
            ),
        ),
    )


def _stands(signals: Signals, repeat: Repeat) -> bool:
    if repeat.rows < MIN_ROWS:
        return False
    if repeat.whole:
        return True
    loss, schedule = signals.loss, signals.schedule
    lively = repeat.at_end and repeat.distinct >= LIVELY
    if not lively or repeat.rows < MIN_SHARE * signals.rows:
        return False
    resting = schedule is not None and schedule.lowest(repeat.first, repeat.last) <= RESTING
    return abs(repeat.value) > HIGH * abs(loss.start) and not resting


def seen(signals: Signals) -> str:
    """Return the longest stretch of one value."""
    repeat = signals.repeat
    return "no loss" if repeat is None else f"one value for {count(repeat.rows, 'row')} at most"


RULE = Rule(
    code="LOG906",
    name="constant-or-zero",
    needs=(),
    check=check,
    doc=__doc__,
    clear="loss not constant",
    seen=seen,
    explains=("LR110", "LR111", "LR112", "LR115", "LR116"),
)
