"""The loss chart for notebooks and reports: a plotly figure with its colours filled in."""

import copy
import math
from typing import Any

from lrdiag.charts.columns import steps_to_plain, thin_columns
from lrdiag.charts.curves import measure_curves
from lrdiag.charts.decimate import spread_places
from lrdiag.charts.figure import GLYPHS, build_figure
from lrdiag.charts.loss import POINTS
from lrdiag.charts.places import place_findings
from lrdiag.charts.scale import LossScale, choose_scale, log_ticks
from lrdiag.charts.words import plot_text
from lrdiag.diagnosis import Diagnosis

Figure = dict[str, Any]

LIGHT = {  # the light theme of the pages
    "panel": "#ffffff",
    "ink": "#14181d",
    "ink-2": "#414952",
    "ink-3": "#5d6670",
    "line-2": "#c5cacf",
    "control": "#828b95",
    "grid": "#e9ebed",
    "raw": "#8fb8e3",
    "smooth": "#0b5cb0",
    "val": "#14181d",
    "lr": "#5d6670",
    "error": "#a8201a",
    "error-mark": "#c8372d",
    "error-tint": "#fbe6e3",
    "warning": "#8a4b00",
    "warning-mark": "#c97700",
    "warning-tint": "#fdefd8",
    "note": "#475468",
    "note-mark": "#6b7a90",
    "note-tint": "#e9edf2",
}
TRACE_COLOURS = {"nonfinite": "error-mark"}
TEXT_COLOURS = {
    "end:train": "smooth",
    "end:val": "val",
    "end:lr": "lr",
    "count": "error",
    "axis:loss": "ink-3",
    "axis:hidden": "ink-3",
    "axis:lr": "ink-3",
}
FONT = '"Source Sans 3", "Segoe UI", system-ui, sans-serif'
HEIGHT = 512  # px
FLAG_GAP = 0.07  # of the run: 50 px of 700
GLYPHS_AND_DIGITS = "".join(GLYPHS.values()) + " 0123456789"
LABEL_GAP = 17  # px between two names at the line's end
HOVER = {"smooth": "%{y:.4g}", "val": "%{y:.4g}", "lr": "%{y:.2g}"}


def static_figure(diagnosis: Diagnosis) -> Figure:
    """Return ``{"data", "layout"}`` as ``plotly.graph_objects.Figure`` takes it.

    A run without loss gives a figure without traces that says so.
    """
    curves = measure_curves(diagnosis)
    title = plot_text(diagnosis.run.name)
    if curves.empty:
        return {"data": [], "layout": _frame(title) | {"annotations": [_nothing()]}}
    scale = choose_scale(curves)
    places = place_findings(diagnosis, curves, scale)
    figure = copy.deepcopy(build_figure(curves, places, scale))
    columns = thin_columns(curves, *curves.range, POINTS)
    bad = spread_places(curves.nonfinite, *curves.range)
    columns |= {"bad_x": steps_to_plain(bad), "bad_y": columns["bad_y"][: len(bad)]}
    severities = {place.n: place.severity for place in places}
    layout = figure["layout"]
    for shape in layout["shapes"]:
        _paint_shape(shape, severities)
    layout["annotations"] = [
        one for one in layout["annotations"] if not _is_quiet(one, severities, scale)
    ]
    for note in layout["annotations"]:
        _paint_text(note, severities, scale)
    layout["annotations"] = _join_flags(layout["annotations"], curves.range)
    _part_ends(layout, scale)
    _paint_axes(layout, scale)
    layout["margin"]["t"] += 36  # room for the title
    return {
        "data": [_paint_trace(trace, columns) for trace in figure["data"]],
        "layout": layout | _frame(title) | {"margin": layout["margin"]},
    }


def _frame(title: str) -> Figure:
    head = {"text": title, "font": {"size": 16, "color": LIGHT["ink"]}, "x": 0.01, "y": 0.98}
    return {
        "title": head | {"yanchor": "top"},
        "height": HEIGHT,
        "paper_bgcolor": LIGHT["panel"],
        "plot_bgcolor": LIGHT["panel"],
        "font": {"family": FONT, "size": 13, "color": LIGHT["ink-2"]},
        "showlegend": False,
        "hovermode": "x",
    }


def _nothing() -> Figure:
    place = {"x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper", "showarrow": False}
    return place | {"text": "No loss to draw."}


