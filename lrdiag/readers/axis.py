"""Where on the x axis each row of a log stands.

A step column is rarely as clean as its name: it falls back when a run is resumed, starts
again at every epoch, starts again because a second run was appended, or was rounded when
printed. What happened shows in where it falls to, in the epoch column, and in whether the
loss goes on or starts again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np

from lrdiag.numerics import FloatArray
from lrdiag.readers.reader import Cells, IntArray
from lrdiag.run import Axis

MAX_FALLS = 0.34  # of all rows; a counter that falls more often counts nothing
MOST_FALLS = 10_000  # each costs 50 µs; nobody logs that many epochs by the step
MOST_RESTARTS = 200  # each looks at all rows before it; beyond, the counter counts nothing
MAX_TIES = 0.2  # of all points; above, the counter is too coarse to tell the points apart
MIN_COVERED = 0.5  # of the points; below, a counter is not one of these points
NEAR_START = 0.05  # of the stretch so far; a fall to there is a fall to the start
LARGEST_STEP = 2.0**53  # beyond it one step is not told from the next; NaN is no step either
MIN_SHUFFLED = 8  # points; fewer show no order of their own
MIN_DISTINCT = 0.9  # of the points; 100 of 0..999 drawn at random have 0.95, a restart repeats
MAX_ROUGHER = 1.5  # times; shuffled rows in order: 0.1 to 1.0, a random counter of a curve: 10
FEWEST_BESIDE = 3  # rows of other values; fewer show no counter of their own
BEHIND = 0.5  # of the step before; a validation that is late lags by a part of one interval
FEW = 5  # points whose median stands for a level


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The x axis of one run in a table.

    Attributes:
        axis: What the steps count.
        steps: The step of every row of the run; NaN for a row replaced by a later copy.
        epochs: The epoch of every row, where the log tells.
        restarts: The steps to which the log fell back.
        rows: The half-open bounds of the run's rows; None for all.
        notes: What was assumed, one sentence each.
    """

    axis: Axis
    steps: FloatArray
    epochs: FloatArray | None = None
    restarts: tuple[float, ...] = ()
    rows: tuple[int, int] | None = None
    notes: tuple[str, ...] = ()


def lay_out(
    rows: int, main: Cells, counters: Sequence[tuple[str, Cells]], epochs: tuple[str, Cells] | None
) -> tuple[Layout, ...]:
    """Give every row its step; one layout for each run that the table holds.

    Args:
        rows: The number of rows of the table.
        main: The loss whose points decide.
        counters: Columns that may count steps, the likeliest first.
        epochs: The column that counts epochs.
    """
    passes = fill(epochs[1], rows) if epochs and _covers(epochs[1], main, rows) else None
    tried: list[tuple[Literal["step", "epoch"], str, FloatArray]] = [
        ("step", name, fill(cells, rows)) for name, cells in counters if _covers(cells, main, rows)
    ]
    if epochs is not None and passes is not None:
        tried.append(("epoch", epochs[0], passes))
    notes: tuple[str, ...] = ()
    for unit, name, steps in tried:
        laid = _count(unit, name, steps, main, passes)
        if laid:
            return tuple(replace(one, notes=notes + one.notes) for one in laid)
        falls = int(np.count_nonzero(np.diff(steps[main.rows]) < 0.0))
        if falls > _most_falls(main):
            notes += (f"{name} falls back {falls:,} times in {len(main):,} rows; it is not used.",)
    return (Layout(Axis(None, "index"), np.arange(rows, dtype=np.float64), passes, notes=notes),)


def fill(cells: Cells, rows: int) -> FloatArray:
    """Return one value a row: the last finite one logged so far; the first before that."""
    keep = np.abs(cells.values) <= LARGEST_STEP
    logged, values = cells.rows[keep], cells.values[keep]
    if len(logged) == rows:
        return values
    at = np.searchsorted(logged, np.arange(rows), side="right") - 1
    return values[np.maximum(at, 0)]


def _covers(cells: Cells, main: Cells, rows: int) -> bool:
    keep = cells.rows[np.abs(cells.values) <= LARGEST_STEP]
    if len(keep) == 0:
        return False
    if len(keep) == rows:
        return True
    # A counter on lines of its own ("Epoch 3") speaks for the lines that follow it.
    return len(np.intersect1d(keep, main.rows)) >= MIN_COVERED * len(main) or len(keep) > 1


