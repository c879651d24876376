"""Columns that are already in memory, a dict or a DataFrame, as a table of logged cells."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lrdiag.errors import EmptyLogError, MalformedLogError
from lrdiag.numerics import BoolArray, FloatArray
from lrdiag.readers.reader import Cells, Table

FULL = 0.5  # share of logged rows from which a hole may be a NaN; validation fills far fewer


def mapping_to_table(columns: Mapping[str, Any], name: str = "dict") -> Table:
    """Turn named lists or arrays into a table; None was not logged, NaN was logged as such.

    Raises:
        EmptyLogError: There are no rows.
        MalformedLogError: The columns differ in length.
    """
    lengths = {str(key): len(values) for key, values in columns.items()}
    if not lengths or not any(lengths.values()):
        raise EmptyLogError("The dict holds no rows.", hint="Give lists, one a column.")
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{key} {n}" for key, n in list(lengths.items())[:5])
        raise MalformedLogError(
            f"The columns differ in length: {said}.",
            hint="Give every column one value a row, and None where nothing was logged.",
        )
    read = {str(key): _to_floats(np.asarray(values)) for key, values in columns.items()}
    return _build(name, read, {key: column[1] for key, column in read.items() if column})


def frame_to_table(frame: Any, name: str = "DataFrame") -> Table:  # noqa: ANN401 - any library's
    """Turn a DataFrame of pandas, polars or the like into a table.

    A DataFrame has one sign for a cell that was not logged and for a loss that was NaN. A hole
    counts as NaN where its column is mostly full and the row holds no cell of a sparse column:
    in a row of validation the training loss is not logged.

    Raises:
        EmptyLogError: There are no rows.
    """
    read = {str(key): _to_floats(np.asarray(frame[key])) for key in frame.columns}
    numbers = {key: column[0] for key, column in read.items() if column is not None}
    rows = max((len(values) for values in numbers.values()), default=0)
    if rows == 0:
        raise EmptyLogError("The DataFrame holds no rows of numbers.", hint="Give the log's rows.")
    held = {key: ~np.isnan(values) for key, values in numbers.items()}
    sparse_row = np.zeros(rows, dtype=np.bool_)
    for mask in held.values():
        if mask.mean() < FULL:
            sparse_row |= mask
    logged = {key: mask | (~sparse_row & (mask.mean() >= FULL)) for key, mask in held.items()}
    return _build(name, read, logged)


_Column = tuple[FloatArray, BoolArray] | None  # values and what was logged; None for words


def _build(name: str, read: Mapping[str, _Column], logged: Mapping[str, BoolArray]) -> Table:
    columns, texts, rows = {}, {}, 0
    for key, column in read.items():
        if column is None:
            texts[key] = 0
            continue
        rows = max(rows, len(column[0]))
        at = np.flatnonzero(logged[key])
        columns[key] = Cells(at, column[0][at])
    return Table(name=name, format=name, rows=rows, columns=columns, texts=texts)


def _to_floats(values: NDArray[Any]) -> _Column:
    """Return the values as numbers and which cells hold any; None for a column of words."""
    if values.dtype.kind in "mM" or values.ndim != 1:
        return None
    if values.dtype.kind in "fiub":
        return values.astype(np.float64), np.ones(len(values), dtype=np.bool_)
    logged = np.array([_is_logged(value) for value in values], dtype=np.bool_)
    numbers = np.full(len(values), np.nan)
    try:
        numbers[logged] = [float(value) for value in values[logged]]
    except (TypeError, ValueError):
        return None
    return numbers, logged


def _is_logged(value: object) -> bool:
    """Tell None, an empty word and a library's own sign of nothing from a value."""
    return value is not None and value != "" and type(value).__name__ not in {"NAType", "NaTType"}
