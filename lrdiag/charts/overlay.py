"""The loss of several runs in one picture: raw, smooth, and repeats as a band."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lrdiag.charts.columns import steps_to_plain, to_plain
from lrdiag.charts.curves import Curves
from lrdiag.charts.decimate import pick_extremes
from lrdiag.charts.rates import rates_figure
from lrdiag.charts.scale import scale_for
from lrdiag.charts.words import plot_text
from lrdiag.comparison import Comparison, LossName, Seeds, Track
from lrdiag.numerics import FloatArray
from lrdiag.run import Series
from lrdiag.signals.curve import HUGE
from lrdiag.wording import X_NAMES, say_loss, say_rate

Figure = dict[str, Any]

VERSION = 1
POINTS = 6_000  # of all lines together: thirteen runs take 90 kB of gzip
MOST, FEWEST = 1_500, 150  # of one line
MOST_LABELS = 7  # names at the ends of lines; more would cover each other
FRAME = 1.5  # of the usual start: a loss above it has exploded, and would squash all others
LABEL = 16  # characters of such a name
DASHES = 4  # patterns that the painter knows
SMALL, SMALLER = 13, 12.5  # px


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One loss of one run, thinned for a picture.

    Attributes:
        steps: Shape (n,).
        raw: As logged; not finite where the log was not.
        smooth: The line through it; the same values where nothing is smoothed.
    """

    steps: FloatArray
    raw: FloatArray
    smooth: FloatArray


def take_line(curves: Curves, loss: LossName, points: int) -> Line | None:
    """Thin one loss of a run to about so many points; None where the run has none."""
    series: Series | None = curves.train if loss == "train_loss" else curves.val
    if series is None:
        return None
    smooth = curves.smooth if loss == "train_loss" else series.values
    keep = pick_extremes(series.values, points)
    return Line(series.steps[keep], series.values[keep], smooth[keep])


