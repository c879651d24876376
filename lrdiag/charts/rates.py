"""The level that each learning rate reaches: where the best lies, and how far others do as well."""

from typing import Any

import numpy as np

from lrdiag.charts.columns import to_plain
from lrdiag.charts.scale import log_ticks, scale_for
from lrdiag.comparison import Comparison, Rung
from lrdiag.wording import say_loss, say_rate

Figure = dict[str, Any]

SMALL, SMALLER = 13, 12.5  # px
PAD = 0.06  # of the decades shown, left free on either side
TOP = 0.93  # of the height: where the crosses of rates that diverged stand


def rates_figure(comparison: Comparison) -> Figure | None:
    """Return the picture of a sweep as plain data, in roles and without colours.

    Traces carry their role in ``meta``: ``rates`` and ``diverged``; shapes and annotations in
    ``name``: ``range``, ``best``, ``axis``. Each point names its runs in ``customdata``.
    """
    sweep = comparison.sweep
    if sweep is None:
        return None
    ended = [one for one in sweep.rungs if one.level is not None]
    lost = [one for one in sweep.rungs if one.level is None]
    levels = np.array([one.level for one in ended], dtype=np.float64)
    scale = scale_for(levels, marked=bool(lost))
    logs = np.log10([one.rate for one in sweep.rungs])
    pad = PAD * float(logs[-1] - logs[0]) or 0.5
    low, high = float(logs[0]) - pad, float(logs[-1]) + pad
    level = f"loss at the end{', log scale' if scale.default == 'log' else ''}"
    return {
        "label": _describe(comparison),
        "y": scale.to_plain(),
        "data": [
            _trace("rates", ended, to_plain(levels), comparison)
            | {"mode": "lines+markers", "line": {"width": 1.75}}
            | {"marker": {"size": 9, "symbol": "circle"}},
            _trace("diverged", lost, [TOP] * len(lost), comparison)
            | {"mode": "markers", "yaxis": "y2"}
            | {"marker": {"size": 10, "symbol": "x-thin-open", "line": {"width": 2}}},
        ],
        "layout": {
            "margin": {"l": 60, "r": 24, "t": 40, "b": 48},
            "showlegend": False,
            "hovermode": "closest",
            "hoverdistance": 30,
            "dragmode": False,
            "shapes": _shapes(comparison),
            "annotations": [*_marks(comparison), _axis_name(level)],
            "xaxis": {
                "type": "log",
                "range": [low, high],
                **log_ticks(low, high),
                **_plain("learning rate"),
                "showgrid": False,
                "showline": True,
            },
            "yaxis": {**_plain(""), "showline": False, "exponentformat": "e", "fixedrange": True},
            "yaxis2": {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True},
        },
    }


def _plain(title: str) -> Figure:
    text = {"text": title, "font": {"size": SMALLER}, "standoff": 7}
    return {
        "zeroline": False,
        "fixedrange": True,
        "tickfont": {"size": SMALLER},
        "ticklabelstandoff": 4,
        "ticks": "",
        **({"title": text} if title else {}),
    }


def _trace(role: str, rungs: list[Rung], y: list[Any], comparison: Comparison) -> Figure:
    return {
        "type": "scatter",
        "meta": role,
        "x": [one.rate for one in rungs],
        "y": y,
        "customdata": [[comparison.runs[k] for k in one.runs] for one in rungs],
        "hoverinfo": "none",
    }


def _shapes(comparison: Comparison) -> list[Figure]:
    sweep = comparison.sweep
    if sweep is None or not sweep.learned:
        return []
    tall = {"yref": "paper", "y0": 0, "y1": 1, "xref": "x"}
    tint = {"type": "rect", "layer": "below", "line": {"width": 0}}
    line = {"type": "line", "layer": "below", "line": {"width": 1.75}}
    return [
        {"name": "range", "x0": sweep.low, "x1": sweep.high, **tall, **tint},
        {"name": "best", "x0": sweep.best, "x1": sweep.best, **tall, **line},
    ]


def _marks(comparison: Comparison) -> list[Figure]:
    sweep = comparison.sweep
    if sweep is None or not sweep.learned:
        return []
    level = next(one.level for one in sweep.rungs if one.rate == sweep.best)
    return [
        {
            "name": "best",
            "text": f"best {say_rate(sweep.best)}: {say_loss(level)}",
            "x": float(np.log10(sweep.best)),
            "y": 1,
            "yref": "paper",
            "xanchor": "center",
            "yanchor": "bottom",
            "yshift": 4,
            "showarrow": False,
            "font": {"size": SMALL, "weight": 600},
        }
    ]


def _axis_name(text: str) -> Figure:
    corner = {"xref": "paper", "yref": "paper", "x": 0, "y": 1, "xanchor": "left"}
    said = {"text": text, "font": {"size": SMALLER}, "showarrow": False, "yanchor": "bottom"}
    return {"name": "axis", **corner, **said, "xshift": -58, "yshift": 22}


def _describe(comparison: Comparison) -> str:
    sweep = comparison.sweep
    if sweep is None:
        return ""
    first, last = say_rate(sweep.rungs[0].rate), say_rate(sweep.rungs[-1].rate)
    said = f"The loss at the end of {len(sweep.rungs)} rates, from {first} to {last}"
    if not sweep.learned:
        return f"{said}: none learns."
    low, high = say_rate(sweep.low, 2), say_rate(sweep.high, 2)
    return f"{said}: lowest at {say_rate(sweep.best)}, and as low from {low} to {high}."
