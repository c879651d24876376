"""Loss falls fast, then no further.

## What it shows
Nine tenths of the progress came early; since then the loss is level, well above zero, while
the learning rate stays where it was.

## Why it matters
At a constant rate the weights keep jumping around a minimum that they could reach with shorter
steps. A decay usually buys the rest of the descent within a few per cent of the run.

## Example
    step,train_loss,lr
    0,4.8,0.01
    50,2.4,0.01
    500,2.3,0.01

## What to do
Decay the learning rate: cosine or linear to a tenth or to zero over the rest of the run, or one
step by ten now. If the loss does not drop within a few hundred steps, the plateau is what this
model can do, not what this rate can.

## References
- Loshchilov and Hutter (2017), SGDR: cosine annealing.
- Hägele et al. (2024), Scaling Laws and Compute-Optimal Training Beyond Fixed Training Durations:
  what a late decay gains.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import tail_gain, too_thin
from lrdiag.signals import Signals
from lrdiag.signals.progress import TAIL
from lrdiag.wording import say_loss, say_share

MIN_ROWS = 100  # rows; fewer leave a tail of less than 30, in which no slope is sure
FAST = 0.15  # of the learning-rate time until nine tenths of the drop
LEVEL = 0.01  # of the drop; the most that the tail gains
NARROW = 0.05  # of the drop; a wider interval of that gain is no proof of a plateau
NEAR_ZERO = 0.2  # of the start; a loss below has learned: contrastive with noise 0.12, higher
# rates too high to settle 0.53 up
KEPT = 0.5  # of the peak rate; a rate that fell below has been decayed
LEARNED = 6.0  # noises; a drop below is no fast start


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for a level tail after a fast start."""
    thin = too_thin(signals, MIN_ROWS)
    if thin is not None:
        return thin
    schedule, loss, progress = signals.schedule, signals.loss, signals.progress
    if schedule is not None and schedule.lowest(progress.tail_from, loss.span[1]) < KEPT:
        return None
    if not (_fast_start(signals) and _level_tail(signals)) or _val_still_falls(signals):
        return None
    known = schedule is not None
    return Finding(
        severity=Severity.WARNING if known else Severity.NOTE,
        confidence=0.7 if known else 0.45,
        summary=(
            f"Nine tenths of the progress take {say_share(progress.most)} of the run, and then "
            f"the loss stays at {say_loss(loss.end)}"
        ),
        cause=(
            "The rate is too high to settle: it never decays, and the weights keep jumping around "
            "the minimum. A model at its limit looks the same."
            if known
            else "Either the rate is too high to settle, or the model has reached its limit. "
            "The log holds no lr, which would help to tell."
        ),
        evidence=_evidence(signals),
        fixes=(
            Fix(
                "Decay the learning rate by cosine to a tenth",
                "Shorter steps settle into the minimum that these jump around.",
            ),
            Fix(
                "Or divide the rate by 10 now",
                "If the loss does not drop within a tenth of the run, the model is at its limit.",
            ),
        ),
    )


def _fast_start(signals: Signals) -> bool:
    loss = signals.loss
    return (
        signals.progress.most <= FAST
        and loss.drop >= LEARNED * loss.noise
        and loss.end > NEAR_ZERO * abs(loss.start)
    )


def _level_tail(signals: Signals) -> bool:
    progress, drop = signals.progress, signals.loss.drop
    width = TAIL * max(abs(progress.tail.low), abs(progress.tail.high))
    return abs(progress.tail_gain) <= LEVEL * drop and width <= NARROW * drop


def _val_still_falls(signals: Signals) -> bool:
    val = signals.validation
    return val is not None and len(val) >= 5 and val.best >= 0.8 * (len(val) - 1)


def _evidence(signals: Signals) -> tuple[Evidence, ...]:
    loss, progress = signals.loss, signals.progress
    return (
        Evidence(
            "gain of the last 30 %, as a share of the drop",
            100.0 * progress.tail_gain / loss.drop,
            100.0 * LEVEL,
            "%",
            "train_loss",
            (progress.tail_from, loss.span[1]),
        ),
        Evidence(
            "share of the run until nine tenths of the drop",
            100.0 * progress.most,
            100.0 * FAST,
            "%",
            "train_loss",
        ),
    )


def seen(signals: Signals) -> str:
    """Return what is no plateau: a slow start, a loss near zero, a decayed rate, or the tail."""
    loss, progress, schedule = signals.loss, signals.progress, signals.schedule
    if loss.drop > 0.0 and progress.most > FAST:
        return f"nine tenths after {say_share(progress.most)}"
    if loss.drop > 0.0 and loss.start != 0.0 and loss.end <= NEAR_ZERO * abs(loss.start):
        return f"ends at {say_share(loss.end / abs(loss.start))} of the start"
    if schedule is not None and schedule.lowest(progress.tail_from, loss.span[1]) < KEPT:
        return "the rate decays"
    return tail_gain(signals)


RULE = Rule(
    code="LR112",
    name="plateau-after-fast-start",
    needs=("train_loss",),
    check=check,
    doc=__doc__,
    clear="no plateau",
    seen=seen,
    symptom="plateau",
)
