"""A loss curve in characters: eight rows of a terminal, drawn in braille dots.

One character holds two by four dots, so 60 by 8 characters are a picture of 120 by 32. Every
logged point counts: a column shows its lowest and highest value, never a sample of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lrdiag.numerics import FloatArray
from lrdiag.run import Run, Series
from lrdiag.wording import say_loss, say_place, say_step

LOG_DECADES = 2.0  # the same limit as the chart's, so that both show the same picture
DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])  # Unicode, U+2800
GUTTER = 8  # characters left of the axis, as in "2.28e-5"

SOLID = 5  # dots of the eight of a character; beyond, a line through it can no longer be told
FEW = 8  # values that make a trend; an epoch log is its own trend

Dots = NDArray[np.int64]
Painted = list[tuple[str, str]]  # pieces of one line: characters and the role of their colour


@dataclass(frozen=True, slots=True)
class Mark:
    """A part of the run to point at, beneath the curve.

    Attributes:
        label: The number of the finding.
        role: The role of its colour: "error", "warning" or "note".
        first: Where it begins, in steps.
        last: Where it ends, in steps; may be the same.
    """

    label: str
    role: str
    first: float
    last: float


@dataclass(frozen=True, slots=True)
class Frame:
    """Where steps and values fall on the grid of dots."""

    x0: float
    x1: float
    y0: float
    y1: float
    log: bool
    columns: int
    rows: int

    def across(self, steps: FloatArray, cells: int) -> Dots:
        """Return which of so many cells, from the left, each step falls in."""
        share = (steps - self.x0) / (self.x1 - self.x0)
        return np.clip((share * cells).astype(np.int64), 0, cells - 1)

    def up(self, values: FloatArray, cells: int) -> Dots:
        """Return which of so many cells, from the bottom, each value falls in."""
        y = np.log10(values) if self.log else values
        return np.clip(((y - self.y0) / (self.y1 - self.y0) * cells).astype(np.int64), 0, cells - 1)


def draw_curve(
    run: Run, marks: Sequence[Mark] = (), *, columns: int = 60, rows: int = 8
) -> list[Painted]:
    """Draw train and validation loss, where they are no numbers, and the marked parts.

    Args:
        run: A run; without a finite loss there is nothing to draw.
        marks: What to point at, the most important first.
        columns: Characters across, without the axis.
        rows: Characters down, without the axis.

    Returns:
        Lines of painted pieces; the roles are "train", "raw", "val", "nonfinite", "axis" and those
        of the marks. Empty without two finite points.
    """
    frame = fit_frame(run, columns, rows)
    if frame is None:
        return []
    cells = [[(" ", "")] * columns for _ in range(rows)]
    line = _line_series(run)
    _paint_line(cells, frame, line)
    if "train_loss" in run and "val_loss" in run:
        _paint_points(cells, frame, run["val_loss"].finite())
    _paint_nonfinite(cells, frame, line)
    lines = [_legend(run)]
    lines += [
        [(f"{_y_label(frame, row):>{GUTTER}} ", "axis"), ("│", "axis"), *_join(cells[row])]
        for row in range(rows)
    ]
    lines.append([(" " * (GUTTER + 1) + "└" + "─" * columns, "axis")])
    lines.append([(_x_labels(frame, run.x.unit), "axis")])
    return lines + [_lane(lane, frame) for lane in _lanes(marks, frame)]


def draw_spark(run: Run, columns: int = 20) -> str:
    """Draw the curve in one line of characters; empty without two finite points."""
    frame = fit_frame(run, columns, 1)
    if frame is None:
        return ""
    cells = [[(" ", "")] * columns]
    _paint_line(cells, frame, _line_series(run))
    return "".join(character for character, _ in cells[0])


def fit_frame(run: Run, columns: int, rows: int) -> Frame | None:
    """Choose the ranges; logarithmic where the loss spans more than two decades."""
    series = [run[name].finite() for name in ("train_loss", "val_loss") if name in run]
    if not series or max(len(one) for one in series) < 2:
        return None
    steps = np.concatenate([run[n].steps for n in ("train_loss", "val_loss") if n in run])
    values = np.concatenate([one.values for one in series])
    low, high = float(values.min()), float(values.max())
    log = low > 0.0 and float(np.log10(high) - np.log10(low)) > LOG_DECADES
    if log:
        low, high = float(np.log10(low)), float(np.log10(high))
    if not np.isfinite(high - low):
        return None
    room = 0.02 * (high - low) or max(0.05 * abs(high), 1e-12)
    return Frame(
        float(steps.min()), float(steps.max()), low - room, high + room, log, columns, rows
    )


def _line_series(run: Run) -> Series:
    return run["train_loss"] if "train_loss" in run else run["val_loss"]


def _paint_line(cells: list[Painted], frame: Frame, series: Series) -> None:
    """Draw every value; in what is solid with noise, cut the trend free."""
    width = 2 * frame.columns
    low, high = _column_bounds(frame, series, width)
    trend = np.where(np.isfinite(low), _trend(frame, series, width), np.nan)
    raw, line = _dots(frame, low, high), _dots(frame, *_joined(trend))
    wall = _find_walls(raw)
    for row, column in zip(*np.nonzero(raw), strict=True):
        cut = wall[row, column] and line[row, column]
        shown = line[row, column] if cut else raw[row, column]
        role = "train" if line[row, column] or not line[:, column].any() else "raw"
        cells[row][column] = (chr(0x2800 + int(shown)), role)


def _find_walls(dots: Dots) -> NDArray[np.bool_]:
    """Say which cells are solid and stand among solid ones: noise, and no spike's thin edge."""
    solid = np.bitwise_count(dots) >= SOLID
    near = np.pad(solid, ((0, 0), (2, 2))).astype(np.int64)
    width = dots.shape[1]
    among = sum(near[:, k : k + width] for k in range(5))
    return np.asarray(solid & (among >= 4), dtype=np.bool_)


