"""Whether the loss repeats a pattern every epoch."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lrdiag.numerics import FloatArray
from lrdiag.run import Series
from lrdiag.signals.curve import Curve

PHASES = 16  # parts of an epoch
MIN_EPOCHS = 6.0  # in fewer, spikes that fall on the start of an epoch by chance make a pattern
ROWS_A_PHASE = 0.5  # rows of one epoch in one phase, on average; rarer logs show no pattern
ALIKE = 0.3  # correlation of one epoch with the others; noise alone passes it one time in eight
OUTLIERS = 8.0  # noises; single rows are cut there, so that one batch makes no pattern


@dataclass(frozen=True, slots=True)
class Period:
    """The pattern of an epoch.

    Attributes:
        epochs: How many epochs the run has.
        explained: Share of the variance around the course that the phase explains.
        strength: Variance between phases over variance within (F statistic).
        swing: The highest phase less the lowest, in the loss's unit.
        worst: The phase with the highest loss, from 0 to 1.
        agreeing: Share of the epochs whose own pattern resembles that of the others; spikes
            that happen to begin with an epoch make no pattern in the epochs between.
    """

    epochs: float
    explained: float
    strength: float
    swing: float
    worst: float
    agreeing: float


def measure_period(curve: Curve, epochs: Series) -> Period | None:
    """Fold the loss by epoch; None where the log is too short or too sparse for it."""
    # An epoch never falls; a stray value must not make room for epochs that never were.
    passed = np.interp(curve.steps, epochs.steps, np.maximum.accumulate(_to_fractions(epochs)))
    total = float(passed[-1] - passed[0])
    rows_an_epoch = len(curve) / total if total > 0.0 else 0.0
    if total < MIN_EPOCHS or rows_an_epoch < ROWS_A_PHASE * PHASES:
        return None
    width = round(rows_an_epoch) // 2 * 2 + 1
    rest = curve.raw - _moving_mean(curve.raw, width)
    keep = slice(width // 2, len(rest) - width // 2)
    unit = OUTLIERS * max(float(np.median(curve.bins.noise)), float(np.finfo(np.float64).tiny))
    rest = np.clip(rest[keep], -unit, unit) / unit  # from -1 to 1: squares of it stay finite
    phase = np.minimum((passed[keep] % 1.0 * PHASES).astype(np.intp), PHASES - 1)
    epoch = (passed[keep] - passed[keep][0] // 1.0).astype(np.intp)
    return _fold(rest, phase, epoch, total, unit)


def _fold(
    rest: FloatArray, phase: NDArray[np.intp], epoch: NDArray[np.intp], total: float, unit: float
) -> Period | None:
    size = np.bincount(phase, minlength=PHASES)
    used = size > 1
    if int(used.sum()) < PHASES // 2:
        return None
    mean = np.bincount(phase, rest, PHASES) / np.maximum(size, 1)
    overall = float(rest.mean())
    between = float(np.sum(size[used] * (mean[used] - overall) ** 2))
    within = float(np.sum((rest - mean[phase]) ** 2))
    if between + within <= 0.0:
        return None
    groups = int(used.sum())
    inner = within / max(1, len(rest) - groups)
    return Period(
        epochs=total,
        explained=between / (between + within),
        strength=between / (groups - 1) / inner if inner > 0.0 else float("inf"),
        swing=unit * float(mean[used].max() - mean[used].min()),
        worst=float(np.argmax(np.where(used, mean, -np.inf))) / PHASES,
        agreeing=_agreement(rest, phase, epoch),
    )


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
