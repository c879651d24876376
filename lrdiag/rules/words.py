"""What several rules say alike: places, changes of the rate, a clip, a log that is too thin."""

from collections.abc import Sequence

import numpy as np

from lrdiag.finding import CannotTell, Fix
from lrdiag.signals import Signals
from lrdiag.signals.gap import FEWEST
from lrdiag.signals.signals import WHOLE
from lrdiag.wording import (
    X_NAMES,
    join_words,
    say_number,
    say_place,
    say_range,
    say_rate,
    say_share,
    say_step,
    say_times,
)

FEW = 5  # rows before the best; of fewer, no usual height of the gradient is read
UNSAID = {
    "optimizer": "The optimizer",
    "lr": "The learning rate",
    "precision": "The precision",
    "loss_scaling": "Whether the loss is scaled",
    "batch_size": "The batch size",
    "base_batch_size": "The recipe's batch size",
    "base_lr": "The recipe's learning rate",
}
RUNAWAY = 100.0  # times the gradient's usual before the best; a clip there would clip nothing


def place(signals: Signals, step: float) -> str:
    """Return "step 561", "epoch 12" or "row 40", after what the run counts in."""
    return say_place(step, signals.run.x.unit)


def places(signals: Signals, steps: Sequence[float]) -> str:
    """Return "step 201" or "steps 201, 303 and 401"; at most four are named."""
    unit = signals.run.x.unit
    if len(steps) == 1:
        return say_place(steps[0], unit)
    said = [say_step(step, unit) for step in steps]
    if len(said) > 4:
        said = [*said[:3], f"{len(said) - 3} more"]
    return f"{X_NAMES[unit]}s {join_words(said)}"


def tail_gain(signals: Signals) -> str:
    """Return what the loss does over the last 30 % of the run, as a share of the drop."""
    drop, progress = signals.loss.drop, signals.progress
    if drop <= 0.0:
        return "it never falls"
    if progress.tail_gain > 0.0:
        return f"last 30 % gains {say_share(progress.tail_gain / drop)}"
    return "it rises at the end" if progress.tail.rises else "last 30 % gains nothing"


def lower_rate(
    signals: Signals, low: float, high: float, reason: str, *, rate: float | None = None
) -> Fix:
    """Return the fix that divides ``rate``, or else today's, by ``low`` to ``high``."""
    return change_rate(rate or signals.rate, (1.0 / high, 1.0 / low), reason)


def lower_rate_later(signals: Signals, low: float, high: float, when: str, reason: str) -> Fix:
    """Return the fix that divides today's rate only ``when`` something else has not helped."""
    factor, rate = (1.0 / high, 1.0 / low), signals.rate
    action = f"{when}, divide the learning rate by {low:g} to {high:g}"
    if rate is None:
        return Fix(action, reason, factor, conditional=True)
    there = f"{reason} Here that is {_say_rates(rate, factor)}."
    return Fix(action, there, factor, _middle(rate, factor), conditional=True)


def raise_rate(signals: Signals, low: float, high: float, reason: str) -> Fix:
    """Return the fix that multiplies today's rate by ``low`` to ``high``."""
    return change_rate(signals.rate, (low, high), reason)


def change_rate(rate: float | None, factor: tuple[float, float], reason: str) -> Fix:
    """Return the fix that multiplies ``rate``, or the unknown one of today, by ``factor``."""
    lower = factor[1] <= 1.0
    if rate is not None:
        verb = "Lower" if lower else "Raise"
        action = f"{verb} the learning rate from {say_rate(rate)} to {_say_rates(rate, factor)}"
        return Fix(action, reason, factor, _middle(rate, factor))
    low, high = (1.0 / factor[1], 1.0 / factor[0]) if lower else factor
    verb = "Divide" if lower else "Multiply"
    return Fix(f"{verb} the learning rate by {say_times(low)} to {say_times(high)}", reason, factor)


def _say_rates(rate: float, factor: tuple[float, float]) -> str:
    return say_range(say_rate(rate * factor[0], 2), say_rate(rate * factor[1], 2))


def _middle(rate: float, factor: tuple[float, float]) -> float:
    """Return the rate in the geometric middle, with two digits."""
    return float(f"{rate * (factor[0] * factor[1]) ** 0.5:.2g}")


def clip_gradient(signals: Signals, reason: str) -> Fix:
    """Return the fix that clips at the gradient's usual height, or at 1 if that is not known."""
    limit, where = _usual_height(signals)
    return Fix(f"Clip the gradient norm at {say_number(limit, 2)}", reason + where)


def _usual_height(signals: Signals) -> tuple[float, str]:
    gradient = signals.gradient
    if gradient is None:
        return 1.0, ""
    calm = gradient.norm[gradient.steps <= signals.loss.best_step]
    if len(calm) >= FEW and gradient.clip > RUNAWAY * np.median(calm):
        return float(np.quantile(calm, 0.9)), " Nine in ten norms before the best loss are below."
    if len(calm) < FEW and gradient.clip > RUNAWAY * gradient.norm.min():
        return 1.0, ""
    return gradient.clip, " Nine in ten norms of this run are below."


def too_thin(signals: Signals, rows: int) -> CannotTell | None:
    """Return why fewer than ``rows`` finite losses are too few; None where there are enough."""
    name, have = signals.loss_name or "train_loss", signals.rows
    if have >= rows:
        return None
    broken = name in signals.run and len(signals.run[name]) > have
    kind, remedy = ("finite values", "") if broken else ("values", ": log more often")
    why = f"It takes {rows} {kind} of {name} and the log holds {have or 'none'}{remedy}."
    return CannotTell((f"{rows} rows of {name}",), why)


def cut_short(signals: Signals) -> CannotTell | None:
    """Return why a log that is the first part of a run cannot tell how the run ends."""
    loss = signals.loss
    if len(loss.lost) and loss.span[1] < loss.span[0] + WHOLE * (loss.lost[-1] - loss.span[0]):
        why = f"The loss is not finite after {place(signals, loss.span[1])}."
        return CannotTell(("the rest of the run",), why)
    if not signals.unfinished:
        return None
    planned, why = signals.config.planned_steps, "The rate still decays when the log ends."
    if planned:
        last = place(signals, signals.loss.span[1])
        why = f"The log ends at {last} of the {say_number(planned)} that are planned."
    return CannotTell(("the rest of the run",), why)


def unsaid(setting: str) -> CannotTell:
    """Return that a setting was not told, without which a rule cannot look."""
    return CannotTell((setting,), f"{UNSAID[setting]} is not known; tell it, and this can look.")


def too_few_norms(have: int, need: int) -> CannotTell | None:
    """Return why ``have`` values of grad_norm are too few; None where there are enough."""
    if have >= need:
        return None
    why = f"It takes {need} values of grad_norm and the log holds {have or 'none'}: log more often."
    return CannotTell((f"{need} values of grad_norm",), why)


def too_few_validations(have: int, need: int) -> CannotTell | None:
    """Return why ``have`` values of val_loss are too few; None where there are enough."""
    if have >= need:
        return None
    why = f"It takes {need} values of val_loss and the log holds {have}: validate more often."
    return CannotTell((f"{need} values of val_loss",), why)


def too_late(signals: Signals) -> CannotTell:
    """Return why the late validations cannot be held against the training loss."""
    if not signals.rows or signals.loss_name != "train_loss":
        return CannotTell(("train_loss",), "No value of train_loss is a number.")
    why = f"It takes {FEWEST} values of val_loss in the second half: validate more often."
    return CannotTell((f"{FEWEST} late values of val_loss",), why)
