"""The sentences of an advice: the reason with this run's numbers, and the probe.

One sentence in the present tense: what the rate is, then the proof. The probe says what to
run, what confirms and what refutes, with counts and losses from this run.
"""

from collections.abc import Iterator
from math import ceil

import numpy as np

from lrdiag.move import Cause, Move
from lrdiag.signals import Signals
from lrdiag.signals.shape import GradShape, LossShape, ShapeSignals, ValShape

PLAINLY = 0.9  # confidence from which a sentence drops its "probably"
VISIBLE = 0.04  # decades; a level 10 % above the start is seen on the chart
NO_FALL = 0.1  # of the start; less is called hardly any fall

FIXED: dict[Cause, tuple[str, str]] = {
    "no-train-loss": (
        "The log holds no training loss, and the pace and the overshoot are read from it.",
        "Log the training loss beside the validation loss and diagnose again.",
    ),
    "no-ratio": (
        "The loss never changes or is below zero, so its fall cannot be told as a share.",
        "Log a loss that is zero for a perfect model, such as cross entropy or squared error.",
    ),
    "never-finite": (
        "The loss is not a number from the first rows on, so no rate was tried yet.",
        "Compute the loss of one batch before any update: if it is not finite, inputs, labels "
        "or the loss itself are the cause; if it is, train 20 steps at a hundredth of the rate.",
    ),
}
BESIDE: dict[Cause, str] = {
    "overfitting": "The learning rate is not the cause: {fall} while the validation loss rises.",
    "unstable": "The learning rate is too high for part of the run: {fall}, but not steadily.",
    "spikes": "The learning rate is a little too high later on: {fall}, and spikes on the way.",
    "plateau": "The learning rate is too high to settle: {pace}, and then it falls no further.",
    "start-overshoot": "The learning rate is right but for the first steps: {fall}, {pace}.",
}


def reason_in_words(signals: Signals, move: Move) -> str:
    """Return why the move is advised, in one sentence."""
    if move.cause in FIXED:
        return FIXED[move.cause][0]
    shape, run = signals.shape, _RunInWords(signals)
    if move.cause == "few-rows" or shape.loss is None:
        return f"The log holds {run.rows()} of training loss, too few to judge a rate by."
    doubt = "" if move.confidence >= PLAINLY else "probably "
    if move.cause in ("blew-up", "bad-sample", "single-nonfinite"):
        return _not_finite(run, shape, shape.loss, move.cause)
    if move.cause == "too-high":
        return f"The learning rate is {doubt}too high: {next(_signs_of_high(shape))}."
    if move.cause == "too-slow":
        return f"The learning rate is {doubt}too low: {next(_signs_of_slow(shape))}."
    if move.cause == "right":
        return f"The learning rate is {doubt}right: {_fall(run, shape)}, {_pace(shape.loss)}."
    if move.cause == "edge":
        sign = next(_signs_of_high(shape))
        return f"The learning rate is at its upper end: {_pace(shape.loss)}, and {sign}."
    if move.cause in BESIDE:
        return _right_but(run, shape, shape.loss, move.cause)
    return _undecided(run, shape, shape.loss, move.cause)


def _right_but(run: "_RunInWords", shape: ShapeSignals, loss: LossShape, cause: Cause) -> str:
    return BESIDE[cause].format(fall=_fall(run, shape), pace=_pace(loss))


def _not_finite(run: "_RunInWords", shape: ShapeSignals, loss: LossShape, cause: Cause) -> str:
    if cause == "blew-up":
        return (
            f"The learning rate is too high: the loss grows to {_times(loss.highest)} its start "
            f"and stops being a number at {run.first_nonfinite()}."
        )
    if cause == "bad-sample":
        return (
            f"The loss stops being a number at {run.first_nonfinite()} without growing first: "
            "a bad input or label is as likely as the rate."
        )
    return (
        f"{shape.nonfinite} of {shape.nonfinite + shape.rows} losses are not numbers while "
        "training goes on: that is a batch to look for before the rate."
    )