def _count(
    unit: Literal["step", "epoch"],
    name: str,
    steps: FloatArray,
    main: Cells,
    passes: FloatArray | None,
) -> tuple[Layout, ...]:
    """Lay out the rows by one counter; empty where it counts nothing."""
    at = steps[main.rows]
    falls = np.flatnonzero(np.diff(at) < 0.0) + 1
    if len(at) > 1 and at.min() == at.max():
        return ()
    if len(falls) > _most_falls(main):
        if not _is_shuffled(at, main.values):
            return ()
        why = f"The rows are not in the order of {name}; lrdiag has put them in order."
        return (Layout(Axis(name, unit), steps, passes, notes=(why,)),)
    notes: tuple[str, ...] = ()
    steps = steps.copy()
    if unit == "step" and _place_beside(steps, main.rows):
        notes += (
            f"Rows of other values count epochs in {name}; they stand where they were logged.",
        )
    kinds = [_kind_of_fall(at, main.values, falls, k, passes, main.rows) for k in range(len(falls))]
    local = [int(fall) for fall, kind in zip(falls, kinds, strict=True) if kind == "goes on"]
    if local and unit == "step":
        back = [int(f) for f, kind in zip(falls, kinds, strict=True) if kind == "restart"]
        _join(steps, main.rows, sorted([*local, *back]), passes)
        notes += (f"{name} starts again at every epoch; lrdiag counts on.",)
    news = [int(f) for f, kind in zip(falls, kinds, strict=True) if kind == "another run"]
    bounds = [0, *(_cut(steps, main.rows, fall) for fall in news), len(steps)]
    laid = []
    for first, last in pairwise(bounds):
        part = _one_run(unit, name, steps, (first, last), main)
        if part is None:
            return ()
        axis, values, restarts, more = part
        laid.append(Layout(axis, values, passes, restarts, (first, last), notes + more))
    return tuple(laid)


def _place_beside(steps: FloatArray, rows: IntArray) -> bool:
    """Put rows that count epochs in a column of steps at the step before, in place; say if any do.

    MMEngine logs validation so, between the points of the training loss: steps 10, 20, 30, 1.
    """
    beside = np.ones(len(steps), dtype=bool)
    beside[rows] = False
    beside[: rows[0]] = False
    others = np.flatnonzero(beside)
    if len(others) < FEWEST_BESIDE:
        return False
    before = steps[rows[np.searchsorted(rows, others) - 1]]
    strides, later = np.diff(steps[others]), len(others) // 2
    even = bool(strides.min() > 0.0 and strides.min() == strides.max())
    between = bool(np.all(np.diff(before) > 0.0))  # else they were written after all the others
    if not (even and between) or np.any(steps[others] >= before):
        return False
    if np.any(steps[others][later:] > BEHIND * before[later:]):
        return False
    steps[others] = before
    return True


def _most_falls(main: Cells) -> float:
    return min(MAX_FALLS * len(main), MOST_FALLS)


def _is_shuffled(at: FloatArray, losses: FloatArray) -> bool:
    """Say whether rows only stand out of order: each has its own step, and the loss agrees.

    A counter that counts something else makes a rough curve of a loss that is smooth as logged.
    """
    if len(at) < MIN_SHUFFLED or len(np.unique(at)) < MIN_DISTINCT * len(at):
        return False
    ordered = losses[np.argsort(at, kind="stable")]
    return _roughness(ordered) <= MAX_ROUGHER * _roughness(losses)


def _roughness(values: FloatArray) -> float:
    """Return the median change from each finite value to the next."""
    finite = values[np.isfinite(values)]
    return float(np.median(np.abs(np.diff(finite)))) if len(finite) > 1 else 0.0


def _kind_of_fall(
    at: FloatArray,
    losses: FloatArray,
    falls: IntArray,
    k: int,
    passes: FloatArray | None,
    rows: IntArray,
) -> Literal["goes on", "another run", "restart"]:
    """Say what a fall of the counter means."""
    here = int(falls[k])
    begin = int(falls[k - 1]) if k else 0
    if passes is not None and passes[rows[here]] > passes[rows[here - 1]]:
        return "goes on"
    if passes is not None and passes[rows[0]] < passes[rows[here]] < passes[rows[here - 1]]:
        return "restart"  # from an epoch after the first
    stretch = at[here - 1] - at[begin]
    if at[here] > at[begin] + NEAR_START * stretch:
        return "restart"
    end = int(falls[k + 1]) if k + 1 < len(falls) else len(at)
    if end - here < 2 or here - begin < 2:
        return "restart"
    first = _level(losses[begin:here][:FEW])
    before = _level(losses[begin:here][-FEW:])
    after = _level(losses[here:end][:FEW])
    if abs(after - before) < abs(after - first):
        return "goes on"
    return "another run"


