"""Validation loss lies below training loss.

## What it shows
Over the second half of the run four validations of five lie at least 5 % below the training loss,
at the same step and one validation later.

## Why it matters
Most often nothing is wrong: dropout, augmentation and mixed labels make training harder than
validation. But where the validation accuracy leads as well, or nothing of the kind is used,
validation samples may be part of the training data, and every score is then too good.

## Example
    step,train_loss,val_loss
    500,1.10,0.92
    1000,0.94,0.75
    2000,0.88,0.70

## What to do
Measure the training loss once with dropout and augmentation off. If it drops below validation,
all is well. If not, look for samples that are in both sets, and for groups (a patient, a video,
a user) that are split between them.

## References
- Srivastava et al. (2014), Dropout: the network that trains is thinner than the one that is
  evaluated.
- Kapoor and Narayanan (2023), Leakage and the reproducibility crisis in machine-learning-based
  science.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import too_few_validations, too_late
from lrdiag.signals import Signals
from lrdiag.signals.gap import CLEAR
from lrdiag.wording import say_number, say_share

MIN_VALUES = 6  # values of val_loss; three of them show the end
MIN_BETTER = 0.8  # of the late validations; 101 good runs: at most 0.54, their epoch means: 0.69
MIN_LEAD = 5.0  # points of accuracy; from there on a leak is to be looked for


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for validations that stay clearly below training."""
    val, gap = signals.validation, signals.gap
    few = too_few_validations(0 if val is None else len(val), MIN_VALUES)
    if few is not None:
        return few
    if gap is None:
        return too_late(signals)
    if gap.better < MIN_BETTER or gap.size >= 0.0:
        return None
    below = Evidence(
        f"late validations {say_share(CLEAR)} or more below training",
        100.0 * gap.better,
        100.0 * MIN_BETTER,
        "%",
        "val_loss",
        gap.span,
    )
    leads = signals.accuracy_lead
    suspect = leads is not None and leads >= MIN_LEAD
    evidence = [below]
    if leads is not None:
        lead = Evidence(
            "validation accuracy less training accuracy", leads, MIN_LEAD, "points", "val_accuracy"
        )
        evidence.insert(0 if suspect else 1, lead)
    return Finding(
        severity=Severity.NOTE,
        confidence=0.8 if suspect else 0.7,
        summary=_summary(below.value / 100.0, leads if suspect else None),
        cause=_cause(leads),
        evidence=tuple(evidence),
        fixes=_fixes(suspect=suspect),
    )


def _summary(better: float, leads: float | None) -> str:
    also = (
        "" if leads is None else f", and its accuracy leads training by {say_number(leads)} points"
    )
    return f"Validation lies clearly below training {say_share(better)} of the later run{also}"


def _cause(leads: float | None) -> str:
    usual = "Dropout, augmentation or mixed labels make training harder than validation"
    if leads is None:
        return (
            f"{usual}, and a loss averaged over past steps lags behind it. With none of these, "
            "validation samples are easier, or are in the training data."
        )
    if leads >= MIN_LEAD:
        return (
            f"{usual}. If you use none of them, validation samples are in the training data: the "
            "accuracy leads as well as the loss."
        )
    return f"{usual}. The accuracies agree, so a leak is unlikely."


def _fixes(*, suspect: bool) -> tuple[Fix, ...]:
    measure = Fix(
        "Measure the training loss once with dropout and augmentation off",
        "If it drops below validation, all is well.",
    )
    search = Fix(
        "Look for samples or groups that are in both sets",
        "A leak makes every validation too good.",
    )
    return (search, measure) if suspect else (measure,)


def seen(signals: Signals) -> str:
    """Return how many late validations lie clearly below training."""
    gap = signals.gap
    return "not measured" if gap is None else f"{say_share(gap.better)} of late validations below"


RULE = Rule(
    code="FIT204",
    name="val-better-than-train",
    needs=("train_loss", "val_loss"),
    check=check,
    doc=__doc__,
    clear="validation not below training",
    seen=seen,
)
