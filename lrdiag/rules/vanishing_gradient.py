"""Gradient vanishes while the loss is still high.

## What it shows
The gradient norm falls to a thousandth of its first value or less, or is exactly zero in most
rows, and the loss has not fallen by half.

## Why it matters
Where the loss settles, a small gradient is what one hopes for. Where it is still high, nothing
tells the weights which way to go: units that are dead or saturated, a loss that is cut off from
the parameters, or weights thrown so far that every output is certain. A higher rate multiplies
nothing.

## Example
    step,train_loss,grad_norm
    0,2.31,1.4
    200,2.30,0.0004
    900,2.30,0.0003

## What to do
Log the norm of each layer: where it drops to nothing from one layer to the one before it, the
fault lies between them. Look for dead ReLUs, saturated sigmoids, weights that began too large or
too small, and parameters that the optimizer was not given. Add normalisation or residual paths to
a deep net. If the loss jumped before the norm vanished, lower the rate.

## References
- Glorot and Bengio (2010), Understanding the difficulty of training deep feedforward networks.
- He et al. (2015), Delving Deep into Rectifiers.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.rule import Rule
from lrdiag.rules.start_overshoot import overshoots
from lrdiag.rules.words import lower_rate, too_few_norms, too_thin
from lrdiag.signals import Signals
from lrdiag.signals.grad_course import GradCourse
from lrdiag.wording import say_number, say_share

MIN_ROWS = 20  # norms; the last fifth of fewer is three rows
MAX_LEFT = 1e-3  # of the first norm; 430 runs whose loss stays high: at least 0.016
MIN_LOSS = 0.5  # of the start; below, the norm has good reason to fall
MOST = 1e99  # times; evidence is finite
ZEROS = 0.5  # of the rows; a norm of exactly zero in most says that no gradient flows


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for a norm of next to nothing under a loss that has not fallen."""
    thin = too_thin(signals, MIN_ROWS)
    if thin is not None:
        return thin
    course = signals.grad_course
    few = too_few_norms(0 if course is None else course.rows, MIN_ROWS)
    if few is not None or course is None:
        return few
    loss = signals.loss
    if loss.start <= 0.0 or loss.end < MIN_LOSS * loss.start or not vanished(course):
        return None
    return Finding(
        severity=Severity.ERROR,
        confidence=0.85,
        summary=_summary(course),
        cause=(
            "The first steps are too long: they throw the weights to where nothing leads back."
            if overshoots(signals)
            else "Dead or saturated units, or a loss that is cut off from the weights."
        ),
        evidence=_evidence(signals, course),
        fixes=_fixes(signals),
    )


def vanished(course: GradCourse) -> bool:
    """Whether next to nothing is left of the norm."""
    return course.zeros >= ZEROS or course.left <= MAX_LEFT


def _summary(course: GradCourse) -> str:
    if course.zeros >= ZEROS:
        return f"The gradient norm is exactly zero in {say_share(course.zeros)} of the rows"
    return (
        f"The gradient norm falls from {say_number(course.first, 2)} to "
        f"{say_number(course.last_fifth, 2)} while the loss stays high"
    )


def _evidence(signals: Signals, course: GradCourse) -> tuple[Evidence, ...]:
    loss = signals.loss
    if course.zeros >= ZEROS:
        gone = Evidence(
            "rows without a gradient", 100.0 * course.zeros, 100.0 * ZEROS, "%", "grad_norm"
        )
    else:
        label = "gradient norm of the last fifth, over the first"
        gone = Evidence(label, course.left, MAX_LEFT, "×", "grad_norm")
    ratio = min(loss.end / loss.start, MOST)
    return gone, Evidence("loss at the end, over the start", ratio, MIN_LOSS, "×", "train_loss")


def _fixes(signals: Signals) -> tuple[Fix, ...]:
    layers = Fix(
        "Log the gradient norm of each layer",
        "Where it drops to nothing from one layer to the one before, the fault lies between.",
    )
    dead = Fix(
        "Look for dead ReLUs, saturated sigmoids and parameters the optimizer does not hold",
        "Each leaves the weights without a gradient.",
    )
    if overshoots(signals):
        return lower_rate(signals, 10, 100, "The loss jumps first, then the gradient goes."), layers
    return layers, dead


def seen(signals: Signals) -> str:
    """Return what is left of the norm."""
    course = signals.grad_course
    if course is None:
        return "no norm"
    return f"{say_number(course.left, 2)} of the first norm left"


RULE = Rule(
    code="GRD504",
    name="vanishing-gradient",
    needs=("train_loss", "grad_norm"),
    check=check,
    doc=__doc__,
    clear="gradient does not vanish",
    seen=seen,
    symptom="flat",
    explains=("LR109", "LR110", "LR111", "LR112"),
)
