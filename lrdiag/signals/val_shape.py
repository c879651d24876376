"""How the validation loss went, beside the training loss."""

from dataclasses import dataclass

import numpy as np

from lrdiag.numerics import FloatArray
from lrdiag.run import Run
from lrdiag.signals.spans import LEAST_DROP, LEAST_MOVE
from lrdiag.signals.timeline import LARGEST, Timeline


@dataclass(frozen=True, slots=True)
class ValShape:
    """How the validation loss went, in starts of the training loss.

    Gains and noise are in drops from the first training or validation loss to the best
    validation.

    Attributes:
        val_best_place: Place of the best validation; share of the validations.
        val_best: Best validation; starts.
        val_reversals: Share of all movement that goes up; less where hardly any moves.
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


def measure_val_shape(run: Run, line: Timeline) -> ValShape | None:
    """Return the shape of the validation loss, in starts of the training loss."""
    if "val_loss" not in run:
        return None
    values = np.clip(run["val_loss"].finite().values, -LARGEST, LARGEST)
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
        val_reversals=float(np.clip(moves, 0.0, None).sum() / max(np.abs(moves).sum(), LEAST_MOVE)),
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
