"""Whether the loss repeats a pattern every epoch, logged or not."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lrdiag.numerics import FloatArray
from lrdiag.run import Series
from lrdiag.signals.curve import Curve
from lrdiag.signals.echo import correlate, find_echo

PHASES = 16  # parts of an epoch
MIN_EPOCHS = 6.0  # in fewer, spikes that fall on the start of an epoch by chance make a pattern
ROWS_A_PHASE = 0.5  # rows of one epoch in one phase, on average; rarer logs show no pattern
ALIKE = 0.3  # correlation of one epoch with the others; noise alone passes it one time in eight
SETTLED = 8  # the first eighth of the rows falls too steeply to show a cycle
MOST_ROWS = 65_536  # rows in which a cycle is looked for; more would cost more than they tell
OUTLIERS = 8.0  # noises; single rows are cut there, so that one batch makes no pattern


@dataclass(frozen=True, slots=True)
class Period:
    """The pattern of an epoch.

    Attributes:
        epochs: How many epochs the run has, or how many cycles where none were logged.
        length: Steps of one.
        logged: Whether the epochs were logged; else they are the cycles that the loss shows.
        likeness: The correlation of the loss, less its course, with itself one epoch later.
        explained: Share of the variance around the course that the phase explains.
        swing: The highest phase less the lowest, in the loss's unit.
        worst: The phase with the highest loss, from 0 to 1.
        agreeing: Share of the epochs whose own pattern resembles that of the others; spikes
            that happen to begin with an epoch make no pattern in the epochs between.
    """

    epochs: float
    length: float
    logged: bool
    likeness: float
    explained: float
    swing: float
    worst: float
    agreeing: float


def measure_period(curve: Curve, epochs: Series | None) -> Period | None:
    """Fold the loss by epoch; None where the log is too short or too sparse for it.

    Args:
        curve: The loss.
        epochs: The epoch of each row as logged; None to look for a cycle in the loss itself.
    """
    if epochs is None:
        return _find_period(curve)
    # An epoch never falls; a stray value must not make room for epochs that never were.
    passed = np.interp(curve.steps, epochs.steps, np.maximum.accumulate(_to_fractions(epochs)))
    return _fold(curve.steps, curve.raw, passed, _unit(curve), logged=True)


def _find_period(curve: Curve) -> Period | None:
    begin = len(curve) // SETTLED
    rows = slice(begin, begin + MOST_ROWS)
    steps, raw, unit = curve.steps[rows], curve.raw[rows], _unit(curve)
    echo = find_echo(_without_course(raw, len(raw) // int(MIN_EPOCHS), unit))
    if echo is None:
        return None
    return _fold(steps, raw, np.arange(len(raw)) / echo.rows, unit, logged=False)


def _unit(curve: Curve) -> float:
    return OUTLIERS * max(float(np.median(curve.bins.noise)), float(np.finfo(np.float64).tiny))


def _without_course(raw: FloatArray, rows: float, unit: float) -> FloatArray:
    """Return what is left beside the mean of so many rows, cut at one unit; from -1 to 1."""
    rest = raw - _moving_mean(raw, round(rows) // 2 * 2 + 1)
    return np.asarray(np.clip(rest, -unit, unit) / unit, dtype=np.float64)  # squares stay finite


def _fold(
    steps: FloatArray, raw: FloatArray, passed: FloatArray, unit: float, *, logged: bool
) -> Period | None:
    total = float(passed[-1] - passed[0])
    rows = len(raw) / total if total > 0.0 else 0.0
    if total < MIN_EPOCHS or rows < ROWS_A_PHASE * PHASES:
        return None
    half = round(rows) // 2
    keep = slice(half, len(raw) - half)
    rest, passed = _without_course(raw, rows, unit)[keep], passed[keep]
    phase = np.minimum((passed % 1.0 * PHASES).astype(np.intp), PHASES - 1)
    epoch = (passed - passed[0] // 1.0).astype(np.intp)
    size = np.bincount(phase, minlength=PHASES)
    used = size > 1
    if int(used.sum()) < PHASES // 2 or not np.any(rest):
        return None
    mean = np.bincount(phase, rest, PHASES) / np.maximum(size, 1)
    between = float(np.sum(size[used] * (mean[used] - float(rest.mean())) ** 2))
    within = float(np.sum((rest - mean[phase]) ** 2))
    return Period(
        epochs=total,
        length=float(steps[-1] - steps[0]) / total,
        logged=logged,
        likeness=_likeness(rest, rows),
        explained=between / (between + within),
        swing=unit * float(mean[used].max() - mean[used].min()),
        worst=float(np.argmax(np.where(used, mean, -np.inf))) / PHASES,
        agreeing=_agreement(rest, phase, epoch),
    )


def _likeness(rest: FloatArray, rows: float) -> float:
    """Return the best correlation with itself about one epoch later."""
    at, reach = round(rows), max(1, round(rows / PHASES))
    return min(1.0, float(correlate(rest)[at - reach : at + reach + 1].max()))


def _agreement(rest: FloatArray, phase: NDArray[np.intp], epoch: NDArray[np.intp]) -> float:
    """Return the share of epochs that correlate with the mean of the others."""
    count = int(epoch.max()) + 1
    cell = epoch * PHASES + phase
    size = np.bincount(cell, minlength=count * PHASES)
    table = np.bincount(cell, rest, count * PHASES) / np.maximum(size, 1)
    table, known = table.reshape(count, PHASES), size.reshape(count, PHASES) > 0
    whole = known.sum(axis=1) >= PHASES // 2
    table, known = table[whole], known[whole]
    if len(table) < 2:
        return 0.0
    others = (table.sum(axis=0) - table) / np.maximum(known.sum(axis=0) - known, 1)
    alike = [
        float(np.corrcoef(one[there], rest_of[there])[0, 1]) >= ALIKE
        for one, rest_of, there in zip(table, others, known, strict=True)
        if one[there].std() > 0.0 and rest_of[there].std() > 0.0
    ]
    return float(np.mean(alike)) if alike else 0.0


def _to_fractions(epochs: Series) -> FloatArray:
    """Return passes over the data as fractions, also where only whole epochs were logged."""
    values = epochs.values
    if np.any(values != np.round(values)):
        return values
    starts = np.concatenate(([0], np.flatnonzero(np.diff(values) != 0.0) + 1))
    if len(starts) < 2:
        return values
    last = starts[-1] + np.median(np.diff(starts))
    rows = np.concatenate((starts, [last])).astype(np.float64)
    marks = np.concatenate((values[starts], [values[starts[-1]] + 1.0]))
    return np.interp(np.arange(len(values), dtype=np.float64), rows, marks)


def _moving_mean(values: FloatArray, width: int) -> FloatArray:
    padded = np.pad(values, width // 2, mode="edge")
    sums = np.cumsum(np.concatenate(([0.0], padded)))
    return np.asarray((sums[width:] - sums[:-width]) / width, dtype=np.float64)
