"""How the gradient norm went, above its own start."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lrdiag.numerics import FloatArray
from lrdiag.run import Run
from lrdiag.signals.spans import HEAD, span_edges
from lrdiag.signals.timeline import Timeline


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


def measure_grad_shape(run: Run, line: Timeline, end: float) -> GradShape | None:
    """Return the shape of the gradient norm; ``end`` is the final loss in starts."""
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
    stops = np.searchsorted(time, span_edges(float(line.time[0])), side="right")
    medians = [
        float(np.median(norm[first:stop])) for first, stop in pairwise(stops) if stop > first
    ]
    head = max(5, int(np.searchsorted(time, HEAD, side="right")))
    tail = norm[int(np.searchsorted(time, 0.8, side="right")) :]
    grad_end = float(np.median(tail)) if len(tail) else 0.0
    return GradShape(
        grad_jump=float(norm[:head].max()),
        grad_highest=float(norm.max()),
        grad_peak=max(medians, default=grad_end),  # none where all steps share one time
        grad_end=grad_end,
        grad_per_loss=grad_end - float(np.log10(max(end, 1e-3))),
    )


def _start_norm(norm: FloatArray) -> float:
    median = float(np.median(norm[: max(3, len(norm) // 100)]))
    return float(norm[0]) if norm[0] < median - 0.1 else median
