"""Repeats of one setting: how much chance alone moves a run."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lrdiag.comparison.track import Track
from lrdiag.numerics import FloatArray

# Student's t, two-sided 95 %, for 1 to 10 degrees of freedom; then that of the normal
STUDENT = (12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
NORMAL = 1.96
PLACES = 200  # of a band along the steps
ALL_OF = 9  # runs; up to here a band holds all of them, beyond from a tenth to nine tenths
FEWEST = 3  # finished runs; fewer have no middle


@dataclass(frozen=True, slots=True)
class Noise:
    """What a final level differs by without any reason.

    Attributes:
        spread: One standard deviation between repeats.
        freedom: The degrees of freedom that it rests on.
    """

    spread: float
    freedom: int

    @property
    def reach(self) -> float:
        """How many standard deviations chance alone reaches in 95 of 100 cases."""
        return STUDENT[self.freedom - 1] if self.freedom <= len(STUDENT) else NORMAL

    @property
    def difference(self) -> float:
        """How far two single runs of one setting end apart by chance, in 95 of 100 cases."""
        return self.reach * self.spread * float(np.sqrt(2.0))


@dataclass(frozen=True, slots=True, eq=False)
class Seeds:
    """Repeats of one setting.

    Attributes:
        runs: Their places among the runs.
        told: Whether their names say that they are repeats.
        diverged: How many of them diverged.
        median: The median of the final levels of the others.
        lowest: The lowest of them.
        highest: The highest.
        noise: How far they lie apart; None with fewer than two finished runs.
        steps: Common steps; empty where the runs share none, and with fewer than three.
        middle: The median run at each step.
        low: The lower edge of the band.
        high: The upper edge.
    """

    runs: tuple[int, ...]
    told: bool
    diverged: int
    median: float
    lowest: float
    highest: float
    noise: Noise | None
    steps: FloatArray
    middle: FloatArray
    low: FloatArray
    high: FloatArray


def measure_seeds(tracks: Sequence[Track], runs: Sequence[int], *, band: bool = True) -> Seeds:
    """Measure repeats of one setting, at least one of them finished.

    Args:
        tracks: All runs.
        runs: Which of them are the repeats.
        band: Whether their steps count the same, so that a band can be laid over them.
    """
    mine = [tracks[k] for k in runs]
    ended = [one for one in mine if one.finished]
    finals = np.array([one.final for one in ended])
    names = {one.member.repeat for one in mine}
    steps, lines = _lay_over(ended) if band and len(ended) >= FEWEST else (np.empty(0),) * 2
    edges = (0.0, 1.0) if len(ended) <= ALL_OF else (0.1, 0.9)
    return Seeds(
        runs=tuple(runs),
        told=None not in names and len(names) == 1,
        diverged=len(mine) - len(ended),
        median=float(np.median(finals)),
        lowest=float(finals.min()),
        highest=float(finals.max()),
        noise=pool([finals]),
        steps=steps,
        middle=np.median(lines, axis=0) if len(steps) else steps,
        low=np.quantile(lines, edges[0], axis=0) if len(steps) else steps,
        high=np.quantile(lines, edges[1], axis=0) if len(steps) else steps,
    )


def pool(groups: Sequence[FloatArray]) -> Noise | None:
    """Return what repeats differ by, over several settings; None without any repeat."""
    freedom = sum(max(0, len(one) - 1) for one in groups)
    if freedom == 0:
        return None
    apart = np.concatenate([one - np.median(one) for one in groups if len(one) > 1])
    size = float(np.abs(apart).max()) or 1.0  # the squares of losses near 1e300 are no numbers
    shares = [one / size for one in groups if len(one) > 1]
    squares = sum(float(np.square(one - one.mean()).sum()) for one in shares)
    return Noise(size * float(np.sqrt(squares / freedom)), freedom)


def _lay_over(tracks: Sequence[Track]) -> tuple[FloatArray, FloatArray]:
    first = max(float(one.steps[0]) for one in tracks)
    last = min(float(one.steps[-1]) for one in tracks)
    if first >= last:
        return np.empty(0), np.empty(0)
    steps = np.linspace(first, last, PLACES)
    return steps, np.stack([np.interp(steps, one.steps, one.level) for one in tracks])
