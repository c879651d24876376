"""What mixed precision multiplies the loss by, and how far it had to fall."""

from dataclasses import dataclass

import numpy as np

from lrdiag.run import Series

SETTLE_SHARE = 0.05  # of the rows; a scale that starts at 2**16 to 2**32 comes down at first
SETTLE_ROWS = 10  # rows, at least


@dataclass(frozen=True, slots=True)
class LossScale:
    """A loss scale, measured; a halving is one step that was thrown away.

    Attributes:
        first: Its first value.
        last: Its last value.
        lowest: Its lowest value.
        high_step: Where it begins the longest fall after it had settled.
        low_step: Where that fall ends.
        halvings: How many halvings that fall has; 0 where it never falls.
        rows: Number of values.
    """

    first: float
    last: float
    lowest: float
    high_step: float
    low_step: float
    halvings: float
    rows: int

    @property
    def since_first(self) -> float:
        """How many halvings the lowest value lies below the first."""
        return float(np.log2(self.first) - np.log2(self.lowest))

    @property
    def above_lowest(self) -> float:
        """How many doublings the last value lies above the lowest."""
        return float(np.log2(self.last) - np.log2(self.lowest))


def measure_loss_scale(series: Series) -> LossScale | None:
    """Measure a loss scale; None where no value is a positive number."""
    keep = np.isfinite(series.values) & (series.values > 0.0)
    steps, values = series.steps[keep], series.values[keep]
    if len(values) == 0:
        return None
    scale = np.log2(values)
    settled = min(max(SETTLE_ROWS, int(SETTLE_SHARE * len(scale))), len(scale) - 1)
    falls = np.maximum.accumulate(scale[settled:]) - scale[settled:]
    low = int(np.argmax(falls))
    before = scale[settled : settled + low + 1]
    high = int(len(before) - 1 - np.argmax(before[::-1]))
    return LossScale(
        first=float(values[0]),
        last=float(values[-1]),
        lowest=float(values.min()),
        high_step=float(steps[settled + high]),
        low_step=float(steps[settled + low]),
        halvings=float(falls[low]),
        rows=len(scale),
    )
