"""A curve as the path of a small picture, for lists of runs."""

import numpy as np

from lrdiag.charts.curves import Curves
from lrdiag.charts.decimate import pick_extremes
from lrdiag.charts.scale import choose_scale
from lrdiag.numerics import FloatArray
from lrdiag.run import Series


def sparkline(curves: Curves, width: float, height: float) -> str:
    """Return the data of an SVG path: the train line, or validation where that is all.

    It begins again after every gap, and is logarithmic when the chart is.

    Args:
        curves: The curves.
        width: Of the picture, in its own units.
        height: Of the picture.

    Returns:
        ``M0 4.2L1.5 4.9...``, with y downwards; empty when there is nothing to draw.
    """
    series = _main_line(curves)
    if series is None or not np.isfinite(series.values).any():
        return ""
    keep = pick_extremes(series.values, max(8, int(width)))
    x, y = series.steps[keep], series.values[keep]
    if choose_scale(curves).default == "log":
        y = np.log10(np.where(y > 0.0, y, np.nan))
    return _path(_fit(x, x[0], x[-1], width), height - _fit(y, np.nanmin(y), np.nanmax(y), height))


def _main_line(curves: Curves) -> Series | None:
    if curves.train is not None and np.isfinite(curves.smooth).any():
        return Series(curves.train.steps, curves.smooth)
    if curves.val is None:
        return None
    return Series(
        curves.val.steps, np.where(np.isfinite(curves.val.values), curves.val.values, np.nan)
    )


def _fit(values: FloatArray, low: float, high: float, size: float) -> FloatArray:
    if high <= low:
        return np.where(np.isfinite(values), size / 2.0, np.nan)
    return (values - low) / (high - low) * size


def _path(xs: FloatArray, ys: FloatArray) -> str:
    parts: list[str] = []
    pen = "M"
    for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
        if not np.isfinite(y):
            pen = "M"
            continue
        parts.append(f"{pen}{x:.1f} {y:.1f}".replace(".0", ""))
        pen = "L"
    return "".join(parts)
