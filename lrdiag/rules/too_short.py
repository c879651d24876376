"""Log is too short to judge.

## What it shows
The log holds fewer values of the loss than a shape needs: too few to tell a trend from noise,
or a plateau from a pause.

## Why it matters
A verdict on so few values would be a guess. What the rules can see in them is still reported;
what they cannot see is not thereby fine.

## Example
    step,train_loss
    99,0.67
    199,0.15
    299,0.12

## What to do
Log more often: every optimizer step, or at least 50 to 200 times a run. It costs nothing
beside a step, and spikes, noise and the start only show at that rate.

## References
- Godbole et al. (2023), Deep Learning Tuning Playbook: look at the training curve of every
  step, not only at the epochs.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.rule import Rule
from lrdiag.run import SeriesName
from lrdiag.signals import Signals
from lrdiag.wording import spell_count

MIN_VALUES = 15  # values of a loss; with fewer the advice is unsure as well
WANTED = 200  # values; where advice from a log stops gaining much (0.96 right, 0.87 at a tenth)


def check(signals: Signals) -> Finding | CannotTell | None:
    """Count the values of the better logged loss."""
    name, values = _longest(signals)
    if name is None:
        return CannotTell(("train_loss",), "The log holds no loss.")
    if values >= MIN_VALUES:
        return None
    steps = signals.run[name].steps
    return Finding(
        severity=Severity.NOTE,
        confidence=0.95,
        summary=f"{spell_count(values, 'value')} of {name}, too few to judge the curve",
        cause="The loss is logged too seldom, or the run has only begun.",
        evidence=(
            Evidence(
                "logged values",
                float(values),
                float(MIN_VALUES),
                "",
                name,
                (float(steps[0]), float(steps[-1])),
            ),
        ),
        fixes=(
            Fix(
                f"Log the training loss about {WANTED} times a run",
                "Spikes, noise and the first steps are lost between rarer values.",
            ),
        ),
    )


def _longest(signals: Signals) -> tuple[SeriesName | None, int]:
    sizes: list[tuple[int, SeriesName]] = [
        (len(signals.run[name]), name)
        for name in ("train_loss", "val_loss")
        if name in signals.run and len(signals.run[name])
    ]
    if not sizes:
        return None, 0
    values, name = max(sizes, key=lambda pair: pair[0])
    return name, values


def seen(signals: Signals) -> str:
    """Return how many values there are."""
    name, values = _longest(signals)
    return f"{values:,} values of {name}"


RULE = Rule(
    code="LOG901",
    name="too-short",
    needs=(),
    check=check,
    doc=__doc__,
    clear="long enough",
    seen=seen,
)
