"""The loss chart as one SVG picture: no scripts, no network, no style attributes.

For notebooks, mails and files, where the interactive chart cannot go. Every mark carries its
colour and a class, so that a page may restyle it for the dark.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

import numpy as np

from lrdiag.charts.curves import Curves, measure_curves
from lrdiag.charts.decimate import pick_extremes, spread_places
from lrdiag.charts.numbers import describe
from lrdiag.charts.places import Place, place_findings
from lrdiag.charts.scale import choose_scale, log_ticks
from lrdiag.diagnosis import Diagnosis
from lrdiag.numerics import FloatArray
from lrdiag.run import Series, SeriesName
from lrdiag.wording import say_number, say_place, say_rate, say_step

WIDTH, HEIGHT = 760, 320  # units of the picture; it scales with the page
LEFT, RIGHT, TOP, FOOT = 56, 16, 16, 34
LANE = 20  # units from one row of flags to the next
POINTS = 900  # a curve: one more than the picture has columns shows nothing more
STRIP, STRIP_GAP = 92, 30  # units: a second series beneath the loss, and what parts them
LATE = 0.6  # of the width; a label that begins later ends with its span
MOST_DOTS = 60  # validation values with a dot of their own
FONT = "system-ui, sans-serif"
NAMES: dict[SeriesName, str] = {
    "train_loss": "training loss",
    "val_loss": "validation loss",
    "train_accuracy": "training accuracy",
    "val_accuracy": "validation accuracy",
    "lr": "learning rate",
    "grad_norm": "gradient norm",
    "loss_scale": "loss scale",
}
COLOURS = {
    "panel": "#ffffff",
    "grid": "#e9ebed",
    "text": "#5d6670",
    "raw": "#8fb8e3",
    "smooth": "#0b5cb0",
    "val": "#14181d",
    "strip": "#5d6670",
    "error": "#c8372d",
    "warning": "#c97700",
    "note": "#6b7a90",
    "error-tint": "#fbe6e3",
    "warning-tint": "#fdefd8",
    "note-tint": "#e9edf2",
}


@dataclass(frozen=True, slots=True)
class Plane:
    """From steps and losses to the units of the picture."""

    x0: float
    x1: float
    y0: float
    y1: float
    log: bool
    top: float
    bottom: float = HEIGHT - FOOT

    def across(self, steps: FloatArray) -> FloatArray:
        """Return where steps stand, from the left."""
        width = (self.x1 - self.x0) or 1.0
        return LEFT + (steps - self.x0) / width * (WIDTH - LEFT - RIGHT)

    def down(self, values: FloatArray) -> FloatArray:
        """Return where losses stand, from the top; NaN where there is no such place."""
        y = np.where(np.isfinite(values), values, np.nan)
        if self.log:
            y = np.log10(np.where(y > 0.0, y, np.nan))
        share = (y - self.y0) / (self.y1 - self.y0)
        return self.bottom - np.clip(share, -0.05, 1.05) * (self.bottom - self.top)


def draw_svg(diagnosis: Diagnosis, *, label: str = "", beneath: SeriesName | None = None) -> str:
    """Return the chart of a run as an ``svg`` element; empty where there is nothing to draw.

    Args:
        diagnosis: The run and what was found in it.
        label: What stands at a finding's first mark, in the place of numbers.
        beneath: Another series of the run to draw in a strip of its own under the losses.
    """
    curves = measure_curves(diagnosis)
    if curves.empty:
        return ""
    scale = choose_scale(curves)
    places = place_findings(diagnosis, curves, scale)
    log = scale.default == "log"
    lanes = 1 + max((place.lane for place in places if place.spans), default=-1)
    plane = Plane(*curves.range, *(scale.logarithmic if log else scale.linear), log, _top(lanes))
    strip = diagnosis.run[beneath].finite() if beneath and beneath in diagnosis.run else None
    height = HEIGHT + (STRIP + STRIP_GAP if strip else 0)
    svg = Element("svg", {"viewBox": f"0 0 {WIDTH} {height}", "role": "img", "class": "chart"})
    svg.set("xmlns", "http://www.w3.org/2000/svg")
    svg.set("width", "100%")
    SubElement(svg, "title").text = describe(curves, places)
    _rect(svg, "panel", 0, 0, WIDTH, height)
    _draw_spans(svg, plane, places, label)
    _draw_axes(svg, plane, curves)
    _draw_curves(svg, plane, curves)
    if strip and beneath:
        _draw_strip(svg, strip, NAMES[beneath], plane)
    return tostring(svg, encoding="unicode")


def _top(lanes: int) -> float:
    return TOP + LANE * lanes


def _draw_spans(svg: Element, plane: Plane, places: Sequence[Place], label: str) -> None:
    for place in places:
        tags = (label, *("" for _ in place.tags[1:])) if label and place.tags else place.tags
        for (first, last), tag in zip(place.spans, tags, strict=True):
            left, right = (float(x) for x in plane.across(np.array([first, last])))
            y = TOP + LANE * place.lane
            if place.severity != "note":
                tint = f"{place.severity}-tint"
                _rect(svg, tint, left, plane.top, right - left, plane.bottom - plane.top)
            _rect(svg, place.severity, left, y + 13, max(right - left, 2), 3)
            if tag and label and left > LATE * WIDTH:
                _text(svg, place.severity, right, y + 9, tag, anchor="end", weight="600")
            elif tag:
                _text(svg, place.severity, left, y + 9, tag, weight="600")


def _draw_axes(svg: Element, plane: Plane, curves: Curves) -> None:
    for value, said in _y_ticks(plane):
        y = float(plane.down(np.array([value]))[0])
        _line(svg, "grid", [(LEFT, y), (WIDTH - RIGHT, y)])
        _text(svg, "text", LEFT - 6, y + 4, said, anchor="end")
    foot = HEIGHT - FOOT + 18
    _text(svg, "text", LEFT, foot, say_step(plane.x0, curves.unit))
    _text(svg, "text", WIDTH - RIGHT, foot, say_place(plane.x1, curves.unit), anchor="end")


def _draw_strip(svg: Element, series: Series, name: str, above: Plane) -> None:
    low, high = float(series.values.min()), float(series.values.max())
    log = low > 0.0 and high > 100.0 * low  # two decades, as with the loss
    ends = (math.log10(low), math.log10(high)) if log else (low, high)
    room = 0.05 * (ends[1] - ends[0]) or max(0.05 * abs(ends[1]), 1e-12)
    top = HEIGHT + STRIP_GAP - FOOT / 2.0
    y0, y1 = ends[0] - room, ends[1] + room
    plane = Plane(above.x0, above.x1, y0, y1, log, top, top + STRIP)
    _text(svg, "text", LEFT, top - 8, name, weight="600")
    for value in dict.fromkeys((high, low)):
        y = float(plane.down(np.array([value]))[0])
        _line(svg, "grid", [(LEFT, y), (WIDTH - RIGHT, y)])
        _text(svg, "text", LEFT - 3, y + 4, say_rate(value), anchor="end")
    _curve(svg, "strip", plane, series, "1.5")


def _y_ticks(plane: Plane) -> list[tuple[float, str]]:
    if plane.log:
        ticks = log_ticks(plane.y0, plane.y1)
        return list(zip(ticks["tickvals"], ticks["ticktext"], strict=True))
    gap = 10.0 ** math.floor(math.log10((plane.y1 - plane.y0) / 2.0))
    gap *= next(k for k in (1, 2, 5, 10) if (plane.y1 - plane.y0) / (gap * k) <= 6.0)
    first, last = math.ceil(plane.y0 / gap), math.floor(plane.y1 / gap)
    values = [float(f"{k * gap:.6g}") for k in range(first, last + 1)]
    return [(value, say_number(value, 6)) for value in values]


def _draw_curves(svg: Element, plane: Plane, curves: Curves) -> None:
    if curves.train is not None:
        _curve(svg, "raw", plane, curves.train, "1")
        if np.isfinite(curves.smooth).any():
            _curve(svg, "smooth", plane, Series(curves.train.steps, curves.smooth), "2.2")
    if curves.val is not None:
        _curve(svg, "val", plane, curves.val, "1.5", dash="6 3")
        if len(curves.val) <= MOST_DOTS:
            _dots(svg, plane, curves.val.finite())
    for x in plane.across(spread_places(curves.nonfinite, plane.x0, plane.x1, 60)).tolist():
        y = plane.top + 6
        _line(svg, "error", [(x - 4, y - 4), (x + 4, y + 4)], "1.5")
        _line(svg, "error", [(x - 4, y + 4), (x + 4, y - 4)], "1.5")


def _curve(
    svg: Element, role: str, plane: Plane, series: Series, width: str, *, dash: str = ""
) -> None:
    keep = pick_extremes(series.values, POINTS)
    xs, ys = plane.across(series.steps[keep]), plane.down(series.values[keep])
    pen, parts = "M", []
    for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
        if math.isfinite(y):
            parts.append(f"{pen}{x:.1f} {y:.1f}")
            pen = "L"
        else:
            pen = "M"
    path = SubElement(svg, "path", {"d": "".join(parts), "class": role, "fill": "none"})
    path.attrib |= {"stroke": COLOURS[role], "stroke-width": width, "stroke-linejoin": "round"}
    if dash:
        path.set("stroke-dasharray", dash)


def _dots(svg: Element, plane: Plane, series: Series) -> None:
    xs, ys = plane.across(series.steps), plane.down(series.values)
    for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
        if math.isfinite(y):
            dot = {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "3.2", "class": "val dot"}
            paint = {"fill": COLOURS["panel"], "stroke": COLOURS["val"], "stroke-width": "1.5"}
            SubElement(svg, "circle", dot | paint)


def _line(svg: Element, role: str, points: Sequence[tuple[float, float]], width: str = "1") -> None:
    d = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    paint = {"stroke": COLOURS[role], "stroke-width": width, "fill": "none"}
    SubElement(svg, "path", {"d": d, "class": role} | paint)


def _rect(svg: Element, role: str, x: float, y: float, width: float, height: float) -> None:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "width": f"{width:.1f}", "height": f"{height:.1f}"}
    SubElement(svg, "rect", place | {"class": f"fill {role}", "fill": COLOURS[role]})


def _text(
    svg: Element,
    role: str,
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "start",
    weight: str = "400",
) -> None:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor, "font-weight": weight}
    look = {"class": f"word {role}", "fill": COLOURS[role], "font-size": "12"}
    SubElement(svg, "text", place | look | {"font-family": FONT}).text = text
