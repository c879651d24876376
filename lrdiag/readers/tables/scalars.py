"""Points that were logged one by one, each with its tag and its step, to a table."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lrdiag.errors import EmptyLogError, LimitError
from lrdiag.numerics import FloatArray
from lrdiag.readers.limits import Limits
from lrdiag.readers.reader import Cells, IntArray, Table
from lrdiag.readers.tables.dialect import unique

MIN_POINTS = 3  # of a tag; fewer show no counter of their own
MIN_COVERED = 0.5  # of the way of the densest tag; points beside less of it say nothing
OTHER_UNIT = 5.0  # times as far; epochs of fewer updates are rare, gaps of a resumed run smaller


@dataclass(frozen=True, slots=True, eq=False)
class Scalars:
    """The points of one file, in its order.

    Attributes:
        tags: The names of the curves.
        tag: Which of them each point belongs to; shape (n,).
        step: The step of each point; shape (n,).
        wall: When it was logged, in seconds since 1970; shape (n,).
        value: Its value, possibly NaN or infinite; shape (n,).
    """

    tags: tuple[str, ...]
    tag: IntArray
    step: FloatArray
    wall: FloatArray
    value: FloatArray

    def __len__(self) -> int:
        return len(self.tag)


def merge(files: Sequence[Scalars]) -> Scalars:
    """Put the points of several files in the order in which they were logged.

    Points of one file stay in its order, whatever its clock says.

    Args:
        files: The files, those that were begun first before the others.
    """
    places: dict[str, int] = {}
    for file in files:
        for name in file.tags:
            places.setdefault(name, len(places))
    renamed = [np.array([places[name] for name in file.tags], dtype=np.int64) for file in files]
    clocks = [np.fmax.accumulate(file.wall) for file in files]
    order = np.argsort(np.concatenate(clocks), kind="stable")
    tags = [names[file.tag] for names, file in zip(renamed, files, strict=True)]
    return Scalars(
        tuple(places),
        np.concatenate(tags)[order],
        np.concatenate([file.step for file in files])[order],
        np.concatenate([file.wall for file in files])[order],
        np.concatenate([file.value for file in files])[order],
    )


def table_from_scalars(
    points: Scalars,
    *,
    name: str,
    log_format: str,
    limits: Limits,
    at_epoch: re.Pattern[str] | None = None,
    notes: tuple[str, ...] = (),
) -> Table:
    """Make rows of points: those that follow each other at one step share a row.

    A tag whose steps count something else than those of the tag with the most points, as a
    validation loss logged at the number of the epoch, has no step: it stands where it was logged.

    Args:
        points: Every point of the run in the order of the log.
        name: The name of the run.
        log_format: The name of the reader.
        limits: How many points to take.
        at_epoch: Tags whose steps are numbers of epochs.
        notes: What the reader has to say.

    Raises:
        LimitError: Too many points, or too many tags.
        EmptyLogError: Not one.
    """
    _check(points, limits)
    order = np.argsort(points.tag, kind="stable")
    bounds = np.searchsorted(points.tag[order], np.arange(len(points.tags) + 1))
    parts = {
        k: order[first:last] for k, (first, last) in enumerate(pairwise(bounds)) if first < last
    }
    dense = max(parts, key=lambda k: len(parts[k]))
    others = [k for k, part in parts.items() if _counts_else(points.step, part, parts[dense])]
    row = _rows_of(points)
    counted = np.isin(points.tag, others, invert=True)
    steps = np.full(int(row.max()) + 1, np.nan)
    steps[row[counted]] = points.step[counted]
    at = np.flatnonzero(~np.isnan(steps))
    counter = "epoch" if at_epoch and at_epoch.fullmatch(points.tags[dense]) else "step"
    shown = sorted(parts, key=lambda k: parts[k][0])
    names = unique([counter, *(points.tags[k] for k in shown)], len(shown) + 1)
    columns = {counter: Cells(at, steps[at])}
    for column, k in zip(names[1:], shown, strict=True):
        columns[column] = Cells(row[parts[k]], points.value[parts[k]])
    if others:
        notes += (_note([points.tags[k] for k in shown if k in others], points.tags[dense]),)
    return Table(name, log_format, len(steps), columns, notes=notes)


def _check(points: Scalars, limits: Limits) -> None:
    if len(points) > limits.max_rows:
        raise LimitError(
            f"The log has more than {limits.max_rows:,} points.",
            hint="Give the event files of one run, or log every tenth step.",
        )
    if len(points.tags) > limits.max_columns:
        raise LimitError(
            f"The log has more than {limits.max_columns:,} tags.",
            hint="Give the files that hold the losses and the learning rate.",
        )
    if len(points) == 0:
        raise EmptyLogError(
            "The log holds no scalar: no loss was logged as a number.",
            hint="Give the event file to which the training wrote its loss as a scalar.",
        )


def _counts_else(step: FloatArray, mine: IntArray, dense: IntArray) -> bool:
    """Say whether the steps of some points count something else than those of the densest tag.

    They do where, from the first to the last of these points, the densest tag's steps went
    several times as far, or as little. Points that were written all at once say nothing.
    """
    if len(mine) < MIN_POINTS or mine is dense:
        return False
    near = step[dense[np.maximum(np.searchsorted(dense, mine) - 1, 0)]]
    there, here = float(np.ptp(near)), float(np.ptp(step[mine]))
    if there == 0.0 or there < MIN_COVERED * np.ptp(step[dense]):
        return False
    return max(there, here) > OTHER_UNIT * min(there, here)


def _note(others: Sequence[str], dense: str) -> str:
    listed = ", ".join(others[:3]) + (f" and {len(others) - 3} more" if len(others) > 3 else "")
    what = "counts its steps otherwise than" if len(others) == 1 else "count their steps unlike"
    where = "stands where it was" if len(others) == 1 else "stand where they were"
    return f"{listed} {what} {dense} and {where} logged."


def _rows_of(points: Scalars) -> IntArray:
    """Return the row of each point; a tag that comes again at its step begins another row."""
    n = len(points)
    turn = np.zeros(n, dtype=np.int64)
    np.cumsum(points.step[1:] != points.step[:-1], out=turn[1:])
    order = np.lexsort((points.tag, turn))
    first = np.ones(n, dtype=bool)
    first[1:] = (np.diff(turn[order]) != 0) | (np.diff(points.tag[order]) != 0)
    place = np.arange(n)
    again = np.empty(n, dtype=np.int64)  # how often the tag stood at this step before
    again[order] = place - np.maximum.accumulate(np.where(first, place, 0))
    starts = np.flatnonzero(np.diff(turn, prepend=-1))
    heights = np.maximum.reduceat(again, starts) + 1
    found: IntArray = (np.cumsum(heights) - heights)[turn] + again
    return found


def keep_tags(points: Scalars, kept: NDArray[np.bool_]) -> Scalars:
    """Return the points of some tags; ``kept`` says of each tag whether it stays."""
    mine = kept[points.tag]
    return replace(
        points,
        tag=points.tag[mine],
        step=points.step[mine],
        wall=points.wall[mine],
        value=points.value[mine],
    )
