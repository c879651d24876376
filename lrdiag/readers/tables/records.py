"""Records, one dictionary a row, to a table."""

from array import array
from collections.abc import Iterable, Mapping

import numpy as np

from lrdiag.errors import EmptyLogError, LimitError
from lrdiag.readers.limits import Limits
from lrdiag.readers.names import guess, phase_of, words_of
from lrdiag.readers.reader import Cells, Table
from lrdiag.readers.tables.dialect import number_of

MOST_WORDS = 50_000  # different words of a column; a table of runs has fewer rows
# Keys whose word says what a record is about: mmdetection's mode, others' split or phase.
PHASES = ("mode", "phase", "split", "stage", "subset", "set", "dataset", "partition")
# Keys of a record that tells one value of one metric: of MLflow and others, and of Comet.
_VALUES = ("value", "metricValue")
_LABELS = ("key", "metric", "metricName", "name", "tag")
LONGEST_NAME = 200  # characters of a name that a record gives
_PHASE_KEYS = frozenset(PHASES)


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
    columns: dict[str, tuple[array[int], array[float]]] = {}
    words: dict[str, set[str]] = {}
    count = 0
    for record in records:
        prefix = "" if _PHASE_KEYS.isdisjoint(record) else _prefix(record)
        for key, cell in record.items():
            number = cell if type(cell) is float else number_in(cell)
            if number is not None:
                column = key if not prefix else _about(prefix, key)
                if column not in columns:
                    columns[column] = (array("q"), array("d"))
                rows, values = columns[column]
                rows.append(count)
                values.append(number)
            elif isinstance(cell, str) and (key in words or len(words) < limits.max_columns):
                found = words.setdefault(key, set())
                if len(found) < MOST_WORDS:
                    found.add(cell[:80])
        count += 1
        _check(count, len(columns), limits)
    if count == 0:
        raise EmptyLogError("The log holds no rows.", hint="Give the log of a run that has begun.")
    cells = {
        key: Cells(np.frombuffer(rows, np.int64), np.frombuffer(values, np.float64))
        for key, (rows, values) in columns.items()
    }
    texts = {key: len(found) for key, found in words.items() if key not in columns}
    return Table(name, log_format, count, cells, texts, notes)


def widen(record: Mapping[str, object]) -> Mapping[str, object]:
    """Call a value what the record says it is of: key loss, value 2.5 becomes loss 2.5.

    MLflow, Comet and others answer so when they are asked for the history of a metric.
    """
    value = next((key for key in _VALUES if key in record), None)
    if value is None:
        return record
    label = next((key for key in _LABELS if isinstance(record.get(key), str)), None)
    name = str(record[label])[:LONGEST_NAME] if label else ""
    if guess(name).role == "ignore":
        return record
    left = {key: cell for key, cell in record.items() if key not in (value, label)}
    return {**left, name: record[value]}


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


def number_in(cell: object) -> float | None:
    """Return the number that a value of a record means; None if it means none."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, float):
        return cell
    if isinstance(cell, int):
        return float(cell) if abs(cell) < 1 << 1000 else None
    if isinstance(cell, str):
        return number_of(cell.strip()) if len(cell) < 40 else None
    if isinstance(cell, list) and len(cell) == 1:
        return number_in(cell[0])
    return None


def _prefix(record: Mapping[str, object]) -> str:
    """Return the word for validation that a record bears, if it bears one."""
    for key in PHASES:
        value = record.get(key)
        if isinstance(value, str) and phase_of(words_of(value)) == "val":
            return value
    return ""


def _about(prefix: str, key: str) -> str:
    """Name a value of a validation record: its step is another counter, its epoch is not."""
    return key if guess(key).role == "epoch" else f"{prefix}/{key}"
