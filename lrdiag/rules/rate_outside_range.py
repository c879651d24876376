"""Rate outside what its optimizer usually takes.

## What it shows
The learning rate lies outside the range in which the optimizer is commonly used, and the curve
shows the symptom of it: too long steps above the range, too short ones below.

## Why it matters
A rate that was right for SGD is a hundred times too high for Adam. A rate taken over from
another optimizer, or a slip by a factor of ten, is quicker to find here than on the curve. A rate
outside the range under a healthy curve is none of our business: loss, batch and model move it.

## Example
    step,train_loss,lr
    0,2.31,0.1
    10,94.2,0.1
    20,31.7,0.1

## What to do
Go back to the range of the optimizer: 1e-4 to 1 for SGD, to 0.1 with momentum, 1e-5 to 1e-2 for
Adam, AdamW and RMSprop. Try steps of about 3 within it, or a range test.

## References
- Bengio (2012), Practical recommendations for gradient-based training of deep architectures.
- PyTorch documentation, torch.optim: the defaults of each optimizer.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.rule import Rule
from lrdiag.rules.witness import find_sluggish, find_unstable
from lrdiag.rules.words import lower_rate, raise_rate, unsaid
from lrdiag.signals import Signals
from lrdiag.wording import say_range, say_rate

RANGES = {  # lowest, usual first, highest; half of the sweep's best rates are the usual one
    "sgd": (1e-4, 0.01, 1.0),
    "momentum": (1e-4, 0.01, 0.1),
    "adam": (1e-5, 1e-3, 0.01),
    "adamw": (1e-5, 1e-3, 0.01),
    "rmsprop": (1e-5, 1e-3, 0.01),
    "adagrad": (1e-4, 0.01, 1.0),
    "lion": (1e-6, 1e-4, 1e-3),
    "muon": (1e-4, 0.02, 0.1),
}
NAMES = {"sgd": "SGD", "momentum": "SGD with momentum", "rmsprop": "RMSprop", "adamw": "AdamW"}


def check(signals: Signals) -> Finding | CannotTell | None:
    """Compare the rate with the optimizer's range, and with the curve."""
    optimizer, rate = signals.config.optimizer, signals.rate
    if optimizer is None:
        return unsaid("optimizer")
    if optimizer not in RANGES:
        return CannotTell(("optimizer",), f"No usual range is known for {optimizer!r}.")
    if rate is None or rate <= 0.0:
        return unsaid("lr")
    low, usual, high = RANGES[optimizer]
    if low <= rate <= high:
        return None
    found = find_unstable(signals) if rate > high else find_sluggish(signals)
    if found is None:
        return None
    rule, symptom = found
    side = "above" if rate > high else "below"
    name = NAMES.get(optimizer, optimizer.capitalize())
    return Finding(
        severity=Severity.WARNING,
        confidence=0.85,
        summary=(
            f"A rate of {say_rate(rate)} is {side} what {name} usually takes, "
            f"{say_range(say_rate(low), say_rate(high))}, and the curve shows it"
        ),
        cause=f"The rate was taken from another optimizer or task, or slipped: see {rule.code}.",
        evidence=(
            Evidence("learning rate", rate, high if rate > high else low, "lr", "lr"),
            *symptom.evidence[:1],
        ),
        fixes=(
            lower_rate(signals, 3, 10, f"That leads back to where {name} is commonly used.")
            if rate > high
            else raise_rate(signals, 3, 10, f"That leads to where {name} is commonly used."),
            Fix(
                f"If that does not help, begin anew at {say_rate(usual)}",
                f"It is the usual first guess for {name}.",
                conditional=True,
            ),
        ),
    )


def seen(signals: Signals) -> str:
    """Return the rate."""
    rate = signals.rate
    return "no rate" if rate is None else f"peak rate {say_rate(rate)}"


RULE = Rule(
    code="CFG601",
    name="rate-outside-range",
    needs=("train_loss",),
    check=check,
    doc=__doc__,
    clear="rate within its range, or no harm",
    seen=seen,
)
