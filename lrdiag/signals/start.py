"""What the loss does in its first steps."""

from dataclasses import dataclass

import numpy as np

from lrdiag.numerics import median_of
from lrdiag.signals.curve import Curve
from lrdiag.signals.robust import running_median

EARLY_SHARE = 0.05  # of the rows; an overshoot of the first updates peaks within
EARLY_ROWS = 10  # rows, at least, but never more than a fifth of the log
CALM_ROWS = 5  # rows whose median must be back
HEADS = (5, 10, 20)  # rows, and a fiftieth of them: the windows in which a fast fall is looked for
MEDIAN_NOISE = 1.25  # the median of many rows is that much noisier than their mean


@dataclass(frozen=True, slots=True)
class Start:
    """The first steps of a loss.

    Attributes:
        level: The loss before training, or the first row where that is higher.
        peak: The highest median of three rows in the first twentieth: what is judged.
        highest: The highest single row there: what is said, for a chart shows it.
        highest_step: Where that is.
        back_step: The first step that is back at ``level``; None if none is.
        away: Share of the run until then.
        fall: How far the median of the first rows lies above that of the second half, over the
            window where this is surest; negative where they lie below.
        fall_noises: The same in noises of that median.
    """

    level: float
    peak: float
    highest: float
    highest_step: float
    back_step: float | None
    away: float
    fall: float
    fall_noises: float

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
    single = int(np.argmax(curve.raw[:early]))
    back = _find_back(curve, top, level)
    fall, noises = _measure_fall(curve)
    return Start(
        level=level,
        peak=float(smooth[top]),
        highest=float(curve.raw[single]),
        highest_step=float(curve.steps[single]),
        back_step=back,
        away=curve.share(back) if back is not None else 1.0,
        fall=fall,
        fall_noises=noises,
    )


def _measure_fall(curve: Curve) -> tuple[float, float]:
    """Return the surest fall from the first rows to the second half, and how sure it is."""
    n, rest = len(curve), median_of(curve.raw[len(curve) // 2 :])
    falls = [(0.0, 0.0)]
    for rows in {*HEADS, n // 50}:
        if 0 < rows <= n // 4:
            fall = float(np.median(curve.raw[:rows])) - rest
            falls.append((fall, fall / (MEDIAN_NOISE * curve.noise / np.sqrt(rows))))
    return max(falls, key=lambda one: one[1])


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
