"""The loss chart of a diagnosed run, whole or a part of it."""

import math
from typing import Any

import numpy as np

from lrdiag.charts.columns import epoch_knots, thin_columns
from lrdiag.charts.curves import Curves
from lrdiag.charts.figure import build_figure, describe_nonfinite
from lrdiag.charts.numbers import describe, tabulate
from lrdiag.charts.places import place_findings
from lrdiag.charts.scale import choose_scale
from lrdiag.charts.smooth import list_widths, smooth_values
from lrdiag.diagnosis import Diagnosis
from lrdiag.run import Series
from lrdiag.wording import X_NAMES

VERSION = 1
POINTS = 4000  # a curve: five for every px of a wide plot, so that a first zoom needs no answer


def loss_chart(diagnosis: Diagnosis, curves: Curves) -> dict[str, Any]:
    """Return the whole chart as plain data: figure, columns, label and table.

    Args:
        diagnosis: The diagnosed run; its findings become marks.
        curves: Its curves, by ``measure_curves``.

    Returns:
        A payload that JSON can hold. For a run without loss ``empty`` is true and the
        figure has no traces.
    """
    scale = choose_scale(curves)
    places = place_findings(diagnosis, curves, scale)
    low, high = curves.range
    knots = epoch_knots(curves)
    return {
        "version": VERSION,
        "empty": curves.empty,
        "label": describe(curves, places),
        "x": {
            "unit": curves.unit,
            "name": X_NAMES[curves.unit],
            "range": [low, high],
            "epochs": knots,
        },
        "y": scale.to_plain(),
        "smooth": _describe_smooth(curves, curves.width) | {"widths": _widths(curves)},
        "complete": _longest(curves) <= POINTS,
        "nonfinite": _count_nonfinite(curves),
        "has": {
            "train": curves.train is not None,
            "val": curves.val is not None,
            "lr": curves.lr is not None,
            "grad": curves.grad is not None,
            "nonfinite": len(curves.nonfinite) > 0,
            "epochs": knots is not None,
        },
        "findings": [place.to_plain() for place in places],
        "numbers": tabulate(curves, places),
        "columns": {} if curves.empty else thin_columns(curves, low, high, POINTS),
        "figure": build_figure(curves, places, scale),
    }


def loss_window(
    curves: Curves, x0: float, x1: float, points: int = POINTS, *, smooth: int | None = None
) -> dict[str, Any]:
    """Return the columns of the chart anew for the steps from ``x0`` to ``x1``.

    Args:
        curves: The curves at full resolution.
        x0: The first step wanted.
        x1: The last step wanted.
        points: About how many points a curve keeps.
        smooth: How many values the line is to average; the default when None.

    Returns:
        ``{"x0", "x1", "columns", "smooth", "complete"}``: ``complete`` says that nothing in
        between was left out.

    Raises:
        ValueError: The window is empty or not finite, or the width is below 1.
    """
    if not (math.isfinite(x0) and math.isfinite(x1) and x0 < x1):
        raise ValueError("A window goes from a step to a later one.")
    if smooth is not None and smooth < 1:
        raise ValueError("A line averages at least one value.")
    width = curves.width
    if smooth is not None and curves.train is not None and smooth != width:
        width = min(smooth, max(1, len(curves.train) // 4))
        curves = _with_width(curves, width)
    return {
        "x0": x0,
        "x1": x1,
        "columns": {} if curves.empty else thin_columns(curves, x0, x1, points),
        "smooth": _describe_smooth(curves, width),
        "complete": _longest(curves, x0, x1) <= points,
    }


def _with_width(curves: Curves, width: int) -> Curves:
    assert curves.train is not None
    return Curves(
        unit=curves.unit,
        train=curves.train,
        smooth=smooth_values(curves.train.values, width),
        width=width,
        val=curves.val,
        lr=curves.lr,
        grad=curves.grad,
        epochs=curves.epochs,
        marks=curves.marks,
    )


def _widths(curves: Curves) -> list[int]:
    return list(list_widths(len(curves.train))) if curves.train is not None else [1]


def _describe_smooth(curves: Curves, width: int) -> dict[str, Any]:
    """Say how wide the line's window is, in logged values and in what the x axis counts."""
    gap = _gap(curves.train)
    if width == 1:
        return {"width": 1, "gap": gap, "text": "off"}
    unit = {"step": "steps", "epoch": "epochs", "index": "rows"}[curves.unit]
    return {"width": width, "gap": gap, "text": f"{width * gap:,.6g} {unit}"}


def _gap(series: Series | None) -> float:
    """Return how far apart values are usually logged."""
    if series is None or len(series) < 2:
        return 1.0
    return float(f"{np.median(np.diff(series.steps)):.6g}")


def _longest(curves: Curves, low: float = -math.inf, high: float = math.inf) -> int:
    lengths = [0]
    for one in (curves.train, curves.val):
        if one is not None:
            start, end = np.searchsorted(one.steps, (low, high))
            lengths.append(int(end - start))
    return max(lengths)


def _count_nonfinite(curves: Curves) -> dict[str, Any]:
    bad = curves.nonfinite
    if len(bad) == 0:
        return {"n": 0, "first": None, "last": None, "text": ""}
    parts = [one.values for one in (curves.train, curves.val) if one is not None]
    n = int(sum((~np.isfinite(part)).sum() for part in parts))
    text = describe_nonfinite(curves)
    return {"n": n, "first": float(bad[0]), "last": float(bad[-1]), "text": text}