def _level(values: FloatArray) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if len(finite) else np.inf


def _join(
    steps: FloatArray, rows: IntArray, falls: Sequence[int], passes: FloatArray | None
) -> None:
    """Make a counter that starts again at every epoch go on, in place.

    Where the epoch fell back as well, it goes on from the first step of that epoch.
    """
    at = steps[rows]
    stride = float(np.median(np.abs(np.diff(at)))) or 1.0
    epochs = np.zeros(len(rows)) if passes is None else passes[rows]
    begins = {float(epochs[0]): float(at[0])}  # the step at which each epoch began
    lifts, lifted = np.zeros(len(steps)), 0.0
    for fall in falls:
        cut = _cut(steps, rows, fall)
        begin = float(steps[cut - 1]) + lifted + stride
        if epochs[fall] < epochs[fall - 1]:
            begin = begins.get(float(epochs[fall]), begin)
        begins[float(epochs[fall])] = begin
        lifts[cut] = begin - at[fall] - lifted
        lifted = begin - float(at[fall])
    steps += np.cumsum(lifts)


def _cut(steps: FloatArray, rows: IntArray, fall: int) -> int:
    """Return the row at which the counter fell, between two points of the main loss.

    Rows of other columns may stand between them: a validation at step 0, for one.
    """
    first = int(rows[fall - 1])
    back = np.flatnonzero(np.diff(steps[first : rows[fall] + 1]) < 0.0)
    return first + 1 + (int(back[0]) if len(back) else 0)


def _one_run(
    unit: Literal["step", "epoch"],
    name: str,
    steps: FloatArray,
    bounds: tuple[int, int],
    main: Cells,
) -> tuple[Axis, FloatArray, tuple[float, ...], tuple[str, ...]] | None:
    """Lay out the rows of one run; None where the counter cannot tell its points apart."""
    first, last = bounds
    inside = slice(*np.searchsorted(main.rows, bounds))
    mine = main.rows[inside] - first
    values = steps[first:last].copy()
    at = values[mine]
    rises = np.diff(at)
    # A line printed twice is one point; two values at one step are two.
    held = np.flatnonzero(rises == 0.0)
    losses = main.values[inside]
    ties = np.count_nonzero(losses[held] != losses[held + 1])
    if ties > MAX_TIES * len(at) and not np.any(rises < 0.0):
        if unit == "epoch" or len(np.unique(at)) < 2:
            return None
        values = _spread(values)
        why = f"{name} is too coarse to tell the points apart; they are spread between its values."
        return Axis(name, unit), values, (), (why,)
    falls = np.flatnonzero(rises < 0.0) + 1
    restarts = tuple(float(at[fall]) for fall in falls if _lasts(at, int(fall)))
    if len(restarts) > MOST_RESTARTS:
        return None
    _replace(values, mine, falls)
    return Axis(name, unit), values, restarts, ()


def _lasts(at: FloatArray, fall: int) -> bool:
    """Say whether the counter goes on from where it fell: one stray row is no restart."""
    return fall + 1 < len(at) and bool(at[fall] <= at[fall + 1] <= at[fall - 1])


def _replace(values: FloatArray, rows: IntArray, falls: IntArray) -> None:
    """Take out, in place, the rows whose steps a later stretch of the log covers again."""
    if len(falls) == 0:
        return
    at = values[rows].copy()
    ends = [*falls[1:], len(at)]
    for fall, end in zip(falls, ends, strict=True):
        if not _lasts(at, int(fall)):
            continue  # of two rows at one step the later stands anyway
        low, high = at[fall], at[end - 1]
        earlier = values[: rows[fall]]
        earlier[(earlier >= low) & (earlier <= high)] = np.nan


def _spread(steps: FloatArray) -> FloatArray:
    """Put points that share a step at even distances up to the next step."""
    starts = np.flatnonzero(np.concatenate(([True], np.diff(steps) != 0.0)))
    levels = steps[starts]
    width = float(np.median(np.diff(levels)))
    ends = np.append(levels[1:], levels[-1] + width)
    counts = np.diff(np.append(starts, len(steps)))
    within = np.arange(len(steps)) - np.repeat(starts, counts)
    spread: FloatArray = np.repeat(levels, counts) + within * np.repeat(
        (ends - levels) / counts, counts
    )
    return spread
