"""The shape of a run: overshoot, pace and unfinished fall, each as one scale-free number.

These numbers are what the advice weighs. None changes when the loss is multiplied or the
steps are stretched. Time is learning-rate time (see ``timeline``), levels are multiples of
the start level, "decades" are powers of ten.
"""

from dataclasses import dataclass, fields

import numpy as np

from lrdiag.numerics import BoolArray, FloatArray, median_of
from lrdiag.run import Run
from lrdiag.signals.grad_shape import GradShape, measure_grad_shape
from lrdiag.signals.loss_shape import LossShape, measure_loss_shape
from lrdiag.signals.timeline import lay_out, rates_at
from lrdiag.signals.val_shape import ValShape, measure_val_shape

__all__ = ["GradShape", "LossShape", "ShapeSignals", "ValShape", "measure_shape"]

MANY_ROWS = 200  # rows; block means of 100 rows still gave 21 % false alarms on the card for steps


@dataclass(frozen=True, slots=True)
class ShapeSignals:
    """The shape of one run.

    Attributes:
        rows: Number of finite rows of the training loss.
        nonfinite: Number of rows that are not.
        ends_nonfinite: Whether the last rows are not finite.
        varies: Whether the loss moves and is positive, so that ratios of levels mean something.
        means: Whether each row is likely the mean over many steps, so that the first row is
            no longer the untrained loss.
        rate_left: The last rate as a share of the highest; NaN where the log holds no rate.
        start: The loss before training, in its own unit; NaN without a curve.
        loss: None with fewer than three finite rows.
        val: None with fewer than four finite validations.
        grad: None with fewer than six positive norms.
    """

    rows: int
    nonfinite: int
    ends_nonfinite: bool
    varies: bool
    means: bool
    rate_left: float
    start: float
    loss: LossShape | None
    val: ValShape | None
    grad: GradShape | None

    def values(self) -> dict[str, float]:
        """Return every measurement that this log allows, by name."""
        parts = (part for part in (self.loss, self.val, self.grad) if part is not None)
        return {one.name: getattr(part, one.name) for part in parts for one in fields(part)}


def measure_shape(run: Run) -> ShapeSignals:
    """Measure the shape of ``run``; any series may be missing, short or not finite."""
    line = lay_out(run)
    steps = run["train_loss"].steps if "train_loss" in run else np.empty(0)
    values = run["train_loss"].values if "train_loss" in run else np.empty(0)
    finite = np.isfinite(values)
    loss = None if line is None else measure_loss_shape(line)
    return ShapeSignals(
        rows=int(finite.sum()),
        nonfinite=int((~finite).sum()),
        ends_nonfinite=_ends_nonfinite(finite),
        varies=_varies(values[finite]),
        means=_are_means(run, steps),
        rate_left=_rate_left(run, steps),
        start=np.nan if line is None else line.start,
        loss=loss,
        val=None if line is None else measure_val_shape(run, line),
        grad=None if line is None or loss is None else measure_grad_shape(run, line, loss.end),
    )


def _ends_nonfinite(finite: BoolArray) -> bool:
    last = max(1, min(5, len(finite) // 10))
    return len(finite) > 0 and not bool(finite[-last:].any())


def _varies(values: FloatArray) -> bool:
    if len(values) == 0:
        return False
    return bool(values.max() > values.min() and np.mean(values < 0.0) < 0.02)


def _are_means(run: Run, steps: FloatArray) -> bool:
    """Return whether the rows look like means over epochs or over blocks of steps.

    A mean stands at the end of its block, so the first row is one spacing from zero. Rows
    beyond MANY_ROWS are short blocks at most, and their first one is as good as untrained.
    """
    if len(steps) < 2:
        return False
    if run.x.unit != "epoch" and len(steps) >= MANY_ROWS:
        return False
    spacing = median_of(np.diff(steps))
    if run.x.unit == "epoch":
        return spacing >= 1.0
    return run.x.unit == "index" or float(steps[0]) >= 0.5 * spacing


def _rate_left(run: Run, steps: FloatArray) -> float:
    rates = rates_at(run, steps) if len(steps) else None
    if rates is None:
        return np.nan
    return median_of(rates[-max(1, len(rates) // 20) :]) / float(rates.max())