def _undecided(run: "_RunInWords", shape: ShapeSignals, loss: LossShape, cause: Cause) -> str:
    if cause == "not-learnable":
        return (
            f"The loss falls too slowly ({next(_signs_of_slow(shape))}), but labels or the order "
            "of the data are as likely a cause as the rate."
        )
    if cause == "val-untouched":
        return (
            f"The training loss falls to {run.loss(loss.end)} and the validation loss never does: "
            "that points at labels or data before the rate."
        )
    slow, high = next(_signs_of_slow(shape)), next(_signs_of_high(shape))
    return f"The signs contradict each other: {slow}, yet {high}."


def next_step_in_words(signals: Signals, move: Move, today: float | None) -> str:
    """Return the probe that would settle it: what to run, what confirms, what refutes."""
    if move.cause in FIXED:
        return FIXED[move.cause][1]
    run, shape = _RunInWords(signals), signals.shape
    if move.cause == "few-rows" or shape.loss is None:
        return "Log every step, or train until the log holds 15 rows or more, and diagnose again."
    if move.cause in ("bad-sample", "single-nonfinite"):
        return (
            f"Compute the loss of the batch at {run.first_nonfinite()} with the weights before it, "
            "at no update: if it is not finite, the data are the cause; if it is, train on from "
            f"there at {run.rate(today, 0.1)}."
        )
    if move.action == "raise":
        factor = 10.0 ** (move.decades or 0.0)
        return (
            f"Train {run.span(2.0 / factor)} at {run.rate(today, factor)}: confirmed if the loss "
            f"gets below {run.loss(shape.loss.end)}, where this run ended; refuted if it rises "
            f"above its start of {run.loss(1.0)}."
        )
    if move.action == "lower":
        return (
            f"Train {run.span(1 / 3)} at {run.rate(today, 10.0 ** (move.decades or 0.0))}: "
            f"confirmed if the loss ends below {run.loss_at(1 / 3)}, which this run had there; "
            "refuted if it ends above."
        )
    if move.action == "decay":
        return (
            f"Train the last {run.span(0.2)} again with the rate falling to zero: confirmed if the "
            f"loss ends below {run.loss(shape.loss.end)}; refuted if it stays there."
        )
    if move.action == "keep":
        return (
            f"Nothing to run. To be sure, train {run.span(0.1)} at {run.rate(today, 3.0)}: keep is "
            f"refuted only if the loss ends below {run.loss_at(0.1)}, which this run had there."
        )
    return (
        f"Train {run.span(0.05)} at {run.rate(today, 3.0)}: a loss below {run.loss_at(0.05)} says "
        f"raise, a loss above its start of {run.loss(1.0)} says lower."
    )


class _RunInWords:
    """Counts, losses and rates of one run as people write them."""

    def __init__(self, signals: Signals) -> None:
        self._signals = signals
        self._unit = {"index": "row"}.get(signals.run.x.unit, signals.run.x.unit)

    def rows(self) -> str:
        return _count(self._signals.shape.rows, "row")

    def span(self, share: float) -> str:
        """Return that share of the run's steps, at least 20 steps or one epoch."""
        steps = self._signals.run["train_loss"].steps
        spacing = float(np.median(np.diff(steps)))
        length = float(steps[-1] - steps[0]) + spacing
        least = 1 if self._unit == "epoch" else 20
        count = min(max(ceil(share * length - 1e-9), least), max(ceil(length), 1))
        return _count(count, self._unit)

    def loss(self, level: float) -> str:
        """Return a level, in starts, as a loss."""
        return _number(level * self._signals.shape.start)

    def loss_at(self, share: float) -> str:
        """Return the loss that the run had after that share of its rows."""
        values = self._signals.run["train_loss"].finite().values
        end = max(1, round(share * len(values)))
        first = min(end - 1, int(0.8 * share * len(values)))
        return _number(float(values[first:end].mean()))

    def rate(self, today: float | None, factor: float) -> str:
        """Return the rate to set, or how to change it where today's is not known."""
        if today is not None:
            return _rate(today * factor)
        if factor >= 1.0:
            return f"{factor:.2g} times the rate"
        return f"the rate divided by {1.0 / factor:.2g}"

    def first_nonfinite(self) -> str:
        series = self._signals.run["train_loss"]
        step = series.steps[~np.isfinite(series.values)][0]
        return f"{self._unit} {_number(float(step))}"


