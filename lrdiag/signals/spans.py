"""A curve cut into spans of growing length, each a third longer than the one before."""

from dataclasses import dataclass

import numpy as np

from lrdiag.numerics import FloatArray
from lrdiag.signals.timeline import Timeline

SPAN_RATIO = 0.75  # each span is a third longer than the one before: 28 spans cover 3.4 decades
FIRST_SPAN = 5e-4  # share of the time; what comes before is one span
HEAD = 0.05  # the first 5 % of the time, in which an overshoot of the first steps lies
LEAST_DROP = 0.02  # starts; divisor where the loss has not fallen
LEAST_MOVE = 0.05
"""Starts; divisor where a loss hardly moves. A rate far too low leaves nothing but the noise of
the measurement, half of which goes up, as it does when a rate is far too high."""


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Means over spans of growing length; ``wide`` is the mean over a span and its neighbours."""

    level: FloatArray
    time: FloatArray
    rows: FloatArray
    wide: FloatArray
    wide_rows: FloatArray


def span_edges(first_time: float) -> FloatArray:
    """Return the edges of the spans, from the first row's time to 1, increasing."""
    edges = [1.0]
    while edges[-1] > max(1.5 * first_time, FIRST_SPAN):
        edges.append(edges[-1] * SPAN_RATIO)
    return np.array(edges[::-1])


def cut_into_spans(line: Timeline) -> Spans:
    """Return the mean level of every span that holds rows."""
    edges = span_edges(float(line.time[0]))
    stops = np.searchsorted(line.time, edges, side="right")
    sums = np.concatenate(([0.0], np.cumsum(line.capped)))
    rows = np.diff(stops)
    filled = rows > 0
    means = np.diff(sums[stops])[filled] / rows[filled]
    level = np.concatenate((line.capped[:1], means))
    count = np.concatenate(([1.0], rows[filled].astype(float)))
    middle = np.sqrt(edges[:-1] * edges[1:])[filled]
    wide_rows = np.convolve(count, np.ones(3), "same")
    return Spans(
        level=level,
        time=np.concatenate((line.time[:1], middle)),
        rows=count,
        wide=np.convolve(level * count, np.ones(3), "same") / wide_rows,
        wide_rows=wide_rows,
    )


def upward_share(levels: FloatArray) -> float:
    """Return the share of all movement from value to value that goes up, from 0 to 1."""
    if len(levels) < 3:
        return 0.0
    moves = np.diff(levels)
    return float(np.clip(moves, 0.0, None).sum() / max(np.abs(moves).sum(), LEAST_MOVE))
