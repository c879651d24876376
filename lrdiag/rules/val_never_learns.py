"""Validation loss never improves while training loss falls.

## What it shows
The training loss falls surely from the start, yet the validation loss never comes more than
3 % below the level at which training began.

## Why it matters
What the model learns holds for the training samples alone. From the first step this is not
overfitting but labels that do not belong to their inputs, a validation set that is prepared in
another way, or a model left in training mode while it is validated.

## Example
    step,train_loss,val_loss
    0,2.31,
    100,2.28,2.31
    900,2.10,2.31

## What to do
Evaluate on a part of the training data: if that is as bad, the evaluation is at fault. If it is
good, compare labels with inputs, and how both sets are normalised.

## References
- Zhang et al. (2017), Understanding Deep Learning Requires Rethinking Generalization: networks
  fit shuffled labels.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import too_few_validations, too_thin
from lrdiag.signals import Signals
from lrdiag.wording import say_loss, say_share

MIN_VALUES = 4  # values of val_loss
MIN_ROWS = 20  # rows of train_loss
MIN_FALL = 0.03  # of the start, of the training loss; shuffled labels: 0.012, 0.026 and 0.044
MIN_NOISES = 2.5  # noises that it fell; the same three: 1.8, 4.2 and 2.9
BEST = 0.97  # of the start of the training loss; 6 runs that overfit: at most 0.85
VAL_FALL = 0.02  # of its first value; shuffled labels: at most 0.011


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for a validation loss that stays where training began."""
    val = signals.validation
    if val is None:
        return CannotTell(("val_loss",), "No value of val_loss is a number.")
    few = too_few_validations(len(val), MIN_VALUES) or too_thin(signals, MIN_ROWS)
    if few is not None:
        return few
    loss, progress = signals.loss, signals.progress
    if loss.start == 0.0:
        return None
    fell = progress.fall >= max(MIN_FALL * abs(loss.start), MIN_NOISES * loss.noise)
    stays = val.best_level >= loss.start - (1.0 - BEST) * abs(loss.start)
    level = val.raw[0] - val.best_level <= VAL_FALL * abs(val.raw[0])
    if not (fell and progress.trend.falls and stays and level):
        return None
    return Finding(
        severity=Severity.ERROR,
        confidence=0.75,
        summary=(
            f"Training falls by {say_share(progress.fall / abs(loss.start))} while validation "
            f"stays at {say_loss(val.end)}"
        ),
        cause=(
            "Labels that do not belong to their inputs, a validation set prepared in another "
            "way, or a model that is validated in training mode."
        ),
        evidence=(
            Evidence(
                "best validation over the start of training",
                100.0 * val.best_level / loss.start,
                100.0 * BEST,
                "%",
                "val_loss",
                (float(val.steps[0]), float(val.steps[-1])),
            ),
            Evidence(
                "fall of the training loss",
                100.0 * progress.fall / abs(loss.start),
                100.0 * MIN_FALL,
                "%",
                "train_loss",
                loss.span,
            ),
        ),
        fixes=(
            Fix(
                "Evaluate on a part of the training data",
                "If that is as bad, the evaluation is at fault and not the model.",
            ),
            Fix(
                "Compare some labels with their inputs, in both sets",
                "Labels in another order teach nothing that holds elsewhere.",
            ),
        ),
    )


def seen(signals: Signals) -> str:
    """Return how far the validation loss fell."""
    val = signals.validation
    if val is None or not val.raw[0]:
        return "val falls"
    return f"val fell {say_share(max(0.0, val.drop) / abs(float(val.raw[0])))}"


RULE = Rule(
    code="FIT203",
    name="val-never-learns",
    needs=("train_loss", "val_loss"),
    check=check,
    doc=__doc__,
    clear="validation learns",
    seen=seen,
    explains=("FIT201", "LR109"),
)
