"""Training loss falls while validation loss rises.

## What it shows
The validation loss reaches its lowest point and rises from there, steadily and by more than its
noise, while the training loss stands no higher at the end than it did there.

## Why it matters
Every step after the lowest point makes the model worse on data that it has not seen. The
learning rate is seldom the cause, and lowering it mostly delays the same end.

## Example
    step,train_loss,val_loss
    0,2.30,2.31
    500,0.90,1.10
    1000,0.45,1.32

## What to do
Keep the checkpoint of the lowest validation loss. Then regularise: more weight decay, dropout,
augmentation, more data. A lower late rate comes after that, if at all.

## References
- Prechelt (1998), Early Stopping - But When?: the generalization loss used here.
- Srivastava et al. (2014), Dropout.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules import diverged
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import place, too_few_validations
from lrdiag.signals import Signals
from lrdiag.signals.validation import TINY, Validation
from lrdiag.wording import say_loss, say_share

MIN_VALUES = 6  # values of val_loss; three of them give the end and three the best
MIN_AFTER = 4  # values from the best on; three in a row rise by chance one time in six
MIN_RISE = 0.05  # of the best; 47 healthy runs with six values: at most 0.033, 6 overfit: 0.145 up
MIN_TAU = 0.5  # trend since the best; the 6 that overfit: 0.995 up
MIN_NOISES = 3.0  # noises; the same 47: at most 1.2, the same 6: 32 up
MIN_DROP = 0.01  # of the training drop; the same 6: 0.024 up
MOST = 1e99  # noises; evidence is finite
EARLY = 0.1  # of the run; two rates 10 and 30 times too high: 0.034, small data sets: 0.05 up
SEVERE_RISE = 0.2  # of the best; from there on the rise alone adds no more confidence


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for a validation loss that has risen since its best while training went on."""
    val = signals.validation
    if val is None:
        return CannotTell(("val_loss",), "No value of val_loss is a number.")
    if signals.rows == 0:
        return CannotTell(("train_loss",), "No value of train_loss is a number.")
    few = too_few_validations(len(val), MIN_VALUES)
    if few is not None:
        return few
    if not _rises(val, signals.loss.drop) or not val.train_fell:
        return None
    step, last = val.best_step, float(val.steps[-1])
    diverges = isinstance(diverged.check(signals), Finding)
    noises = (val.end - val.best_level) / val.noise if val.noise > 0.0 else None
    evidence = [
        Evidence(
            "rise after the best step",
            100.0 * val.rise,
            100.0 * MIN_RISE,
            "%",
            "val_loss",
            (step, last),
            step,
        ),
        _evidence_since(val),
        Evidence(
            "training loss now, less its value there",
            val.train_end - val.train_then,
            0.0,
            "",
            "train_loss",
        ),
    ]
    if noises is not None:
        evidence.insert(1, Evidence("the same rise", min(noises, MOST), MIN_NOISES, "noises"))
    return Finding(
        severity=Severity.WARNING,
        confidence=round(
            min(0.98, 0.6 + 0.2 * max(val.tau, MIN_TAU) + 0.2 * min(1.0, val.rise / SEVERE_RISE)), 2
        ),
        summary=(
            f"Validation is lowest at {place(signals, step)}, {say_loss(val.best_value)}, "
            f"and rises to {say_loss(val.end)} while training "
            + ("ends no higher than there" if diverges else "falls")
        ),
        cause=_cause(diverges=diverges, early=signals.loss.share(step) <= EARLY),
        evidence=tuple(evidence),
        fixes=_fixes(signals, val),
    )


def _evidence_since(val: Validation) -> Evidence:
    if val.tau >= MIN_TAU:
        return Evidence("trend since then, 1 is always up", val.tau, MIN_TAU, "", "val_loss")
    size = max(abs(val.best_level), float(TINY))
    share = 100.0 * min(val.kept_rise / size, MOST)
    return Evidence(
        "lowest of the later half since then, above the best",
        share,
        100.0 * MIN_RISE,
        "%",
        "val_loss",
    )


def _cause(*, diverges: bool, early: bool) -> str:
    fits = "The model fits what is particular to the training data."
    if diverges:
        return "The training loss climbs as well: the learning rate is too high before all else."
    if early:
        return f"{fits} As the best comes so early, perhaps the learning rate is too high as well."
    return f"{fits} The learning rate is not the cause."


def _rises(val: Validation, train_drop: float) -> bool:
    rise = val.end - val.best_level
    return (
        len(val) - val.best >= MIN_AFTER
        and val.rise >= MIN_RISE
        and (val.tau >= MIN_TAU or _stays_above(val))
        and rise >= MIN_NOISES * val.noise
        and rise >= MIN_DROP * train_drop
        and val.end > val.train_end
    )


def _stays_above(val: Validation) -> bool:
    """Whether it rose at once and never came back: then later values show no trend."""
    least = MIN_RISE * abs(val.best_level)
    return val.kept_rise >= max(least, MIN_NOISES * val.noise) > 0.0


def _fixes(signals: Signals, val: Validation) -> tuple[Fix, ...]:
    where = place(signals, val.best_step)
    return (
        Fix(
            f"Keep the checkpoint of {where}, or stop there",
            "No later one does better on data that it has not seen.",
        ),
        Fix(
            "Raise weight decay 3 to 10 times, or dropout by 0.1",
            "A regularised model fits the training data later.",
        ),
        Fix("Add data or augmentation", "More variety leaves less to memorise."),
        Fix(
            f"Decay the learning rate to near zero by {where}",
            "A lower late rate settles before the rise.",
        ),
    )


def seen(signals: Signals) -> str:
    """Return what the validation loss does."""
    val = signals.validation
    if val is None or val.rise <= 0.0:
        return "val falls"
    return f"val {say_share(val.rise)} above its best"


RULE = Rule(
    code="FIT201",
    name="overfitting",
    needs=("train_loss", "val_loss"),
    check=check,
    doc=__doc__,
    clear="no overfitting",
    seen=seen,
    symptom="overfitting",
    explains=("LR115", "FIT206"),
)