def _dots(frame: Frame, low: FloatArray, high: FloatArray) -> Dots:
    """Return the cells' braille codes of a line from ``low`` to ``high`` in each column."""
    height = 4 * frame.rows
    dots = np.zeros((frame.rows, frame.columns), dtype=np.int64)
    for x in np.flatnonzero(np.isfinite(low)):
        bottom, top = frame.up(np.array([low[x], high[x]]), height)
        for y in range(bottom, top + 1):
            down = height - 1 - y
            dots[down // 4, x // 2] |= DOTS[down % 4, x % 2]
    return dots


def _trend(frame: Frame, series: Series, width: int) -> FloatArray:
    """Return the median around each column; NaN where too few values make it."""
    finite = series.finite()
    column, every = frame.across(finite.steps, width), np.arange(width)
    half = max(1, width // 40)
    starts = np.searchsorted(column, every - half, "left")
    ends = np.searchsorted(column, every + half, "right")
    return np.array(
        [
            np.median(finite.values[start:end]) if end - start >= FEW else np.nan
            for start, end in zip(starts, ends, strict=True)
        ]
    )


def _joined(line: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the bounds that join each column of a line with the one before."""
    before = np.concatenate((line[:1], line[:-1]))
    before = np.where(np.isfinite(before), before, line)
    return np.minimum(line, before), np.maximum(line, before)


def _column_bounds(frame: Frame, series: Series, width: int) -> tuple[FloatArray, FloatArray]:
    """Return the lowest and highest value of the line in each column of dots; NaN in a gap."""
    finite = series.finite()
    edges = np.linspace(frame.x0, frame.x1, 2 * width + 1)
    inside = edges[(edges >= finite.steps[0]) & (edges <= finite.steps[-1])]
    between = inside[~_in_gap(inside, series)]
    steps = np.concatenate([finite.steps, between])
    values = np.concatenate([finite.values, np.interp(between, finite.steps, finite.values)])
    column = frame.across(steps, width)
    low, high = np.full(width, np.inf), np.full(width, -np.inf)
    np.minimum.at(low, column, values)
    np.maximum.at(high, column, values)
    low[np.isinf(low)] = np.nan
    touch = np.flatnonzero(np.isfinite(low[1:]) & np.isfinite(low[:-1])) + 1
    ends = high[touch - 1], low[touch - 1]  # a jump between two columns is a line, not a hole
    low[touch], high[touch] = np.minimum(low[touch], ends[0]), np.maximum(high[touch], ends[1])
    return low, high


def _in_gap(steps: FloatArray, series: Series) -> NDArray[np.bool_]:
    """Say for each step whether the last value logged before it, or the next, is no number."""
    bad = ~np.isfinite(series.values)
    if not bad.any():
        return np.zeros(len(steps), dtype=np.bool_)
    before = np.clip(np.searchsorted(series.steps, steps, "right") - 1, 0, len(series) - 1)
    after = np.clip(np.searchsorted(series.steps, steps, "left"), 0, len(series) - 1)
    gap: NDArray[np.bool_] = bad[before] | bad[after]
    return gap


def _paint_points(cells: list[Painted], frame: Frame, series: Series) -> None:
    every = 1 if len(series) * 3 <= frame.columns else 3  # dense points would hide the line
    across = frame.across(series.steps, frame.columns)
    up = frame.up(series.values, frame.rows)
    last = -every
    for x, y in zip(across, up, strict=True):
        if x - last >= every:
            cells[frame.rows - 1 - y][x] = ("○", "val")
            last = int(x)


def _paint_nonfinite(cells: list[Painted], frame: Frame, series: Series) -> None:
    bad = series.steps[~np.isfinite(series.values)]
    for x in np.unique(frame.across(bad, frame.columns)):
        cells[0][x] = ("×", "nonfinite")


def _join(cells: Painted) -> Painted:
    """Join neighbours of one colour, so that a line is a few pieces."""
    joined: Painted = []
    for character, role in cells:
        if joined and joined[-1][1] == role:
            joined[-1] = (joined[-1][0] + character, role)
        else:
            joined.append((character, role))
    return joined


def _legend(run: Run) -> Painted:
    line: Painted = [(f"{'loss':>{GUTTER}}   ", "axis")]
    if "train_loss" in run and "val_loss" in run:
        line += [("⠤⠤", "train"), (" train   ", "axis"), ("○", "val"), (" validation   ", "axis")]
    elif "val_loss" in run:
        line += [("⠤⠤", "train"), (" validation   ", "axis")]
    if not np.isfinite(_line_series(run).values).all():
        line += [("×", "nonfinite"), (" not a number", "axis")]
    return line


def _y_label(frame: Frame, row: int) -> str:
    if row not in {0, frame.rows - 1}:
        return "log" if frame.log and row == frame.rows // 2 else ""
    room = (frame.y1 - frame.y0) * 0.02 / 1.04
    y = frame.y1 - room if row == 0 else frame.y0 + room
    return say_loss(10.0**y if frame.log else y)


def _x_labels(frame: Frame, unit: str) -> str:
    first, last = say_step(frame.x0, unit), say_place(frame.x1, unit)
    gap = max(1, frame.columns - len(first) - len(last))
    return " " * (GUTTER + 2) + first + " " * gap + last


def _lanes(marks: Sequence[Mark], frame: Frame, most: int = 4) -> list[list[Mark]]:
    """Put marks that would overlap under one another."""
    lanes: list[list[Mark]] = []
    for mark in marks:
        free = (lane for lane in lanes if not any(_touch(mark, other, frame) for other in lane))
        lane = next(free, None)
        if lane is not None:
            lane.append(mark)
        elif len(lanes) < most:
            lanes.append([mark])
    return lanes


def _touch(one: Mark, other: Mark, frame: Frame) -> bool:
    a, b = _bounds(one, frame), _bounds(other, frame)
    return a[0] <= b[1] + 1 and b[0] <= a[1] + 1


def _bounds(mark: Mark, frame: Frame) -> tuple[int, int]:
    first, last = frame.across(np.array([mark.first, mark.last]), frame.columns)
    first = min(int(first), frame.columns - len(mark.label))
    return first, max(int(last), first + len(mark.label) - 1)


def _lane(lane: list[Mark], frame: Frame) -> Painted:
    line: Painted = [(" " * (GUTTER + 2), "")]
    at = 0
    for mark in sorted(lane, key=lambda one: one.first):
        first, last = _bounds(mark, frame)
        bar = mark.label + ("─" if mark.role == "note" else "━") * (
            last - first + 1 - len(mark.label)
        )
        line += [(" " * (first - at), ""), (bar, mark.role)]
        at = last + 1
    return line
