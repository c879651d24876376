"""Bytes to runs: one log, or all the logs of an archive or a folder."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Protocol

import numpy as np

from lrdiag.errors import (
    EmptyLogError,
    MalformedLogError,
    ReadError,
    UnknownFormatError,
)
from lrdiag.readers.catalogue import find_readers
from lrdiag.readers.columns import runs_from_table
from lrdiag.readers.decode import plain
from lrdiag.readers.kinds import kind_of
from lrdiag.readers.limits import Limits
from lrdiag.readers.reader import Reader, Source
from lrdiag.readers.refusals import NO_LOSS
from lrdiag.readers.repeats import drop_repeats
from lrdiag.readers.unpack import unpack
from lrdiag.run import Role, Run

RESULT = UnknownFormatError(
    "The file holds one value of each loss.",
    hint="A curve takes the values of many steps: give the log of the training.",
)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that gave no run, or a run beside others of its file, and why."""

    name: str
    error: ReadError


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of the files that were given together.

    Attributes:
        runs: All runs, in the order of the files; those that are no loss logs only where
            there is no other.
        left_out: The files that are no loss logs, where there are runs; else all of them.
        size: The bytes of all logs, unpacked.
    """

    runs: tuple[Run, ...]
    left_out: tuple[LeftOut, ...] = ()
    size: int = 0


def read_runs(
    source: Source,
    *,
    roles: Mapping[str, Role] | None = None,
    limits: Limits = Limits(),  # noqa: B008  frozen
) -> tuple[Run, ...]:
    """Turn one log into its runs.

    Args:
        source: The bytes of the log, unpacked, and the name they came with.
        roles: What the user says of columns; stands above what names and values say.
        limits: How much to take in.

    Returns:
        At least one run. A file that is readable and no loss log gives a run with a refusal.

    Raises:
        ReadError: And nothing else, whatever the bytes.
    """
    for reader in find_readers():
        if reader.binary and reader.recognises(source):
            return _read(reader, source, roles, limits)
    kind = kind_of(source.data)
    if kind:
        raise UnknownFormatError(
            f"The file is {kind}, not a log.",
            hint="Give the text that the training run printed, or its CSV or JSON log.",
        )
    source = plain(source)
    if not source.data[:4096].strip() and not source.data.strip():
        raise EmptyLogError("The log is empty.", hint="Give the log of a run that has begun.")
    return _first_good(source, roles, limits)


class ReadLog(Protocol):
    """What ``read_runs`` is, and whoever stands in for it."""

    def __call__(
        self, source: Source, /, *, roles: Mapping[str, Role] | None, limits: Limits
    ) -> tuple[Run, ...]:
        """Turn one log into its runs."""
        ...


def read_logs(
    sources: Iterable[Source],
    *,
    roles: Mapping[str, Role] | None = None,
    limits: Limits = Limits(),  # noqa: B008  frozen
    read: ReadLog = read_runs,
) -> Reading:
    """Read every log of an archive, of a folder, or of files that were given together.

    What is no loss log is left out, as long as there is one; so is a run that another file
    tells as well, as the trainer_state.json of an earlier checkpoint does.

    Args:
        sources: The files as they arrived, packed or not.
        roles: What the user says of columns; stands above what names and values say.
        limits: How much to take in.
        read: What turns one log into its runs.
    """
    runs: list[Run] = []
    left_out: list[LeftOut] = []
    size = 0
    for source in sources:
        try:
            logs = unpack(source, limits=limits)
        except ReadError as error:
            left_out.append(LeftOut(source.name, error))
            continue
        for log in logs:
            size += len(log.data) + sum(len(part.data) for part in log.parts)
            try:
                runs.extend(read(log, roles=roles, limits=limits))
            except ReadError as error:
                left_out.append(LeftOut(log.name, error))
    losses = [run for run in runs if run.refusal is None]
    if not losses:
        return Reading(tuple(runs), tuple(left_out), size)
    results = _results(losses)
    left_out += [LeftOut(run.source, RESULT) for run in results]
    losses = [run for run in losses if run not in results]
    told = {run.source for run in losses}
    for run in runs:
        if run.refusal is not None:
            why = UnknownFormatError(f"{run.refusal.reason}.", hint=run.refusal.hint)
            left_out.append(LeftOut(run.name if run.source in told else run.source, why))
    first, *others = drop_repeats(losses)
    if left_out:
        first = replace(first, notes=(*first.notes, _say_left_out(left_out)))
    return Reading((first, *others), tuple(left_out), size)


def _results(runs: Sequence[Run]) -> list[Run]:
    """Return the runs of one value beside longer ones: the all_results.json of a Trainer."""
    single = [run for run in runs if max(map(len, run.series.values())) == 1]
    return single if len(single) < len(runs) else []


def _say_left_out(files: Sequence[LeftOut]) -> str:
    shown = ", ".join(PurePath(file.name).name for file in files[:3])
    more = f" and {len(files) - 3} more" if len(files) > 3 else ""
    return f"Left out, for they hold no losses of training steps: {shown}{more}."


def _first_good(
    source: Source, roles: Mapping[str, Role] | None, limits: Limits
) -> tuple[Run, ...]:
    """Return what the first reader makes that finds a loss; failing that, the first answer."""
    problem: ReadError | None = None
    without: tuple[Run, ...] = ()
    for reader in find_readers():
        if reader.binary or not reader.recognises(source):
            continue
        try:
            runs = _read(reader, source, roles, limits)
        except (MalformedLogError, EmptyLogError, UnknownFormatError) as error:
            if reader.sure:
                raise
            problem = problem or error
            continue
        if any(run.refusal != NO_LOSS for run in runs):
            return runs
        without = without or runs
    if without:
        return without
    raise problem or UnknownFormatError(
        "No losses were found in the text.",
        hint="Give a CSV with a header line: step, train_loss and, where there is one, val_loss.",
    )


def _read(
    reader: Reader, source: Source, roles: Mapping[str, Role] | None, limits: Limits
) -> tuple[Run, ...]:
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # a log may hold any float there is
            tables = reader.read(source, limits)
            runs = [run for table in tables for run in runs_from_table(table, source.name, roles)]
    except ReadError:
        raise
    except (ValueError, ArithmeticError, LookupError, TypeError, RecursionError) as error:
        raise MalformedLogError(
            f"The log looks like {reader.title}, but cannot be read.",
            hint="Give a CSV with a header line and one row a step.",
        ) from error
    if len(runs) > limits.max_members:
        more = f"The file holds {len(runs):,} runs; the first {limits.max_members} are read."
        runs = [replace(run, notes=(*run.notes, more)) for run in runs[: limits.max_members]]
    return tuple(
        replace(run, title=run.title or reader.title, notes=(*source.notes, *run.notes))
        for run in runs
    )
