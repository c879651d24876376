"""Loss stays flat from the start.

## What it shows
Over the whole run the loss changes by no more than its noise, or by less than 2 % of its level.

## Why it matters
Nothing is learned. Either the rate is too low by orders of magnitude, or no gradient reaches
the weights: frozen parameters, dead units, a detached loss, an optimizer that never steps.

## Example
    step,train_loss
    0,2.31
    450,2.30
    900,2.31

## What to do
First try to memorise one batch: a sound setup takes its loss to near zero. If it does, multiply
the learning rate by 10 to 100. If it does not, look for dead ReLUs, frozen or missing
parameters, and the order of zero_grad, backward and step.

## References
- Karpathy (2019), A Recipe for Training Neural Networks: overfit one batch first.
- Lu et al. (2020), Dying ReLU and Initialization.
"""

import math

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import lower_rate, raise_rate, too_thin
from lrdiag.signals import Signals
from lrdiag.wording import say_loss, say_share

MIN_ROWS = 10  # rows; a trend over fewer has an interval wider than the level
MAX_FALL = 0.02  # of the start; 9 runs 10,000 times too low: at most 0.023, good runs: 0.3 up
MAX_DROP = 3.0  # noises; the same 9 runs: at most 1.3, dead units: 2.0, good runs: 2.3 up
SURE_TREND = 0.1  # of the start; a trend less sure than this may hide a descent
VAL_FALL = 0.03  # of its first value; a validation loss that falls by more is learning
JUMPED = 8.0  # noises above the start, in the first steps; as for LR103
FELL_SHARE = 0.05  # of the level, in the first rows; 38 flat runs: at most 0.014 where it is sure
FELL_NOISES = 3.0  # noises of their median; fine-tuning that fell in its first hundredth: 3.8
CHANCE_WITHIN = 0.015  # of ln C; dead units and untrained classifiers: at most 0.006, one 0.039
GUESSED = (2, 3, 4, 5, 10, 20, 100, 1000)  # classes that data sets have, if nobody says


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for a loss that never moves."""
    thin = too_thin(signals, MIN_ROWS)
    if thin is not None:
        return thin
    if not is_flat(signals) or find_chance(signals) is not None:
        return None
    loss = signals.loss
    return Finding(
        severity=Severity.ERROR,
        confidence=0.85 if signals.rows >= 50 else 0.6,
        summary=(
            f"The loss stays at {say_loss(loss.end)}, a change of "
            f"{say_share(abs(_trend_share(signals)))} over the whole run"
        ),
        cause=explain_flat(signals),
        evidence=show_flat(signals),
        fixes=fix_flat(signals),
    )


def is_flat(signals: Signals) -> bool:
    """Whether the loss never moves, as far as its noise allows to see."""
    loss, progress = signals.loss, signals.progress
    level = abs(loss.start)
    small = loss.drop <= max(MAX_DROP * loss.noise, MAX_FALL * level)
    sloped = progress.trend.falls or progress.trend.rises
    still = abs(progress.trend.value) <= (MAX_FALL if sloped else SURE_TREND) * level
    sure = max(abs(progress.trend.low), abs(progress.trend.high)) <= SURE_TREND * level
    rose = loss.end - loss.start > max(MAX_DROP * loss.noise, MAX_FALL * level)
    flat = small and still and sure and not rose
    return flat and not (_fell_at_once(signals) or _learns_elsewhere(signals))


def _fell_at_once(signals: Signals) -> bool:
    """Whether the loss fell within its first rows and is level since: that is learning too."""
    start = signals.start
    fell = start.fall >= FELL_SHARE * abs(signals.loss.end) and start.fall_noises >= FELL_NOISES
    return fell and not _broke_at_once(signals)


def _trend_share(signals: Signals) -> float:
    """Return the change over the run as a share of the start; 0 for a loss that is zero."""
    start = abs(signals.loss.start)
    return signals.progress.trend.value / start if start > 0.0 else 0.0


def _learns_elsewhere(signals: Signals) -> bool:
    """Whether a validation loss or an accuracy improves although this loss does not."""
    val = signals.validation
    beside = val is not None and signals.loss_name == "train_loss" and len(val) >= 3
    if beside and val is not None and val.raw[0] - val.end > VAL_FALL * abs(val.raw[0]) > 0.0:
        return True
    gained = signals.accuracy_gain
    return gained is not None and gained > VAL_FALL


def find_chance(signals: Signals) -> int | None:
    """Return the number of classes whose guessing costs what this flat loss is; else None."""
    level, start = signals.loss.end, signals.loss.start
    classes = (signals.config.classes,) if signals.config.classes else GUESSED
    for one in classes:
        chance = math.log(one)
        near = CHANCE_WITHIN * chance
        if abs(level - chance) <= near and abs(start - chance) <= 4.0 * near:
            return one
    return None


def explain_flat(signals: Signals) -> str:
    """Return the likely cause, with the gradient norm as a witness where it is logged."""
    gradient = signals.gradient
    if gradient is not None and gradient.usual == 0.0:
        return "No gradient reaches the weights: dead units, frozen parameters or a detached loss."
    if _broke_at_once(signals):
        return "The first steps are too long: they throw the model where no gradient leads back."
    return (
        "The learning rate is too low by orders of magnitude, or it broke the model at once, or no "
        "gradient reaches the weights. Memorising one batch tells which."
    )


def _broke_at_once(signals: Signals) -> bool:
    """Whether the loss jumps in the first steps: a rate that broke the model."""
    return "train_loss" in signals.run and signals.start.rise > JUMPED * signals.loss.noise


def show_flat(signals: Signals) -> tuple[Evidence, ...]:
    """Return the drop in noises, the trend and the gradient norm."""
    loss = signals.loss
    name = signals.loss_name
    evidence = [
        Evidence("drop", loss.drop / loss.noise, MAX_DROP, "noises", name, loss.span),
        Evidence(
            "trend over the run, as a share of the start",
            100.0 * _trend_share(signals),
            -100.0 * MAX_FALL,
            "%",
            name,
        ),
    ]
    if signals.gradient is not None:
        evidence.append(
            Evidence("usual gradient norm", signals.gradient.usual, None, "", "grad_norm")
        )
    return tuple(evidence)


def fix_flat(signals: Signals) -> tuple[Fix, ...]:
    """Return what to try, in the order of cost."""
    batch = Fix(
        "Train on one batch until its loss is near zero",
        "A setup that cannot memorise one batch has a fault that no rate mends.",
    )
    dead = Fix(
        "Look for dead ReLUs, frozen parameters and the order of zero_grad, backward and step",
        "Each leaves the weights where they are.",
    )
    if _broke_at_once(signals):
        return (
            lower_rate(signals, 10, 100, "The loss jumps first and is flat after that."),
            batch,
            dead,
        )
    return batch, raise_rate(signals, 10, 100, "The weights hardly move at this rate."), dead


def seen(signals: Signals) -> str:
    """Return how far the loss fell."""
    loss = signals.loss
    if find_chance(signals) is not None and is_flat(signals):
        return "at chance, see LR111"
    return f"fell {say_share(loss.drop / abs(loss.start))}" if loss.start else "falls"


RULE = Rule(
    code="LR110",
    name="flat-loss",
    needs=(),
    check=check,
    doc=__doc__,
    clear="not flat",
    seen=seen,
    symptom="flat",
    explains=("LR112", "LR115"),
)
