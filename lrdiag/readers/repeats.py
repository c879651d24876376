"""Runs that are told more than once: by two loggers, or by the file of each checkpoint."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lrdiag.run import Run, Series, SeriesName

SAME = 1e-3  # relative; consoles print four digits where files keep seven
SHARE = 0.95  # of the points of the shorter; the last may be a mean of another stretch
FEW = 3  # points; fewer may agree by chance

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
    for run in sorted(runs, key=_points, reverse=True):
        twin = next((k for k, one in enumerate(kept) if _holds(one, run)), None)
        if twin is None:
            kept.append(run)
        else:
            also.setdefault(twin, []).append(run.source)
    noted = [replace(run, notes=(*run.notes, *_note(also.get(k)))) for k, run in enumerate(kept)]
    order = {id(run): k for k, run in enumerate(runs)}
    places = sorted(range(len(kept)), key=lambda k: order[id(kept[k])])
    return tuple(noted[k] for k in places)


def _points(run: Run) -> int:
    return sum(len(run[name]) for name in _LOSSES if name in run)


def _holds(longer: Run, shorter: Run) -> bool:
    """Say whether every loss of one run is a part of the other's."""
    if longer.source == shorter.source or longer.x.unit != shorter.x.unit:
        return False
    names = [name for name in _LOSSES if name in shorter]
    enough = any(len(shorter[name]) >= FEW for name in names)
    return enough and all(name in longer and _within(shorter[name], longer[name]) for name in names)


def _within(part: Series, whole: Series) -> bool:
    at = np.searchsorted(whole.steps, part.steps)
    at = np.minimum(at, len(whole) - 1)
    same = np.isclose(whole.values[at], part.values, rtol=SAME, equal_nan=True)
    return bool(np.mean(same & (whole.steps[at] == part.steps)) >= SHARE)


def _note(sources: list[str] | None) -> tuple[str, ...]:
    if not sources:
        return ()
    shown = ", ".join(sources[:3])
    more = f" and {len(sources) - 3} more" if len(sources) > 3 else ""
    return (f"{shown}{more} tells the same run.",)
