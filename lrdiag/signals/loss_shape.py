"""How the training loss went: overshoot, pace and unfinished fall."""

from dataclasses import dataclass

import numpy as np

from lrdiag.numerics import FloatArray, median_of, robust_scale, row_medians
from lrdiag.signals.spans import HEAD, LEAST_DROP, Spans, cut_into_spans, upward_share
from lrdiag.signals.timeline import Timeline

LATE = 0.6  # the last 40 % of the time: noise and tails are measured there
SETTLED = 0.35  # from here on the fall is drawn against the logarithm of time
NOISE_ROWS = 5_000  # a sliding median at this many places tells the noise of any log
NOISY_DROP = 0.1  # starts; divisor of noises, which a fall too small to see would blow up
ERRORS = 2.0  # standard errors by which a level has to stand above the start
MAX_SHORT = 3.0  # decades; how far a fall that never came is extrapolated


@dataclass(frozen=True, slots=True)
class LossShape:
    """How the training loss went.

    Attributes:
        overshoot: Highest span level, less two standard errors; decades above the start.
        early_overshoot: The same within the first tenth of the time.
        late_overshoot: The same after it: what did not recover at once.
        jump: Highest single row within the first 5 % of the time; decades above the start.
        highest: Highest single row; decades above the start.
        best: Lowest level over three spans, with two standard errors; starts.
        end: Level of the last tenth; starts.
        rise: Rise from best to end, in drops from start to best.
        time_to_5: Time at which the level first is 5 % below the start; decades of the run.
            Above zero where it is not reached: so many decades short at the pace so far.
        time_to_20: The same for 20 %.
        time_to_35: The same for 35 %.
        time_to_50: The same for 50 %.
        half_gain: Share of the whole gain made in the last half.
        quarters_gain: Share of the whole gain made in the last three quarters.
        time_to_half_gain: Time at which half of the gain was made; share of the run.
        slope_per_noise: Fall for each e-fold of time at the end, in noises about that line.
        slope_per_level: Fall for each e-fold of time at the end, in final levels.
        slope_change: Steepening (negative) or flattening of that fall, from -1 to 1.
        late_skew: Mean less median of the late rows, in drops: a heavy upper tail.
        late_noise: Robust spread about the sliding median, late, in drops.
        reversals: Share of all movement between spans that goes up.
        late_reversals: Share of all movement from row to row, in the last two thirds of the
            rows, that goes up.
        first_gain: Share of the fall from the first row to the best that the second row shows;
            negative where it rises at once.
        tenth_gain: Share of that fall, in logarithms, made in the first tenth of the rows.
    """

    overshoot: float
    early_overshoot: float
    late_overshoot: float
    jump: float
    highest: float
    best: float
    end: float
    rise: float
    time_to_5: float
    time_to_20: float
    time_to_35: float
    time_to_50: float
    half_gain: float
    quarters_gain: float
    time_to_half_gain: float
    slope_per_noise: float
    slope_per_level: float
    slope_change: float
    late_skew: float
    late_noise: float
    reversals: float
    late_reversals: float
    first_gain: float
    tenth_gain: float


