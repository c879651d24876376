"""The shape of a run: overshoot, pace and unfinished fall, each as one scale-free number.

These numbers are what the advice weighs. None changes when the loss is multiplied or the
steps are stretched. Time is learning-rate time (see ``timeline``), levels are multiples of
the start level, "decades" are powers of ten.
"""

from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np

from lrdiag.numerics import BoolArray, FloatArray, robust_scale
from lrdiag.run import Run
from lrdiag.signals.timeline import Timeline, lay_out, rates_at

SPAN_RATIO = 0.75  # each span is a third longer than the one before: 28 spans cover 3.4 decades
FIRST_SPAN = 5e-4  # share of the time; what comes before is one span
LATE = 0.6  # the last 40 % of the time: noise and tails are measured there
SETTLED = 0.35  # from here on the fall is drawn against the logarithm of time
HEAD = 0.05  # the first 5 % of the time, in which an overshoot of the first steps lies
NOISE_ROWS = 20_000  # a sliding median at this many places tells the noise of any log
MANY_ROWS = 200  # rows; block means of 100 rows still gave 21 % false alarms on the card for steps
LEAST_DROP = 0.02  # starts; divisor where the loss has not fallen
MAX_SHORT = 3.0  # decades; how far a fall that never came is extrapolated


@dataclass(frozen=True, slots=True)
class LossShape:
    """How the training loss went.

    Attributes:
        overshoot: Highest span level; decades above the start.
        early_overshoot: The same within the first tenth of the time.
        late_overshoot: The same after it: what did not recover at once.
        jump: Highest single row within the first 5 % of the time; decades above the start.
        highest: Highest single row; decades above the start.
        best: Lowest level over three spans; starts.
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


@dataclass(frozen=True, slots=True)
class ValShape:
    """How the validation loss went, in starts of the training loss.

    Gains and noise are in drops from the first training or validation loss to the best
    validation.

    Attributes:
        val_best_place: Place of the best validation; share of the validations.
        val_best: Best validation; starts.
        val_reversals: Share of all movement that goes up.
        val_swing: Largest change from one validation to the next in the last two thirds, in
            drops from the start to the best.
        val_highest: Highest validation; decades above the first training loss.
        val_early_gain: Gain within the first tenth of the validations.
        val_last_gain: Gain within the last fifth.
        val_noise: Robust spread about a straight line through neighbours, late.
    """

    val_best_place: float
    val_best: float
    val_reversals: float
    val_swing: float
    val_highest: float
    val_early_gain: float
    val_last_gain: float
    val_noise: float


@dataclass(frozen=True, slots=True)
class GradShape:
    """How the gradient norm went, in decades above its start.

    Attributes:
        grad_jump: Largest norm within the first 5 % of the time.
        grad_highest: Largest norm.
        grad_peak: Highest median over a span.
        grad_end: Median of the last fifth.
        grad_per_loss: The same, less the decades that the loss fell.
    """

    grad_jump: float
    grad_highest: float
    grad_peak: float
    grad_end: float
    grad_per_loss: float


@dataclass(frozen=True, slots=True)
class ShapeSignals:
    """The shape of one run.

    Attributes:
        rows: Number of finite rows of the training loss.
        nonfinite: Number of rows that are not.
        ends_nonfinite: Whether the last rows are not finite.
        varies: Whether the loss moves and is positive, so that ratios of levels mean something.
        means: Whether each row is likely the mean over many steps, so that the first row is
            no longer the untrained loss.
        rate_left: The last rate as a share of the highest; NaN where the log holds no rate.
        start: The loss before training, in its own unit; NaN without a curve.
        loss: None with fewer than three finite rows.
        val: None with fewer than four finite validations.
        grad: None with fewer than six positive norms.
    """

    rows: int
    nonfinite: int
    ends_nonfinite: bool
    varies: bool
    means: bool
    rate_left: float
    start: float
    loss: LossShape | None
    val: ValShape | None
    grad: GradShape | None

    def values(self) -> dict[str, float]:
        """Return every measurement that this log allows, by name."""
        parts = (part for part in (self.loss, self.val, self.grad) if part is not None)
        return {one.name: getattr(part, one.name) for part in parts for one in fields(part)}


def measure_shape(run: Run) -> ShapeSignals:
    """Measure the shape of ``run``; any series may be missing, short or not finite."""
    line = lay_out(run)
    steps = run["train_loss"].steps if "train_loss" in run else np.empty(0)
    values = run["train_loss"].values if "train_loss" in run else np.empty(0)
    finite = np.isfinite(values)
    loss = None if line is None else _measure_loss(line)
    return ShapeSignals(
        rows=int(finite.sum()),
        nonfinite=int((~finite).sum()),
        ends_nonfinite=_ends_nonfinite(finite),
        varies=_varies(values[finite]),
        means=_are_means(run, steps),
        rate_left=_rate_left(run, steps),
        start=np.nan if line is None else line.start,
        loss=loss,
        val=None if line is None else _measure_val(run, line),
        grad=None if line is None or loss is None else _measure_grad(run, line, loss.end),
    )


def _ends_nonfinite(finite: BoolArray) -> bool:
    last = max(1, min(5, len(finite) // 10))
    return len(finite) > 0 and not bool(finite[-last:].any())


def _varies(values: FloatArray) -> bool:
    if len(values) == 0:
        return False
    return bool(values.max() > values.min() and np.mean(values < 0.0) < 0.02)


def _are_means(run: Run, steps: FloatArray) -> bool:
    """Return whether the rows look like means over epochs or over blocks of steps.

    A mean stands at the end of its block, so the first row is one spacing from zero. Rows
    beyond MANY_ROWS are short blocks at most, and their first one is as good as untrained.
    """
    if len(steps) < 2:
        return False
    spacing = float(np.median(np.diff(steps)))
    if run.x.unit == "epoch":
        return spacing >= 1.0
    return len(steps) < MANY_ROWS and (run.x.unit == "index" or float(steps[0]) >= 0.5 * spacing)


def _rate_left(run: Run, steps: FloatArray) -> float:
    rates = rates_at(run, steps) if len(steps) else None
    if rates is None:
        return np.nan
    return float(np.median(rates[-max(1, len(rates) // 20) :]) / rates.max())


@dataclass(frozen=True, slots=True, eq=False)
class _Spans:
    """Means over spans of growing length; ``wide`` is the mean over a span and its neighbours."""

    level: FloatArray
    time: FloatArray
    rows: FloatArray
    wide: FloatArray
    wide_rows: FloatArray


def _span_edges(first_time: float) -> FloatArray:
    edges = [1.0]
    while edges[-1] > max(1.5 * first_time, FIRST_SPAN):
        edges.append(edges[-1] * SPAN_RATIO)
    return np.array(edges[::-1])


def _cut_into_spans(line: Timeline) -> _Spans:
    edges = _span_edges(float(line.time[0]))
    stops = np.searchsorted(line.time, edges, side="right")
    sums = np.concatenate(([0.0], np.cumsum(line.capped)))
    rows = np.diff(stops)
    filled = rows > 0
    means = np.diff(sums[stops])[filled] / rows[filled]
    level = np.concatenate((line.capped[:1], means))
    count = np.concatenate(([1.0], rows[filled].astype(float)))
    middle = np.sqrt(edges[:-1] * edges[1:])[filled]
    wide_rows = np.convolve(count, np.ones(3), "same")
    return _Spans(
        level=level,
        time=np.concatenate((line.time[:1], middle)),
        rows=count,
        wide=np.convolve(level * count, np.ones(3), "same") / wide_rows,
        wide_rows=wide_rows,
    )


def _measure_loss(line: Timeline) -> LossShape:
    spans = _cut_into_spans(line)
    late = _late_rows(line)
    end = line.mean(0.9, 1.0)
    best = min(_lowest(spans, len(line.level)), end)
    drop = max(1.0 - best, LEAST_DROP)
    reached = _Falls(line, spans, best, late)
    slope, spread = _slope_against_log_time(line, SETTLED, 1.0)
    tail = line.capped[late]
    return LossShape(
        overshoot=_decades(spans.level.max()),
        early_overshoot=_decades(spans.level[spans.time <= 0.1].max(initial=0.0), empty=1.0),
        late_overshoot=_decades(spans.level[spans.time > 0.1].max(initial=0.0)),
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
        late_skew=float(np.clip((tail.mean() - np.median(tail)) / drop, -1.0, 2.0)),
        late_noise=min(_noise(line.level, late) / drop, 3.0),
        reversals=_upward_share(spans.level[spans.time > 0.1]),
        late_reversals=_upward_share(line.capped[len(line.capped) // 3 :]),
        first_gain=_first_gain(line, best),
        tenth_gain=_tenth_gain(line, best),
    )


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


def _lowest(spans: _Spans, rows: int) -> float:
    trusted = spans.wide_rows >= min(8, rows // 4)
    return float(spans.wide[trusted].min() if trusted.any() else spans.wide.min())


class _Falls:
    """When the loss had fallen by how much."""

    def __init__(self, line: Timeline, spans: _Spans, best: float, late: slice) -> None:
        total = len(line.level)
        trusted = spans.wide_rows >= min(4, total // 8)
        self._lowest = np.minimum.accumulate(
            np.where(trusted, spans.wide, np.maximum(spans.wide, 1.0))
        )
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
    residual = level[late][::every] - np.median(windows, axis=1)
    return robust_scale(residual) if len(residual) > 3 else 0.0


def _upward_share(levels: FloatArray) -> float:
    if len(levels) < 3:
        return 0.0
    moves = np.diff(levels)
    return float(np.clip(moves, 0.0, None).sum() / max(np.abs(moves).sum(), 1e-3))


def _first_gain(line: Timeline, best: float) -> float:
    first, second = max(float(line.capped[0]), 1e-4), float(line.capped[1])
    return float(np.clip((first - second) / max(first - best, LEAST_DROP * first), -1.0, 1.5))


def _tenth_gain(line: Timeline, best: float) -> float:
    first = max(float(line.capped[0]), 1e-4)
    tenth = min(max(1, round(0.1 * len(line.capped))), len(line.capped) - 1)
    then = max(float(line.capped[max(1, tenth - tenth // 5) : tenth + 1].mean()), 1e-9)
    whole = max(float(np.log(first / max(best, 1e-4 * first))), LEAST_DROP)
    return float(np.clip(np.log(first / then) / whole, -1.0, 1.5))


def _measure_val(run: Run, line: Timeline) -> ValShape | None:
    if "val_loss" not in run:
        return None
    values = run["val_loss"].finite().values
    if len(values) < 4:
        return None
    level = np.minimum(values / line.start, 10.0)
    moves = np.diff(level)
    drop = max(1.0 - float(level.min()), LEAST_DROP)
    last = np.abs(moves[len(moves) // 3 :])
    first = max(float(line.capped[0]), 1e-4)
    lowest = np.minimum.accumulate(level)
    gain = max(max(first, float(level[0])) - float(lowest[-1]), LEAST_DROP * first)
    before_last = lowest[max(0, int(0.8 * len(level)) - 1)]
    return ValShape(
        val_best_place=(int(level.argmin()) + 1) / len(level),
        val_best=float(level.min()),
        val_reversals=float(np.clip(moves, 0.0, None).sum() / max(np.abs(moves).sum(), 1e-4)),
        val_swing=float(np.clip(last.max() / drop, 0.0, 3.0)),
        val_highest=float(np.clip(np.log10(max(level.max(), 1e-3) / first), -1.0, 1.0)),
        val_early_gain=(max(first, float(level[0])) - float(lowest[len(level) // 10])) / gain,
        val_last_gain=float(before_last - lowest[-1]) / gain,
        val_noise=min(_bend_noise(level) / gain, 2.0),
    )


def _bend_noise(level: FloatArray) -> float:
    """Return the spread of the late values about the line through their neighbours."""
    bends = np.abs(level[2:] - 2.0 * level[1:-1] + level[:-2]) / np.sqrt(6.0)
    return 1.4826 * float(np.median(bends[len(bends) // 3 :]))


def _measure_grad(run: Run, line: Timeline, end: float) -> GradShape | None:
    if "grad_norm" not in run:
        return None
    series = run["grad_norm"].finite()
    time = line.time_of(series.steps)
    usable = (series.values > 0.0) & (time <= 1.0)
    if usable.sum() < 6:
        return None
    time = time[usable]
    norm = np.log10(np.clip(series.values[usable], 1e-12, 1e12))
    norm = norm - _start_norm(norm)
    stops = np.searchsorted(time, _span_edges(float(line.time[0])), side="right")
    medians = [
        float(np.median(norm[first:stop])) for first, stop in pairwise(stops) if stop > first
    ]
    head = max(5, int(np.searchsorted(time, HEAD, side="right")))
    tail = norm[int(np.searchsorted(time, 0.8, side="right")) :]
    grad_end = float(np.median(tail)) if len(tail) else 0.0
    return GradShape(
        grad_jump=float(norm[:head].max()),
        grad_highest=float(norm.max()),
        grad_peak=max(medians),
        grad_end=grad_end,
        grad_per_loss=grad_end - float(np.log10(max(end, 1e-3))),
    )


def _start_norm(norm: FloatArray) -> float:
    median = float(np.median(norm[: max(3, len(norm) // 100)]))
    return float(norm[0]) if norm[0] < median - 0.1 else median
