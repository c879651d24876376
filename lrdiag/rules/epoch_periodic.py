"""Loss repeats the same pattern every epoch.

## What it shows
Less its course, the loss resembles itself one epoch later, and nearly every epoch repeats the
pattern. Where the log holds no epochs, the loss is searched for a cycle of eight rows or more that
it goes through six times or more.

## Why it matters
Batches come in the same order each time, sorted by class or by source. The model forgets one
part while it trains on another, and the swings pass for a rate that is too high.

## Example
    step,epoch,train_loss
    0,0.0,2.3
    30,0.5,0.4
    60,1.0,3.1
    90,1.5,0.3

## What to do
Shuffle the training data anew each epoch, then judge the rate again. After a resume, check that
the sampler goes on where it stopped.

## References
- Bottou (2012), Stochastic Gradient Descent Tricks: shuffle the training examples.
- Mishchenko et al. (2020), Random Reshuffling.
"""

import numpy as np

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.rule import Rule
from lrdiag.signals import Signals
from lrdiag.signals.period import Period
from lrdiag.wording import say_number, say_step

LIKENESS = 0.6  # correlation; 5 sorted runs: 0.71 up, 370 others whose epochs agree: 0.30 at most
AGREEING = 0.75  # of the epochs; the 5: 0.85 up, others so like: at most 0.11, as they diverge
RESTARTS = 2  # warm restarts of the rate make a pattern of their own


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for a pattern that every epoch repeats."""
    period = signals.period
    if period is None:
        return CannotTell(
            ("epoch",),
            "It takes 6 epochs or more and 8 rows an epoch, and the loss shows no such cycle.",
        )
    if not follows_epochs(signals):
        return None
    noises = period.swing / signals.loss.noise
    return Finding(
        severity=Severity.WARNING,
        confidence=_confidence(signals, period),
        summary=_summary(period),
        cause=_cause(signals, period),
        evidence=(
            Evidence(
                "correlation with the loss one epoch later",
                period.likeness,
                LIKENESS,
                "",
                "train_loss",
                signals.loss.span,
            ),
            Evidence("epochs that repeat it", 100.0 * period.agreeing, 100.0 * AGREEING, "%"),
            Evidence("swing within an epoch", noises, None, "noises", "train_loss"),
        ),
        fixes=(
            Fix("Shuffle the training data anew each epoch", "Then no order can be learned."),
            Fix("Judge the rate again after that", "These swings say nothing about it."),
        ),
    )


def _confidence(signals: Signals, period: Period) -> float:
    if period.logged:
        return 0.85
    return 0.6 if signals.schedule is None else 0.8


def _summary(period: Period) -> str:
    swing = f"up and down by {say_number(period.swing)}"
    if period.logged:
        return f"The loss repeats its course in each of {say_step(period.epochs)} epochs, {swing}"
    length, times = say_step(period.length), say_step(period.epochs)
    return f"The loss repeats its course every {length} steps, {times} times, {swing}"


def _cause(signals: Signals, period: Period) -> str:
    cause = "The batches come in the same order each epoch, most likely sorted."
    if signals.schedule is not None:
        return cause
    pace = "each epoch" if period.logged else "at that pace"
    return f"{cause} A learning rate that restarts {pace} looks the same."


def follows_epochs(signals: Signals) -> bool:
    """Whether the loss repeats a pattern every epoch that the rate does not explain."""
    period, schedule = signals.period, signals.schedule
    if period is None or (schedule is not None and len(schedule.jumps) >= RESTARTS):
        return False
    return period.likeness >= LIKENESS and period.agreeing >= AGREEING


def ends_on_a_peak(signals: Signals) -> bool:
    """Whether the loss swings with each epoch, and its last epoch as a whole lies lower."""
    period, loss = signals.period, signals.loss
    if period is None or not follows_epochs(signals):
        return False
    first, last = loss.span
    early = loss.raw[loss.steps < first + period.length]
    late = loss.raw[loss.steps > last - period.length]
    return bool(len(early) and len(late) and np.median(late) < np.median(early))


def seen(signals: Signals) -> str:
    """Return how much an epoch resembles the one before."""
    period = signals.period
    if period is None or period.likeness <= 0.0:
        return "no epoch resembles the next"
    return f"epochs resemble the next by {say_number(period.likeness)}"


RULE = Rule(
    code="LOG905",
    name="epoch-periodic",
    needs=("train_loss",),
    check=check,
    doc=__doc__,
    clear="no pattern by epoch",
    seen=seen,
    explains=(
        "LR103",
        "LR104",
        "LR105",
        "LR106",
        "LR107",
        "LR109",
        "LR113",
        "LR115",
        "FIT204",
        "LOG904",
    ),
)
