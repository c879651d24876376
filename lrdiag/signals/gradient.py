"""How long the gradient is, and how long it is at other times."""

from dataclasses import dataclass

import numpy as np

from lrdiag.numerics import FloatArray
from lrdiag.run import Series
from lrdiag.signals.curve import HUGE

CLIP_QUANTILE = 0.9  # of the norms; Google's tuning playbook clips there


@dataclass(frozen=True, slots=True, eq=False)
class Gradient:
    """The gradient norm, measured.

    Attributes:
        steps: The steps of its finite values; shape (n,).
        norm: The norm as logged; shape (n,).
        clip: Its 90th percentile.
        usual: Its median.
    """

    steps: FloatArray
    norm: FloatArray
    clip: float
    usual: float

    def growth(self, first: float, last: float, reach: float) -> float | None:
        """Return how many times the norm peaks between two steps over its median before.

        Args:
            first: The first step to look at.
            last: The last step to look at.
            reach: How many steps before ``first`` count as before.
        """
        inside = (self.steps >= first) & (self.steps <= last)
        before = (self.steps < first) & (self.steps >= first - reach)
        if not inside.any() or not before.any():
            return None
        usual = float(np.median(self.norm[before]))
        return float(self.norm[inside].max()) / usual if usual > 0.0 else None


def measure_gradient(series: Series) -> Gradient | None:
    """Measure a gradient norm; None where no value is finite."""
    points = series.finite()
    if len(points) == 0:
        return None
    norm = np.clip(points.values, -HUGE, HUGE)
    return Gradient(
        steps=points.steps,
        norm=norm,
        clip=float(np.quantile(norm, CLIP_QUANTILE)),
        usual=float(np.median(norm)),
    )
