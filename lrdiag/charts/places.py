"""Where on the chart a finding is seen: its spans, their letters, its lane and its points."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from lrdiag.charts.curves import Curves
from lrdiag.charts.scale import LossScale
from lrdiag.diagnosis import Diagnosis
from lrdiag.finding import Evidence, Finding
from lrdiag.run import Series
from lrdiag.wording import say_loss

Span = tuple[float, float]

FLAG_ROOM = 0.1  # of the run: a flag is 34 px wide, the plot 330 px on the narrowest screen
MIN_SPAN = 0.004  # of the run: 3 px of a plot 700 px wide; one bad step would not be seen
MAX_LANES = 4  # each takes 27 of 512 px from the curve
MAX_POINTS = 8  # numbers a finding; more would hide the curve
TEXT_ROOM = 0.1  # of the run: a number with three digits
FOOT = 0.1  # of the axis: lower, and text under a point would leave the panel
NEAR = 0.05  # of the run: what a point is compared with to know a peak from a low


@dataclass(frozen=True, slots=True)
class Point:
    """A number that proves a finding, standing at its place on a loss curve.

    Attributes:
        x: The step.
        y: The loss there, finite.
        text: What stands beside it.
        side: Where the text stands: under a low, beside a peak, clear of what is near.
    """

    x: float
    y: float
    text: str
    side: Literal["right", "left", "below", "above"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where one finding is seen.

    Attributes:
        n: Its position among the findings, from "1".
        code: Its rule.
        severity: "error", "warning" or "note".
        panel: "loss" when a part of the curve is marked, "lr" when only the rate's panel can
            bear its flag, None when it has no place.
        spans: The marked parts, disjoint and increasing.
        tags: What each span's flag says: 1, or 1a 1b when there are many.
        letters: For each evidence the letter of the span it lies in, None without one.
        points: The numbers at the curve.
        lane: The row of its flags, from 0; findings that overlap get different ones.
    """

    n: str
    code: str
    severity: str
    panel: Literal["loss", "lr"] | None
    spans: tuple[Span, ...]
    tags: tuple[str, ...]
    letters: tuple[str | None, ...]
    points: tuple[Point, ...]
    lane: int

    def to_plain(self) -> dict[str, Any]:
        """Return the place as plain data."""
        return {
            "n": self.n,
            "code": self.code,
            "severity": self.severity,
            "panel": self.panel,
            "spans": [list(span) for span in self.spans],
            "tags": list(self.tags),
            "letters": list(self.letters),
            "lane": self.lane,
        }


def span_letters(finding: Finding) -> tuple[str | None, ...]:
    """Return for each evidence the letter of its span on the chart.

    Spans that overlap count as one and are lettered from left to right; a finding with one
    span has no letters.
    """
    spans = _merge([one.span for one in finding.evidence if one.span is not None])
    if len(spans) < 2:
        return (None,) * len(finding.evidence)
    return tuple(
        None if one.span is None else _letter(_index_of(one.span, spans))
        for one in finding.evidence
    )


def place_findings(diagnosis: Diagnosis, curves: Curves, scale: LossScale) -> tuple[Place, ...]:
    """Find the place of every finding, in the order of the list."""
    low, high = curves.range
    lanes: list[list[Span]] = []
    places = []
    for number, (code, finding) in enumerate(diagnosis.findings.items(), start=1):
        merged = _merge([one.span for one in finding.evidence if one.span is not None])
        letters = span_letters(finding)
        shown = [(i, _clip(span, low, high)) for i, span in enumerate(merged)]
        spans = [(i, span) for i, span in shown if span is not None]
        places.append(
            Place(
                n=str(number),
                code=code,
                severity=finding.severity.word,
                panel=_panel(finding, bool(spans), curves),
                spans=tuple(span for _, span in spans),
                tags=tuple(f"{number}{_letter(i) if len(merged) > 1 else ''}" for i, _ in spans),
                letters=letters,
                points=_points(finding, curves, scale),
                lane=_take_lane(lanes, [span for _, span in spans], FLAG_ROOM * (high - low)),
            )
        )
    return tuple(places)


