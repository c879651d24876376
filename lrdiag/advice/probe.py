"""The probe that would settle a move: what to run, what confirms, what refutes."""

from collections.abc import Callable, Mapping

from lrdiag.advice.move import Action, Cause, Move
from lrdiag.advice.words import RunInWords

Probe = Callable[[RunInWords, Move], str]


def probe_in_words(run: RunInWords, move: Move) -> str:
    """Return the next step, with counts, losses and rates of this run."""
    return (BY_CAUSE.get(move.cause) or BY_ACTION[move.action])(run, move)


def _factor(move: Move) -> float:
    return float(10.0 ** (move.decades or 0.0))


def _lower(run: RunInWords, move: Move) -> str:
    here = f"Train {run.span(1 / 3)} at {run.rate(_factor(move))}: confirmed if the loss ends below"
    if run.stands_above_first(1 / 3):
        return f"{here} {run.first_loss()}, where it began; refuted if it ends above."
    return f"{here} {run.loss_after(1 / 3)}, which this run had there; refuted if it ends above."


def _lower_until_calm(run: RunInWords, move: Move) -> str:
    return (
        f"Train {run.span(0.5)} at {run.rate(_factor(move))}: confirmed if no spike comes by then; "
        f"refuted if one does, or if the loss ends above {run.loss_after(0.5)}, which this run "
        "had there."
    )


def _lower_after_nan(run: RunInWords, move: Move) -> str:
    return (
        f"Train again at {run.rate(_factor(move))} past {run.first_nonfinite()}: confirmed if the "
        "loss stays a number; refuted if it breaks there again, then look at that batch."
    )


def _raise(run: RunInWords, move: Move) -> str:
    factor = _factor(move)
    return (
        f"Train {run.span(2.0 / factor)} at {run.rate(factor)}: confirmed if the loss gets to "
        f"{run.end_loss()}, where this run ended; refuted if it does not. If this training is "
        "still going on, wait for its end instead."
    )


def _raise_at_chance(run: RunInWords, move: Move) -> str:
    return (
        f"{_raise(run, move)} If it does neither, train on one batch alone: a loss that does not "
        "fall there either speaks of labels or dead units."
    )


def _keep(run: RunInWords, move: Move) -> str:
    return (
        f"Nothing needs to be run. To be sure, train as long at {run.rate(3.0)}: only a loss that "
        f"ends below {run.end_loss()} refutes this; a lead on the way does not."
    )


def _decay(run: RunInWords, move: Move) -> str:
    return (
        f"Train the last {run.span(0.2)} again with the rate falling to zero: confirmed if the "
        f"loss ends below {run.end_loss()}; refuted if it stays there."
    )


def _try_both(run: RunInWords, move: Move) -> str:
    return (
        f"Train as long at {run.rate(3.0)}: raise if the loss ends below {run.end_loss()}, where "
        "this run ended; keep or lower if it ends above. A lead on the way says little."
    )


def _one_batch(run: RunInWords, move: Move) -> str:
    return (
        f"Train {run.span(0.1)} on one batch alone at {run.rate(3.0)}: if its loss falls far below "
        f"{run.end_loss()}, the net can learn and the rate or the labels of the rest are in "
        "question; if it does not, look at labels, inputs and dead units."
    )


def _check_batch(run: RunInWords, move: Move) -> str:
    return (
        f"Compute the loss of the batch at {run.first_nonfinite()} with the weights before it: if "
        "it is not finite, the data are the cause; if it is, train on from there at "
        f"{run.rate(0.1)}."
    )


def _regularise(run: RunInWords, move: Move) -> str:
    where, best = run.best_validation()
    return (
        "Train again at the same rate with weight decay, dropout or augmentation: confirmed if "
        f"the validation loss gets below {best}, its best at {where}; refuted if it does not, "
        "then end with a lower rate."
    )


def _warm_up(run: RunInWords, move: Move) -> str:
    return (
        f"Raise the rate from zero over the first {run.span(0.05)}: confirmed if the loss no "
        f"longer rises above {run.first_loss()}; refuted if it does, then divide the rate by 3."
    )


def _hold_longer(run: RunInWords, move: Move) -> str:
    return (
        f"Train {run.span(1.0)} with the same peak held for half of them: confirmed if the loss "
        f"ends below {run.end_loss()}; refuted if it stays there."
    )


def _shuffle(run: RunInWords, move: Move) -> str:
    return (
        "Shuffle the data each epoch, train again and diagnose that log: if the saw teeth stay, "
        f"train {run.span(0.1)} at {run.rate(1 / 3)}."
    )


BY_ACTION: Mapping[Action, Probe] = {
    "lower": _lower,
    "raise": _raise,
    "keep": _keep,
    "decay": _decay,
    "unsure": _try_both,
}
BY_CAUSE: Mapping[Cause, Probe] = {
    "no-train-loss": lambda run, move: (
        "Log the training loss beside the validation loss and diagnose again."
    ),
    "no-ratio": lambda run, move: (
        _try_both(run, move)
        if run.below_zero
        else "Log a loss that is zero for a perfect model, such as cross entropy or squared error."
    ),
    "never-finite": lambda run, move: (
        "Compute the loss of one batch before any update: if it is not finite, inputs, labels or "
        f"the loss itself are the cause; if it is, train 20 steps at {run.rate(0.01)}."
    ),
    "few-rows": lambda run, move: (
        "Log every step, or train until the log holds 15 rows or more, and diagnose again."
    ),
    "blew-up": _lower_after_nan,
    "repeated-spikes": _lower_until_calm,
    "not-over": lambda run, move: (
        "Let it train on and diagnose again when the rate has come down. If the log is the whole "
        f"run, train as long at {run.rate(3.0)}: raise if the loss ends below {run.end_loss()}."
    ),
    "slow-at-chance": _raise_at_chance,
    "bad-sample": _check_batch,
    "single-nonfinite": _check_batch,
    "not-learnable": _one_batch,
    "val-untouched": _one_batch,
    "losses-disagree": lambda run, move: (
        "Log each part of the training loss, or one that means the same all along, and diagnose "
        "again."
    ),
    "overfitting": _regularise,
    "start-overshoot": _warm_up,
    "decayed-early": _hold_longer,
    "data-order": _shuffle,
    "untold": lambda run, move: (
        "Log the loss as it is, NaN included, and train again until the first row that is odd."
    ),
}
