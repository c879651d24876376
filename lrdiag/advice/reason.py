"""Why a move is advised: what the rate is, then the proof, in one sentence."""

from collections.abc import Callable, Iterator, Mapping

from lrdiag.advice.move import Cause, Move
from lrdiag.advice.words import RunInWords, share, times
from lrdiag.signals.shape import GradShape, LossShape, ShapeSignals, ValShape
from lrdiag.wording import say_times

PLAINLY = 0.9  # confidence from which a sentence drops its "probably"
VISIBLE = 0.04  # decades; a level 10 % above the start is seen on the chart
HARDLY = 0.1  # of the start; less is called hardly any fall


def reason_in_words(run: RunInWords, move: Move) -> str:
    """Return why the move is advised, in one sentence."""
    shape, loss = run.signals.shape, run.signals.shape.loss
    if move.cause in UNREADABLE:
        return UNREADABLE[move.cause](run)
    if loss is None:
        return UNREADABLE["few-rows"](run)
    doubt = "" if move.confidence >= PLAINLY else "probably "
    if move.cause == "too-high":
        return f"The learning rate is {doubt}too high: {_sign_of_high(run, shape)}."
    if move.cause in ("too-slow", "slow-at-chance"):
        return (
            f"The learning rate is {doubt}too low for a run of {run.span(1.0)}: "
            f"{_sign_of_slow(loss)}."
        )
    if move.cause == "right":
        return f"The learning rate is {doubt}right: {_fall(run)}, {_pace(loss)}."
    return SENTENCES[move.cause](run, shape, loss)


def _few_rows(run: RunInWords) -> str:
    return f"The log holds {run.rows()} of training loss, too few to judge a rate by."


def _single_nonfinite(run: RunInWords) -> str:
    shape = run.signals.shape
    return (
        f"{shape.nonfinite:,} of {shape.nonfinite + shape.rows:,} losses are not numbers while "
        "training goes on: that is a batch to look for before the rate."
    )


UNREADABLE: Mapping[Cause, Callable[[RunInWords], str]] = {
    "no-train-loss": lambda run: (
        "The log holds no training loss, and pace and overshoot are read from that."
    ),
    "no-ratio": lambda run: (
        "The loss falls below zero, so how far it fell cannot be told as a share of its start."
        if run.below_zero
        else "The loss never changes, so there is no fall to judge the rate by."
    ),
    "never-finite": lambda run: (
        f"The loss stops being a number after {run.rows()}, too early to see whether the rate or "
        "the data did it."
        if run.signals.rows
        else "The loss is not a number from the first row on, before any rate could matter."
    ),
    "few-rows": _few_rows,
    "bad-sample": lambda run: (
        f"The loss stops being a number at {run.first_nonfinite()} without growing first: a bad "
        "input or label is as likely as the rate."
    ),
    "single-nonfinite": _single_nonfinite,
}
"""Causes that need no curve."""


def _blew_up(run: RunInWords, shape: ShapeSignals, loss: LossShape) -> str:
    where = run.first_nonfinite()
    if loss.highest > VISIBLE:
        grown = f"the loss grows to {times(loss.highest)} its start and"
    else:
        grown = f"the loss, after {run.rows()},"
    return f"The learning rate is too high: {grown} stops being a number at {where}."


def _edge(run: RunInWords, shape: ShapeSignals, loss: LossShape) -> str:
    sign = _sign_of_high(run, shape)
    return f"The learning rate is right, at its upper end: {_pace(loss)}, and {sign}."


def _overfitting(run: RunInWords, shape: ShapeSignals, loss: LossShape) -> str:
    where, _ = run.best_validation()
    return (
        f"The learning rate is not the cause: the validation loss rises from {where} on while "
        f"the training loss falls to {run.end_loss()}."
    )


def _val_untouched(run: RunInWords, shape: ShapeSignals, loss: LossShape) -> str:
    return (
        f"The training loss falls to {run.end_loss()} and the validation loss never does: that "
        "points at labels or data before the rate."
    )


def _losses_disagree(run: RunInWords, shape: ShapeSignals, loss: LossShape) -> str:
    return (
        f"The training loss rises again by {share(loss.rise)} of what it had fallen while the "
        "validation loss only falls: does the training loss change its meaning on the way?"
    )


def _not_learnable(run: RunInWords, shape: ShapeSignals, loss: LossShape) -> str:
    return (
        f"Either the rate is far too low or the labels teach nothing: {_sign_of_slow(loss)}, and "
        "this log cannot tell."
    )


def _high_or_slow(run: RunInWords, shape: ShapeSignals, loss: LossShape) -> str:
    slow, high = _sign_of_slow(loss), _sign_of_high(run, shape)
    return f"The signs contradict each other: {slow}, yet {high}."


