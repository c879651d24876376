"""When the loss made its progress, and whether it still makes any."""

from dataclasses import dataclass

import numpy as np

from lrdiag.numerics import FloatArray
from lrdiag.signals.curve import Curve
from lrdiag.signals.robust import Slope, fit_slope, medians

TAIL = 0.3  # of the rows; the part whose trend says whether training goes on
TAIL_BINS = 60
TAIL_ROWS_A_BIN = 3


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """The course of a loss over learning-rate time.

    Attributes:
        half: Share of the learning-rate time until half of the drop was made.
        half_steps: The same as a share of the steps.
        most: Share of the learning-rate time until nine tenths were made.
        fall: How far the last fifth lies below the start, in the loss's unit.
        trend: The slope over the whole run, as change a whole run.
        tail: The slope over the last three tenths of the rows, as change a whole run.
        tail_from: The step at which that tail begins.
        tail_noise: One noise of one row in it.
        straight: How far the middle of the run lies above the line from start to end, as a
            share of the drop: 0 for a line, -0.5 for a fast start, 0.5 for a late fall.
    """

    half: float
    half_steps: float
    most: float
    fall: float
    trend: Slope
    tail: Slope
    tail_from: float
    tail_noise: float
    straight: float

    @property
    def tail_gain(self) -> float:
        """How far the loss falls over the tail, by its trend; negative where it rises."""
        return -self.tail.value * TAIL


def measure_progress(curve: Curve, time: FloatArray) -> Progress:
    """Measure the progress of a curve.

    Args:
        curve: At least four finite points.
        time: Share of the learning-rate time at each bin.
    """
    bins = curve.bins
    lowest = np.minimum.accumulate(bins.settled)
    first, last = curve.span
    share = (bins.steps - first) / (last - first)
    tail_row = int(len(curve) * (1.0 - TAIL))
    tail_steps, tail_level = _tail_bins(curve.steps[tail_row:], curve.raw[tail_row:])
    middle = float(np.interp(0.5, share, bins.settled))
    line = (curve.start + curve.end) / 2.0
    return Progress(
        half=_time_to(0.5, curve, lowest, time),
        half_steps=_time_to(0.5, curve, lowest, share),
        most=_time_to(0.9, curve, lowest, time),
        fall=curve.start - float(np.median(bins.level[-max(1, len(bins) // 5) :])),
        trend=fit_slope(share, bins.level),
        tail=fit_slope((tail_steps - first) / (last - first), tail_level),
        tail_from=float(curve.steps[tail_row]),
        tail_noise=curve.end_noise,
        straight=(middle - line) / curve.drop if curve.drop > 0.0 else 0.0,
    )


def _time_to(share: float, curve: Curve, lowest: FloatArray, time: FloatArray) -> float:
    reached = np.flatnonzero(lowest <= curve.start - share * curve.drop)
    return float(time[reached[0]]) if len(reached) else 1.0


def _tail_bins(steps: FloatArray, raw: FloatArray) -> tuple[FloatArray, FloatArray]:
    count = int(np.clip(len(raw) // TAIL_ROWS_A_BIN, min(len(raw), 4), TAIL_BINS))
    edges = np.linspace(0, len(raw), count + 1).astype(np.intp)
    starts, ends = edges[:-1], edges[1:]
    return steps[(starts + ends) // 2], medians(raw, starts, ends)
