"""Runs that are told more than once: by two loggers, or by the file of each checkpoint."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lrdiag.numerics import FloatArray
from lrdiag.readers.reader import IntArray
from lrdiag.run import Run, Series, SeriesName

SAME = 1e-6  # relative; a float of 32 bits keeps seven digits
CLOSE = 1e-2  # relative; whatever is rounded to three digits agrees so far
ROUNDED = 0.6  # of the last digit; rounding takes up to half of it
FEWEST_DIGITS, MOST_DIGITS = 2, 8  # after the point, of consoles that round
FEWEST_TOLD, MOST_TOLD = 3, 7  # digits that count, where a console keeps as many of each value
COARSEST = 10.0**-FEWEST_DIGITS
SHARE = 0.95  # of the points of the shorter; the last may be a mean of another stretch
FEW = 3  # different values; fewer may agree by chance, and all runs that died agree in one
FEW_IN_ORDER = 10  # such values without common steps; so many agree in no two runs
OTHER_RATE = 1.25  # times; a logger may tell the rate of the step before
PROBES = 9  # points of a run that its twin must have, but for one

_LOSSES: tuple[SeriesName, ...] = ("train_loss", "val_loss")


def drop_repeats(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Leave out each run whose losses another run holds too, point for point.

    Args:
        runs: The runs of files that were given together.

    Returns:
        The others in their order; a note of each says which files tell it as well.
    """
    kept: list[Run] = []
    also: dict[int, list[str]] = {}
    places: dict[int, int] = {}  # of each run that is kept, or of the one that stands for it
    ranked = sorted(runs, key=_points, reverse=True)
    for k, (run, near) in enumerate(zip(ranked, _near(ranked), strict=True)):
        alike = sorted({places[one] for one in near if one < k})
        twin = next((place for place in alike if _holds(kept[place], run)), None)
        places[k] = len(kept) if twin is None else twin
        if twin is None:
            kept.append(run)
            continue
        other = run
        if _tells_more(run, kept[twin]) and _holds(run, kept[twin]):
            kept[twin], other = run, kept[twin]
        also.setdefault(twin, []).append(other.source)
    noted = [replace(run, notes=(*run.notes, *_note(also.get(k)))) for k, run in enumerate(kept)]
    order = {id(run): k for k, run in enumerate(runs)}
    return tuple(noted[k] for k in sorted(range(len(kept)), key=lambda k: order[id(kept[k])]))


def _points(run: Run) -> int:
    return sum(len(run[name]) for name in _LOSSES if name in run)


def _near(runs: Sequence[Run]) -> Iterator[IntArray]:
    """Yield for each run which have its values at a few places: the only ones to compare with.

    Of a thousand runs each has a handful, where every pair would take a minute.
    """
    losses = [run[name].values for run in runs for name in _LOSSES if name in run]
    owner = np.repeat(
        [k for k, run in enumerate(runs) for name in _LOSSES if name in run], list(map(len, losses))
    )
    pool = np.concatenate(losses)
    order = np.argsort(pool)
    pool, owner = pool[order], owner[order]
    with np.errstate(over="ignore"):  # a log may hold any float there is
        rounding = ROUNDED * max(map(_grain, losses))
        relative = max(SAME, _rounding(min(map(_digits, losses))))
    for run in runs:
        values = next(run[name].values for name in _LOSSES if name in run)
        values = values[np.isfinite(values)]
        probes = values[np.linspace(0, len(values) - 1, min(PROBES, len(values))).astype(int)]
        with np.errstate(over="ignore"):
            slack = np.maximum(relative * np.abs(probes), rounding)
            first = np.searchsorted(pool, probes - slack)
            last = np.searchsorted(pool, probes + slack, side="right")
        hits = np.zeros(len(runs), dtype=np.int64)
        for low, high in zip(first, last, strict=True):
            hits[np.unique(owner[low:high])] += 1
        yield np.flatnonzero(hits >= len(probes) - 1)


def _tells_more(run: Run, other: Run) -> bool:
    """Say whether a run has more curves, or the same ones with more digits."""
    if len(run.series) != len(other.series):
        return len(run.series) > len(other.series)
    loss = next(name for name in _LOSSES if name in run)
    return loss in other and _grain(run[loss].values) < _grain(other[loss].values)