def _merge(spans: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted((min(span), max(span)) for span in spans):
        if merged and (start < merged[-1][1] or (start, end) == merged[-1]):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _index_of(span: Span, spans: Sequence[Span]) -> int:
    return next(i for i, (start, end) in enumerate(spans) if start <= min(span) <= max(span) <= end)


def _letter(index: int) -> str:
    """Count a … z, aa, ab … as a spreadsheet does."""
    head, last = divmod(index, 26)
    return (_letter(head - 1) if head else "") + chr(ord("a") + last)


def _clip(span: Span, low: float, high: float) -> Span | None:
    if span[1] < low or span[0] > high:
        return None
    start, end = max(span[0], low), min(span[1], high)
    least = MIN_SPAN * (high - low)
    if end - start >= least:
        return start, end
    middle = (start + end) / 2.0
    return middle - least / 2.0, middle + least / 2.0


def _panel(finding: Finding, marked: bool, curves: Curves) -> Literal["loss", "lr"] | None:
    if marked:
        return "loss"
    of_rate = any(one.series == "lr" for one in finding.evidence)
    return "lr" if of_rate and curves.lr is not None else None


def _take_lane(lanes: list[list[Span]], spans: Sequence[Span], room: float) -> int:
    """Return the first lane with nothing between the first and the last flag, and take it."""
    if not spans:
        return 0
    start, end = spans[0][0], spans[-1][1]
    if spans[0][1] - start < room:  # a flag that is wider than its span stands in its middle
        start = (start + spans[0][1] - room) / 2.0
    if end - spans[-1][0] < room:
        end = (end + spans[-1][0] + room) / 2.0
    for lane in range(MAX_LANES):
        if lane == len(lanes):
            lanes.append([])
        if all(end < a or start > b for a, b in lanes[lane]):
            lanes[lane].append((start, end))
            return lane
    return MAX_LANES - 1


def _points(finding: Finding, curves: Curves, scale: LossScale) -> tuple[Point, ...]:
    found: dict[tuple[float, float], Point] = {}
    for one in finding.evidence:
        point = _point(one, curves, scale)
        if point is not None and len(found) < MAX_POINTS:
            found.setdefault((point.x, point.y), point)
    return tuple(found.values())


def _point(evidence: Evidence, curves: Curves, scale: LossScale) -> Point | None:
    series = {"train_loss": curves.train, "val_loss": curves.val}.get(evidence.series or "")
    if evidence.at is None or series is None:
        return None
    here = int(np.argmin(np.abs(series.steps - evidence.at)))
    x, y = float(series.steps[here]), float(series.values[here])
    if not np.isfinite(y):
        return None
    best = "best" in evidence.label.lower() and y <= series.finite().values.min()
    text = ("best " if best else "") + say_loss(y)
    if best or _is_low(series, here, curves.range):
        return Point(x, y, text, "below" if scale.height_of(y) > FOOT else "above")
    return Point(x, y, text, "left" if _is_crowded(x, curves) else "right")


def _is_low(series: Series, here: int, whole: Span) -> bool:
    reach = NEAR * (whole[1] - whole[0])
    steps = series.steps
    start, end = np.searchsorted(steps, (steps[here] - reach, steps[here] + reach))
    near = series.values[max(0, start - 1) : end + 1]
    return bool(series.values[here] < np.median(near[np.isfinite(near)]))


def _is_crowded(x: float, curves: Curves) -> bool:
    """Whether the right of ``x`` is taken: by the frame, or by marks of broken values."""
    low, high = curves.range
    reach = x + TEXT_ROOM * (high - low)
    bad = curves.nonfinite
    return reach > high or bool(((bad > x) & (bad < reach)).any())
