"""How rules word numbers, places and changes of the rate, so that all say it alike."""

from collections.abc import Sequence

from lrdiag.finding import CannotTell, Fix
from lrdiag.signals import Signals

COUNTS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


def number(value: float) -> str:
    """Return a value with three digits, as people type it: 0.093, 2.8e-5, 1.2e7."""
    text = f"{value:.3g}"
    if "e" not in text:
        return text
    if 1e3 <= abs(value) < 1e5:
        return f"{value:.0f}"
    digits, power = text.split("e")
    return f"{digits}e{int(power)}"


def percent(share: float) -> str:
    """Return a share as a percentage: 0.304 gives "30 %", 0.0421 gives "4.2 %"."""
    value = 100.0 * share
    return f"{value:.1f} %" if abs(value) < 9.95 else f"{value:.0f} %"


def count(amount: int, noun: str) -> str:
    """Return "Three spikes", "One spike", "14 spikes"."""
    word = COUNTS[amount] if 0 <= amount < len(COUNTS) else str(amount)
    return f"{word} {noun}" + ("" if amount == 1 else "s")


def place(signals: Signals, step: float) -> str:
    """Return "step 561", "epoch 12" or "row 40", after what the run counts in."""
    noun = {"step": "step", "epoch": "epoch", "index": "row"}[signals.run.x.unit]
    return f"{noun} {at(step)}"


def at(step: float) -> str:
    """Return a step in full, with decimals only where a run is that short."""
    return f"{step:.0f}" if step == round(step) or abs(step) >= 100.0 else f"{step:.3g}"


def places(signals: Signals, steps: Sequence[float]) -> str:
    """Return "step 201" or "steps 201, 303 and 401"; at most four are named."""
    noun = {"step": "step", "epoch": "epoch", "index": "row"}[signals.run.x.unit]
    if len(steps) == 1:
        return f"{noun} {at(steps[0])}"
    if len(steps) > 4:
        return f"{noun}s {', '.join(at(s) for s in steps[:3])} and {len(steps) - 3} more"
    return f"{noun}s {', '.join(at(s) for s in steps[:-1])} and {at(steps[-1])}"


def tail_gain(signals: Signals) -> str:
    """Return what the loss does over the last 30 % of the run, as a share of the drop."""
    drop, gain = signals.loss.drop, signals.progress.tail_gain
    if drop <= 0.0:
        return "it never falls"
    return f"last 30 % gains {percent(gain / drop)}" if gain >= 0.0 else "it rises at the end"


def lower_rate(
    signals: Signals, low: float, high: float, reason: str, *, rate: float | None = None
) -> Fix:
    """Return the fix that divides ``rate``, or else today's, by ``low`` to ``high``."""
    factor = (1.0 / high, 1.0 / low)
    action = f"Divide the learning rate by {low:g} to {high:g}"
    return _change(rate or signals.rate, action, factor, reason)


def raise_rate(signals: Signals, low: float, high: float, reason: str) -> Fix:
    """Return the fix that multiplies today's rate by ``low`` to ``high``."""
    action = f"Multiply the learning rate by {low:g} to {high:g}"
    return _change(signals.rate, action, (low, high), reason)


def _change(rate: float | None, action: str, factor: tuple[float, float], reason: str) -> Fix:
    if rate is None:
        return Fix(action, reason, factor=factor)
    low, high = (f"{rate * one:.2g}" for one in factor)
    low, high = (number(float(one)) for one in (low, high))
    middle = rate * (factor[0] * factor[1]) ** 0.5
    verb = "Lower" if factor[1] <= 1.0 else "Raise"
    return Fix(
        f"{verb} the learning rate from {number(rate)} to {low}–{high}",
        reason,
        factor=factor,
        lr=float(f"{middle:.2g}"),
    )


def clip_gradient(signals: Signals, reason: str) -> Fix:
    """Return the fix that clips at the gradient's usual height, or at 1 if it is not logged."""
    gradient = signals.gradient
    limit = 1.0 if gradient is None else gradient.clip
    where = "" if gradient is None else " That is its 90th percentile here."
    return Fix(f"Clip the gradient norm at {float(f'{limit:.2g}'):g}", reason + where)


def too_thin(signals: Signals, rows: int, what: str) -> CannotTell | None:
    """Return why ``what`` cannot be seen in fewer than ``rows`` finite values; None if it can."""
    have = signals.rows
    if have >= rows:
        return None
    name = signals.loss_name or "train_loss"
    return CannotTell(
        (f"{rows} rows of {name}",),
        f"The log holds {have} values of {name}; {what} takes {rows}: log more often.",
    )