def _paint_trace(trace: Figure, columns: dict[str, list[Any]]) -> Figure:
    role = str(trace["meta"])
    colour = LIGHT[TRACE_COLOURS.get(role, role)]
    painted = trace | {"x": columns[trace["x"]], "y": columns[trace["y"]]}
    if "line" in trace:
        painted["line"] = trace["line"] | {"color": colour}
    if "marker" in trace:
        painted["marker"] = trace["marker"] | {"color": colour}
    if role in HOVER:
        painted["hovertemplate"] = f"{trace['name']} {HOVER[role]}<extra></extra>"
        del painted["hoverinfo"]
    return painted


def _is_quiet(note: Figure, severities: dict[str, str], scale: LossScale) -> bool:
    """Whether it is a number of a mere note, shown only when chosen, or of the other axis."""
    if note["name"] == "axis:hidden":
        return scale.default == "linear"
    kind, _, n = str(note["name"]).partition(":")
    return kind == "point" and severities.get(n) == "note"


def _paint_shape(shape: Figure, severities: dict[str, str]) -> None:
    kind, n = str(shape["name"]).split(":")
    severity = severities[n]
    if kind == "tint":
        shape["fillcolor"] = LIGHT[f"{severity}-tint"]
    else:
        shape["line"]["color"] = LIGHT[f"{severity}-mark"]


def _paint_text(note: Figure, severities: dict[str, str], scale: LossScale) -> None:
    kind, _, n = note["name"].partition(":")
    if n in severities:
        note["font"]["color"] = LIGHT[severities[n]]
        if kind != "point":
            note["bgcolor"] = LIGHT[f"{severities[n]}-tint"]
            note["bordercolor"] = LIGHT[severities[n]]
    else:
        note["font"]["color"] = LIGHT[TEXT_COLOURS[str(note["name"])]]
    if "yref" not in note and scale.default == "log":
        note["y"] = math.log10(note["y"]) if note["y"] > 0.0 else scale.logarithmic[0]


def _join_flags(notes: list[Figure], whole: tuple[float, float]) -> list[Figure]:
    """Make one flag of those of a finding that would touch: 1a–c."""
    kept: list[Figure] = []
    for note in notes:
        last = kept[-1] if kept else {"name": ""}
        near = note["name"].startswith("flag:") and note["name"] == last["name"]
        if near and note["x"] - last["x"] < FLAG_GAP * (whole[1] - whole[0]):
            letter = note["text"].lstrip(GLYPHS_AND_DIGITS)
            last["text"] = f"{last['text'].split('–')[0]}–{letter}"
        else:
            kept.append(note)
    return kept


def _part_ends(layout: Figure, scale: LossScale) -> None:
    """Push the names of the two losses apart where they would touch."""
    ends = [one for one in layout["annotations"] if one["name"] in ("end:train", "end:val")]
    if len(ends) < 2 or ends[0]["x"] != ends[1]["x"]:
        return
    low, high = scale.logarithmic if scale.default == "log" else scale.linear
    margin = layout["margin"]
    foot, top = layout["yaxis"]["domain"]
    px = (HEIGHT - margin["t"] - margin["b"]) * (top - foot) / (high - low)
    upper, lower = sorted(ends, key=lambda one: -one["y"])
    push = (LABEL_GAP - (upper["y"] - lower["y"]) * px) / 2.0
    if push > 0.0:
        upper["yshift"], lower["yshift"] = push, -push


def _paint_axes(layout: Figure, scale: LossScale) -> None:
    for name in ("xaxis", "yaxis", "yaxis2"):
        if name in layout:
            layout[name]["tickfont"]["color"] = LIGHT["ink-3"]
            layout[name] |= {"gridcolor": LIGHT["grid"], "linecolor": LIGHT["line-2"]}
    layout["xaxis"] |= {"tickcolor": LIGHT["line-2"], "spikecolor": LIGHT["control"]}
    layout["xaxis"]["title"]["font"]["color"] = LIGHT["ink-3"]
    if scale.default == "log":
        ticks = log_ticks(*scale.logarithmic)
        layout["yaxis"] |= {"type": "log", "range": list(scale.logarithmic)} | ticks
    else:
        layout["yaxis"] |= {"type": "linear", "range": list(scale.linear), "nticks": 7}
