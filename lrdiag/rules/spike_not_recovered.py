"""Loss spikes and stays up.

## What it shows
A jump of the raw loss after which it never returns to the level before: the run ends above it.

## Why it matters
The jump carried the weights to a worse place. What was learned before it is lost as far as the
level stays up, and more steps at the same rate seldom bring it back.

## Example
    step,train_loss
    300,0.41
    301,4.90
    400,1.70
    900,1.65

## What to do
Return to a checkpoint from about 100 steps before the jump, skip the batches of the jump, and
go on at half to a fifth of the rate with the gradient clipped.

## References
- Chowdhery et al. (2022), PaLM: restart about 100 steps before and skip 200 to 500 batches.
- Zhang et al. (2022), OPT: restarts from earlier checkpoints at a lower rate.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.diverged import validation_learns
from lrdiag.rules.epoch_periodic import ends_on_a_peak
from lrdiag.rules.rule import Rule
from lrdiag.rules.spike_recovers import MIN_NOISES, MIN_ROWS, gradient_growth, standing_spikes
from lrdiag.rules.words import clip_gradient, lower_rate, place, too_thin
from lrdiag.signals import Signals
from lrdiag.signals.spikes import Spike
from lrdiag.wording import say_loss, say_times

MIN_AWAY = 10  # rows from the jump to the end; fewer may still come back
MIN_LEFT = 0.1  # of the drop, that the end stands above the level before
MIN_STEP = 4.0  # noises of one row, by which it does
BACK_RESTART = 100.0  # steps before the jump; PaLM's restarts


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for a spike after which the loss stays up."""
    thin = too_thin(signals, MIN_ROWS)
    if thin is not None:
        return thin
    lasting = [one for one in standing_spikes(signals) if _lasts(signals, one)]
    if not lasting or validation_learns(signals) or ends_on_a_peak(signals):
        return None
    spike, loss = lasting[-1], signals.loss
    left = loss.end - spike.before
    return Finding(
        severity=Severity.ERROR,
        confidence=round(min(0.95, 0.7 + 0.01 * spike.noises), 2),
        summary=(
            f"The loss jumps from {say_loss(spike.before)} to {say_loss(spike.peak)} at "
            f"{place(signals, spike.start)} and ends at {say_loss(loss.end)}"
        ),
        cause=_cause(signals, spike),
        evidence=(
            Evidence(
                "end above the level before",
                left / spike.noise,
                MIN_STEP,
                "noises",
                "train_loss",
                (spike.start, loss.span[1]),
                spike.peak_step,
            ),
            Evidence("height of the jump", spike.noises, MIN_NOISES, "noises", "train_loss"),
        ),
        fixes=_fixes(signals, spike),
    )


def _cause(signals: Signals, spike: Spike) -> str:
    growth = gradient_growth(signals, spike)
    witness = (
        f" The gradient norm rises to {say_times(growth)} times its usual with it."
        if growth is not None and growth >= 2.0
        else ""
    )
    return f"One or a few updates were too long and left the valley for good.{witness}"


def _lasts(signals: Signals, spike: Spike) -> bool:
    left = signals.loss.end - spike.before
    return (
        not spike.back
        and spike.rows >= MIN_AWAY
        and left >= max(MIN_LEFT * signals.loss.drop, MIN_STEP * spike.noise)
    )


def _fixes(signals: Signals, spike: Spike) -> tuple[Fix, ...]:
    first = signals.loss.span[0]
    before = max(first, spike.start - BACK_RESTART) if signals.run.x.unit == "step" else spike.start
    return (
        Fix(
            f"Go back to a checkpoint of {place(signals, before)} and skip the batches of the jump",
            "Other batches from earlier weights usually pass without it.",
        ),
        lower_rate(signals, 2, 5, "A shorter step does not leave the valley."),
        clip_gradient(signals, "It bounds the step that throws the loss up."),
    )


def seen(signals: Signals) -> str:
    """Return how many spikes there are at all, and that all came back."""
    spikes = standing_spikes(signals)
    return f"{len(spikes)} of {len(spikes)} back" if spikes else "no spikes"


RULE = Rule(
    code="LR106",
    name="spike-not-recovered",
    needs=("train_loss",),
    check=check,
    doc=__doc__,
    clear="every spike comes back",
    seen=seen,
    symptom="spikes",
    explains=("LR113",),
)
