"""How the log itself was written: values that stand still, zeros from nowhere, gaps, smoothing."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from lrdiag.numerics import FloatArray
from lrdiag.run import Series

LONG = 10  # rows of one value; of a shorter stretch nobody asks how lively the others are
AROUND = 10  # nonzero rows on each side of a zero, among which it must stand out
LEAST_NEAR = 0.1  # of their median; 6 runs with 1 to 317 zeros of their own come lower
FAR = 0.01  # of the first level; a loss that came down further may be printed as zero
FIRST = 5  # rows; the first level
MOST_STRETCHES = 50  # of zeros; a log with more is full of them
WINDOW = 100  # rows; a correlation of their changes is off by 0.1
MOST_WINDOWS = 200  # spread over the run; 20 ms
SETTLED = 0.2  # of the rows; the first fall is no noise
TRIM = 0.02  # of the changes of a window on each side: spikes correlate with nothing


@dataclass(frozen=True, slots=True)
class Repeat:
    """The longest stretch of one value.

    Attributes:
        value: That value.
        rows: How many rows it has.
        first: Its first step.
        last: Its last step.
        whole: Whether it is the whole series.
        at_end: Whether it is the end of the series.
        distinct: The share of different values among all other rows; 0 for a short stretch.
    """

    value: float
    rows: int
    first: float
    last: float
    whole: bool
    at_end: bool
    distinct: float


@dataclass(frozen=True, slots=True)
class Zeros:
    """Rows of exactly zero among rows far above it.

    Attributes:
        rows: How many.
        first: The first step of them.
        last: The last step of them.
        near: The median of the rows around them.
        at_end: Whether the series ends with them.
    """

    rows: int
    first: float
    last: float
    near: float
    at_end: bool


def measure_repeat(series: Series) -> Repeat | None:
    """Return the longest stretch of one finite value; None without a finite value."""
    points = series.finite()
    steps, values = points.steps, points.values
    if len(values) == 0:
        return None
    begins = np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))
    lengths = np.diff(np.append(begins, len(values)))
    k = int(np.argmax(lengths))
    first, rows = int(begins[k]), int(lengths[k])
    others = len(values) - rows if rows >= LONG else 0
    kinds = 0
    if others:  # to sort a million values takes 80 ms, and few logs repeat one
        kinds = len(np.unique(np.concatenate((values[:first], values[first + rows :]))))
    return Repeat(
        value=float(values[first]),
        rows=rows,
        first=float(steps[first]),
        last=float(steps[first + rows - 1]),
        whole=rows == len(values),
        at_end=first + rows == len(values),
        distinct=kinds / others if others else 0.0,
    )


def measure_zeros(series: Series) -> Zeros | None:
    """Return the zeros that come from nowhere; None where there are none, or zeros belong."""
    points = series.finite()
    steps, values = points.steps, points.values
    zero = values == 0.0
    if not zero.any() or zero.all():
        return None
    begins = np.flatnonzero(zero & ~np.concatenate(([False], zero[:-1])))
    ends = np.flatnonzero(zero & ~np.concatenate((zero[1:], [False]))) + 1
    if len(begins) > MOST_STRETCHES:
        return None
    rest = values[~zero]
    before = np.cumsum(~zero)[begins]  # nonzero rows before each stretch
    near = [_level_near(rest, int(place)) for place in before]
    if any(level is None for level in near):
        return None
    return Zeros(
        rows=int(zero.sum()),
        first=float(steps[begins[0]]),
        last=float(steps[ends[-1] - 1]),
        near=float(np.median([level for level in near if level is not None])),
        at_end=bool(zero[-1]),
    )


def _level_near(rest: FloatArray, place: int) -> float | None:
    """Return the median of the nonzero rows about a place, None if some come near zero."""
    around = np.abs(rest[max(0, place - AROUND) : place + AROUND])
    level, start = float(np.median(around)), float(np.median(np.abs(rest[:FIRST])))
    least = max(LEAST_NEAR * level, FAR * start)
    return level if len(around) >= AROUND and around.min() >= least else None


def measure_change_correlation(values: FloatArray) -> float | None:
    """Return how a change of the loss goes with the one before it: the median over windows.

    Independent noise gives -0.5, an exponential average with weight a on the past -(1 - a)/2,
    a mean over a moving window 0, and a curve without noise up to 1.

    Args:
        values: Finite; shape (n,).
    """
    rest = values[int(SETTLED * len(values)) :]
    if len(rest) < WINDOW:
        return None
    count = min(len(rest) // WINDOW, MOST_WINDOWS)
    at: NDArray[np.intp] = np.linspace(0, len(rest) - WINDOW, count).astype(np.intp)
    windows = sliding_window_view(rest, WINDOW)[at]
    scale = np.maximum(np.abs(windows).max(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    changes = np.diff(windows / scale, axis=1)
    low, high = np.quantile(changes, (TRIM, 1.0 - TRIM), axis=1, keepdims=True)
    changes = np.clip(changes, low, high)
    changes = changes - changes.mean(axis=1, keepdims=True)
    power = (changes * changes).sum(axis=1)
    product = (changes[:, 1:] * changes[:, :-1]).sum(axis=1)
    moving = power > 0.0
    return float(np.median(product[moving] / power[moving])) if moving.any() else None


def measure_widest_gap(steps: FloatArray) -> tuple[float, float]:
    """Return the two neighbouring steps that lie furthest apart; needs two."""
    k = int(np.argmax(np.diff(steps)))
    return float(steps[k]), float(steps[k + 1])
