"""Bytes to runs: the log formats that lrdiag reads."""

from collections.abc import Mapping
from dataclasses import replace

from lrdiag.errors import EmptyLogError, MalformedLogError, ReadError, UnknownFormatError
from lrdiag.readers import csv, hf_trainer, jsonl, keras, text, wandb
from lrdiag.readers.columns import run_from_table, runs_from_table
from lrdiag.readers.decode import plain, text_of
from lrdiag.readers.kinds import kind_of
from lrdiag.readers.limits import Limits
from lrdiag.readers.reader import Cells, Reader, Source, Table
from lrdiag.readers.refusals import NO_LOSS
from lrdiag.readers.unpack import unpack
from lrdiag.run import Role, Run

__all__ = [
    "READERS",
    "Cells",
    "Limits",
    "Reader",
    "Source",
    "Table",
    "read_runs",
    "run_from_table",
    "runs_from_table",
    "text_of",
    "unpack",
]

# The most telling first.
READERS: tuple[Reader, ...] = (
    hf_trainer.READER,
    keras.READER,
    jsonl.READER,
    wandb.READER,
    csv.READER,
    text.READER,
)


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


def _first_good(
    source: Source, roles: Mapping[str, Role] | None, limits: Limits
) -> tuple[Run, ...]:
    """Return what the first reader makes that finds a loss; failing that, the first answer."""
    problem: ReadError | None = None
    without: tuple[Run, ...] = ()
    for reader in READERS:
        if not reader.recognises(source):
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
    return tuple(replace(run, title=run.title or reader.title) for run in runs)
