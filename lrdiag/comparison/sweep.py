"""Runs that differ by their learning rate: which rate is best, and how far others do as well."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lrdiag.comparison.seeds import Noise
from lrdiag.comparison.track import Track
from lrdiag.numerics import FloatArray

Border = Literal["lowest", "highest"]

GOOD_SHARE = 0.05  # of the drop: what a rate may miss of the best one's and still be as good
USUAL_STEP = 10.0**0.5  # between rates, where a sweep has no two neighbours that finished
SAME_RATE = 0.01  # share by which two rates may differ and be one: 3.16e-3 and 0.00316228
LEAST, MOST = 1e-12, 1e6  # of a rate: what a broken column tells is none
LEAST_DROP = 0.01  # of the start; where no rate falls by so much, none of them learns


@dataclass(frozen=True, slots=True)
class Rung:
    """One rate of a sweep.

    Attributes:
        rate: The learning rate.
        runs: The places of its runs among all.
        diverged: How many of them diverged.
        level: The median of the final levels; None where more than half diverged.
        lowest: The median of the lowest levels; None with ``level``.
        missed: What it misses of the best rate's drop, from 0 to 1; 1 for a rate that diverged.
    """

    rate: float
    runs: tuple[int, ...]
    diverged: int
    level: float | None
    lowest: float | None
    missed: float


@dataclass(frozen=True, slots=True)
class Sweep:
    """What the rates of a sweep say.

    Attributes:
        rungs: One a rate, the lowest first.
        best: The best rate that was tried.
        low: The lowest rate that does as well, read off between the rates that were tried.
        high: The highest.
        good: What a rate may miss of the drop and still do as well, as a share of it.
        border: The end of the sweep at which the best rate stands; None within it.
        add: The rate to add there; None within the sweep.
        lowest_at: The best rate by the lowest level of each run, where it is another one.
        learned: Whether any rate learns at all.
    """

    rungs: tuple[Rung, ...]
    best: float
    low: float
    high: float
    good: float
    border: Border | None
    add: float | None
    lowest_at: float | None
    learned: bool


def group_rates(tracks: Sequence[Track]) -> tuple[tuple[int, ...], ...]:
    """Return the places of the runs of each rate, the lowest first; runs without one are left."""
    rates = ((one.member.rate, k) for k, one in enumerate(tracks))
    known = sorted((rate, k) for rate, k in rates if rate is not None and LEAST <= rate <= MOST)
    groups: list[list[int]] = []
    last = 0.0
    for rate, k in known:
        if not groups or rate > last * (1.0 + SAME_RATE):
            groups.append([])
            last = rate
        groups[-1].append(k)
    return tuple(tuple(one) for one in groups)


def measure_sweep(
    tracks: Sequence[Track], groups: Sequence[tuple[int, ...]], noise: Noise | None
) -> Sweep | None:
    """Read off which rate is best; None where every run diverged.

    Args:
        tracks: All runs.
        groups: The places of the runs of each rate, at least two rates, the lowest first.
        noise: What repeats of one rate differ by, where there are any.
    """
    rates = np.array([_rate(tracks[one[0]]) for one in groups])
    levels = np.array([_middle(tracks, one, "final") for one in groups])
    lowest = np.array([_middle(tracks, one, "best") for one in groups])
    if not np.isfinite(levels).any():
        return None
    k = int(np.argmin(levels))
    start = next(tracks[i].start for one in groups for i in one if tracks[i].finished)
    drop = start - float(levels[k])
    learned = drop > LEAST_DROP * abs(start)
    missed = _missed(levels, drop)
    good = 1.0
    if learned:
        good = min(1.0, max(GOOD_SHARE, _chance(tracks, groups[k], noise) / drop))
    at_border: Border | None = "lowest" if k == 0 else "highest" if k == len(rates) - 1 else None
    j = int(np.argmin(lowest))
    return Sweep(
        rungs=tuple(
            Rung(
                rate=float(rates[i]),
                runs=groups[i],
                diverged=sum(not tracks[one].finished for one in groups[i]),
                level=_known(levels[i]),
                lowest=_known(lowest[i]),
                missed=float(missed[i]),
            )
            for i in range(len(rates))
        ),
        best=float(rates[k]),
        low=_edge(rates[k::-1], missed[k::-1], good),
        high=_edge(rates[k:], missed[k:], good),
        good=good,
        border=at_border,
        add=None if at_border is None else _next_rate(rates, at_border),
        lowest_at=float(rates[j]) if j != k else None,
        learned=learned,
    )


def _rate(track: Track) -> float:
    rate = track.member.rate
    if rate is None:
        raise ValueError("A run of a sweep has a rate.")
    return rate


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _middle(tracks: Sequence[Track], runs: Sequence[int], what: Literal["final", "best"]) -> float:
    """Return the median level of the runs of a rate; infinity where more than half diverged."""
    mine = [tracks[k] for k in runs]
    ended = [one for one in mine if one.finished]
    if 2 * len(ended) < len(mine) or not ended:
        return float("inf")
    return float(np.median([one.final if what == "final" else one.best for one in ended]))


def _missed(levels: FloatArray, drop: float) -> FloatArray:
    if drop <= 0.0:
        return np.where(np.isfinite(levels), 0.0, 1.0)
    with np.errstate(over="ignore"):  # beside a drop of 1e-308 all others miss all of it
        missed: FloatArray = np.clip((levels - levels.min()) / drop, 0.0, 1.0)
    return missed


def _chance(tracks: Sequence[Track], best: tuple[int, ...], noise: Noise | None) -> float:
    """Return how far apart two equally good rates may stand by chance."""
    if noise is not None:
        return noise.reach * noise.spread * float(np.sqrt(2.0 / len(best)))
    return 2.0 * float(np.sqrt(2.0)) * tracks[best[0]].error


def _edge(rates: FloatArray, missed: FloatArray, good: float) -> float:
    """Return how far from the best rate, the first, others do as well; straight in log rate."""
    for k in range(1, len(rates)):
        if missed[k] > good:
            share = (good - missed[k - 1]) / (missed[k] - missed[k - 1])
            step = np.log(rates[k] / rates[k - 1])
            return float(rates[k - 1] * np.exp(share * step))
    return float(rates[-1])


def _next_rate(rates: FloatArray, border: Border) -> float:
    """Return the rate one step of the sweep beyond its border."""
    steps = np.diff(np.log(rates))
    step = float(np.exp(np.median(steps))) if len(steps) > 1 else USUAL_STEP
    return float(rates[-1] * step if border == "highest" else rates[0] / step)