def _holds(longer: Run, shorter: Run) -> bool:
    """Say whether every loss of one run is a part of the other's."""
    if longer.source == shorter.source:
        return False
    names = [name for name in _LOSSES if name in shorter]
    if not all(name in longer for name in names):
        return False
    if longer.x.unit == shorter.x.unit:
        if _has_other_rate(longer, shorter):
            return False
        if all(_within(shorter[name], longer[name]) for name in names):
            return True
    return all(_in_order(shorter[name], longer[name]) for name in names)


def _has_other_rate(one: Run, other: Run) -> bool:
    """Say whether two runs log different rates: on the same data they may begin alike."""
    if "lr" not in one or "lr" not in other:
        return False
    _, first, second = np.intersect1d(one["lr"].steps, other["lr"].steps, return_indices=True)
    rates = one["lr"].values[first], other["lr"].values[second]
    told = np.all([np.isfinite(rate) & (rate > 0.0) for rate in rates], axis=0)
    if not told.any():
        return False
    apart = np.log(rates[0][told]) - np.log(rates[1][told])
    return bool(abs(np.median(apart)) > np.log(OTHER_RATE))


def _within(part: Series, whole: Series) -> bool:
    """Say whether one curve has the values of the other at its own steps."""
    at = np.searchsorted(whole.steps, part.steps)
    at = np.minimum(at, len(whole) - 1)
    there = whole.steps[at] == part.steps
    if np.mean(there) < SHARE:
        return False
    return _agree(part.values[there], whole.values[at[there]], FEW)


def _in_order(part: Series, whole: Series) -> bool:
    """Say whether two curves have the same values, whatever their steps count.

    A console tells the epoch where a logger counts steps.
    """
    n = min(len(part), len(whole))
    if n < SHARE * max(len(part), len(whole)):
        return False
    return _agree(part.values[:n], whole.values[:n], FEW_IN_ORDER)


def _agree(one: FloatArray, other: FloatArray, few: int) -> bool:
    """Say whether pairs of values are the same, each value counted once.

    What a run goes on logging after it died says nothing of where it came from.
    """
    finite = np.flatnonzero(np.isfinite(one))
    _, first = np.unique(one[finite], return_index=True)
    told = finite[first]
    if len(told) < few:
        return False
    one, other = one[told], other[told]
    close = np.isclose(one, other, rtol=CLOSE, atol=ROUNDED * COARSEST)
    with np.errstate(over="ignore"):  # a log may hold any float there is
        return bool(np.mean(close) >= SHARE and np.mean(_same(one, other)) >= SHARE)


def _same(one: FloatArray, other: FloatArray) -> NDArray[np.bool_]:
    """Say of each pair of values whether they are one value, which may be rounded in one log."""
    grains, digits = (_grain(one), _grain(other)), (_digits(one), _digits(other))
    absolute = ROUNDED * max(grains) if grains[0] != grains[1] else 0.0
    relative = _rounding(min(digits)) if digits[0] != digits[1] else 0.0
    return np.isclose(one, other, rtol=max(relative, SAME), atol=absolute)


def _grain(values: FloatArray) -> float:
    """Return the unit of the last digit that any value has: 1e-4 where four are printed."""
    finite = values[np.isfinite(values)]
    for digits in range(FEWEST_DIGITS, MOST_DIGITS + 1):
        if np.allclose(np.round(finite, digits), finite, rtol=1e-12, atol=0.0):
            return float(10.0**-digits)
    return 0.0


def _digits(values: FloatArray) -> int:
    """Return how many digits of each value count: 3 where 1.23 and 0.00456 are printed."""
    finite = np.abs(values[np.isfinite(values)])
    finite = finite[finite >= np.finfo(np.float64).tiny]
    units = 10.0 ** np.floor(np.log10(finite))
    for digits in range(FEWEST_TOLD, MOST_TOLD + 1):
        scaled = finite / units * 10.0 ** (digits - 1)
        if np.allclose(np.round(scaled), scaled, rtol=1e-9, atol=0.0):
            return digits
    return MOST_TOLD + 1


def _rounding(digits: int) -> float:
    """Return how far a value of so many digits may be from the whole one, relative to it."""
    return ROUNDED * 10.0 ** (1 - digits)


def _note(sources: list[str] | None) -> tuple[str, ...]:
    if not sources:
        return ()
    shown = ", ".join(sources[:3])
    more = f" and {len(sources) - 3} more" if len(sources) > 3 else ""
    return (f"{shown}{more} {'tell' if len(sources) > 1 else 'tells'} the same run.",)
