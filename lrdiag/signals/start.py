"""What the loss does in its first steps."""

from dataclasses import dataclass

import numpy as np

from lrdiag.signals.curve import Curve
from lrdiag.signals.robust import running_median

EARLY_SHARE = 0.05  # of the rows; an overshoot of the first updates peaks within
EARLY_ROWS = 10  # rows, at least, but never more than a fifth of the log
CALM_ROWS = 5  # rows whose median must be back


@dataclass(frozen=True, slots=True)
class Start:
    """The first steps of a loss.

    Attributes:
        level: The loss before training, or the first row where that is higher.
        peak: The highest median of three rows in the first twentieth.
        peak_step: Where it is.
        back_step: The first step that is back at ``level``; None if none is.
        away: Share of the run until then.
    """

    level: float
    peak: float
    peak_step: float
    back_step: float | None
    away: float

    @property
    def rise(self) -> float:
        """The peak over the level; 0 if the loss falls at once."""
        return max(0.0, self.peak - self.level)


def measure_start(curve: Curve) -> Start:
    """Measure the first steps of a curve."""
    n = len(curve)
    early = int(min(max(EARLY_ROWS, EARLY_SHARE * n), max(3, n // 5)))
    smooth = running_median(curve.raw[: early + 1], 3)[:early]
    level = max(curve.start, float(curve.raw[0]))
    top = int(np.argmax(smooth))
    back = _find_back(curve, top, level)
    return Start(
        level=level,
        peak=float(smooth[top]),
        peak_step=float(curve.steps[top]),
        back_step=back,
        away=curve.share(back) if back is not None else 1.0,
    )


def _find_back(curve: Curve, top: int, level: float) -> float | None:
    """Return the first step from row ``top`` on whose neighbours are back at ``level``."""
    length = 1000
    while True:
        calm = np.flatnonzero(running_median(curve.raw[top : top + length], CALM_ROWS) <= level)
        if len(calm):
            return float(curve.steps[top + int(calm[0])])
        if top + length >= len(curve):
            return None
        length *= 4
