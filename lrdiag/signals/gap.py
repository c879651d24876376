"""How far validation stands from training over the second half of a run."""

from dataclasses import dataclass

import numpy as np

from lrdiag.numerics import BoolArray, FloatArray
from lrdiag.signals.curve import HUGE, Curve
from lrdiag.signals.robust import Slope, fit_slope, step_noise
from lrdiag.signals.validation import Validation

LATE = 0.5  # of the run; before, both losses still fall and the distance says little
FEWEST = 4  # validations in that half; fewer have no trend
CLEAR = 0.05  # of the training loss; a validation so far below it is better than training


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """Validation less training, over the second half of the validations.

    Attributes:
        steps: The steps of those validations; shape (n,).
        gap: Validation loss less the training loss there; shape (n,).
        size: The median of it.
        level: The median size of the training loss there.
        noise: The white noise of the gap.
        slope: The trend of the gap, as change over that half.
        better: Share of those validations that lie clearly below training, then and one
            validation later: a mean over an epoch is older than the validation at its end.
    """

    steps: FloatArray
    gap: FloatArray
    size: float
    level: float
    noise: float
    slope: Slope
    better: float

    @property
    def span(self) -> tuple[float, float]:
        """The first and the last step."""
        return float(self.steps[0]), float(self.steps[-1])


def measure_gap(val: Validation, train: Curve) -> Gap | None:
    """Measure the distance of two losses; None with too few validations in the second half."""
    late = _late(val.steps)
    if int(late.sum()) < FEWEST:
        return None
    steps, values = val.steps[late], np.clip(val.raw[late], -HUGE, HUGE)
    then = np.interp(steps, train.bins.steps, train.bins.settled)
    later = np.interp(steps + np.median(np.diff(steps)), train.bins.steps, train.bins.settled)
    gap = values - then
    clearly = values < np.minimum(then, later) - CLEAR * np.abs(then)
    return Gap(
        steps=steps,
        gap=gap,
        size=float(np.median(gap)),
        level=float(np.median(np.abs(then))),
        noise=step_noise(gap),
        slope=fit_slope((steps - steps[0]) / (steps[-1] - steps[0]), gap),
        better=float(np.mean(clearly)),
    )


def _late(steps: FloatArray) -> BoolArray:
    late: BoolArray = steps >= steps[0] + LATE * (steps[-1] - steps[0])
    return late
