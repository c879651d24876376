"""Single batches stand out and leave no trace.

## What it shows
Jumps of the raw loss of one or two rows, many noises high, after which the loss goes on as if
nothing had happened.

## Why it matters
It does not: some batches are harder than others. Only where they sit at the same place in each
epoch is a look at the data worth the time. They are listed so that nobody takes them for
instability.

## Example
    step,train_loss
    410,3.31
    411,4.60
    412,3.30

## What to do
Nothing. If you want them gone, look at the samples of those steps, or clip the gradient.

## References
- Chowdhery et al. (2022), PaLM: batches that spike in one run do not in another.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Severity
from lrdiag.rules import diverged, wild_oscillation
from lrdiag.rules.rule import Rule
from lrdiag.rules.spike_recovers import MIN_DROP, MIN_LEVEL, MIN_NOISES, MIN_ROWS, MIN_WIDTH
from lrdiag.rules.start_overshoot import overshoots
from lrdiag.rules.words import places, too_thin
from lrdiag.signals import Signals
from lrdiag.signals.spikes import Spike
from lrdiag.wording import say_loss, spell_count

MIN_BATCHES = 3  # rows; one or two in a run are not worth a line
MOST_SHARE = 0.005  # of the rows; more is a heavy tail, no single batches. Healthy language
MANY = 5  # models: at most 0.0022; in a log of a few hundred rows this many may still be batches
SHOWN = 5


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for lone rows far above the rest."""
    thin = too_thin(signals, MIN_ROWS)
    if thin is not None:
        return thin
    batches = _lone_rows(signals)
    most = max(MANY, MOST_SHARE * signals.rows)
    if not MIN_BATCHES <= len(batches) <= most or _unstable(signals):
        return None
    highest = sorted(batches, key=lambda one: -one.peak)[:SHOWN]
    top = max(one.peak for one in batches)
    return Finding(
        severity=Severity.NOTE,
        confidence=0.9,
        summary=(
            f"{spell_count(len(batches), 'hard batch', 'hard batches')} at "
            f"{places(signals, [one.start for one in batches])}; the highest reaches "
            f"{say_loss(top)}"
        ),
        cause="Some batches are harder than others; the loss goes on as before each time.",
        evidence=tuple(
            Evidence(
                f"batch of {say_loss(one.peak)} over {say_loss(one.before)}",
                one.noises,
                MIN_NOISES,
                "noises",
                "train_loss",
                (one.start, one.end),
                one.peak_step,
            )
            for one in sorted(highest, key=lambda one: one.start)
        ),
    )


def _lone_rows(signals: Signals) -> list[Spike]:
    drop = signals.loss.drop
    return [
        one
        for one in signals.spikes
        if one.back
        and one.rows < MIN_WIDTH
        and one.noises >= MIN_NOISES
        and one.height >= max(MIN_LEVEL * abs(one.before), MIN_DROP * drop)
    ]


def _unstable(signals: Signals) -> bool:
    """Whether the loss as a whole is thrown about: then its rows say nothing of batches."""
    checks = (diverged.check, wild_oscillation.check)
    return overshoots(signals) or any(isinstance(one(signals), Finding) for one in checks)


def seen(signals: Signals) -> str:
    """Return how many rows stand out, or why they are no batches."""
    rows = len(_lone_rows(signals))
    if rows < MIN_BATCHES:
        return str(rows)
    return "the loss is unstable" if _unstable(signals) else f"heavy tail, {rows:,} rows"


RULE = Rule(
    code="LR114",
    name="hard-batches",
    needs=("train_loss",),
    check=check,
    doc=__doc__,
    clear="no hard batches",
    seen=seen,
)
