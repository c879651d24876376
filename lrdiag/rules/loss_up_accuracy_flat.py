"""Validation loss rises while validation accuracy holds.

## What it shows
The validation loss rises from its lowest point, as in overfitting, but the validation accuracy is
at the end no lower than it was there.

## Why it matters
The model is no worse at choosing the right class; it has become too sure of itself, and pays for
its few mistakes with ever larger losses. A score that counts right answers loses nothing; its
probabilities are no longer to be trusted.

## Example
    epoch,train_loss,val_loss,val_accuracy
    5,0.42,0.51,0.83
    15,0.08,0.66,0.85
    30,0.01,0.94,0.85

## What to do
If right answers are what counts, choose the checkpoint by accuracy. If probabilities count,
smooth the labels by 0.1, or scale the logits by one temperature fitted on the validation set.

## References
- Guo et al. (2017), On Calibration of Modern Neural Networks: the loss overfits before the
  error does.
- Szegedy et al. (2016), Rethinking the Inception Architecture: label smoothing.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules import overfitting
from lrdiag.rules.rule import Rule
from lrdiag.signals import Signals
from lrdiag.signals.accuracy import FEWEST
from lrdiag.wording import say_number, say_share

MOST_FALL = 0.5  # points of accuracy; what 200 samples of validation cannot tell from none
MOST_NOISES = 1.0  # noises of the accuracy, by which it may also fall


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for an accuracy that holds where the validation loss rises."""
    loss = overfitting.check(signals)
    if not isinstance(loss, Finding):
        return loss
    val, accuracy = signals.validation, signals.accuracy_since_best
    if val is None or accuracy is None:
        why = f"It takes {FEWEST} values of val_accuracy that are numbers."
        return CannotTell((f"{FEWEST} values of val_accuracy",), why)
    gain = accuracy.now - accuracy.then
    if gain < -max(MOST_FALL, MOST_NOISES * accuracy.noise):
        return None
    span = (val.best_step, float(val.steps[-1]))
    return Finding(
        severity=Severity.NOTE,
        confidence=0.8,
        summary=(
            f"Validation loss rises by {say_share(val.rise)}, yet accuracy goes from "
            f"{say_number(accuracy.then)} to {say_number(accuracy.now)} %: the model is too sure"
        ),
        cause=(
            "Right answers are as many as before; the few wrong ones are given with ever more "
            "certainty, and that is what the loss counts."
        ),
        evidence=(
            Evidence(
                "accuracy now, less that at the lowest validation loss",
                gain,
                -MOST_FALL,
                "points",
                "val_accuracy",
                span,
                val.best_step,
            ),
            Evidence(
                "rise of the validation loss",
                100.0 * val.rise,
                100.0 * overfitting.MIN_RISE,
                "%",
                "val_loss",
                span,
            ),
        ),
        fixes=(
            Fix("Choose the checkpoint by accuracy", "It loses nothing where the loss rises."),
            Fix("Smooth the labels by 0.1", "The model is then never rewarded for certainty."),
        ),
    )


def seen(signals: Signals) -> str:
    """Return what the accuracy does since the lowest validation loss."""
    accuracy = signals.accuracy_since_best
    if accuracy is None or not isinstance(overfitting.check(signals), Finding):
        return "val loss does not rise"
    return f"accuracy falls {say_number(accuracy.then - accuracy.now)} points"


RULE = Rule(
    code="FIT206",
    name="loss-up-accuracy-flat",
    needs=("train_loss", "val_loss", "val_accuracy"),
    check=check,
    doc=__doc__,
    clear="no over-confidence",
    seen=seen,
    symptom="overfitting",
)
