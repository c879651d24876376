"""Loss stays at the level of guessing.

## What it shows
The loss is flat at ln C, the cross-entropy of a model that gives each of C classes the same
probability. C is what the user says, or else a number of classes that data sets often have. Where
an accuracy is logged, it stays at one in C, and the loss may also come down to ln C from above.

## Why it matters
The model answers without looking at its input. The rate may be far too low or have broken the
model at once; as often the labels do not belong to the inputs, or units are dead.

## Example
    step,train_loss
    0,2.303
    450,2.302
    900,2.303

## What to do
Train on one batch until its loss is near zero. If that fails, look at the last layer, the loss
and dead units. If it works, compare some labels with their inputs, then try a tenth of the
rate and ten times the rate.

## References
- Karpathy (2019), A Recipe for Training Neural Networks: the loss at the start is -log(1/C).
"""

import math

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.flat_loss import (
    CHANCE_WITHIN,
    GUESSED,
    MIN_ROWS,
    explain_flat,
    find_chance,
    fix_flat,
    is_flat,
    show_flat,
)
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import lower_rate, too_thin
from lrdiag.signals import Signals
from lrdiag.wording import say_loss

MIN_ACCURACIES = 6  # values; fewer may be the beginning of a slow start
USUAL = 0.25  # of one in C; the median of an accuracy that is guessed: at most 0.12 off
HIGHEST = 1.5  # times one in C; six broken runs: at most 1.3, 60 that learn: 2.8 up
ABOVE_CHANCE = 1.1  # of ln C; wrong answers that are sure of themselves cost more than guesses
LITTLE = 0.05  # of the start; shuffled labels: 0.017, 0.037 and 0.053 memorised in the run


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for a flat loss at ln C."""
    thin = too_thin(signals, MIN_ROWS)
    if thin is not None:
        return thin
    answers = find_answers(signals)
    classes = answers or find_chance(signals)
    if classes is None or not (answers or stays(signals)):
        return None
    loss, chance = signals.loss, math.log(classes)
    told = signals.config.classes is not None
    return Finding(
        severity=Severity.ERROR,
        confidence=0.9 if told else 0.8,
        summary=(
            f"The loss stays at {say_loss(loss.end)}, what guessing among {classes} classes costs"
        ),
        cause=f"The model answers without its input. {_explain(signals, chance)}",
        evidence=(
            Evidence(
                f"end, as a share of ln {classes}",
                100.0 * loss.end / chance,
                100.0 * (1.0 - CHANCE_WITHIN),
                "%",
                "train_loss",
                loss.span,
            ),
            *(_show_answers(signals, classes) if answers else show_flat(signals)),
        ),
        fixes=(
            *_fixes(signals, chance),
            Fix("Compare some labels with their inputs", "Shuffled labels teach nothing."),
        ),
    )


def _explain(signals: Signals, chance: float) -> str:
    if signals.loss.start > ABOVE_CHANCE * chance:
        return "The first steps were probably too long: its loss came down to guessing, no further."
    return explain_flat(signals)


def _fixes(signals: Signals, chance: float) -> tuple[Fix, ...]:
    if signals.loss.start > ABOVE_CHANCE * chance:
        lower = lower_rate(signals, 10, 100, "Such steps throw the model where nothing leads back.")
        return lower, *fix_flat(signals)[:1]
    return fix_flat(signals)


def find_answers(signals: Signals) -> int | None:
    """Return the number of classes among which the answers are random throughout; else None."""
    level, loss = signals.accuracy_level, signals.loss
    if level is None or level.rows < MIN_ACCURACIES or signals.loss_name != "train_loss":
        return None
    told = signals.config.classes
    for one in (told,) if told else GUESSED:
        guess, chance = 100.0 / one, math.log(one)
        at_random = abs(level.usual - guess) <= USUAL * guess and level.highest <= HIGHEST * guess
        costs = (1.0 - CHANCE_WITHIN) * chance <= loss.end <= ABOVE_CHANCE * chance
        if at_random and costs:
            return one
    return None


def _show_answers(signals: Signals, classes: int) -> tuple[Evidence, ...]:
    level = signals.accuracy_level
    if level is None:
        return ()
    limit = HIGHEST * 100.0 / classes
    return (Evidence("highest accuracy of the run", level.highest, limit, "%"),)


def stays(signals: Signals) -> bool:
    """Whether the loss stays where it began, be it for a little that it memorised."""
    return is_flat(signals) or _hardly_falls(signals)


def _hardly_falls(signals: Signals) -> bool:
    """Whether what falls is small beside the level, and validation does not follow."""
    loss, val = signals.loss, signals.validation
    if loss.drop > LITTLE * loss.start or (signals.accuracy_gain or 0.0) > LITTLE:
        return False
    return val is not None and len(val) >= 3 and val.raw[0] - val.end <= 0.01 * abs(val.raw[0])


def seen(signals: Signals) -> str:
    """Return the end, beside the guess that is nearest above it."""
    classes = signals.config.classes
    end = say_loss(signals.loss.end)
    return f"{end} under {say_loss(math.log(classes))}" if classes else f"ends at {end}"


RULE = Rule(
    code="LR111",
    name="stuck-at-chance",
    needs=("train_loss",),
    check=check,
    doc=__doc__,
    clear="not stuck at chance",
    seen=seen,
    symptom="flat",
    explains=("LR112", "LR115", "FIT203", "SCH402"),
)
