"""Learning rate decayed before the loss had fallen.

## What it shows
For more than half of the run the learning rate is 2 % of its peak or less, and over that time
the loss gains next to nothing, well above zero.

## Why it matters
The steps of that time are too short to learn: the compute is spent, the loss stays where the
decay caught it.

## Example
    step,train_loss,lr
    0,4.8,0.003
    30,3.1,0.003
    31,3.1,0.000003
    500,2.9,0.000003

## What to do
Move the decay to 60 to 80 % of the run, or let one cosine span all of it. Check that the decay
counts optimizer steps and not epochs, and is not applied twice.

## References
- Loshchilov and Hutter (2017), SGDR: cosine annealing over the whole run.
- Smith et al. (2018), Don't Decay the Learning Rate, Increase the Batch Size.
"""

import numpy as np

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import place, too_thin
from lrdiag.signals import Signals
from lrdiag.signals.robust import Slope, fit_slope
from lrdiag.signals.schedule import Schedule
from lrdiag.wording import say_rate, say_share

MIN_ROWS = 20  # rows; twelve of them show what the tail gains
LOW = 0.02  # of the peak rate; a cosine is below it for 9 % of a run
LONG = 0.6  # of the run below; 33 healthy schedules: at most 0.20, cut at 6 %: 0.94
GAIN = 0.08  # of the drop, gained over that time; 6 runs cut at 6 %: at most 0.035
NEAR_ZERO = 0.05  # of the start; below, nothing was left to learn


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for a long tail at a tiny rate that gains nothing."""
    thin = too_thin(signals, MIN_ROWS)
    if thin is not None:
        return thin
    schedule, loss = signals.schedule, signals.loss
    if schedule is None:
        return CannotTell(("lr",), "No value of lr is a positive number.")
    cut = _low_since(schedule)
    if cut is None or 1.0 - loss.share(cut) < LONG or loss.end <= NEAR_ZERO * loss.start:
        return None
    tail = _tail_slope(signals, cut)
    gain = -tail.value / loss.drop if loss.drop > 0.0 else 0.0
    if gain > GAIN or loss.drop <= 0.0:
        return None
    low = float(np.median(schedule.lr[schedule.steps >= cut]))
    return Finding(
        severity=Severity.WARNING,
        confidence=0.85,
        summary=(
            f"The rate falls from {say_rate(schedule.peak)} to {say_rate(low)} by "
            f"{place(signals, cut)}, and the remaining {say_share(1.0 - loss.share(cut))} of the "
            f"run gains {say_share(max(0.0, gain))} of the drop"
        ),
        cause="The decay comes before the loss has settled; from then on the steps are too short.",
        evidence=(
            Evidence(
                "share of the run at 2 % of the peak rate or less",
                100.0 * (1.0 - loss.share(cut)),
                100.0 * LONG,
                "%",
                "lr",
                (cut, loss.span[1]),
                cut,
            ),
            Evidence(
                "gain over that time, as a share of the drop",
                100.0 * gain,
                100.0 * GAIN,
                "%",
                "train_loss",
                (cut, loss.span[1]),
            ),
        ),
        fixes=_fixes(signals),
    )


def _low_since(schedule: Schedule) -> float | None:
    """Return the step from which on the rate stays low; None if it does not end low."""
    high = np.flatnonzero(schedule.lr > LOW * schedule.peak)
    after = int(high[-1]) + 1
    return float(schedule.steps[after]) if after < len(schedule.steps) else None


def _tail_slope(signals: Signals, cut: float) -> Slope:
    """Return the change of the loss over the time from ``cut`` on, by its trend."""
    bins, last = signals.loss.bins, signals.loss.span[1]
    inside = bins.steps >= cut
    return fit_slope((bins.steps[inside] - cut) / (last - cut), bins.level[inside])


def _fixes(signals: Signals) -> tuple[Fix, ...]:
    first, last = signals.loss.span
    begin = first + 0.6 * (last - first)
    return (
        Fix(
            f"Begin the decay at {place(signals, round(begin))} or later",
            "Before 60 % of a run the full rate still learns.",
        ),
        Fix("Or let one cosine span the whole run", "It is the robust default."),
        Fix(
            "Check that the schedule counts optimizer steps and is not applied twice",
            "Either makes it end early without a word.",
        ),
    )


def seen(signals: Signals) -> str:
    """Return how much of the run passes before the rate is low."""
    schedule = signals.schedule
    cut = None if schedule is None else _low_since(schedule)
    if cut is None:
        return "rate never low"
    return f"low from {say_share(signals.loss.share(cut))} on"


RULE = Rule(
    code="SCH401",
    name="decayed-too-early",
    needs=("train_loss", "lr"),
    check=check,
    doc=__doc__,
    clear="decay not too early",
    seen=seen,
    symptom="slow",
    explains=("LR109", "LR112", "LR115", "LR116"),
)
