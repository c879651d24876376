"""The line through a noisy curve: a centred median, which no spike can drag, then a mean.

It is computed on every logged value before anything is thinned; a line through thinned
points would follow the extremes that thinning keeps.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from lrdiag.numerics import BoolArray, FloatArray

FEW = 60  # values; a log of epochs is read point by point and is not smoothed
PER_ROOT = 0.4  # width 9 at 500 values, 29 at 5,000, 401 at 1,000,000: noise on screen stays alike
EXACT = 4_000_000  # values looked at; beyond, every eighth of a window is measured, the rest joined
CHUNK = 1_000_000  # values held at once, 8 MB


def choose_width(n: int) -> int:
    """Return the odd number of values that the line of a run of ``n`` values averages."""
    return 1 if n < FEW else _odd(PER_ROOT * n**0.5)


def list_widths(n: int) -> tuple[int, ...]:
    """Return the widths to choose from: none (1), the default, and others up to n / 10."""
    default = choose_width(n)
    widths = {1, default}
    width = 3.0
    while width <= max(n / 10, min(9, n / 4)):
        if not 0.75 < width / default < 1.33:
            widths.add(_odd(width))
        width *= 1.6
    return tuple(sorted(widths))


def smooth_values(values: FloatArray, width: int) -> FloatArray:
    """Return the centred running median of ``values``, then its centred mean of half the width.

    Windows shrink at both ends and hold finite values only. Where a value is not finite the
    result is NaN: a gap stays a gap. Runs of more than EXACT / ``width`` values are measured
    at every eighth of a window and joined by straight lines (1M values: about 0.2 s).

    Args:
        values: As logged; shape (n,).
        width: Values a window, made odd; 1 leaves the values alone.
    """
    finite = np.isfinite(values)
    gaps = np.where(finite, values, np.nan)
    width = _odd(width)
    if width <= 1 or not finite.any():
        return gaps
    n = len(values)
    stride = 1 if n * width <= EXACT else max(1, width // 8)
    centres = np.unique(np.append(np.arange(0, n, stride), n - 1))
    line = _over_windows(gaps, centres, width // 2, median=True)
    line = _over_windows(line, np.arange(len(line)), width // 4 // stride, median=False)
    if stride > 1:
        known = np.isfinite(line)
        if not known.any():  # as of losses near the largest float, whose sums are infinite
            return np.full(n, np.nan)
        line = np.interp(np.arange(n), centres[known], line[known])
    return np.where(finite, line, np.nan)


def _over_windows(
    values: FloatArray,
    centres: np.ndarray[tuple[int], np.dtype[np.intp]],
    half: int,
    *,
    median: bool,
) -> FloatArray:
    if half == 0:
        return values[centres]
    edge = np.full(half, np.nan)
    windows = sliding_window_view(np.concatenate((edge, values, edge)), 2 * half + 1)
    out = np.empty(len(centres))
    rows = max(1, CHUNK // (2 * half + 1))
    for start in range(0, len(centres), rows):
        part = windows[centres[start : start + rows]]
        known = np.isfinite(part)
        out[start : start + rows] = _medians(part, known) if median else _means(part, known)
    return out


def _medians(rows: FloatArray, known: BoolArray) -> FloatArray:
    half = rows.shape[1] // 2
    if known.all():
        return np.asarray(np.partition(rows, half, axis=1)[:, half], dtype=np.float64)
    out = np.empty(len(rows))
    full = known.all(axis=1)
    out[full] = np.partition(rows[full], half, axis=1)[:, half]
    ordered = np.sort(rows[~full], axis=1)  # NaN goes to the end
    counts = known[~full].sum(axis=1)
    low = np.take_along_axis(ordered, np.maximum(counts - 1, 0)[:, None] // 2, axis=1)
    high = np.take_along_axis(ordered, counts[:, None] // 2, axis=1)
    out[~full] = np.where(counts > 0, low[:, 0] / 2 + high[:, 0] / 2, np.nan)
    return out


def _means(rows: FloatArray, known: BoolArray) -> FloatArray:
    counts = known.sum(axis=1)
    with np.errstate(over="ignore"):  # losses near 1e308 overflow to a gap, not to a warning
        totals = np.where(known, rows, 0.0).sum(axis=1)
    return np.where((counts > 0) & np.isfinite(totals), totals / np.maximum(counts, 1), np.nan)


def _odd(width: float) -> int:
    return 2 * (int(width) // 2) + 1
