"""Loss falls steadily but slowly.

## What it shows
Half of all progress took more than a quarter of the run, counted in learning-rate time, and
the loss still falls at the end nearly as fast as it did on average.

## Why it matters
A curve at a good rate falls fast and then slowly. One that falls along a line is still in the
part that a larger rate would have crossed in a few steps: the same compute would reach lower.

## Example
    step,train_loss
    0,4.8
    250,4.2
    500,3.6

## What to do
Multiply the learning rate by 3 to 10, or train several times longer. Check that no decay is
applied twice. If a tenth of the run at three times the rate falls no faster, the rate is right.

## References
- Karpathy, CS231n notes: a low rate improves along a line, a good one like a decaying curve.
- Smith (2018), A Disciplined Approach to Neural Network Hyper-Parameters: Part 1.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.rule import Rule
from lrdiag.rules.start_overshoot import overshoots
from lrdiag.rules.stuck_at_chance import stays
from lrdiag.rules.words import cut_short, raise_rate, too_thin
from lrdiag.signals import Signals
from lrdiag.wording import say_share

MIN_ROWS = 20  # rows; half of the progress then falls on a row to within 5 %
MIN_HALF = 0.25  # of the learning-rate time; 73 healthy runs: at most 0.11, 67 of 70 good: 0.17
HALF_OF_STEPS = 0.15  # of the steps; a rate that decayed early stretches its own time
STILL = 0.4  # of the average slope; 8 of 9 runs 100 times too low: 0.58 up, 3 late good ones: 0.34
LEAST_GAIN = 0.05  # of the drop, over the last 30 %; the ninth: 0.12
FAR_DOWN = 0.1  # of the start; a loss below has little left to gain
MIN_FALL = 0.01  # of the start; less is flat (LR110)
MOST_NOISE = 0.35  # of the start; 88 slow runs: at most 0.24, a rate 100 times too high: 0.46
DECAYED = 0.5  # of the peak rate; a schedule that went on to there is a run of its full length,
FELL = 0.1  # of the start, and a fall by more than this is what that length was for
FEWEST_VALS = 6  # values of val_loss; fewer do not tell where it stopped
VAL_STOPS = 0.6  # of the run; 68 slow runs: the lowest validation loss is their last
SURE_HALF = 0.4  # a line has 0.5
WARMING = 0.8  # of the run; a rate whose peak comes later was never tried


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for a loss that falls along a line."""
    thin = too_thin(signals, MIN_ROWS) or cut_short(signals)
    if thin is not None:
        return thin
    schedule = signals.schedule
    if schedule is not None and signals.loss.share(schedule.warmup_end) > WARMING:
        return CannotTell(("steps after the warmup",), "The rate still rises when the log ends.")
    progress, loss = signals.progress, signals.loss
    late = progress.half >= MIN_HALF and progress.half_steps >= HALF_OF_STEPS
    if not (_falls(signals) and late and _goes_on(signals)):
        return None
    if loss.end < FAR_DOWN * loss.start or _another_matter(signals):
        return None
    sure = min(1.0, progress.half / SURE_HALF)
    return Finding(
        severity=Severity.WARNING,
        confidence=round((0.5 if schedule is None else 0.6) + 0.25 * sure, 2),
        summary=(
            f"Half of all progress takes {say_share(progress.half)} of the run, and the loss "
            "still falls: slow for a run of this length"
        ),
        cause=(
            "The steps are probably too short. A hard task or a tiny model can look the same; a "
            "short run at three times the rate tells them apart."
        ),
        evidence=_evidence(signals),
        fixes=(
            raise_rate(signals, 3, 10, "A line becomes a curve once the steps are long enough."),
            Fix("Look for a decay applied twice", "Two schedules multiply into a rate near zero."),
        ),
    )


def _falls(signals: Signals) -> bool:
    loss, progress = signals.loss, signals.progress
    return progress.trend.falls and -progress.trend.value >= MIN_FALL * abs(loss.start)


def _goes_on(signals: Signals) -> bool:
    """Whether the tail falls nearly as fast as the whole."""
    progress, loss = signals.progress, signals.loss
    if progress.tail.falls and progress.tail_gain >= LEAST_GAIN * loss.drop:
        return True
    return progress.tail.value <= STILL * progress.trend.value


def _another_matter(signals: Signals) -> bool:
    """Whether the loss is flat, blown up, memorised, or fell by what its schedule allows."""
    loss, schedule = signals.loss, signals.schedule
    if loss.noise > MOST_NOISE * abs(loss.start) or overshoots(signals) or stays(signals):
        return True
    if _validation_stopped(signals):
        return True
    decayed = schedule is not None and schedule.left <= DECAYED
    return decayed and signals.progress.fall > FELL * abs(loss.start)


def _validation_stopped(signals: Signals) -> bool:
    """Whether validation was best long ago: what falls since then is memorised, not learned."""
    val = signals.validation
    if val is None or signals.loss_name != "train_loss" or len(val) < FEWEST_VALS:
        return False
    return signals.loss.share(float(val.steps[val.best])) <= VAL_STOPS and val.drop > 0.0


def _evidence(signals: Signals) -> tuple[Evidence, ...]:
    loss, progress = signals.loss, signals.progress
    ratio = progress.tail.value / progress.trend.value
    time = "run" if signals.schedule is None else "learning-rate time"
    return (
        Evidence(
            f"share of the {time} until half of the drop",
            100.0 * progress.half,
            100.0 * MIN_HALF,
            "%",
            "train_loss",
            loss.span,
        ),
        Evidence(
            "slope of the last 30 %, over the average slope",
            ratio,
            STILL,
            "×",
            "train_loss",
            (progress.tail_from, loss.span[1]),
        ),
        Evidence("drop", loss.drop, None, "", "train_loss"),
    )


def seen(signals: Signals) -> str:
    """Return how much of the run half of the progress took."""
    return f"half after {say_share(signals.progress.half)}"


RULE = Rule(
    code="LR109",
    name="slow-descent",
    needs=("train_loss",),
    check=check,
    doc=__doc__,
    clear="not slow",
    seen=seen,
    symptom="slow",
    explains=("LR115",),
)