def points_a_line(runs: int) -> int:
    """Return how many points each line of a picture of so many runs has."""
    return int(np.clip(POINTS // max(runs, 1), FEWEST, MOST))


def comparison_chart(
    comparison: Comparison, lines: Mapping[int, Mapping[LossName, Line]], names: Sequence[str]
) -> Figure:
    """Return the pictures of a comparison as plain data.

    Args:
        comparison: Several runs.
        lines: What ``take_line`` gives, by the place of the run among all and by loss.
        names: What each run is called, in the order of all runs.

    Returns:
        A payload that JSON can hold: the overlay, and ``rates`` where the runs differ by rate.
        Where nothing can be drawn ``empty`` is true.
    """
    drawn = _drawn(comparison, lines)
    if not drawn:
        return {"version": VERSION, "empty": True, "rates": None}
    scale = scale_for(_in_frame(comparison, drawn))
    low, high = _span(drawn)
    unit = comparison.unit or "index"
    return {
        "version": VERSION,
        "empty": False,
        "label": _describe(comparison, drawn),
        "x": {"unit": unit, "name": _name_axis(comparison), "range": [low, high]},
        "y": scale.to_plain(),
        "runs": _runs(comparison, drawn, names),
        "bands": [_band(one, j) for j, one in enumerate(comparison.seeds) if len(one.steps)],
        "layout": _layout(comparison, drawn, names),
        "rates": None if comparison.sweep is None else rates_figure(comparison),
    }


def _in_frame(comparison: Comparison, drawn: Mapping[int, Line]) -> FloatArray:
    """Return the values that the loss axis must hold: what explodes leaves the frame."""
    finished = {k: line for k, line in drawn.items() if _track(comparison, k).finished}
    values = np.concatenate([line.smooth for line in (finished or drawn).values()])
    values = np.clip(values[np.isfinite(values)], -HUGE, HUGE)
    starts = [_track(comparison, k).start for k in finished]
    top = FRAME * float(np.median(starts)) if starts else np.inf
    inside: FloatArray = values[values <= top] if top > 0.0 else values
    return inside if len(inside) else values


def _drawn(comparison: Comparison, lines: Mapping[int, Mapping[LossName, Line]]) -> dict[int, Line]:
    loss = comparison.loss
    if loss is None:
        return {}
    found = {k: lines[k][loss] for k in comparison.runs if loss in lines.get(k, {})}
    return {k: line for k, line in found.items() if np.isfinite(line.raw).any()}


def _track(comparison: Comparison, k: int) -> Track:
    return comparison.tracks[comparison.runs.index(k)]


def _span(drawn: Mapping[int, Line]) -> tuple[float, float]:
    low = min(float(line.steps[0]) for line in drawn.values())
    return low, max(float(line.steps[-1]) for line in drawn.values())


def _name_axis(comparison: Comparison) -> str:
    return "place in the log" if comparison.unit is None else X_NAMES[comparison.unit]


def _groups(comparison: Comparison) -> list[tuple[int, ...]]:
    """Return which runs share a colour: those of a rate, or the repeats of a setting."""
    if comparison.sweep is not None:
        groups = [one.runs for one in comparison.sweep.rungs]
    else:
        groups = [one.runs for one in comparison.seeds if one.told]
    known = {k for one in groups for k in one}
    return [*groups, *((k,) for k in range(len(comparison.tracks)) if k not in known)]


def _runs(comparison: Comparison, drawn: Mapping[int, Line], names: Sequence[str]) -> list[Figure]:
    groups = _groups(comparison)
    bands = {k: j for j, one in enumerate(comparison.seeds) for k in one.runs}
    made = []
    for g, places in enumerate(groups):
        for place in places:
            k = comparison.runs[place]
            line = drawn.get(k)
            if line is None:
                continue
            track = comparison.tracks[place]
            made.append(
                {
                    "run": k,
                    "label": names[k],
                    "place": round(g / max(1, len(groups) - 1), 4),
                    "dash": g % DASHES,
                    "fate": track.fate,
                    "best": _is_best(comparison, track),
                    "band": bands.get(place),
                    "x": steps_to_plain(line.steps),
                    "raw": to_plain(line.raw),
                    "smooth": to_plain(line.smooth),
                }
            )
    return made


def _is_best(comparison: Comparison, track: Track) -> bool:
    sweep = comparison.sweep
    return sweep is not None and sweep.learned and track.member.rate == sweep.best


def _band(seeds: Seeds, j: int) -> Figure:
    return {
        "n": j,
        "x": steps_to_plain(seeds.steps),
        "low": to_plain(seeds.low),
        "middle": to_plain(seeds.middle),
        "high": to_plain(seeds.high),
    }


def _layout(comparison: Comparison, drawn: Mapping[int, Line], names: Sequence[str]) -> Figure:
    plain = {"zeroline": False, "tickfont": {"size": SMALLER}, "ticklabelstandoff": 4, "ticks": ""}
    title = {"text": _name_axis(comparison), "font": {"size": SMALLER}, "standoff": 7}
    cross = {"showspikes": True, "spikemode": "across", "spikesnap": "hovered data"}
    return {
        "margin": {"l": 60, "r": 110, "t": 40, "b": 44},
        "showlegend": False,
        "hovermode": "x",
        "hoverdistance": 60,
        "spikedistance": -1,
        "shapes": [],
        "annotations": [*_ends(comparison, drawn, names), _axis_name()],
        "xaxis": plain
        | {"showgrid": False, "nticks": 10, "tickformat": ",", "ticks": "outside", "ticklen": 5}
        | {"showline": True, "title": title, "spikethickness": 1, "spikedash": "solid"}
        | cross,
        "yaxis": plain | {"showline": False, "exponentformat": "e"},
    }


def _axis_name() -> Figure:
    corner = {"xref": "paper", "yref": "paper", "x": 0, "y": 1, "xanchor": "left"}
    text = {"text": "loss", "font": {"size": SMALLER}, "align": "left", "showarrow": False}
    return {"name": "axis:loss", **corner, **text, "yanchor": "bottom", "xshift": -58, "yshift": 6}


def _ends(comparison: Comparison, drawn: Mapping[int, Line], names: Sequence[str]) -> list[Figure]:
    """Name lines at their ends: all of a few, else the best one; repeats by their middle."""
    banded = {k for one in comparison.seeds if len(one.steps) for k in one.runs}
    made = []
    for k, line in drawn.items():
        track = _track(comparison, k)
        crowded = len(drawn) > MOST_LABELS and not _is_best(comparison, track)
        known = np.flatnonzero(np.isfinite(line.smooth))
        if not track.finished or crowded or len(known) == 0:
            continue
        if comparison.runs.index(k) in banded:
            continue
        rate = track.member.rate
        by_rate = comparison.sweep is not None and rate is not None
        name = say_rate(rate) if by_rate and rate is not None else plot_text(names[k], LABEL)
        at, text = int(known[-1]), f"{name} {say_loss(track.final)}"
        made.append(_end(f"end:{k}", text, line.steps[at], line.smooth[at]))
    for j, one in enumerate(comparison.seeds):
        if len(one.steps):
            rate = comparison.tracks[one.runs[0]].member.rate
            name = "middle" if comparison.sweep is None or rate is None else say_rate(rate)
            text = f"{name} {say_loss(one.median)}"
            made.append(_end(f"band:{j}", text, one.steps[-1], one.middle[-1]))
    return made


def _end(name: str, text: str, x: float, y: float) -> Figure:
    return {
        "name": name,
        "text": text,
        "x": float(x),
        "y": float(y),
        "showarrow": False,
        "xanchor": "left",
        "yanchor": "middle",
        "xshift": 8,
        "font": {"size": SMALL, "weight": 600},
    }


def _describe(comparison: Comparison, drawn: Mapping[int, Line]) -> str:
    """Describe the picture in one sentence, for a screen reader."""
    ended = [one for one in comparison.tracks if one.finished]
    lost = len(comparison.tracks) - len(ended)
    kind = "validation loss" if comparison.loss == "val_loss" else "training loss"
    said = f"The {kind} of {len(drawn)} runs"
    if ended:
        low, high = min(one.final for one in ended), max(one.final for one in ended)
        said += f": they end between {say_loss(low)} and {say_loss(high)}"
    return f"{said}; {lost} diverged." if lost else f"{said}."
