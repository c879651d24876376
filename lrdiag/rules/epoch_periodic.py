"""Loss repeats the same pattern every epoch.

## What it shows
Folded by epoch, the place within the epoch explains much of how far the loss stands from its
course, and nearly every epoch repeats the pattern.

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

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.rule import Rule
from lrdiag.signals import Signals
from lrdiag.wording import say_number, say_share, say_step

EXPLAINED = 0.35  # of the variance; sorted data: 0.42 and 0.70, 380 other runs: at most 0.20
STRENGTH = 20.0  # F statistic; sorted: 40 and 114, others: at most 13
AGREEING = 0.75  # of the epochs; sorted: 0.85 and 0.92
RESTARTS = 2  # warm restarts of the rate make a pattern of their own


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for a pattern that every epoch repeats."""
    period = signals.period
    if period is None:
        return CannotTell(
            ("epoch",),
            "It takes the epoch of each row, 6 epochs or more and 8 rows an epoch.",
        )
    if not follows_epochs(signals):
        return None
    noises = period.swing / signals.loss.noise
    return Finding(
        severity=Severity.WARNING,
        confidence=0.85,
        summary=(
            f"The loss repeats its course in each of {say_step(period.epochs)} epochs, up and "
            f"down by {say_number(period.swing)}"
        ),
        cause="The batches come in the same order each epoch, most likely sorted.",
        evidence=(
            Evidence(
                "variance that the place in the epoch explains",
                100.0 * period.explained,
                100.0 * EXPLAINED,
                "%",
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


def follows_epochs(signals: Signals) -> bool:
    """Whether the loss repeats a pattern every epoch that the rate does not explain."""
    period, schedule = signals.period, signals.schedule
    if period is None or (schedule is not None and len(schedule.jumps) >= RESTARTS):
        return False
    return (
        period.explained >= EXPLAINED
        and period.strength >= STRENGTH
        and period.agreeing >= AGREEING
    )


def seen(signals: Signals) -> str:
    """Return how much the place in the epoch explains."""
    period = signals.period
    return "too few epochs" if period is None else f"explains {say_share(period.explained)}"


RULE = Rule(
    code="LOG905",
    name="epoch-periodic",
    needs=("train_loss",),
    check=check,
    doc=__doc__,
    clear="no pattern by epoch",
    seen=seen,
    explains=("LR103", "LR104", "LR105", "LR107", "LR109", "LR113", "LR115", "FIT204"),
)
