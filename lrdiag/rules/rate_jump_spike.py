"""Loss jumps where the learning rate jumps.

## What it shows
The learning rate rises at once by half or more, as at a warm restart, and the loss climbs out of
its noise within the next 2 % of the run.

## Why it matters
It is what a restart does: longer steps leave the valley that shorter ones had found. The jump is
no instability, and is told here so that it is taken for none. Only where the loss does not come
back before the next decay is the new peak too high.

## Example
    step,train_loss,lr
    498,0.21,0.00001
    500,0.22,0.003
    504,0.61,0.003
    560,0.24,0.0029

## What to do
Nothing, where the loss comes back. If the climb costs too much, restart at half the peak.

## References
- Loshchilov and Hutter (2017), SGDR: the loss jumps at each restart and comes back lower.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import places, too_thin
from lrdiag.signals import Signals
from lrdiag.signals.rate_rise import Jump, Rise
from lrdiag.wording import say_loss, say_rate, spell_count

MIN_ROWS = 50  # rows
MIN_NOISES = 6.0  # noises; 15 restarts of healthy runs: at most 5.8
MIN_DROP = 0.05  # of the drop; the same: at most 0.09
MOST = 1e99  # noises; evidence is finite
SHOWN = 8  # jumps with evidence of their own


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for jumps of the loss at jumps of the rate."""
    thin = too_thin(signals, MIN_ROWS)
    if thin is not None:
        return thin
    if signals.schedule is None:
        return CannotTell(("lr",), "No value of lr is a positive number.")
    thrown = _thrown(signals)
    if not thrown:
        return None
    away = [rise for _, rise in thrown if rise.back_step is None]
    first = thrown[0][0]
    rates = f"from {say_rate(first.before)} to {say_rate(first.after)}"
    return Finding(
        severity=Severity.NOTE,
        confidence=0.9,
        summary=(
            f"{spell_count(len(thrown), 'climb')} of the loss where the rate rises at once, at "
            f"{places(signals, [jump.step for jump, _ in thrown])}, first {rates}"
        ),
        cause=(
            "Longer steps leave the valley that shorter ones had found. "
            + ("The loss comes back each time, so this is no instability." if not away else _STAYS)
        ),
        evidence=tuple(
            Evidence(
                f"climb to {say_loss(rise.peak)} over {say_loss(rise.low)}",
                min(rise.height / rise.noise, MOST),
                MIN_NOISES,
                "noises",
                "train_loss",
                (jump.step, max(rise.back_step or signals.loss.span[1], jump.step)),
                rise.peak_step,
            )
            for jump, rise in thrown[:SHOWN]
        ),
        fixes=_fixes(away),
    )


_STAYS = "The loss does not come back to its level before: the new peak is too high."


def _thrown(signals: Signals) -> list[tuple[Jump, Rise]]:
    drop = signals.loss.drop
    return [
        (jump, jump.rise)
        for jump in signals.jumps
        if jump.rise is not None
        and jump.rise.noise > 0.0
        and jump.rise.height >= max(MIN_NOISES * jump.rise.noise, MIN_DROP * drop)
    ]


def _fixes(away: list[Rise]) -> tuple[Fix, ...]:
    if not away:
        return ()
    return (Fix("Restart at half the peak rate", "A lower peak leaves less to learn again."),)


def seen(signals: Signals) -> str:
    """Return how often the rate jumps."""
    jumps = len(signals.jumps)
    return f"{jumps} jumps, the loss calm at each" if jumps else "the rate never jumps"


RULE = Rule(
    code="SCH404",
    name="rate-jump-spike",
    needs=("train_loss", "lr"),
    check=check,
    doc=__doc__,
    clear="no climb where the rate rises",
    seen=seen,
)
