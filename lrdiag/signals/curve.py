"""What one loss curve shows: where it starts, how low it comes, how noisy it is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lrdiag.numerics import FloatArray, median_of, robust_scale
from lrdiag.run import Series
from lrdiag.signals.robust import medians, running_median, step_noises

MOST_BINS = 200  # medians that carry the shape; a plateau or a swing is wider than 0.5 % of a run
FEWEST_BINS = 20  # of a log with more rows than ROWS_AS_BINS
ROWS_A_BIN = 10  # rows; a median of ten hides 60 % of the noise
ROWS_AS_BINS = 60  # rows; shorter logs are mostly epoch means, each row its own bin
NOISE_ROWS = 40  # rows; a spread of so many differences is off by 20 %
ZERO_FLOOR = 1e-6  # of the first level; float32 cannot tell a loss that small from zero
NOISE_FLOOR = 1e-3  # of the level; noise-free full-batch curves have none
BLOWN_SHARE = 0.3  # of the first row; the first rows stand so far above it only after a blow-up
BLOWN_NOISES = 8.0  # noises, by which they do; a noisy first row is 3 below by chance
BLOWN_SCATTERS = 2.5  # scatters, by which they do; 60 real ones: 3.3 up, noisy rows: 1.8
END_SHARE = 0.05  # of the rows; the end is their median
HUGE = 1e300  # a loss beyond is taken for this much: differences of two must stay finite
BLOWN_TIMES = 1e6  # the first rows; where half a run stands higher, its noise is the blow-up's
SCATTER_ROWS = 20  # rows; the first ones, whose scatter tells how far one of them can be trusted
SCATTERED = 0.03  # of the level; from there on one row is no start level


@dataclass(frozen=True, slots=True, eq=False)
class Bins:
    """A curve as medians of equally many rows.

    Attributes:
        first: The row at which each bin begins; shape (b + 1,), the last is the row count.
        steps: The middle of each bin; shape (b,).
        level: The median of each bin.
        noise: The white noise around each bin, floored at 0.1 % of the level.
    """

    first: NDArray[np.intp]
    steps: FloatArray
    level: FloatArray
    noise: FloatArray

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def rows(self) -> float:
        """Rows a bin, on average."""
        return float(self.first[-1]) / len(self)

    @property
    def settled(self) -> FloatArray:
        """The level where neighbours agree: medians of three bins where there are enough."""
        return running_median(self.level, 3) if len(self) >= FEWEST_BINS else self.level


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A loss curve, measured. Only its finite points count.

    Attributes:
        steps: The steps of the finite points; shape (n,).
        raw: The loss as logged; shape (n,).
        lost: The steps at which the loss was NaN or infinite.
        bins: The curve as at most 200 medians.
        noise: The white noise of the raw loss: the median over the bins.
        start: The level at the start.
        scatter: How far the first rows lie about their own course, in the loss's unit.
        best: The lowest median of three bins: the lowest of many would be lower by luck. The
            start where the loss blew up at once.
        end: The level of the last twentieth.
    """

    steps: FloatArray
    raw: FloatArray
    lost: FloatArray
    bins: Bins
    noise: float
    start: float
    scatter: float
    best: float
    end: float

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def best_step(self) -> float:
        """The middle of the lowest bin; the first step where the start is lower."""
        if self.best < float(self.bins.settled.min()):
            return float(self.steps[0])
        return float(self.bins.steps[int(np.argmin(self.bins.settled))])

    @property
    def drop(self) -> float:
        """How far the curve fell from its start to its best; 0 if it never fell."""
        return max(0.0, self.start - self.best)

    @property
    def rebound(self) -> float:
        """How far the end stands above the best."""
        return max(0.0, self.end - self.best)

    @property
    def end_noise(self) -> float:
        """The white noise of the last fifth."""
        return float(np.median(self.bins.noise[-max(1, len(self.bins) // 5) :]))

    @property
    def span(self) -> tuple[float, float]:
        """The first and the last finite step."""
        return float(self.steps[0]), float(self.steps[-1])

    def share(self, step: float) -> float:
        """Return where a step lies in the run: 0 at its first, 1 at its last."""
        first, last = self.span
        return (step - first) / (last - first) if last > first else 0.0


def measure_curve(series: Series) -> Curve:
    """Measure a loss curve.

    Raises:
        ValueError: No value is finite; Signals asks before it measures.
    """
    finite = np.isfinite(series.values)
    steps, raw = series.steps, series.values
    if not finite.all():
        steps, raw = steps[finite], raw[finite]
    if len(raw) == 0:
        raise ValueError("A curve has at least one finite value.")
    if raw.max() > HUGE or raw.min() < -HUGE:
        raw = np.clip(raw, -HUGE, HUGE)
    bins = measure_bins(steps, raw)
    noise, scatter = _usual_noise(bins, raw), measure_scatter(raw)
    start, blown = _start_level(raw, noise, scatter)
    best = float(bins.settled.min())
    return Curve(
        steps=steps,
        raw=raw,
        lost=series.steps[~finite],
        bins=bins,
        noise=noise,
        start=start,
        scatter=scatter,
        best=min(best, start) if blown else best,
        end=median_of(raw[-_end_rows(len(raw)) :]),
    )


def measure_bins(steps: FloatArray, raw: FloatArray) -> Bins:
    """Cut a curve into bins of equally many rows and take the median of each."""
    n = len(raw)
    count = n if n <= ROWS_AS_BINS else int(np.clip(n // ROWS_A_BIN, FEWEST_BINS, MOST_BINS))
    first = np.linspace(0, n, count + 1).astype(np.intp)
    level = medians(raw, first[:-1], first[1:])
    middle = steps[(first[:-1] + first[1:]) // 2]
    around = max(0, int(np.ceil((NOISE_ROWS * count / n - 1.0) / 2.0)))
    bins = np.arange(count)
    begin, end = np.maximum(bins - around, 0), np.minimum(bins + around + 1, count)
    noise = step_noises(raw, first[begin], first[end])
    return Bins(
        first=first,
        steps=middle,
        level=level,
        noise=np.maximum(noise, np.maximum(NOISE_FLOOR * np.abs(level), _least_noise(level))),
    )


def _least_noise(level: FloatArray) -> float:
    """Return a noise above zero for a loss that is exactly zero in places."""
    return max(ZERO_FLOOR * abs(float(level[0])), float(np.finfo(np.float64).tiny))


def measure_scatter(raw: FloatArray) -> float:
    """Return how far the first rows lie about their running median: 0 where they only climb."""
    first = raw[:SCATTER_ROWS]
    return robust_scale(first - running_median(first, 5))


def _usual_noise(bins: Bins, raw: FloatArray) -> float:
    """Return the median noise; where half of the run has blown up, that of the first level."""
    noise, level = float(np.median(bins.noise)), np.abs(bins.level)
    first = float(np.abs(raw[:3]).max())
    if first == 0.0 or float(np.median(level)) <= BLOWN_TIMES * first:
        return noise
    share = np.minimum(bins.noise, level)[level > 0.0] / level[level > 0.0]
    return max(float(np.median(share)) * abs(float(raw[0])), _least_noise(raw))


def _end_rows(n: int) -> int:
    return min(n, max(3, round(END_SHARE * n)))


def _start_level(raw: FloatArray, noise: float, scatter: float) -> tuple[float, bool]:
    """Return the level before the first update did anything, and whether the loss blew up at once.

    The first hundredth of the rows, or the first row alone where the loss blew up. Where the
    rows scatter and happen to begin low, their median.
    """
    level = float(np.median(raw[: int(np.clip(len(raw) // 100, 1, 20))]))
    early = max(level, float(np.median(raw[:3])))
    least = max(BLOWN_SHARE * abs(raw[0]), BLOWN_NOISES * noise, BLOWN_SCATTERS * scatter)
    if early - raw[0] > least:
        return float(raw[0]), True
    usual = float(np.median(raw[:5]))
    if max(noise, scatter) > SCATTERED * abs(usual):
        level = max(level, usual)
    return level, False
