"""Gradient norm grows through the run.

## What it shows
After the warmup and while the rate is still high, the gradient norm climbs: at the end its median
is three times that of the middle of the run, and the trend is sure.

## Why it matters
Gradients shrink or level off where a loss settles. One that keeps growing climbs into ever
steeper places, and each step gets longer: often hundreds of steps before the loss spikes or
diverges. The loss itself may still fall.

## Example
    step,train_loss,grad_norm
    2000,2.41,0.6
    4000,2.30,1.1
    6000,2.27,2.4
    7000,3.90,9.7

## What to do
Divide the learning rate by 2 to 3 and clip the gradient at the height of its calm part. Look
whether the weights grow without weight decay, and which layer's gradient grows first. While the
rate decays to nothing the norm may rise by itself; those steps are not looked at.

## References
- Wortsman et al. (2023), Small-scale proxies for large-scale Transformer training instabilities.
- Defazio (2025), Why gradients rapidly increase near the end of training.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import clip_gradient, lower_rate, place, too_few_norms, too_thin
from lrdiag.signals import Signals
from lrdiag.signals.grad_course import GradCourse
from lrdiag.wording import say_number, say_times

MIN_ROWS = 50  # norms at a full rate; a tenth of fewer is no median
MIN_GROWTH = 3.0  # times the middle; 122 good runs: at most 2.2, 6 that blow up: 7.7 up
SETTLED = 0.05  # of the start; of a loss that has all but vanished, the norm is rounding
MOST = 1e99  # times; evidence is finite


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for a norm that climbs to the end."""
    thin = too_thin(signals, MIN_ROWS)
    if thin is not None:
        return thin
    course = signals.grad_course
    few = too_few_norms(0 if course is None else course.rows, MIN_ROWS)
    if few is not None or course is None:
        return few
    loss = signals.loss
    settled = loss.start > 0.0 and loss.end <= SETTLED * loss.start
    if course.growth < MIN_GROWTH or not course.trend.rises or settled:
        return None
    return Finding(
        severity=Severity.WARNING,
        confidence=0.85,
        summary=(
            f"The gradient norm grows from {say_number(course.middle, 2)} in the middle of the run "
            f"to {say_number(course.end, 2)} by {place(signals, course.span[1])}"
        ),
        cause="The steps lead into ever steeper places, or the weights grow without a bound.",
        evidence=_evidence(course),
        fixes=(
            lower_rate(signals, 2, 3, "Shorter steps stay where the loss is less steep."),
            clip_gradient(signals, "No single step can then outgrow the others."),
            Fix(
                "Log the norm of each layer, and of its weights",
                "The layer that grows first is the one that wants decay or normalisation.",
            ),
        ),
    )


def _evidence(course: GradCourse) -> tuple[Evidence, ...]:
    return (
        Evidence(
            "gradient norm at the end, times that of the middle",
            min(course.growth, MOST),
            MIN_GROWTH,
            "×",
            "grad_norm",
            course.span,
        ),
        Evidence(
            "trend of the norm, at the least",
            course.trend.low,
            0.0,
            "decades a run",
            "grad_norm",
        ),
    )


def seen(signals: Signals) -> str:
    """Return how the norm of the end compares with the middle."""
    course = signals.grad_course
    return "no norm" if course is None else f"end {say_times(course.growth)} times the middle"


RULE = Rule(
    code="GRD501",
    name="gradient-growth",
    needs=("train_loss", "grad_norm"),
    check=check,
    doc=__doc__,
    clear="gradient does not grow",
    seen=seen,
    symptom="spikes",
)
