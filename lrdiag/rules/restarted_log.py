"""Log falls back to earlier steps.

## What it shows
The step counter falls back, or the same step is logged more than once: training was resumed
from a checkpoint, or two runs were written to one file. The last copy of each step is judged.

## Why it matters
A resume that forgets the optimizer's state, the schedule or the place in the data leaves a jump
in the loss that looks like an instability. Two runs in one file make one curve of neither.

## Example
    step,train_loss
    400,0.52
    450,0.49
    400,0.71
    450,0.66

## What to do
Save and load the state of the optimizer, the schedule and the sampler with the weights; warm up
again over 1 % of the run. Write each run to a file of its own.

## References
- PyTorch documentation, Saving and loading a general checkpoint.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import places
from lrdiag.signals import Signals
from lrdiag.wording import spell_count

MIN_REPEATED = 2  # rows; one step logged twice is a last line written again


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for steps that fall back or repeat."""
    run = signals.run
    if not run.restarts and run.repeated < MIN_REPEATED:
        return None
    times = len(run.restarts)
    if run.restarts:
        summary = f"{spell_count(times, 'restart')}, at {places(signals, run.restarts)}"
    else:
        summary = f"{spell_count(run.repeated, 'row')} replaced by a later copy of the same step"
    evidence = [
        Evidence("rows that a later copy replaced", float(run.repeated), float(MIN_REPEATED))
    ]
    evidence.extend(
        Evidence("the log falls back to", step, None, "", signals.loss_name, (step, step), step)
        for step in run.restarts[:8]
    )
    return Finding(
        severity=Severity.NOTE,
        confidence=0.95,
        summary=summary,
        cause="Training was resumed from a checkpoint, or the file holds more than one run.",
        evidence=tuple(evidence),
        fixes=(
            Fix(
                "Save the optimizer, the schedule and the sampler with the weights",
                "A resume without them starts with a jump.",
            ),
            Fix("Write each run to a file of its own", "Then each gets its own verdict."),
        ),
    )


def seen(signals: Signals) -> str:
    """Return that the steps are in order."""
    return "steps in order" if not signals.run.repeated else "one row repeated"


RULE = Rule(
    code="LOG902",
    name="restarted-log",
    needs=(),
    check=check,
    doc=__doc__,
    clear="no restart in the log",
    seen=seen,
)
