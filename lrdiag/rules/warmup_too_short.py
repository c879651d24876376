"""Loss is thrown up as a short warmup ends.

## What it shows
The learning rate rises to its peak within the first 5 % of the run. While it does, or soon after,
the loss turns and climbs far out of its noise, by a good part of all that it ever falls.

## Why it matters
The weights are not yet where the full rate is safe: the steps that follow a warmup that is too
short undo what the first ones learnt. Adaptive optimizers, large batches and transformers feel it
most. Often the same peak is fine once it is reached more slowly. A climb that is over within 2 %
of the run costs little, and is a note.

## Example
    step,train_loss,lr
    20,6.10,0.0002
    60,5.20,0.0006
    100,8.70,0.001
    400,5.30,0.001

## What to do
Make the warmup five times as long, up to a tenth of the run. If the loss is thrown up again,
divide the peak rate by 2 to 3.

## References
- Goyal et al. (2017), Accurate, Large Minibatch SGD: gradual warmup.
- Liu et al. (2020), On the Variance of the Adaptive Learning Rate and Beyond: why Adam wants it.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules import start_overshoot
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import lower_rate_later, place, too_thin
from lrdiag.signals import Signals
from lrdiag.signals.rate_rise import FEWEST_ROWS, Rise, Warmup
from lrdiag.wording import say_length, say_loss, say_share

MIN_ROWS = 50  # rows
SHORT = 0.05  # of the run; a warmup that takes more is not short
MIN_NOISES = 8.0  # noises; 7 healthy warmups of 5 % and one of 3.5 %: at most 6.2
MIN_DROP = 0.15  # of the drop; the same: at most 0.09
MIN_LEVEL = 0.05  # of the level it rises from
COSTLY = 0.02  # of the run, for which the loss is away; less is a note, as record runs bear it
LONGER = (5.0, 10.0)  # times the warmup
LONGEST = 0.1  # of the run; the tuning playbook's longest


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for a rise of the loss about the end of a short warmup."""
    thin = too_thin(signals, MIN_ROWS)
    if thin is not None:
        return thin
    if signals.schedule is None:
        return CannotTell(("lr",), "No value of lr is a positive number.")
    warmup = signals.warmup
    if warmup is None or warmup.share > SHORT:
        return None
    rise = warmup.rise
    if rise is None:
        why = f"It takes {FEWEST_ROWS} losses about the end of the warmup: log more often there."
        return CannotTell((f"{FEWEST_ROWS} rows about the warmup's end",), why)
    if not _thrown(signals, rise) or _lost(signals, rise):
        return None
    return Finding(
        severity=Severity.WARNING if _away(signals, rise) > COSTLY else Severity.NOTE,
        confidence=0.8,
        summary=(
            f"The loss climbs from {say_loss(rise.low)} to {say_loss(rise.peak)} at "
            f"{place(signals, rise.peak_step)}, as a warmup of {say_share(warmup.share)} of the "
            "run ends"
        ),
        cause="The full rate comes before the weights bear it.",
        evidence=_show(signals, warmup, rise),
        fixes=_fixes(signals, warmup),
    )


def _thrown(signals: Signals, rise: Rise) -> bool:
    least = max(MIN_NOISES * rise.noise, MIN_DROP * signals.loss.drop, MIN_LEVEL * abs(rise.low))
    return rise.height >= least > 0.0


def _away(signals: Signals, rise: Rise) -> float:
    """Return for how much of the run the loss is above where it was."""
    loss = signals.loss
    back = rise.back_step if rise.back_step is not None else loss.span[1]
    return loss.share(back) - loss.share(rise.low_step)


def _lost(signals: Signals, rise: Rise) -> bool:
    """Whether the loss never finds back: then the peak itself is too high, not its warmup."""
    found = start_overshoot.check(signals)
    bad = isinstance(found, Finding) and found.severity is Severity.ERROR
    return bad or rise.back_step is None


def _show(signals: Signals, warmup: Warmup, rise: Rise) -> tuple[Evidence, ...]:
    back = rise.back_step if rise.back_step is not None else signals.loss.span[1]
    return (
        Evidence(
            "climb of the loss",
            rise.height / rise.noise,
            MIN_NOISES,
            "noises",
            "train_loss",
            (rise.low_step, back),
            rise.peak_step,
        ),
        Evidence(
            "the same, as a share of the drop",
            100.0 * rise.height / signals.loss.drop if signals.loss.drop > 0.0 else 100.0,
            100.0 * MIN_DROP,
            "%",
        ),
        Evidence(
            "share of the run until it is back",
            100.0 * _away(signals, rise),
            100.0 * COSTLY,
            "%",
        ),
        Evidence(
            "warmup as a share of the run",
            100.0 * warmup.share,
            100.0 * SHORT,
            "%",
            "lr",
            (warmup.first, warmup.end),
            warmup.end,
        ),
    )


def _fixes(signals: Signals, warmup: Warmup) -> tuple[Fix, ...]:
    unit, (first, last) = signals.run.x.unit, signals.loss.span
    most = LONGEST * (last - first)
    now = warmup.end - warmup.first
    low, high = (min(times * now, most) for times in LONGER)
    length = say_length(round(low), unit)
    if high > low:
        length = f"{length} to {say_length(round(high), unit)}"
    return (
        Fix(
            f"Warm up over {length} instead of {say_length(now, unit)}",
            "The same peak, reached more slowly, is often fine.",
        ),
        lower_rate_later(signals, 2, 3, "If it climbs again", "Then the peak itself is too high."),
    )


def seen(signals: Signals) -> str:
    """Return how long the warmup is, and whether the loss climbs at its end."""
    warmup = signals.warmup
    if warmup is None:
        return "no warmup"
    if warmup.share > SHORT:
        return f"warmup {say_share(warmup.share)} of the run"
    if warmup.rise is not None and _thrown(signals, warmup.rise):
        return "the loss never comes back"
    return "calm at the end of the warmup"


RULE = Rule(
    code="SCH403",
    name="warmup-too-short",
    needs=("train_loss", "lr"),
    check=check,
    doc=__doc__,
    clear="warmup not too short",
    seen=seen,
    symptom="spikes",
    explains=("LR103", "LR104"),
)
