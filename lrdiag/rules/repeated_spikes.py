"""Loss spikes again and again.

## What it shows
At least three jumps of the raw loss that stand out from the noise, last longer than one row,
and return to the level before. Fewer are LR104; jumps of one row are hard batches (LR114).

## Why it matters
Each jump costs the steps it takes to come back, and the step size that causes a small jump
today can cause one that does not come back later.

## Example
    step,train_loss
    200,0.41
    201,2.90
    210,0.42
    303,1.80
    401,2.10

## What to do
Divide the learning rate by 2 to 3 (by up to 5 where a tenth of the run is lost to spikes), and
clip the gradient at its 90th percentile. Where spikes follow the warmup, make that longer.

## References
- Chowdhery et al. (2022), PaLM: about 20 spikes at irregular steps in one run.
- Cohen et al. (2021), Gradient Descent on Neural Networks Typically Occurs at the Edge of
  Stability.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.rule import Rule
from lrdiag.rules.spike_recovers import (
    MANY,
    MIN_ROWS,
    describe,
    find_cause,
    mend_rate,
    recovered_spikes,
    show,
)
from lrdiag.rules.words import clip_gradient, lower_rate, too_thin
from lrdiag.signals import Signals
from lrdiag.signals.spikes import Spike
from lrdiag.wording import count

COSTLY = 0.1  # of the run spent in spikes; from there on divide by more


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for three spikes or more."""
    thin = too_thin(signals, MIN_ROWS)
    if thin is not None:
        return thin
    spikes = recovered_spikes(signals)
    if len(spikes) < MANY:
        return None
    cost = _cost(signals, spikes)
    return Finding(
        severity=Severity.WARNING,
        confidence=round(min(0.97, 0.82 + 0.03 * len(spikes)), 2),
        summary=describe(signals, spikes),
        cause=find_cause(signals, spikes),
        evidence=(
            *show(signals, spikes),
            Evidence("spikes", float(len(spikes)), float(MANY)),
            Evidence("share of the run spent in them", 100.0 * cost, None, "%"),
        ),
        fixes=(*mend_rate(signals, spikes), *_fixes(signals, cost)),
    )


def _cost(signals: Signals, spikes: tuple[Spike, ...]) -> float:
    first, last = signals.loss.span
    return sum(one.end - one.start for one in spikes) / (last - first)


def _fixes(signals: Signals, cost: float) -> tuple[Fix, ...]:
    rate = (
        lower_rate(signals, 2, 5, "A tenth of the run went to spikes.")
        if cost > COSTLY
        else lower_rate(signals, 2, 3, "That usually ends spikes of this size.")
    )
    return (
        rate,
        clip_gradient(signals, "It bounds the step that throws the loss up."),
        Fix("Warm up over 5 % of the run", "It ends spikes that follow the warmup, no later ones."),
    )


def seen(signals: Signals) -> str:
    """Return how many spikes come back."""
    return count(len(recovered_spikes(signals)), "spike")


RULE = Rule(
    code="LR105",
    name="repeated-spikes",
    needs=("train_loss",),
    check=check,
    doc=__doc__,
    clear="no repeated spikes",
    seen=seen,
    symptom="spikes",
    explains=("FIT205", "SCH402"),
)