SENTENCES: Mapping[Cause, Callable[[RunInWords, ShapeSignals, LossShape], str]] = {
    "blew-up": _blew_up,
    "edge": _edge,
    "overfitting": _overfitting,
    "losses-disagree": _losses_disagree,
    "val-untouched": _val_untouched,
    "not-learnable": _not_learnable,
    "high-or-slow": _high_or_slow,
    "right-or-slow": lambda run, shape, loss: (
        f"The learning rate is right or a little too low: {_fall(run)}, {_sign_of_slow(loss)}."
    ),
    "right-or-high": lambda run, shape, loss: (
        f"The learning rate is right or a little too high: {_fall(run)}, and "
        f"{_sign_of_high(run, shape)}."
    ),
    "unstable": lambda run, shape, loss: (
        f"The learning rate is too high for part of the run: {_fall(run)}, but not steadily."
    ),
    "repeated-spikes": lambda run, shape, loss: (
        f"The learning rate is a little too high: {_fall(run)}, and spikes again and again."
    ),
    "spikes": lambda run, shape, loss: (
        f"The learning rate is a little too high later on: {_fall(run)}, and spikes on the way."
    ),
    "plateau": lambda run, shape, loss: (
        f"The learning rate is too high to settle: {_pace(loss)}, and then it falls no further."
    ),
    "start-overshoot": lambda run, shape, loss: (
        f"The learning rate is right but for the first steps: {_fall(run)}, {_pace(loss)}."
    ),
    "decayed-early": lambda run, shape, loss: (
        f"The peak rate is not the cause: the rate falls to {share(shape.rate_left)} of it and "
        f"the loss stops at {run.end_loss()} for want of steps."
    ),
    "not-over": lambda run, shape, loss: (
        f"The run does not seem to be over, {run.unfinished()}: until then a right rate looks slow."
    ),
    "untold": lambda run, shape, loss: (
        "What the log holds is not the loss all along, so it cannot tell whether the rate is right."
    ),
    "data-order": lambda run, shape, loss: (
        "The loss repeats from epoch to epoch, so it tells the order of the data, not the rate."
    ),
}
"""Causes that need one."""


def _sign_of_high(run: RunInWords, shape: ShapeSignals) -> str:
    """Return the plainest thing that speaks for a rate that is too high."""
    return next(_signs_of_high(run, shape))


def _signs_of_high(run: RunInWords, shape: ShapeSignals) -> Iterator[str]:
    loss = shape.loss
    if loss is not None:
        yield from _overshoots(loss, times_first=run.first_level())
    if shape.grad is not None:
        yield from _gradient_signs(shape.grad)
    if shape.val is not None:
        yield from _validation_signs(shape.val)
    if loss is not None and loss.best > 1.0 - HARDLY:
        yield f"the loss never falls more than {share(max(1.0 - loss.best, 0.001))} below its start"
    if loss is not None and loss.rise > HARDLY:
        yield f"the loss rises again by {share(loss.rise)} of what it had fallen"
    if loss is not None and loss.reversals > 0.2:
        yield f"{share(loss.reversals)} of its later movement goes up"
    yield "then it falls no further"


def _overshoots(loss: LossShape, *, times_first: float) -> Iterator[str]:
    if loss.late_overshoot > VISIBLE:
        level = times(loss.late_overshoot)
        yield f"after the first tenth of the run the loss stands as high as {level} its start"
    rise = 10.0**loss.jump / max(times_first, 1.0)
    if rise > 10.0**VISIBLE:
        yield f"the loss rises to {say_times(rise)} times its start in the first 5 % of the run"


def _gradient_signs(grad: GradShape) -> Iterator[str]:
    if grad.grad_jump > 1.0:
        yield f"the gradient norm grows to {times(grad.grad_jump)} its start within 5 % of the run"


def _validation_signs(val: ValShape) -> Iterator[str]:
    if val.val_reversals > 0.3:
        yield f"{share(val.val_reversals)} of the movement of the validation loss goes up"


def _sign_of_slow(loss: LossShape) -> str:
    """Return the plainest thing that speaks for a rate that is too low."""
    if loss.time_to_20 > 0.0:
        fall = 1.0 - loss.end
        return (
            f"the loss falls by {'only ' + share(fall) if fall > 0 else 'nothing'} in the whole run"
        )
    if loss.time_to_half_gain > 0.15:
        return f"{_pace(loss)}, and it still falls"
    return f"the last half of the run still brings {share(loss.half_gain)} of all progress"


def _pace(loss: LossShape) -> str:
    return f"half of all progress takes {share(loss.time_to_half_gain)} of the run"


def _fall(run: RunInWords) -> str:
    return f"the loss goes from {run.first_loss()} to {run.end_loss()}"
