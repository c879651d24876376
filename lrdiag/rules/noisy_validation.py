"""Validation loss jumps from one validation to the next.

## What it shows
Over the second half of the run neighbouring validations differ by a large share of all that the
validation loss ever moved, and by a good part of its level.

## Why it matters
The lowest validation is then partly luck: the checkpoint that it names may be no better than its
neighbours, and early stopping ends on a chance. Two runs compared by their last validation are
compared by noise.

## Example
    epoch,train_loss,val_loss
    20,0.31,0.62
    21,0.30,0.48
    22,0.29,0.71

## What to do
Validate on four times as many samples, which halves what chance adds. If the validation set is
already large, the weights themselves jump: average them, or let the rate decay toward the end.

## References
- Bouthillier et al. (2021), Accounting for Variance in Machine Learning Benchmarks.
- Izmailov et al. (2018), Averaging Weights Leads to Wider Optima and Better Generalization.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import place, too_few_validations
from lrdiag.signals import Signals
from lrdiag.wording import say_loss, say_share

MIN_VALUES = 12  # values of val_loss; six of them in the second half
MIN_SWING = 0.15  # of all movement of the smooth loss; 8 of 101 good runs have more
MIN_LEVEL = 0.05  # of the late level; 25 language models: at most 0.003


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for late validations that scatter."""
    val = signals.validation
    if val is None:
        return CannotTell(("val_loss",), "No value of val_loss is a number.")
    few = too_few_validations(len(val), MIN_VALUES)
    if few is not None:
        return few
    noise, moved, level = val.late_noise, val.moved, val.late_level
    if moved <= 0.0 or noise < max(MIN_SWING * moved, MIN_LEVEL * level) or noise <= 0.0:
        return None
    span = (float(val.steps[len(val) // 2]), float(val.steps[-1]))
    return Finding(
        severity=Severity.NOTE,
        confidence=0.8,
        summary=(
            f"Late validations scatter by {say_loss(noise)}, {say_share(noise / moved)} of all "
            "that validation moved: which is lowest is partly luck"
        ),
        cause=(
            "The validation set is small, or the weights still jump from one validation to the "
            "next because the rate stays high."
        ),
        evidence=(
            Evidence(
                "late scatter as a share of all movement",
                100.0 * noise / moved,
                100.0 * MIN_SWING,
                "%",
                "val_loss",
                span,
                val.best_step,
            ),
            Evidence(
                "the same, as a share of the level",
                100.0 * noise / level if level > 0.0 else 100.0,
                100.0 * MIN_LEVEL,
                "%",
            ),
        ),
        fixes=(
            Fix("Validate on four times as many samples", "That halves what chance adds."),
            Fix(
                "Average the weights over the last validations, or decay the rate to zero",
                "Either calms weights that jump.",
            ),
            Fix(
                f"Choose the checkpoint by the median of three validations, not by "
                f"{place(signals, val.best_step)} alone",
                "A median of three is right more often than the lowest of many.",
            ),
        ),
    )


def seen(signals: Signals) -> str:
    """Return how much late validations scatter."""
    val = signals.validation
    if val is None or val.moved <= 0.0:
        return "validation does not move"
    return f"scatter {say_share(val.late_noise / val.moved)} of all movement"


RULE = Rule(
    code="FIT205",
    name="noisy-validation",
    needs=("val_loss",),
    check=check,
    doc=__doc__,
    clear="validation not noisy",
    seen=seen,
)