def measure_loss_shape(line: Timeline) -> LossShape:
    """Return the shape of the training loss laid out on learning-rate time."""
    spans = cut_into_spans(line)
    late = _late_rows(line)
    end = line.mean(0.9, 1.0)
    best = min(_lowest(line, spans), end)
    drop = max(1.0 - best, LEAST_DROP)
    fall = max(drop, NOISY_DROP)
    reached = _Falls(line, spans, best, late)
    slope, spread = _slope_against_log_time(line, SETTLED, 1.0)
    tail = line.capped[late]
    level = _surely(line, spans)
    return LossShape(
        overshoot=_decades(level.max()),
        early_overshoot=_decades(level[spans.time <= 0.1].max(initial=0.0), empty=1.0),
        late_overshoot=_decades(level[spans.time > 0.1].max(initial=0.0)),
        jump=_decades(line.level[_head(line)].max()),
        highest=_decades(line.level.max()),
        best=best,
        end=end,
        rise=(end - best) / drop,
        time_to_5=reached.time_to(0.05),
        time_to_20=reached.time_to(0.20),
        time_to_35=reached.time_to(0.35),
        time_to_50=reached.time_to(0.50),
        half_gain=_gain_since(line, 0.5),
        quarters_gain=_gain_since(line, 0.25),
        time_to_half_gain=reached.time_to_half_gain(),
        slope_per_noise=float(np.clip(slope / max(spread, 1e-4), -3.0, 20.0)),
        slope_per_level=float(np.clip(slope / max(end, 1e-3), -3.0, 6.0)),
        slope_change=_slope_change(line, slope),
        late_skew=float(np.clip((tail.mean() - median_of(tail)) / fall, -1.0, 2.0)),
        late_noise=min(_noise(line.level, late) / fall, 3.0),
        reversals=upward_share(spans.level[spans.time > 0.1]),
        late_reversals=upward_share(line.capped[len(line.capped) // 3 :]),
        first_gain=_first_gain(line, best),
        tenth_gain=_tenth_gain(line, best),
    )


def _surely(line: Timeline, spans: Spans) -> FloatArray:
    """Return the span levels, those above the start less what noise makes of it."""
    error = np.sqrt(line.noise**2 / spans.rows + line.start_error**2)
    return np.where(spans.level > 1.0, np.maximum(spans.level - ERRORS * error, 1.0), spans.level)


def _decades(level: float, *, empty: float = 1e-3) -> float:
    """Return log10 of a level; that of ``empty`` where there was no row (level 0)."""
    return float(np.log10(max(level, 1e-3) if level > 0.0 else empty))


def _head(line: Timeline) -> slice:
    """Return the rows within the first 5 % of the time, at least five."""
    return slice(0, max(5, line.rows(0.0, HEAD).stop))


def _late_rows(line: Timeline) -> slice:
    total = len(line.level)
    first = line.rows(LATE, 2.0).start
    return slice(first, total) if total - first >= 4 else slice(total - max(4, total // 3), total)


def _at_most(line: Timeline, spans: Spans) -> FloatArray:
    """Return the wide levels, those below the start with what noise may have taken from it."""
    error = line.noise / np.sqrt(spans.wide_rows)
    most = np.minimum(spans.wide + ERRORS * error, 1.0)
    return np.where(spans.wide < 1.0, most, spans.wide)


def _lowest(line: Timeline, spans: Spans) -> float:
    trusted = spans.wide_rows >= min(8, len(line.level) // 4)
    level = _at_most(line, spans)
    return float(level[trusted].min() if trusted.any() else level.min())


class _Falls:
    """When the loss had fallen by how much."""

    def __init__(self, line: Timeline, spans: Spans, best: float, late: slice) -> None:
        total = len(line.level)
        trusted = spans.wide_rows >= min(4, total // 8)
        level = _at_most(line, spans)
        self._lowest = np.minimum.accumulate(np.where(trusted, level, np.maximum(level, 1.0)))
        self._time = spans.time
        self._best = best
        last = max(1, total - line.rows(0.9, 2.0).start)
        self._error = max(float(line.capped[late].std()), 1e-6) / np.sqrt(last)

    def time_to(self, fall: float) -> float:
        """Return the time at which the level was ``fall`` below the start; decades."""
        hits = np.flatnonzero(self._lowest <= 1.0 - fall)
        if len(hits):
            return float(np.log10(self._time[hits[0]]))
        so_far = max(1.0 - self._best, 2.0 * self._error, 1e-4)
        return float(np.clip(np.log10(fall / so_far), 0.02, MAX_SHORT))

    def time_to_half_gain(self) -> float:
        """Return the share of the time at which half of the drop to the best was made."""
        hits = np.flatnonzero(self._lowest <= 1.0 - 0.5 * (1.0 - self._best) + 1e-9)
        return float(self._time[hits[0]]) if len(hits) else 1.0


def _gain_since(line: Timeline, moment: float) -> float:
    """Return the share of the whole gain that was made after ``moment`` of the time."""
    final = line.mean(0.8, 1.0)
    then = line.mean(0.8 * moment, moment)
    return float(np.clip((then - final) / max(1.0 - final, LEAST_DROP), -1.0, 2.0))


def _slope_against_log_time(line: Timeline, low: float, high: float) -> tuple[float, float]:
    """Return the fall for each e-fold of time and the spread about it; (0, 1) with few rows."""
    part = line.rows(low, high)
    if part.stop - part.start <= 3:
        return 0.0, 1.0
    x = np.log(line.time[part])
    x -= x.mean()
    y = line.capped[part] - line.capped[part].mean()
    slope = float((x * y).mean()) / max(float((x * x).mean()), 1e-12)
    return -slope, float((y - slope * x).std())


def _slope_change(line: Timeline, late_fall: float) -> float:
    part = line.rows(0.12, SETTLED)
    if part.stop - part.start <= 3:
        return 0.0
    early_fall, _ = _slope_against_log_time(line, 0.12, SETTLED)
    size = max(abs(early_fall) + abs(late_fall), 3e-3)
    return float(np.clip((late_fall - early_fall) / size, -1.0, 1.0))


def _noise(level: FloatArray, late: slice) -> float:
    """Return the spread of the late rows about their sliding median, in starts."""
    total = len(level)
    width = int(np.clip(total // 20, 3, 51)) | 1
    padded = np.pad(level, width // 2, mode="edge")
    every = max(1, (late.stop - late.start) // NOISE_ROWS)
    windows = np.lib.stride_tricks.sliding_window_view(padded, width)[late][::every]
    residual = level[late][::every] - row_medians(windows)
    return robust_scale(residual) if len(residual) > 3 else 0.0


def _first_gain(line: Timeline, best: float) -> float:
    first, second = max(float(line.capped[0]), 1e-4), float(line.capped[1])
    return float(np.clip((first - second) / max(first - best, LEAST_DROP * first), -1.0, 1.5))


def _tenth_gain(line: Timeline, best: float) -> float:
    first = max(float(line.capped[0]), 1e-4)
    tenth = min(max(1, round(0.1 * len(line.capped))), len(line.capped) - 1)
    then = max(float(line.capped[max(1, tenth - tenth // 5) : tenth + 1].mean()), 1e-9)
    whole = max(float(np.log(first / max(best, 1e-4 * first))), LEAST_DROP)
    return float(np.clip(np.log(first / then) / whole, -1.0, 1.5))
