"""Records, one dictionary a row, to a table."""

from collections.abc import Iterable, Mapping

import numpy as np

from lrdiag.errors import EmptyLogError, LimitError
from lrdiag.readers.dialect import number_of
from lrdiag.readers.limits import Limits
from lrdiag.readers.names import guess, phase_of, words_of
from lrdiag.readers.reader import Cells, Table

# Keys whose word says what a record is about: mmdetection's mode, others' split or phase.
_PHASES = ("mode", "phase", "split", "stage", "subset")


def table_from_records(
    records: Iterable[Mapping[str, object]],
    *,
    name: str,
    log_format: str,
    limits: Limits,
    notes: tuple[str, ...] = (),
) -> Table:
    """Gather flat records into columns; a key that a record lacks was not logged there.

    Args:
        records: Flat dictionaries in the order of the log.
        name: The name of the run.
        log_format: The name of the reader.
        limits: How many rows and columns to take.
        notes: What the reader has to say.

    Raises:
        LimitError: Too many rows or columns.
        EmptyLogError: No record at all.
    """
    rows: dict[str, list[int]] = {}
    values: dict[str, list[float]] = {}
    words: dict[str, set[str]] = {}
    count = 0
    for record in records:
        prefix = _prefix(record)
        for key, cell in record.items():
            number = _number(cell)
            if number is not None:
                column = key if not prefix else _about(prefix, key)
                rows.setdefault(column, []).append(count)
                values.setdefault(column, []).append(number)
            elif isinstance(cell, str) and len(words.setdefault(key, set())) < limits.max_rows:
                words[key].add(cell[:80])
        count += 1
        _check(count, len(rows), limits)
    if count == 0:
        raise EmptyLogError("The log holds no rows.", hint="Give the log of a run that has begun.")
    columns = {
        key: Cells(np.array(rows[key], dtype=np.int64), np.array(values[key], dtype=np.float64))
        for key in rows
    }
    texts = {key: len(found) for key, found in words.items() if key not in columns}
    return Table(name, log_format, count, columns, texts, notes)


def _check(rows: int, columns: int, limits: Limits) -> None:
    if rows > limits.max_rows:
        raise LimitError(
            f"The log has more than {limits.max_rows:,} rows.", hint="Keep every tenth row."
        )
    if columns > limits.max_columns:
        raise LimitError(
            f"The log has more than {limits.max_columns:,} columns.",
            hint="Keep the columns of the losses, the learning rate and the step.",
        )


def _number(cell: object) -> float | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, float):
        return cell
    if isinstance(cell, int):
        return float(cell) if abs(cell) < 1 << 1000 else None
    if isinstance(cell, str):
        return number_of(cell.strip()) if len(cell) < 40 else None
    if isinstance(cell, list) and len(cell) == 1:
        return _number(cell[0])
    return None


def _prefix(record: Mapping[str, object]) -> str:
    """Return the word for validation that a record bears, if it bears one."""
    for key in _PHASES:
        value = record.get(key)
        if isinstance(value, str) and phase_of(words_of(value)) == "val":
            return value
    return ""


def _about(prefix: str, key: str) -> str:
    """Name a value of a validation record: its step is another counter, its epoch is not."""
    return key if guess(key).role == "epoch" else f"{prefix}/{key}"
