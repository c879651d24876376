"""How often the loss swings up and down, beyond what its noise explains."""

from dataclasses import dataclass

import numpy as np

from lrdiag.numerics import FloatArray
from lrdiag.signals.curve import Curve

AFTER = 0.1  # of the bins; the start is judged apart
MEDIAN_NOISE = 1.25  # the median of many rows is that much noisier than their mean
SURE = 5.0  # noises of a bin; white noise still turns twice in 1,000 bins
DROP_SHARE = 0.2  # of the drop


@dataclass(frozen=True, slots=True)
class Swings:
    """The swings of a loss after its start.

    Attributes:
        turns: How often the course turns by more than ``least``.
        least: The smallest swing that counts, in the loss's unit.
        size: The median swing; 0 without a turn.
        first: The step of the first turn; the end of the run without one.
    """

    turns: int
    least: float
    size: float
    first: float


def measure_swings(curve: Curve) -> Swings:
    """Count the turns of the binned curve."""
    bins = curve.bins
    skip = int(AFTER * len(bins))
    level = bins.level[skip:]
    unit = MEDIAN_NOISE * float(np.median(bins.noise[skip:])) / np.sqrt(max(1.0, bins.rows))
    least = max(DROP_SHARE * curve.drop, SURE * unit)
    turns = find_turns(level, least)
    sizes = np.abs(np.diff(level[turns])) if len(turns) > 1 else np.zeros(1)
    first = float(bins.steps[skip + turns[0]]) if turns else curve.span[1]
    return Swings(turns=len(turns), least=least, size=float(np.median(sizes)), first=first)


def find_turns(level: FloatArray, least: float) -> list[int]:
    """Return where the course turns: each extreme that is left again by more than ``least``."""
    turns: list[int] = []
    low = high = 0
    rising: bool | None = None
    for k, value in enumerate(level):
        if value > level[high]:
            high = k
        if value < level[low]:
            low = k
        if rising is not False and level[high] - value > least:
            if rising:
                turns.append(high)
            rising, low = False, k
        elif rising is not True and value - level[low] > least:
            if rising is False:
                turns.append(low)
            rising, high = True, k
    return turns
