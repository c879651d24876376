"""Statistics that a few outliers do not move, on at most some hundred points each."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from lrdiag.numerics import FloatArray, median_of, row_medians

NORMAL_975 = 1.96  # standard deviations; two-sided 95 %
MOST_POINTS = 400  # of a Theil-Sen fit: 80,000 pairs, 3 ms
MOST_CHANGES = 1_000  # of a stretch; the spread of so many is off by 4 %


@dataclass(frozen=True, slots=True)
class Slope:
    """A trend with its 95 % interval.

    Attributes:
        value: The slope, y units an x unit.
        low: Lower end of the interval.
        high: Upper end of the interval.
    """

    value: float
    low: float
    high: float

    @property
    def falls(self) -> bool:
        """Whether the whole interval lies below zero."""
        return self.high < 0.0

    @property
    def rises(self) -> bool:
        """Whether the whole interval lies above zero."""
        return self.low > 0.0


def fit_slope(x: FloatArray, y: FloatArray) -> Slope:
    """Fit a line by the median of all pairwise slopes.

    The estimate is Theil's and Sen's; the interval is the order statistics that Kendall's
    variance names (Sen 1968, Journal of the American Statistical Association 63).

    Args:
        x: Strictly increasing; shape (n,), n at least 2.
        y: Finite; shape (n,).
    """
    if len(x) > MOST_POINTS:
        keep = np.linspace(0, len(x) - 1, MOST_POINTS).astype(np.intp)
        x, y = x[keep], y[keep]
    first, second = np.triu_indices(len(x), k=1)
    slopes = np.sort((y[second] - y[first]) / (x[second] - x[first]))
    n, pairs = len(x), len(slopes)
    spread = NORMAL_975 * np.sqrt(n * (n - 1) * (2 * n + 5) / 18.0)
    low = int(np.clip((pairs - spread) / 2.0, 0, pairs - 1))
    high = int(np.clip((pairs + spread) / 2.0, 0, pairs - 1))
    return Slope(float(np.median(slopes)), float(slopes[low]), float(slopes[high]))


def kendall_tau(values: FloatArray) -> float:
    """Return the trend of ``values``: 1 if every later value is higher, -1 if lower."""
    if len(values) < 2:
        return 0.0
    if len(values) > MOST_POINTS:
        values = values[np.linspace(0, len(values) - 1, MOST_POINTS).astype(np.intp)]
    first, second = np.triu_indices(len(values), k=1)
    return float(np.mean(np.sign(values[second] - values[first])))


def running_median(values: FloatArray, width: int) -> FloatArray:
    """Return the median of each ``width`` neighbours; odd width, ends padded with the end value."""
    if width < 2 or len(values) == 0:
        return values
    padded = np.pad(values, width // 2, mode="edge")
    return row_medians(sliding_window_view(padded, width))


def medians(values: FloatArray, first: NDArray[np.intp], last: NDArray[np.intp]) -> FloatArray:
    """Return the median of each stretch ``values[first[k]:last[k]]``, none of them empty.

    All stretches of one length are sorted at once: a call of its own costs 30 µs for each.
    """
    found = np.empty(len(first))
    for mine, windows in _stretches(values, first, last):
        found[mine] = row_medians(windows[first[mine]])
    return found


def step_noises(values: FloatArray, first: NDArray[np.intp], last: NDArray[np.intp]) -> FloatArray:
    """Return the ``step_noise`` of each stretch, of long ones by some of their changes."""
    found = np.zeros(len(first))
    for mine, windows in _stretches(values, first, last):
        length = windows.shape[1]
        if length < 3:
            continue
        every = max(1, (length - 1) // MOST_CHANGES)
        steps = windows[first[mine], 1::every] - windows[first[mine], :-1:every]
        spread = row_medians(np.abs(steps - row_medians(steps)[:, np.newaxis]))
        found[mine] = 1.4826 * spread / np.sqrt(2.0)
    return found


def _stretches(
    values: FloatArray, first: NDArray[np.intp], last: NDArray[np.intp]
) -> Iterator[tuple[NDArray[np.intp], FloatArray]]:
    """Yield, for each length, the stretches that have it and a view of all windows so long."""
    lengths = last - first
    for length in np.unique(lengths):
        yield np.flatnonzero(lengths == length), sliding_window_view(values, int(length))


def step_noise(values: FloatArray) -> float:
    """Return the standard deviation of white noise that neighbours differ by.

    Differences forget the course of the curve; their median absolute deviation forgets spikes.
    """
    if len(values) < 3:
        return 0.0
    steps = np.diff(values)
    return 1.4826 * median_of(np.abs(steps - median_of(steps))) / float(np.sqrt(2.0))
