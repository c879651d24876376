"""The figure of a loss chart in roles: form and place of everything, and no colour.

A trace carries its role in ``meta``, a shape and an annotation in ``name``: ``tint:2``,
``bar:2``, ``flag:2``, ``rate-flag:2`` and ``point:2`` belong to finding 2; ``end:train``,
``axis:loss``, ``axis:hidden`` and ``count`` to the chart. Traces name the columns they draw.
Annotations stand at the loss itself; whoever paints takes the logarithm when the axis is
logarithmic.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from lrdiag.charts.curves import Curves
from lrdiag.charts.places import Place, Point
from lrdiag.charts.scale import LossScale
from lrdiag.run import Series
from lrdiag.wording import X_NAMES, count, say_loss, say_rate

Figure = dict[str, Any]

GLYPHS = {"error": "◆", "warning": "▲", "note": "●"}  # the shapes of the list's icons
SMALL, SMALLER = 13, 12.5  # px
SIDES: dict[str, Figure] = {
    "right": {"xanchor": "left", "xshift": 7},
    "left": {"xanchor": "right", "xshift": -7},
    "below": {"xanchor": "center", "yanchor": "top", "yshift": -8},
    "above": {"xanchor": "center", "yanchor": "bottom", "yshift": 8},
}
LANE = 30  # px from one row of flags to the next; a flag is 27 high
RATE_PANEL = 0.165  # of the plot's height
FLAT_RATE_PANEL = 0.10  # a constant rate is one line
PANEL_GAP = 0.085  # room for the name of the lower panel
FLAT = 1.05  # largest by smallest rate, below which a rate counts as constant
MOST_CIRCLES = 40  # of validation in view; more would touch
WIDE_SPAN = 0.3  # of the run: a tint over more is drawn fainter
LABELLED_SPAN = 0.12  # of the run: wider, and the flag stands at the span's start
LATE = 0.88  # of the run: text that starts later runs to the left


def build_figure(curves: Curves, places: Sequence[Place], scale: LossScale) -> Figure:
    """Lay out traces, marks and axes for a wide page."""
    if curves.empty:
        return {"data": [], "layout": {}}
    foot = _foot_of_loss(curves)
    lanes = max((place.lane for place in places if place.panel == "loss"), default=0)
    return {
        "data": _traces(curves),
        "layout": {
            "margin": {"l": 60, "r": 92, "t": 40 + LANE * lanes, "b": 44},
            "showlegend": False,
            "hovermode": "x",
            "hoverdistance": 60,
            "spikedistance": -1,
            "shapes": [one for place in places for one in _shapes(place, curves.range, foot)],
            "annotations": [
                *(one for place in places for one in _flags(place, curves.range, foot)),
                *(_point(place.n, point) for place in places for point in place.points),
                *_ends(curves),
                *_counts(curves),
                *_axis_names(curves, foot, scale),
            ],
            **_axes(curves, foot),
        },
    }


def _is_flat(lr: Series) -> bool:
    values = lr.finite().values
    return len(values) > 0 and bool(values.max() <= FLAT * values.min())


def _rate_top(lr: Series | None) -> float:
    """Return how high the panel of the rate reaches, 0 without one."""
    if lr is None:
        return 0.0
    return FLAT_RATE_PANEL if _is_flat(lr) else RATE_PANEL


def _foot_of_loss(curves: Curves) -> float:
    top = _rate_top(curves.lr)
    return round(top + PANEL_GAP, 3) if top else 0.0


def _traces(curves: Curves) -> list[Figure]:
    traces = []
    if curves.train is not None:
        alone = curves.width == 1 and len(curves.train) <= 100  # few points are shown as points
        raw = {"line": {"width": 1}, "hoverinfo": "skip"}
        line = {"line": {"width": 2.25}, "hoverinfo": "none"}
        traces.append(_trace("raw", "train, each value", "x", "train") | raw)
        traces.append(_trace("smooth", "train loss", "x", "smooth") | line)
        if alone:
            traces[-1] |= {"mode": "lines+markers", "marker": {"size": 5, "symbol": "circle"}}
    if curves.val is not None:
        few = len(curves.val) <= MOST_CIRCLES
        dashed = {"line": {"width": 1.5, "dash": "6px 3px"}, "hoverinfo": "none"}
        circles = {"size": 7, "symbol": "circle-open", "line": {"width": 1.75}}
        mode = {"mode": "lines+markers" if few else "lines", "marker": circles}
        traces.append(_trace("val", "validation loss", "val_x", "val") | dashed | mode)
    if len(curves.nonfinite):
        crosses = {"size": 8, "symbol": "x-thin-open", "line": {"width": 1.75}}
        marks = {"mode": "markers", "yaxis": "y3", "marker": crosses, "hoverinfo": "skip"}
        traces.append(_trace("nonfinite", "not a number", "bad_x", "bad_y") | marks)
    if curves.lr is not None:
        steps = {"yaxis": "y2", "line": {"width": 1.75, "shape": "hv"}, "hoverinfo": "none"}
        traces.append(_trace("lr", "learning rate", "lr_x", "lr") | steps)
    return traces


def _trace(role: str, name: str, x: str, y: str) -> Figure:
    return {"type": "scatter", "mode": "lines", "meta": role, "name": name, "x": x, "y": y}


def _shapes(place: Place, whole: tuple[float, float], foot: float) -> list[Figure]:
    shapes: list[Figure] = []
    for start, end in place.spans:
        faint = 0.55 if end - start > WIDE_SPAN * (whole[1] - whole[0]) else 1.0
        over = {"x0": start, "x1": end, "yref": "paper"}
        tint = {"type": "rect", "layer": "below", "y0": foot, "y1": 1, "line": {"width": 0}}
        shapes.append(
            {
                **over,
                **tint,
                "name": f"tint:{place.n}",
                "opacity": 0 if place.severity == "note" else faint,
            }
        )
        height = 3 + LANE * place.lane
        line = {"type": "line", "ysizemode": "pixel", "yanchor": 1, "y0": height, "y1": height}
        shapes.append({**over, **line, "name": f"bar:{place.n}", "line": {"width": 3}})
    return shapes


def _flags(place: Place, whole: tuple[float, float], foot: float) -> list[Figure]:
    flags = []
    common = {
        "showarrow": False,
        "captureevents": True,
        "yref": "paper",
        "yanchor": "bottom",
        "borderpad": 3,
        "borderwidth": 0,
        "font": {"size": SMALLER, "weight": 600},
    }
    for (start, end), tag in zip(place.spans, place.tags, strict=True):
        wide = end - start > LABELLED_SPAN * (whole[1] - whole[0])
        flags.append(
            common
            | {
                "name": f"flag:{place.n}",
                "text": f"{GLYPHS[place.severity]} {tag}",
                "x": start if wide else (start + end) / 2,
                "xanchor": "left" if wide else "center",
                "y": 1,
                "yshift": 7 + LANE * place.lane,
            }
        )
    if place.panel == "lr":
        on_rate = {"x": 0, "xref": "paper", "xanchor": "left", "xshift": 30, "yshift": 1}
        text = f"{GLYPHS[place.severity]} {place.n}"
        height = round(foot - PANEL_GAP, 3)
        flags.append(common | on_rate | {"name": f"rate-flag:{place.n}", "text": text, "y": height})
    return flags


def _point(n: str, point: Point) -> Figure:
    return _text(f"point:{n}", point.text, point.x, point.y) | SIDES[point.side]


def _text(name: str, text: str, x: float, y: float, size: float = SMALLER) -> Figure:
    return {
        "name": name,
        "text": text,
        "x": x,
        "y": y,
        "showarrow": False,
        "xanchor": "left",
        "yanchor": "middle",
        "font": {"size": size, "weight": 600},
    }


def _ends(curves: Curves) -> list[Figure]:
    """Name each series at its last finite point."""
    ends = []
    if curves.train is not None and np.isfinite(curves.smooth).any():
        last = int(np.flatnonzero(np.isfinite(curves.smooth))[-1])
        x, y = float(curves.train.steps[last]), float(curves.smooth[last])
        ends.append(_text("end:train", f"train {say_loss(y)}", x, y, SMALL) | {"xshift": 8})
    if curves.val is not None and len(known := curves.val.finite()):
        x, y = float(known.steps[-1]), float(known.values[-1])
        ends.append(_text("end:val", f"val {say_loss(y)}", x, y, SMALL) | {"xshift": 10})
    if curves.lr is not None and len(known := curves.lr.finite()):
        x, y = min(float(known.steps[-1]), curves.range[1]), float(known.values[-1])
        name = _text("end:lr", f"lr {say_rate(y)}", x, y, SMALL)
        ends.append(name | {"xshift": 8, "yref": "y2"})
    return ends


def _counts(curves: Curves) -> list[Figure]:
    bad = curves.nonfinite
    if len(bad) == 0:
        return []
    low, high = curves.range
    late = bad[0] > low + LATE * (high - low)
    text = _text("count", f"× {describe_nonfinite(curves).split(',')[0]}", float(bad[0]), 0.955)
    side = {"xanchor": "right", "xshift": 4} if late else {"xanchor": "left", "xshift": -3}
    return [text | side | {"yref": "y3", "yshift": -20, "font": {"size": SMALLER}}]


def describe_nonfinite(curves: Curves) -> str:
    """Say how many losses are no numbers: ``239 values are NaN, 4 in validation too``."""
    train, val = _count_nonfinite(curves.train), _count_nonfinite(curves.val)
    nan, infinite = train[0] + val[0], train[1] + val[1]
    kind = "not finite" if nan and infinite else "infinite" if infinite else "NaN"
    if sum(train) == 0:
        return count(sum(val), f"validation value is {kind}", f"validation values are {kind}")
    text = count(sum(train), f"value is {kind}", f"values are {kind}")
    return f"{text}, {sum(val):,} in validation too" if sum(val) else text


def _count_nonfinite(series: Series | None) -> tuple[int, int]:
    if series is None:
        return 0, 0
    return int(np.isnan(series.values).sum()), int(np.isinf(series.values).sum())


def name_loss_axis(scale: str) -> str:
    """Name the loss axis, in two lines where one would reach under the flags."""
    return "loss" if scale == "linear" else "loss,<br>log scale"


def _axis_names(curves: Curves, foot: float, scale: LossScale) -> list[Figure]:
    corner = {"xref": "paper", "yref": "paper", "yanchor": "bottom", "xshift": -58}
    plain = {"font": {"size": SMALLER}}
    loss = _text("axis:loss", name_loss_axis(scale.default), 0, 1)
    names = [loss | corner | plain | {"yshift": 6, "align": "left"}]
    if scale.hidden and scale.possible:  # stands where the values would, and on log axes alone
        text = f"{scale.hidden:,} at or below 0 left out"
        names.append(_text("axis:hidden", text, 0, foot) | corner | plain | {"xshift": 6})
    if foot:
        rate = _text("axis:lr", "learning rate", 0, round(foot - PANEL_GAP, 3))
        names.append(rate | corner | plain | {"yshift": 3})
    return names


def _axes(curves: Curves, foot: float) -> Figure:
    low, high = curves.range
    pad = 0.01 * (high - low) or 0.5
    plain = {"zeroline": False, "tickfont": {"size": SMALLER}, "ticklabelstandoff": 4, "ticks": ""}
    cross = {"showspikes": True, "spikemode": "across", "spikesnap": "hovered data"}
    title = {"text": X_NAMES[curves.unit], "font": {"size": SMALLER}, "standoff": 7}
    axes = {
        "xaxis": plain
        | {"range": [low - pad, high + pad], "showgrid": False, "nticks": 10, "tickformat": ","}
        | {"ticks": "outside", "ticklen": 5, "showline": True, "title": title}
        | {"anchor": "y2" if foot else "y"}
        | cross
        | {"spikethickness": 1, "spikedash": "solid"},
        "yaxis": plain | {"domain": [foot, 1], "showline": False, "exponentformat": "e"},
        "yaxis3": {"domain": [foot, 1], "overlaying": "y", "range": [0, 1], "visible": False}
        | {"fixedrange": True},
    }
    if curves.lr is not None and foot:
        axes["yaxis2"] = plain | _rate_axis(curves.lr, round(foot - PANEL_GAP, 3))
    return axes


def _rate_axis(lr: Series, top: float) -> Figure:
    values = lr.finite().values
    highest = float(values.max()) if len(values) else 0.0
    if highest <= 0.0:
        highest, ticks = 1.0, [0.0]
    else:
        ticks = [highest] if _is_flat(lr) else [0.0, highest]
    words = {"tickmode": "array", "tickvals": ticks, "ticktext": [say_rate(v) for v in ticks]}
    room = {"domain": [0, top], "range": [-0.06 * highest, 1.25 * highest], "fixedrange": True}
    return room | words | {"showline": False}
