"""Loss swings widely up and down.

## What it shows
After its start, the course of the loss, not its batch noise, turns at least six times, each
time by a fifth of all progress or more, and by more than averaged noise can explain.

## Why it matters
The steps carry the weights across the valley and back. Average progress is small, and where
the run happens to stop decides how good the model is.

## Example
    step,train_loss
    100,1.1
    150,2.4
    200,0.9
    250,2.2

## What to do
Divide the learning rate by 2 to 5. If that ends nothing, the gradient is the noise: take a
batch four times as large, or clip the gradient.

## References
- Smith (2018), A Disciplined Approach to Neural Network Hyper-Parameters: Part 1.
- McCandlish et al. (2018), An Empirical Model of Large-Batch Training.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.rule import Rule
from lrdiag.rules.spike_recovers import recovered_spikes
from lrdiag.rules.words import clip_gradient, lower_rate, too_thin
from lrdiag.signals import Signals
from lrdiag.wording import count, say_number

MIN_ROWS = 100  # rows; 20 bins or more, of which six can turn
MIN_TURNS = 6  # turns; 73 healthy runs: 0, 70 good sweep runs: at most 5
SPIKES_SHARE = 0.3  # of the run; what stays up for longer swings and does not spike
NO_DROP = 3.0  # noises; a loss that never fell by more has no progress to swing by


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for a course that keeps turning."""
    thin = too_thin(signals, MIN_ROWS)
    if thin is not None:
        return thin
    swings, loss = signals.swings, signals.loss
    if swings.turns < MIN_TURNS or _spikes_explain(signals):
        return None
    size = swings.size / loss.drop if loss.drop > NO_DROP * loss.noise else None
    evidence = [
        Evidence(
            "turns of the course",
            float(swings.turns),
            float(MIN_TURNS),
            "",
            "train_loss",
            (swings.first, loss.span[1]),
        ),
        Evidence("usual swing", swings.size, swings.least, "", "train_loss"),
    ]
    if size is not None:
        evidence.append(Evidence("that swing, as a share of the drop", 100.0 * size, 20.0, "%"))
    return Finding(
        severity=Severity.WARNING,
        confidence=round(min(0.9, 0.55 + 0.03 * swings.turns), 2),
        summary=(
            f"The loss turns {swings.turns} times, by {say_number(swings.size)} each, and "
            + ("never falls" if size is None else f"falls by {say_number(loss.drop)} in all")
        ),
        cause=(
            "The steps overshoot the valley and come back. A batch too small for this rate looks "
            "the same."
        ),
        evidence=tuple(evidence),
        fixes=(
            lower_rate(signals, 2, 5, "Shorter steps stay on one side of the valley."),
            Fix("Take a batch four times as large", "The noise of the gradient halves."),
            clip_gradient(signals, "It bounds the longest steps."),
        ),
    )


def _spikes_explain(signals: Signals) -> bool:
    """Whether the turns are a few spikes and their way back: two turns each."""
    spikes, (first, last) = recovered_spikes(signals), signals.loss.span
    away = sum(one.end - one.start for one in spikes) / (last - first)
    return away < SPIKES_SHARE and 2 * len(spikes) + 2 >= signals.swings.turns


def seen(signals: Signals) -> str:
    """Return how often the course turns."""
    return count(signals.swings.turns, "turn")


RULE = Rule(
    code="LR107",
    name="wild-oscillation",
    needs=("train_loss",),
    check=check,
    doc=__doc__,
    clear="no wild oscillation",
    seen=seen,
    symptom="oscillation",
    explains=("LR104", "LR105", "LR113", "FIT205", "SCH402", "SCH403"),
)
