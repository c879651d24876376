"""What the learning rate did: its peak, its warmup, its decay, its jumps."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from lrdiag.numerics import BoolArray, FloatArray, row_medians
from lrdiag.run import Series

AT_PEAK = 0.98  # of the peak; where a warmup has ended
CONSTANT = 1.05  # largest rate over smallest; below, nobody scheduled it
RAISED = 1.5  # times; a rate that rises so much within JUMP_SHARE has jumped
JUMP_SHARE = 0.01  # of the rows
REST = 0.1  # of the rows, for which a rate rests before somebody raises it
STAY = 0.05  # of the rows, for which it stays raised; a slip lasts some rows
TAIL = 0.1  # of the steps, over which a rate falls or rests
STILL = 0.995  # of the rate a tail ago; a cosine falls by more from its first twentieth on
ENDED = 0.3  # of the peak; cosine, linear and step schedules end at a tenth or below
CALM_ROWS = 5  # rows; a rate that leaves their median for one row or two is a slip, no schedule
MIN_ROWS = 20  # rows; fewer are taken as they are


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """A learning-rate schedule, measured.

    Attributes:
        steps: The steps of the learning rate; shape (n,).
        lr: The learning rate without slips; shape (n,).
        peak: Its highest value.
        last: Its last value.
        warmup_end: The first step at the peak.
        decay_start: The last step at the peak.
        constant: Whether it never changes by more than 5 %.
        jumps: The steps at which it rises at once after the warmup: warm restarts, and rates
            that somebody raised.
        slips: The steps at which the logged rate stands far above its neighbours' for a row.
        slip: The highest such rate; the peak without one.
    """

    steps: FloatArray
    lr: FloatArray
    peak: float
    last: float
    warmup_end: float
    decay_start: float
    constant: bool
    jumps: FloatArray
    slips: FloatArray
    slip: float

    @property
    def left(self) -> float:
        """The last rate as a share of the peak."""
        return self.last / self.peak if self.peak > 0.0 else 1.0

    @property
    def unfinished(self) -> bool:
        """Whether the rate still falls from a height where no schedule ends."""
        before = float(
            self.at(np.array([self.steps[-1] - TAIL * (self.steps[-1] - self.steps[0])]))[0]
        )
        return self.left > ENDED and self.last < STILL * before

    def at(self, steps: FloatArray) -> FloatArray:
        """Return the rate at these steps, interpolated."""
        return np.interp(steps, self.steps, self.lr)

    def lowest(self, first: float, last: float) -> float:
        """Return the lowest rate between two steps as a share of the peak."""
        inside = (self.steps >= first) & (self.steps <= last)
        low = float(self.lr[inside].min()) if inside.any() else float(self.at(np.array([first]))[0])
        return low / self.peak if self.peak > 0.0 else 1.0


def measure_schedule(series: Series) -> Schedule | None:
    """Measure a schedule; None where no rate is a positive number."""
    points = series.finite()
    if len(points) == 0 or not np.any(points.values > 0.0):
        return None
    raw, steps = points.values, points.steps
    lr = _without_slips(raw) if len(raw) >= MIN_ROWS else raw
    if not np.any(lr > 0.0):
        return None
    slipped = raw > RAISED * np.maximum(lr, 0.0)
    peak = float(raw[raw <= CONSTANT * lr.max()].max())
    at_peak = np.flatnonzero(lr >= min(AT_PEAK * peak, float(lr.max())))
    return Schedule(
        steps=steps,
        lr=lr,
        peak=peak,
        last=float(lr[-1]),
        warmup_end=float(steps[at_peak[0]]),
        decay_start=float(steps[at_peak[-1]]),
        constant=bool(lr.min() > 0.0 and peak / lr.min() < CONSTANT),
        jumps=_find_jumps(steps, lr),
        slips=steps[slipped & (raw > CONSTANT * peak)],
        slip=max(peak, float(raw.max())),
    )


def _without_slips(raw: FloatArray) -> FloatArray:
    """Return the running median: the rate itself wherever its neighbours only rise or only fall.

    That is nearly everywhere, and to sort a million times five rates takes 40 ms.
    """
    padded = np.pad(raw, CALM_ROWS // 2, mode="edge")
    windows = sliding_window_view(padded, CALM_ROWS)
    rises, falls = padded[1:] >= padded[:-1], padded[1:] <= padded[:-1]
    turns = np.flatnonzero(~(_all_around(rises) | _all_around(falls)))
    lr = raw.copy()
    lr[turns] = row_medians(windows[turns])
    return lr


def _all_around(changes: BoolArray) -> BoolArray:
    """Say for each row whether all changes among its CALM_ROWS neighbours are so."""
    count = len(changes) - CALM_ROWS + 2
    around: BoolArray = changes[:count].copy()
    for k in range(1, CALM_ROWS - 1):
        around &= changes[k : k + count]
    return around


def _find_jumps(steps: FloatArray, lr: FloatArray) -> FloatArray:
    """Return where the rate rises by half within a hundredth of the run, after it fell or rested.

    A rate that rested must stay up for a while, or it slipped; a warmup in stairs rests less.
    """
    reach = max(1, int(JUMP_SHARE * len(lr)))
    if len(lr) <= reach:
        return steps[:0]
    risen = lr[reach:] > RAISED * np.maximum(lr[:-reach], 0.0)
    fallen = lr[:-reach] < np.maximum.accumulate(lr)[:-reach] / RAISED
    at = _first_of_each(np.flatnonzero(risen & fallen), reach)
    rested = [
        row
        for row in _first_of_each(np.flatnonzero(risen & ~fallen), reach)
        if _rests_and_stays(lr, int(row), reach)
    ]
    return steps[np.unique(np.concatenate((at, np.array(rested, dtype=np.intp)))) + reach]


def _first_of_each(rows: NDArray[np.intp], reach: int) -> NDArray[np.intp]:
    """Return the first of each group of rows that lie within ``reach`` of their neighbours."""
    return rows[np.diff(rows, prepend=-reach - 1) > reach]


def _rests_and_stays(lr: FloatArray, row: int, reach: int) -> bool:
    """Whether the rate rests up to a row, and stays up from ``reach`` rows later on."""
    before = lr[row - max(1, round(REST * len(lr))) : row + 1] if row >= REST * len(lr) else lr[:0]
    after = lr[row + reach : row + reach + max(2, round(STAY * len(lr)))]
    if len(before) == 0 or before.min() <= 0.0 or before.max() > CONSTANT * before.min():
        return False
    return bool(after.min() > RAISED * lr[row])


def lr_time(steps: FloatArray, schedule: Schedule | None) -> FloatArray:
    """Return how much learning-rate time has passed at each step, as a share of the whole.

    Learning-rate time is the sum of the rates, so that a warmup is short and a decayed tail
    is short too; without a rate, it is the steps themselves.
    """
    lr = np.ones(len(steps)) if schedule is None else np.maximum(schedule.at(steps), 0.0)
    passed = np.concatenate(([0.0], np.cumsum(lr[1:] * np.diff(steps))))
    return passed / passed[-1] if passed[-1] > 0.0 else np.linspace(0.0, 1.0, len(steps))
