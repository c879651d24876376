"""Learning rate decays as if its schedule were applied twice.

## What it shows
The course of the learning rate follows one of six formulas that nobody plans: the square of a
cosine, or a cosine times a line, where two schedules multiply; a cosine or a line that drops at
milestones as well, where they do too; a cosine or a line that is done at
a half, a third or a smaller whole part of the run and rests near zero, or a cosine that climbs
back, where one schedule advances several times an update; the same factor at every step, down to a
hundredth before a quarter of the run, where a decay meant for epochs is applied to steps; and
drops to a hundredth each, where two drops by ten fall together. The square of a line is not told:
people plan it as a polynomial of power two.

## Why it matters
The rate is not the one that was planned, and lower than planned from early on. The loss then falls
slowly or stops, and looks like a rate that is too low.

## Example
    step,train_loss,lr
    0,2.30,0.003
    250,1.10,0.00075
    500,0.98,0.0

## What to do
Print the rate for a few steps. Look for two schedulers on one optimizer, for `scheduler.step()`
called both by you and by the trainer or once for each process, for a factor applied each step, and
for a length that is given in epochs where steps are counted.

## References
- Loshchilov and Hutter (2017), SGDR: the cosine.
- Godbole et al. (2023), Deep Learning Tuning Playbook: which schedules are in use.
"""

import numpy as np

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import place
from lrdiag.signals import Signals
from lrdiag.signals.decay import DOWN, MIN_ROWS, Decay, DecayKind
from lrdiag.signals.schedule import Schedule
from lrdiag.wording import say_number, say_rate, say_share

CONFIDENCE: dict[DecayKind, float] = {
    "squared": 0.85,
    "stepped": 0.85,
    "short": 0.75,
    "returning": 0.7,
    "each-step": 0.8,
    "drops": 0.6,
}
FORMULA: dict[DecayKind, str] = {
    "squared": "distance from the square of a cosine, or a cosine times a line",
    "stepped": "distance from a cosine or a line that drops besides",
    "short": "distance from a decay that ends there",
    "returning": "distance from a cosine that goes on",
    "each-step": "distance from one factor at every step",
    "drops": "distance of each drop from a hundredth",
}
CAUSES: dict[DecayKind, str] = {
    "squared": "Two schedules act on one optimizer, and their factors multiply.",
    "stepped": "Two schedules act on one optimizer, a smooth one and one of drops.",
    "short": (
        "The schedule advances several times an update, as when it is stepped by you and by the "
        "trainer or once for each process, or its length is that of another run."
    ),
    "returning": (
        "The cosine is stepped past its end: it advances several times an update, or its length "
        "is too short."
    ),
    "each-step": "A factor that is meant for each epoch is applied at every step.",
    "drops": "A drop by ten is applied twice at the same place.",
}


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for a rate that decays as if twice."""
    schedule = signals.schedule
    if schedule is None:
        return CannotTell(("lr",), "No value of lr is a positive number.")
    rows = len(schedule.lr)
    if rows < MIN_ROWS:
        why = f"It takes {MIN_ROWS} values of lr and the log holds {rows}: log more often."
        return CannotTell((f"{MIN_ROWS} values of lr",), why)
    decay = signals.decay
    if decay is None:
        return None
    return Finding(
        severity=Severity.WARNING,
        confidence=CONFIDENCE[decay.kind],
        summary=_summary(signals, decay),
        cause=CAUSES[decay.kind],
        evidence=(
            Evidence(
                FORMULA[decay.kind],
                100.0 * decay.error,
                100.0 * decay.limit,
                "%",
                "lr",
                (decay.first, decay.end),
                decay.end,
            ),
            Evidence(
                "rate in the middle of the decay's time, as a share of the peak",
                100.0 * _middle(schedule, decay),
                None,
                "%",
                "lr",
            ),
        ),
        fixes=_fixes(decay),
    )


def _middle(schedule: Schedule, decay: Decay) -> float:
    """Return the rate halfway through the time that a decay has, as a share of the peak."""
    halfway = (decay.first + float(schedule.steps[-1])) / 2.0
    return float(schedule.at(np.array([halfway]))[0]) / schedule.peak


def _summary(signals: Signals, decay: Decay) -> str:
    schedule = signals.schedule
    peak = say_rate(schedule.peak) if schedule is not None else ""
    where = f"{place(signals, decay.end)}, {say_share(decay.share)} of the run"
    if decay.kind == "squared":
        return f"The rate falls from {peak} as two decays multiplied, not as one"
    if decay.kind == "stepped":
        return f"The rate falls from {peak} along one decay and drops besides, the last at {where}"
    if decay.kind == "short":
        return f"The decay from {peak} is done at {where}: {decay.times} times as fast as the run"
    if decay.kind == "returning":
        return f"The rate falls from {peak} to its lowest at {where}, and climbs again"
    if decay.kind == "each-step":
        return f"The rate falls by one factor a step, to {say_share(DOWN)} of {peak} by {where}"
    return f"The rate falls from {peak} by a hundred at each drop, the last at {where}"


def _fixes(decay: Decay) -> tuple[Fix, ...]:
    stepped = Fix(
        "Call the scheduler's step once an update, in one place only",
        f"Called {decay.times} times, it is over {decay.times} times too early.",
    )
    alone = Fix(
        "Keep one scheduler on the optimizer and remove the other",
        "Two of them multiply.",
    )
    epochs = Fix(
        "Apply the factor once an epoch, or take its root for each step",
        "A factor of 0.95 leaves a hundredth after 90 of what it counts.",
    )
    length = Fix(
        f"Or make the schedule {say_number(decay.times)} times as long",
        "It must count what the loop counts.",
    )
    return {
        "squared": (alone,),
        "stepped": (alone,),
        "short": (stepped, length),
        "returning": (stepped, length),
        "each-step": (epochs,),
        "drops": (alone, stepped),
    }[decay.kind]


def seen(signals: Signals) -> str:
    """Return how the rate ends."""
    schedule = signals.schedule
    if schedule is None or schedule.constant:
        return "the rate is constant"
    return f"one decay, to {say_share(schedule.left)} of the peak"


RULE = Rule(
    code="SCH405",
    name="decay-applied-twice",
    needs=("train_loss", "lr"),
    check=check,
    doc=__doc__,
    clear="decay applied once",
    seen=seen,
    symptom="slow",
    explains=("SCH401", "LR109", "LR112", "LR115", "LR116"),
)
