"""Validation stays above training by a steady distance.

## What it shows
Over the second half of the run the validation loss stands clearly above the training loss, by a
distance that neither grows nor shrinks much, and ends close to its lowest.

## Why it matters
Nothing is wrong: a distance alone is not overfitting. Validation data are never quite like the
training data, and a model always knows its own data a little better. As long as the validation
loss does not rise, training does no harm.

## Example
    step,train_loss,val_loss
    500,0.62,0.81
    1000,0.55,0.74
    2000,0.52,0.71

## What to do
Go on. If the validation loss itself must come down, a model that is regularised more or that sees
more data narrows the distance; the learning rate does not.

## References
- Prechelt (1998), Early Stopping - But When?: overfitting is a rise, not a distance.
- Goodfellow, Bengio and Courville (2016), Deep Learning, chapter 5: the generalization gap.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Severity
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import too_few_validations, too_late
from lrdiag.signals import Signals
from lrdiag.signals.gap import Gap
from lrdiag.signals.validation import Validation
from lrdiag.wording import say_loss, say_share

MIN_VALUES = 6  # values of val_loss; three of them show the distance late in the run
MIN_LEVEL = 0.1  # of the training loss; 25 language models: at most 0.003
MIN_DROP = 0.1  # of the training drop; three of four in 101 good runs have less
MIN_NOISES = 5.0  # noises of the distance
MOST_DRIFT = 0.2  # of the distance, by which it may grow over the second half
MOST_RISE = 0.03  # of the lowest validation; overfitting begins at 0.05


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for a distance that is large and steady while validation stays low."""
    val, gap = signals.validation, signals.gap
    few = too_few_validations(0 if val is None else len(val), MIN_VALUES)
    if few is not None:
        return few
    if val is None or gap is None:
        return too_late(signals)
    if not _steady(gap) or not _learnt(val, gap):
        return None
    drop = signals.loss.drop
    if drop <= 0.0 or gap.size < max(MIN_LEVEL * gap.level, MIN_DROP * drop):
        return None
    return Finding(
        severity=Severity.NOTE,
        confidence=0.85,
        summary=(
            f"Validation stays {say_loss(gap.size)} above training and ends near its lowest: "
            "a distance, not overfitting"
        ),
        cause=(
            "Validation data are never quite like the training data. The distance holds and "
            "validation does not rise, so training does no harm."
        ),
        evidence=(
            Evidence(
                "distance as a share of the training drop",
                100.0 * gap.size / drop,
                100.0 * MIN_DROP,
                "%",
                "val_loss",
                gap.span,
            ),
            Evidence(
                "how much of it came over the second half",
                100.0 * gap.slope.value / gap.size,
                100.0 * MOST_DRIFT,
                "%",
            ),
            Evidence(
                "validation at the end, above its lowest",
                100.0 * val.rise,
                100.0 * MOST_RISE,
                "%",
                "val_loss",
            ),
        ),
    )


def _steady(gap: Gap) -> bool:
    """Whether the distance is above its noise and hardly changes."""
    return gap.size >= MIN_NOISES * gap.noise and abs(gap.slope.value) <= MOST_DRIFT * abs(gap.size)


def _learnt(val: Validation, gap: Gap) -> bool:
    """Whether validation fell at least as far as the distance, and stayed there."""
    return val.drop >= gap.size and val.rise <= MOST_RISE


def seen(signals: Signals) -> str:
    """Return how far validation stands from training."""
    gap, drop = signals.gap, signals.loss.drop
    if gap is None or drop <= 0.0:
        return "no distance to measure"
    where = "above" if gap.size >= 0.0 else "below"
    return f"val {say_share(abs(gap.size) / drop)} of the drop {where}"


RULE = Rule(
    code="FIT202",
    name="constant-gap",
    needs=("train_loss", "val_loss"),
    check=check,
    doc=__doc__,
    clear="no steady gap",
    seen=seen,
    symptom="overfitting",
)
