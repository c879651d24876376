"""Loss shoots up in the first steps.

## What it shows
Within the first twentieth of the run the loss rises by a third or more over where it started.
If the run then ends near that start, most of it was lost to the jump. A log of one row an epoch
shows no steps; there a first epoch that averages a thousand times the second tells of the jump.

## Why it matters
The first updates threw the weights far from their initial values. Adaptive optimizers often
settle afterwards at the level of guessing and stay there without any further sign.

## Example
    step,train_loss
    0,2.3
    3,41.0
    200,2.3
    900,2.2

## What to do
If the end is bad, divide the learning rate by 10 to 30. If the loss comes back and goes on
falling, a warmup over 1 to 5 % of the run is enough, or half to a third of the rate.

## References
- Gilmer et al. (2021), A Loss Curvature Perspective on Training Instability: why warmup lets a
  larger rate survive.
- Liu et al. (2020), On the Variance of the Adaptive Learning Rate and Beyond.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.epoch_periodic import follows_epochs
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import lower_rate, place, too_thin
from lrdiag.signals import Signals
from lrdiag.wording import say_loss, say_number, say_share

MIN_ROWS = 20  # rows; the start of a shorter log is two rows
MIN_RISE = 0.3  # of the start; 73 healthy runs: at most 0.02, 68 of 70 good ones: 0.28
MIN_NOISES = 8.0  # noises; a noisy start of those 70: at most 2.0
MIN_SCATTERS = 2.5  # of the first rows; 60 real overshoots: 3.3 up, noisy rows: at most 1.8
BAD_END = 0.75  # of the start; 73 healthy runs end below 0.68, the good two that overshoot at 0
BLOWN = 1e3  # times the second epoch; 60 healthy epoch logs: at most 3.5, blown up: 1,100 up
FEWEST_EPOCHS = 5  # rows
MOST = 1e99  # times the start; evidence is finite
SHORT = 0.05  # of the run; two good runs overshoot, back after 0.4 and 2.8 %


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for a loss that rises at once."""
    if blows_up(signals):
        return _blown_epoch(signals)
    thin = too_thin(signals, MIN_ROWS)
    if thin is not None:
        return thin
    start, loss = signals.start, signals.loss
    if not overshoots(signals):
        return None
    bad = loss.end > start.level - (1.0 - BAD_END) * abs(start.level)
    away = start.back_step if start.back_step is not None else loss.span[1]
    times = Evidence(
        "peak over start",
        min(start.highest / start.level, MOST),
        1.0 + MIN_RISE,
        "×",
        "train_loss",
        (loss.span[0], away),
        start.highest_step,
    )
    end = Evidence("end over start", min(loss.end / start.level, MOST), BAD_END, "×", "train_loss")
    time = Evidence("share of the run above the start", 100.0 * start.away, 100.0 * SHORT, "%")
    sorted_data = follows_epochs(signals)
    mild = Severity.WARNING if start.away > SHORT else Severity.NOTE
    return Finding(
        severity=Severity.ERROR if bad and not sorted_data else mild,
        confidence=0.95 if bad else 0.8,
        summary=_summary(signals, bad),
        cause=(
            "The first steps are too long: they throw the weights far from where they began"
            + (", and the run never finds its way back." if bad else ".")
        ),
        evidence=(times, end, time) if bad else (times, time, end),
        fixes=_fixes(signals, bad),
    )


def blows_up(signals: Signals) -> bool:
    """Whether the first epoch of an epoch log averages what only a blow-up within it can."""
    if signals.run.x.unit != "epoch" or signals.rows < FEWEST_EPOCHS:
        return False
    first, second = signals.loss.raw[:2]
    return bool(first > BLOWN * abs(second) > 0.0)


def _blown_epoch(signals: Signals) -> Finding:
    (first, second), steps = signals.loss.raw[:2], signals.loss.steps
    return Finding(
        severity=Severity.WARNING,
        confidence=0.85,
        summary=(
            f"The first epoch averages {say_loss(float(first))} and the second "
            f"{say_loss(float(second))}: the loss shot up within the first"
        ),
        cause="The first steps are too long, for this rate or for inputs that nobody scaled.",
        evidence=(
            Evidence(
                "first epoch over the second",
                min(float(first / abs(second)), MOST),
                BLOWN,
                "×",
                "train_loss",
                (float(steps[0]), float(steps[1])),
                float(steps[0]),
            ),
        ),
        fixes=(
            Fix("Scale inputs and targets to a spread of 1", "Large ones make every step long."),
            Fix("Warm up over 1 to 5 % of the run", "Short first steps meet the steepest part."),
            lower_rate(signals, 3, 10, "Shorter steps leave less to come back from."),
        ),
    )


def overshoots(signals: Signals) -> bool:
    """Whether the loss rises at once, beyond what its noise and its first rows scatter by."""
    start, loss = signals.start, signals.loss
    sure = max(MIN_NOISES * loss.noise, MIN_SCATTERS * loss.scatter)
    return start.level != 0.0 and start.rise >= max(MIN_RISE * abs(start.level), sure)


def _summary(signals: Signals, bad: bool) -> str:
    start = signals.start
    jump = (
        f"The loss jumps from {say_loss(start.level)} to {say_loss(start.highest)} "
        f"by {place(signals, start.highest_step)}"
    )
    if bad:
        return f"{jump} and ends at {say_loss(signals.loss.end)}"
    return f"{jump} and is back after {say_share(start.away)} of the run"


def _fixes(signals: Signals, bad: bool) -> tuple[Fix, ...]:
    warm = Fix("Warm up over 1 to 5 % of the run", "Short first steps meet the steepest part.")
    if bad:
        reason = "44 of 50 runs that overshot like this were at ten times the best rate or more."
        return lower_rate(signals, 10, 30, reason), warm
    return warm, lower_rate(signals, 2, 3, "Shorter steps leave less to come back from.")


def seen(signals: Signals) -> str:
    """Return the highest early loss over the start."""
    start = signals.start
    if not start.level:
        return "falls at once"
    return f"peak {say_number(start.peak / start.level)} × first"


RULE = Rule(
    code="LR103",
    name="start-overshoot",
    needs=("train_loss",),
    check=check,
    doc=__doc__,
    clear="no overshoot at the start",
    seen=seen,
    explains=("LR101", "LR102", "LR110", "LR111", "LR112", "LR115", "FIT205", "SCH402"),
)
