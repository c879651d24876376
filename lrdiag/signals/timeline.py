"""A training loss laid out in learning-rate time and measured in its own start level.

Two runs of the same model at different constant rates draw nearly the same curve when the
loss is drawn over the sum of the rates so far. So the rate is judged on that axis: a warmup
is not slow, and a decayed tail is not flat.
"""

from dataclasses import dataclass

import numpy as np

from lrdiag.numerics import FloatArray, median_of, robust_scale
from lrdiag.run import Run

MOST_NOISE_ROWS = 10_000  # of a quarter; more tell it no better
MIN_NOISE_ROWS = 6  # of a quarter; fewer tell no spread
MIN_ROWS = 3  # finite rows below which there is no curve
MOST_ROWS = 250_000  # rows; of longer logs every second or third: spans and slopes are as sure
LARGEST = 1e150  # loss; one beyond counts as this much, so that its square stays finite
MAX_LEVEL = 1e9  # starts; a loss beyond this has blown up, by how much no longer matters
CAPPED = (
    10.0  # starts; mean levels are taken of the loss clipped here, so one row cannot own a span
)
BLOW_UP = 1.3  # first row this far below the median of three: the rise began at step 1
DIGITS = 12  # of the time; else rounding decides on which side of a limit a row falls
MIN_TIME = 1e-9  # a first rate of zero would put the first row at no time at all


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """The finite rows of a training loss.

    Attributes:
        time: Share of the run's learning-rate time (the sum of rate times step spacing) that
            has passed, nondecreasing, 1 at the last finite row; shape (n,).
        level: The loss as a multiple of ``start``, from 0 to 1e9; shape (n,).
        capped: ``level`` cut at 10; shape (n,).
        start: The loss before training did anything, in the loss's own unit.
        noise: Spread from row to row where the curve is calmest, at its beginning or its end;
            starts.
        start_error: Standard error of ``start``, itself one or more such rows; starts.
        clock_steps: Every logged step, finite or not; shape (m,).
        clock_time: The time at each of them, beyond 1 after the last finite row; shape (m,).
    """

    time: FloatArray
    level: FloatArray
    capped: FloatArray
    start: float
    noise: float
    start_error: float
    clock_steps: FloatArray
    clock_time: FloatArray

    def rows(self, low: float, high: float) -> slice:
        """Return the rows with ``low`` < time <= ``high``."""
        first, stop = np.searchsorted(self.time, (low, high), side="right")
        return slice(int(first), int(stop))

    def mean(self, low: float, high: float) -> float:
        """Return the mean capped level from ``low`` to ``high``; interpolated without a row."""
        part = self.capped[self.rows(low, high * (1.0 + 1e-9))]
        return float(part.mean() if len(part) else np.interp(high, self.time, self.capped))

    def time_of(self, steps: FloatArray) -> FloatArray:
        """Return the time at any steps of the run, as for the rows of another series."""
        return np.interp(steps, self.clock_steps, self.clock_time)


def lay_out(run: Run) -> Timeline | None:
    """Lay the finite rows of the training loss out; None with fewer than three of them."""
    if "train_loss" not in run:
        return None
    steps, values = run["train_loss"].steps, run["train_loss"].values
    finite = np.isfinite(values)
    if int(finite.sum()) < MIN_ROWS:
        return None
    loss = np.clip(values[finite], -LARGEST, LARGEST)
    noise = _row_noise(loss)
    start, rows = _start_level(loss, noise)
    every = max(1, len(steps) // MOST_ROWS)
    if every > 1 and int(finite[::every].sum()) >= MIN_ROWS:
        steps, values, finite = steps[::every], values[::every], finite[::every]
    clock = _learning_rate_time(run, steps)
    end = clock[finite][-1]
    if end <= 0.0:
        clock = _elapsed(steps)
        end = clock[finite][-1]
    clock = np.round(clock / end, DIGITS)
    level = np.clip(np.clip(values[finite], -LARGEST, LARGEST) / start, 0.0, MAX_LEVEL)
    return Timeline(
        time=np.maximum(clock[finite], MIN_TIME),
        level=level,
        capped=np.minimum(level, CAPPED),
        start=start,
        noise=min(noise / start, MAX_LEVEL),
        start_error=min(noise / start / float(np.sqrt(rows)), MAX_LEVEL),
        clock_steps=steps,
        clock_time=clock,
    )


def rates_at(run: Run, steps: FloatArray) -> FloatArray | None:
    """Return the logged rate at ``steps``, or None where the log does not tell it."""
    if "lr" not in run:
        return None
    rates = run["lr"].finite()
    usable = rates.values >= 0.0
    if usable.sum() < 2 or rates.values[usable].max() <= 0.0:
        return None
    known, values = rates.steps, rates.values
    if not usable.all():
        known, values = known[usable], values[usable]
    return values if np.array_equal(steps, known) else np.interp(steps, known, values)


def _spacing(steps: FloatArray) -> FloatArray:
    """Return how far each row lies from the one before, the first row by one usual spacing."""
    spacing = np.empty(len(steps))
    np.subtract(steps[1:], steps[:-1], out=spacing[1:])
    spacing[0] = median_of(spacing[1:])
    return spacing


def _elapsed(steps: FloatArray) -> FloatArray:
    """Return the spacing summed up."""
    return np.cumsum(_spacing(steps))


def _learning_rate_time(run: Run, steps: FloatArray) -> FloatArray:
    rates = rates_at(run, steps)
    if rates is None:
        return _elapsed(steps)
    return np.cumsum(_spacing(steps) * rates)


def _row_noise(loss: FloatArray) -> float:
    """Return the spread from row to row, the lesser of the first and the last quarter's."""
    part = min(len(loss) // 4, MOST_NOISE_ROWS)
    if part < MIN_NOISE_ROWS:
        return 0.0
    parts = (loss[:part], loss[-part:])
    return min(robust_scale(np.diff(rows)) for rows in parts) / float(np.sqrt(2.0))


def _start_level(loss: FloatArray, noise: float) -> tuple[float, int]:
    """Return the loss of the untrained model, from the first rows, and from how many of them.

    The median of three withstands one odd batch. A first row well below it is taken instead,
    unless rows like it are common: there the loss rose at once. Where the first rows show no
    trend beyond their noise, the mean of as many of them as show none is the better estimate:
    with small batches, three rows alone can be a third off, and a flat loss would seem to stand
    above its start.
    """
    median = float(np.median(loss[:3]))
    if loss[0] < median / BLOW_UP and not _is_common(float(loss[0]), median, loss, noise):
        return max(float(loss[0]), 1e-12), 1
    mean, rows = median, 2
    size = max(6, len(loss) // 50)
    while len(loss) >= 60 and size <= len(loss) // 8 + 6 and not _has_trend(loss[:size], median):
        mean, rows = float(loss[:size].mean()), size
        size *= 2
    return max(mean, 1e-12), rows


def _is_common(first: float, median: float, loss: FloatArray, noise: float) -> bool:
    head = loss[: max(20, len(loss) // 8)]
    return median - first < 2.0 * noise and bool(np.mean(head[1:] <= first) > 0.1)


def _has_trend(head: FloatArray, median: float) -> bool:
    left, right = head[: len(head) // 2], head[len(head) // 2 :]
    error = np.sqrt(left.var() / len(left) + right.var() / len(right))
    return bool(abs(left.mean() - right.mean()) >= 2.0 * error or head.max() >= 2.5 * median)
