"""The same chart in words and as a table, for those who cannot or will not see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lrdiag.charts.columns import value_at
from lrdiag.charts.curves import Curves
from lrdiag.charts.decimate import spread
from lrdiag.charts.figure import describe_nonfinite
from lrdiag.charts.places import Place
from lrdiag.numerics import FloatArray
from lrdiag.run import Series
from lrdiag.wording import X_NAMES, count, say_loss, say_place, say_rate, say_step

DIGITS = 4  # of a loss in the table; one more than a sentence has
MOST_VAL = 12  # validation rows
MOST_ROWS = 40  # a longer table is read by nobody; findings come first, so the list is cut last


def describe(curves: Curves, places: Sequence[Place]) -> str:
    """Describe the chart in one sentence, for a screen reader and for an image's text."""
    if curves.empty:
        return "No loss to draw."
    low, high = curves.range
    parts = [
        *_course("train loss", curves.train, curves.smooth),
        *_course("validation loss", curves.val, None),
    ]
    if len(curves.nonfinite):
        parts.append(
            f"{describe_nonfinite(curves)}, "
            f"the first at {say_place(float(curves.nonfinite[0]), curves.unit)}"
        )
    if curves.lr is not None:
        parts.append("the learning rate stands below")
    marked = sum(place.panel is not None for place in places)
    if marked:
        parts.append(f"{count(marked, 'finding is', 'findings are')} marked")
    begin, end = say_place(low, curves.unit), say_step(high, curves.unit)
    return f"From {begin} to {end}: {'; '.join(parts)}."


def _course(name: str, series: Series | None, line: FloatArray | None) -> list[str]:
    if series is None:
        return []
    known = np.flatnonzero(np.isfinite(series.values))
    if len(known) == 0:
        return [f"{name} is never a number"]
    first = float(series.values[known[0]])
    last = float((series.values if line is None else line)[known[-1]])
    if say_loss(first) == say_loss(last):
        return [f"{name} begins and ends at {say_loss(last)}"]
    verb = "falls" if last < first else "rises"
    return [f"{name} {verb} from {say_loss(first)} to {say_loss(last)}"]


def tabulate(curves: Curves, places: Sequence[Place]) -> dict[str, Any]:
    """Return the key numbers as ready text: ``{"head": [...], "rows": [[...], ...]}``.

    Rows stand at both ends, at the edges and points of the findings, at the first value that
    is no number and at some validation values; columns are those that the log holds.
    """
    if curves.empty:
        return {"head": [], "rows": []}
    fields = _fields(curves)
    rows = [
        [say_step(step, curves.unit), *(field.say(step) for field in fields), ", ".join(why)]
        for step, why in sorted(_key_steps(curves, places).items())
    ]
    return {"head": [X_NAMES[curves.unit], *(field.name for field in fields), "what"], "rows": rows}


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    series: Series

    def say(self, step: float) -> str:
        value = value_at(self.series, step)
        if value is not None and np.isfinite(value) and self.name == "learning rate":
            return say_rate(value)
        return say_loss(value, DIGITS)


def _fields(curves: Curves) -> list[_Field]:
    fields = []
    if curves.train is not None:
        fields.append(_Field("train", curves.train))
        if curves.width > 1:
            line = Series(curves.train.steps, curves.smooth)
            fields.append(_Field(f"train, smooth over {curves.width}", line))
    for name, series in (
        ("validation", curves.val),
        ("learning rate", curves.lr),
        ("gradient norm", curves.grad),
    ):
        if series is not None:
            fields.append(_Field(name, series))
    return fields


def _key_steps(curves: Curves, places: Sequence[Place]) -> dict[float, list[str]]:
    low, high = curves.range
    steps: dict[float, list[str]] = {low: ["start"]}
    steps.setdefault(high, []).append("end")

    def add(step: float, why: str) -> None:
        if len(steps) < MOST_ROWS or step in steps:
            steps.setdefault(step, []).append(why)

    if len(curves.nonfinite):
        add(float(curves.nonfinite[0]), "first value that is no number")
    for place in places:
        for point in place.points:
            add(point.x, f"finding {place.n}: {point.text}")
    for place in places:
        for (start, end), tag in zip(place.spans, place.tags, strict=True):
            add(_nearest(curves, start), f"{tag} begins")
            add(_nearest(curves, end), f"{tag} ends")
    if curves.val is not None:
        for here in spread(np.arange(len(curves.val)), MOST_VAL):
            add(float(curves.val.steps[here]), "validation")
    return steps


def _nearest(curves: Curves, step: float) -> float:
    """Return the logged step that is nearest; a drawn span may end between two."""
    series = curves.train if curves.train is not None else curves.val
    if series is None:
        return step
    return float(series.steps[int(np.argmin(np.abs(series.steps - step)))])
