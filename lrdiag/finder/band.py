"""The sweep from other weights: how far the curve depends on where the training starts."""

from collections.abc import Sequence

import numpy as np

from lrdiag.finder.regions import smooth_losses
from lrdiag.finder.result import Band
from lrdiag.finder.sweep import Sweep


def make_band(sweep: Sweep, others: Sequence[Sweep], *, why: str = "") -> Band:
    """Return the lowest and the highest smooth loss of all seeds at each rate of a sweep.

    Args:
        sweep: Of the first seed, whose rates count.
        others: Of the other seeds, on the same rates; each may have ended sooner or later.
        why: Why they were not trained at once; empty where they were.
    """
    n = len(sweep.lr)
    rows = np.full((1 + len(others), n), np.nan)
    for row, one in zip(rows, (sweep, *others), strict=True):
        smooth = smooth_losses(one.loss)[:n]
        row[: len(smooth)] = smooth
    known = np.isfinite(rows)
    low = np.where(known, rows, np.inf).min(axis=0)
    high = np.where(known, rows, -np.inf).max(axis=0)
    none = ~known.any(axis=0)
    low[none], high[none] = np.nan, np.nan
    return Band(len(rows), _brief(low), _brief(high), together=not why, why=why)


def _brief(values: np.ndarray) -> tuple[float, ...]:
    return tuple(float(f"{one:.7g}") for one in values)
