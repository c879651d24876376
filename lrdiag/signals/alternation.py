"""Whether the loss rises and falls smoothly, as without noise at the edge of stability."""

from dataclasses import dataclass

import numpy as np

from lrdiag.numerics import FloatArray
from lrdiag.signals.curve import Curve

WINDOW = 40  # changes; their correlation is off by 0.16, and rises and falls have room in it
MOST_WINDOWS = 500  # evenly spaced; 20,000 rows say it all
FEWEST_WINDOWS = 5
RISING = 0.1  # of the changes of a window, from which on it counts as rising


@dataclass(frozen=True, slots=True)
class Alternation:
    """How neighbouring changes of the loss hang together, after the first window.

    Attributes:
        smooth: The median correlation of a change with the next: about -0.5 for white noise, 1
            for a course without any.
        rising: The share of changes that go up.
        windows: The share of the windows in which a tenth of the changes goes up.
        first: The step at which the first such window begins; the end without one.
    """

    smooth: float
    rising: float
    windows: float
    first: float


def measure_alternation(curve: Curve) -> Alternation | None:
    """Measure how the loss goes from row to row; None where it has too few rows."""
    count = (len(curve) - 1) // WINDOW
    if count < FEWEST_WINDOWS + 1:
        return None
    starts = np.unique(np.linspace(1, count - 1, min(count - 1, MOST_WINDOWS)).astype(np.intp))
    rows = starts[:, np.newaxis] * WINDOW + np.arange(WINDOW + 1)
    changes = np.diff(curve.raw[rows], axis=1)
    up = np.mean(changes > 0.0, axis=1)
    rising = np.flatnonzero(up >= RISING)
    first = curve.steps[starts[rising[0]] * WINDOW] if len(rising) else curve.steps[-1]
    return Alternation(
        smooth=float(np.median(_correlate(changes))),
        rising=float(up.mean()),
        windows=len(rising) / len(starts),
        first=float(first),
    )


def _correlate(changes: FloatArray) -> FloatArray:
    """Return the correlation of each row's values with their followers; 0 where none moves."""
    size = np.abs(changes).max(axis=1, keepdims=True)
    unit = changes / np.where(size > 0.0, size, 1.0)  # squares of it stay finite
    one, other = unit[:, :-1], unit[:, 1:]
    both = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    together: FloatArray = (one * other).sum(axis=1) / np.where(both > 0.0, both, 1.0)
    return together