def _signs_of_high(shape: ShapeSignals) -> Iterator[str]:
    """Yield what speaks for a rate that is too high, the plainest first; never nothing."""
    loss = shape.loss
    if loss is not None:
        yield from _overshoots(loss)
    if shape.grad is not None:
        yield from _gradient_signs(shape.grad)
    if shape.val is not None:
        yield from _validation_signs(shape.val)
    if loss is not None and loss.best > 1.0 - NO_FALL:
        yield f"the loss never falls more than {_share(1.0 - loss.best)} below its start"
    if loss is not None and loss.rise > NO_FALL:
        yield f"the loss rises again by {_share(loss.rise)} of what it had fallen"
    if loss is not None and loss.reversals > 0.2:
        yield f"{_share(loss.reversals)} of its later movement goes up"
    yield "the fall comes early and then stops"


def _overshoots(loss: LossShape) -> Iterator[str]:
    if loss.late_overshoot > VISIBLE:
        level = _times(loss.late_overshoot)
        yield f"after the first tenth of the run the loss stands as high as {level} its start"
    if loss.jump > VISIBLE:
        yield f"the loss rises to {_times(loss.jump)} its start in the first 5 % of the run"


def _gradient_signs(grad: GradShape) -> Iterator[str]:
    if grad.grad_jump > 1.0:
        yield f"the gradient norm grows to {_times(grad.grad_jump)} its start within 5 % of the run"


def _validation_signs(val: ValShape) -> Iterator[str]:
    if val.val_reversals > 0.3:
        yield f"{_share(val.val_reversals)} of the movement of the validation loss goes up"


def _signs_of_slow(shape: ShapeSignals) -> Iterator[str]:
    loss = shape.loss
    if loss is None:
        return
    if loss.time_to_20 > 0.0:
        yield f"the loss falls by only {_share(1.0 - loss.end)} in the whole run"
    if loss.time_to_half_gain > 0.15:
        yield (
            f"half of all progress takes {_share(loss.time_to_half_gain)} of the run, "
            "and it still falls"
        )
    yield f"the last half of the run still brings {_share(loss.half_gain)} of all progress"


def _pace(loss: LossShape) -> str:
    return f"half of all progress takes {_share(loss.time_to_half_gain)} of the run"


def _fall(run: _RunInWords, shape: ShapeSignals) -> str:
    end = shape.loss.end if shape.loss is not None else 1.0
    return f"the loss falls from {run.loss(1.0)} to {run.loss(end)}"


def _times(decades: float) -> str:
    return f"{10.0**decades:.2g} times" if decades < 2.0 else f"{_number(10.0**decades)} times"


def _share(value: float) -> str:
    percent = 100.0 * max(value, 0.0)
    return f"{percent:.0f} %" if percent >= 1.0 else f"{percent:.1g} %"


def _count(number: int, unit: str) -> str:
    return f"{number:,} {unit}{'' if number == 1 else 's'}"


def _number(value: float) -> str:
    if 0.0 < abs(value) < 1e-3 or abs(value) >= 1e6:
        return _rate(value)
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.3g}"


def _rate(value: float) -> str:
    """Return two digits as code has them: 0.003, 2.8e-5."""
    text = f"{value:.2g}"
    if "e" not in text:
        return text
    digits, exponent = text.split("e")
    return f"{digits}e{int(exponent)}"
