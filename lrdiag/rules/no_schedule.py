"""Learning rate constant to the end of a noisy plateau.

## What it shows
The learning rate never changes, the loss has fallen and no longer falls surely, and it ends well
above zero with noise that is a good part of what it gained.

## Why it matters
At a constant rate the loss ends where each step undoes what another one gained. A rate that decays
lets it settle: the last steps at a small rate gain what many more steps at the full rate do not.

## Example
    step,train_loss,lr
    3000,0.52,0.001
    4000,0.47,0.001
    5000,0.50,0.001

## What to do
Let the rate fall to zero over the last fifth of the run, or over all of it as a cosine. Nothing
else has to change, and the run need not be longer.

## References
- Loshchilov and Hutter (2017), SGDR: cosine annealing.
- Hagele et al. (2024), Scaling Laws and Compute-Optimal Training Beyond Fixed Training Durations:
  a decay over the last fifth is as good as a cosine.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules import plateau_after_fast_start
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import cut_short, place, too_thin
from lrdiag.signals import Signals
from lrdiag.wording import say_number, say_rate, say_share

MIN_ROWS = 50  # rows; a tail of 15
MIN_NOISE = 0.05  # of the drop, which the noise of the tail must reach; 7 of 70 good runs do so
MOST_NOISE = 0.5  # of the drop; beyond, the noise hides whether anything was learnt
MIN_LEARNT = 0.5  # of the drop, which the end must have kept
MOST_GAIN = 0.015  # of the drop in the last 30 %; beyond, more steps gain as well
NEAR_ZERO = 0.05  # of the start; below, nothing is left to settle
DECAY = 0.8  # of the run; where a decay to zero begins


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for a constant rate over a noisy tail that no longer falls."""
    thin = too_thin(signals, MIN_ROWS) or cut_short(signals)
    if thin is not None:
        return thin
    schedule, loss, progress = signals.schedule, signals.loss, signals.progress
    if schedule is None:
        return CannotTell(("lr",), "No value of lr is a positive number.")
    if not schedule.constant or not _settles_high(signals):
        return None
    if isinstance(plateau_after_fast_start.check(signals), Finding):
        return None
    span = (progress.tail_from, loss.span[1])
    return Finding(
        severity=Severity.NOTE,
        confidence=0.7,
        summary=(
            f"The rate stays at {say_rate(schedule.peak)} to the end, and the loss scatters by "
            f"{say_share(loss.end_noise / loss.drop)} of all it gained"
        ),
        cause=(
            "At a constant rate a loss ends where each step undoes what another one gained. How "
            "much of the scatter is that, and how much the batches differ, the log does not tell."
        ),
        evidence=(
            Evidence(
                "noise of the tail as a share of the drop",
                100.0 * loss.end_noise / loss.drop,
                100.0 * MIN_NOISE,
                "%",
                "train_loss",
                span,
            ),
            Evidence(
                "gain of the last 30 %, as a share of the drop",
                100.0 * progress.tail_gain / loss.drop,
                100.0 * MOST_GAIN,
                "%",
                "train_loss",
                span,
            ),
            Evidence("largest rate over smallest", _ratio(signals), None, "×", "lr", loss.span),
        ),
        fixes=(
            Fix(
                f"Let the rate fall to zero from {place(signals, _begin(signals))} on",
                "A line to zero over the last fifth lets the loss settle.",
            ),
            Fix("Or let one cosine span the whole run", "It is the robust default."),
        ),
    )


def _settles_high(signals: Signals) -> bool:
    """Whether the loss has learnt, no longer falls, and ends in noise well above zero."""
    loss, progress = signals.loss, signals.progress
    return (
        loss.drop > 0.0
        and loss.start - loss.end >= MIN_LEARNT * loss.drop
        and abs(loss.end) > NEAR_ZERO * abs(loss.start)
        and progress.tail_gain <= MOST_GAIN * loss.drop
        and MIN_NOISE * loss.drop <= loss.end_noise <= MOST_NOISE * loss.drop
    )


def _begin(signals: Signals) -> float:
    first, last = signals.loss.span
    return float(round(first + DECAY * (last - first)))


def _ratio(signals: Signals) -> float:
    schedule = signals.schedule
    return 1.0 if schedule is None else schedule.peak / float(schedule.lr.min())


def seen(signals: Signals) -> str:
    """Return what the rate does."""
    schedule = signals.schedule
    if schedule is None or not schedule.constant:
        return "the rate changes"
    if isinstance(plateau_after_fast_start.check(signals), Finding):
        return "told as plateau-after-fast-start"
    return f"the loss ends with noise {say_number(signals.loss.end_noise, 2)}"


RULE = Rule(
    code="SCH402",
    name="no-schedule",
    needs=("train_loss", "lr"),
    check=check,
    doc=__doc__,
    clear="schedule not missed",
    seen=seen,
    symptom="plateau",
)
