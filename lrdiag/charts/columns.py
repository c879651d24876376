"""The numbers of a chart: every column thinned to some thousand values of five digits."""

from typing import Any

import numpy as np

from lrdiag.charts.curves import Curves
from lrdiag.charts.decimate import IndexArray, pick_corners, pick_extremes, spread, spread_places
from lrdiag.numerics import FloatArray, whole_or_float
from lrdiag.run import Series

Columns = dict[str, list[Any]]

DIGITS = 5  # significant: 4,000 points take 23 kB of gzip, against 46 kB in double precision
BAD_AT = 0.955  # of the loss panel's height: where the marks of non-finite values stand
MAX_KNOTS = 400  # of the way from steps to epochs, straight between them
FEWEST = 100  # points a window shows at least


def thin_columns(curves: Curves, low: float, high: float, points: int) -> Columns:
    """Take the part from ``low`` to ``high`` of every curve, one more point at either side.

    Args:
        curves: The curves.
        low: The first step wanted.
        high: The last step wanted.
        points: About how many points a curve keeps.

    Returns:
        Columns by name: ``x`` with ``train``, ``smooth`` and ``grad``; ``val_x``, ``val``;
        ``lr_x``, ``lr``; ``bad_x``, ``bad_y``. None stands for a value that is not finite.
    """
    points = max(FEWEST, points)
    columns: Columns = {}
    if curves.train is not None:
        part = _part(curves.train, low, high)
        keep = part.start + pick_extremes(
            curves.train.values[part], points, _marked(curves.train, curves.marks) - part.start
        )
        steps = curves.train.steps[keep]
        columns["x"] = steps_to_plain(steps)
        columns["train"] = to_plain(curves.train.values[keep])
        columns["smooth"] = to_plain(curves.smooth[keep])
        if curves.grad is not None:
            columns["grad"] = to_plain(_at_steps(curves.grad, steps), 4)
    if curves.val is not None:
        part = _part(curves.val, low, high)
        keep = part.start + pick_extremes(
            curves.val.values[part], points, _marked(curves.val, curves.marks) - part.start
        )
        columns["val_x"] = steps_to_plain(curves.val.steps[keep])
        columns["val"] = to_plain(curves.val.values[keep])
    if curves.lr is not None:
        columns |= _rate_columns(curves.lr, low, high, points)
    bad = spread_places(curves.nonfinite, low, high, points)  # thinner still when drawn
    columns["bad_x"] = steps_to_plain(bad)
    columns["bad_y"] = [BAD_AT] * len(bad)
    return columns


def _rate_columns(lr: Series, low: float, high: float, points: int) -> Columns:
    lr = lr.finite()
    part = _part(lr, low, high)
    values = lr.values[part]
    keep = part.start + pick_corners(values, points if len(values) <= points else points // 4)
    return {"lr_x": steps_to_plain(lr.steps[keep]), "lr": to_plain(lr.values[keep])}


def epoch_knots(curves: Curves) -> dict[str, list[float]] | None:
    """Return the way from steps to epochs as knots to join by straight lines.

    A log that counts whole epochs rises in steps; its knots are where each epoch begins, so
    that the points of one epoch do not fall on one another.

    Returns:
        ``{"step": [...], "epoch": [...]}``, both strictly increasing; None without epochs.
    """
    if curves.epochs is None or curves.unit == "epoch":
        return None
    known = curves.epochs.finite()
    steps, epochs = known.steps, np.maximum.accumulate(known.values)
    starts = np.flatnonzero(np.concatenate(([True], epochs[1:] > epochs[:-1])))
    if len(starts) < 2:
        return None
    x, y = steps[starts], epochs[starts]
    if steps[-1] > x[-1]:  # the last epoch goes on at the pace of the ones before
        pace = float(np.median(np.diff(y) / np.diff(x)))
        x, y = np.append(x, steps[-1]), np.append(y, y[-1] + pace * (steps[-1] - x[-1]))
    keep = spread(np.arange(len(x)), MAX_KNOTS)
    return {"step": steps_to_plain(x[keep]), "epoch": to_plain(y[keep], 6)}


def to_plain(values: FloatArray, digits: int = DIGITS) -> list[Any]:
    """Round to significant digits; None for what is not finite."""
    return [_rounded(v, digits) for v in values.tolist()]


def _rounded(value: float, digits: int) -> float | int | None:
    if not np.isfinite(value):
        return None
    short = float(f"{value:.{digits}g}")  # rounded up, the largest float would be infinite
    return whole_or_float(short if np.isfinite(short) else value)


def steps_to_plain(steps: FloatArray) -> list[Any]:
    """Return steps with nine digits, whole ones exactly."""
    return [whole_or_float(v if v.is_integer() else float(f"{v:.9g}")) for v in steps.tolist()]


def value_at(series: Series, step: float) -> float | None:
    """Return what was logged at this very step, None where nothing was."""
    here = int(np.searchsorted(series.steps, step))
    logged = here < len(series) and series.steps[here] == step
    return float(series.values[here]) if logged else None


def _at_steps(series: Series, steps: FloatArray) -> FloatArray:
    here = np.minimum(np.searchsorted(series.steps, steps), len(series) - 1)
    return np.where(series.steps[here] == steps, series.values[here], np.nan)


def _part(series: Series, low: float, high: float) -> slice:
    start, end = np.searchsorted(series.steps, (low, high), side="left")
    return slice(max(0, int(start) - 1), min(len(series), int(end) + 2))


def _marked(series: Series, marks: FloatArray) -> IndexArray:
    here = np.searchsorted(series.steps, marks)
    return np.unique(here[here < len(series)])
