"""Batch was scaled and the rate was not.

## What it shows
You said which batch and rate the recipe has, and the run's batch is at least four times larger or
smaller; its rate followed less than half of the way.

## Why it matters
A batch of four times the size makes a quarter of the steps from the same data, each with half the
noise. SGD then takes a rate of four times, adaptive methods about twice, up to a critical batch.
Left alone, the larger batch learns slowly and the smaller one is noisy. A warning where the curve
shows that, else a note.

## Example
    step,train_loss,lr
    0,6.91,0.1
    1000,5.80,0.1
    2000,5.10,0.1

## What to do
Scale the rate with the batch: linearly for SGD, by the square root for Adam and its kin, and warm
up over the first 5 % of the run. Beyond a few thousand samples the rule stops holding: try half
of what it says too.

## References
- Goyal et al. (2017), Accurate, Large Minibatch SGD: the linear rule with warmup.
- McCandlish et al. (2018), An Empirical Model of Large-Batch Training: the critical batch.
- Malladi et al. (2022), On the SDEs and Scaling Rules for Adaptive Gradient Algorithms.
"""

import math

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.rule import Rule
from lrdiag.rules.witness import find_sluggish, find_unstable
from lrdiag.rules.words import change_rate, unsaid
from lrdiag.signals import Signals
from lrdiag.wording import say_number, say_rate, say_times

MIN_CHANGE = 4.0  # times; with less the best rate moves within the usual step of a search, 3
FOLLOWED = 0.5  # of the way, in logarithms
LINEAR = ("sgd", "momentum")  # optimizers whose rate goes with the batch itself


def check(signals: Signals) -> Finding | CannotTell | None:
    """Compare how batch and rate differ from the recipe's."""
    config, rate = signals.config, signals.rate
    for name in ("optimizer", "batch_size", "base_batch_size", "base_lr"):
        if getattr(config, name) is None:
            return unsaid(name)
    if rate is None or rate <= 0.0:
        return unsaid("lr")
    grown, expected = _growth(signals), _expected(signals)
    if max(grown, 1.0 / grown) < MIN_CHANGE:
        return None
    base = config.base_lr or rate
    way = math.log(rate / base) / math.log(expected / base)
    if way >= FOLLOWED:
        return None
    harm = find_sluggish(signals) if grown > 1.0 else find_unstable(signals)
    return Finding(
        severity=Severity.NOTE if harm is None else Severity.WARNING,
        confidence=0.7 if harm is None else 0.85,
        summary=(
            f"The batch is {_say_change(grown)} the recipe's, the rate of {say_rate(rate)} "
            f"{_say_followed(rate / base)}"
        ),
        cause="A batch that differs so much wants another rate."
        + ("" if harm is None else f" The curve shows it: see {harm[0].code}."),
        evidence=(
            Evidence("batch over the recipe's", grown, MIN_CHANGE if grown > 1.0 else 0.25, "×"),
            Evidence("rate over the recipe's", rate / base, (expected / base) ** FOLLOWED, "×"),
        ),
        fixes=(
            change_rate(
                rate,
                _range(expected / rate),
                "The linear rule for SGD; from its upper end on warmup is needed."
                if config.optimizer in LINEAR
                else "The square-root rule for methods that scale the gradient.",
            ),
            Fix("Warm up over the first 5 % of the run", "A scaled rate is steepest at the start."),
        ),
    )


def _growth(signals: Signals) -> float:
    """Return how many times the recipe's batch the run's is."""
    config = signals.config
    return (config.batch_size or 1) / (config.base_batch_size or 1)


def _expected(signals: Signals) -> float:
    """Return the rate that the rule of the optimizer gives."""
    power = 1.0 if signals.config.optimizer in LINEAR else 0.5
    return (signals.config.base_lr or 1.0) * math.pow(_growth(signals), power)


def _range(factor: float) -> tuple[float, float]:
    """Return from half of the way to all of it."""
    half = math.sqrt(factor)
    return min(half, factor), max(half, factor)


def _say_change(grown: float) -> str:
    return f"{say_times(grown)} times" if grown > 1.0 else f"1/{say_number(1.0 / grown, 2)} of"


def _say_followed(moved: float) -> str:
    if 1.0 / 1.05 < moved < 1.05:
        return "is the recipe's still"
    return f"only {say_times(moved)} times"


def seen(signals: Signals) -> str:
    """Return how much the batch differs."""
    return f"batch {say_times(_growth(signals))} times the recipe's"


RULE = Rule(
    code="CFG603",
    name="batch-scaled-without-rate",
    needs=("train_loss",),
    check=check,
    doc=__doc__,
    clear="rate goes with the batch",
    seen=seen,
    symptom="slow",
)
