"""Delimited text to columns, by pandas' C parser."""

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from lrdiag.errors import MalformedLogError
from lrdiag.readers.names import guess, phase_of, words_of
from lrdiag.readers.reader import Cells, IntArray
from lrdiag.readers.tables.dialect import EMPTY, Dialect, number_of, split
from lrdiag.readers.tables.records import PHASES

if TYPE_CHECKING:
    import pandas as pd

_LABELS = frozenset({"metric", "name", "tag", "key", "variable", "series", "metric_name"})
MAX_LABELS = 200  # of a long table
MAX_PARTS = 10  # of the data; "val" may be three sets
# An empty cell was not logged, the text nan was; the parser of floats takes neither apart nor
# knows the second. This number, which no log holds, stands for the text while it parses: a
# column of a million floats with some nan in it takes 0.1 s so, and 0.7 s as text.
NAN_MARK = 8.876543e307
_NAN_BYTES = b"8.876543e307"
_NANS = (b"nan", b"NaN", b"NAN")


def parse(data: bytes, start: int, end: int, dialect: Dialect) -> "pd.DataFrame":
    """Parse a block of rows; columns of floats where all cells are numbers.

    Args:
        data: The bytes of the log.
        start: Where the block begins, below its header.
        end: Where it ends.
        dialect: Its layout.

    Raises:
        MalformedLogError: The parser gives up.
    """
    import pandas as pd  # a third of a second that only tables are worth

    head = data[start : min(end, start + 4096)]
    if not head.strip() and not data[start:end].strip():
        return pd.DataFrame({column: [] for column in dialect.names})
    names = [*dialect.names, *_surplus(data, start, end, dialect)]
    layout: dict[str, Any] = {
        "sep": r"\s+" if dialect.delimiter == " " else dialect.delimiter,
        "header": None,
        "names": names,
        "index_col": False,
        "keep_default_na": False,
        "na_values": [""],
        "decimal": dialect.decimal,
        "comment": "#" if dialect.delimiter == " " else None,
        "skipinitialspace": b" " in head,  # costs a third of the time
        "on_bad_lines": "skip",
        "encoding_errors": "replace",
    }
    if dialect.numbers == 1.0 and (found := _floats(data, start, end, layout)) is not None:
        return _fitting(found, len(dialect.names))
    try:
        frame: pd.DataFrame = pd.read_csv(_part(data, start, end), low_memory=False, **layout)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError, OverflowError) as error:
        raise MalformedLogError(
            "The rows of the table cannot be told apart.",
            hint="Give a CSV with a header line and one row a step.",
        ) from error
    return _fitting(frame, len(dialect.names))


def _surplus(data: bytes, start: int, end: int, dialect: Dialect) -> list[str]:
    """Name the cells that the first row has beyond the header's; mostly there are none."""
    stop = data.find(b"\n", start, end)
    line = data[start : stop if stop >= 0 else end].decode("utf-8", "replace").strip("\r")
    return [f"\x00{k}" for k in range(len(dialect.names), len(split(line, dialect.delimiter)))]


def _fitting(frame: "pd.DataFrame", width: int) -> "pd.DataFrame":
    """Leave out rows that hold more cells than the header; an empty one at the end is none."""
    if frame.shape[1] == width:
        return frame
    fits = frame.iloc[:, width:].isna().all(axis=1)
    kept: pd.DataFrame = frame.loc[fits].iloc[:, :width]
    return kept


def _part(data: bytes, start: int, end: int) -> io.BytesIO:
    if end < len(data):
        return io.BytesIO(data[start:end])
    stream = io.BytesIO(data)  # shares the bytes, copies none
    stream.seek(start)
    return stream


def _floats(data: bytes, start: int, end: int, layout: Mapping[str, Any]) -> "pd.DataFrame | None":
    """Parse every column as floats, which is fastest; None where a cell is no number."""
    import pandas as pd

    words = [
        word
        for word in _NANS
        if data.find(word[:1], start, end) >= 0 and data.find(word, start, end) >= 0
    ]
    if words:
        data = data[start:end]
        for word in words:
            data = data.replace(word, _NAN_BYTES)
        start, end = 0, len(data)
    try:
        frame: pd.DataFrame = pd.read_csv(_part(data, start, end), dtype=np.float64, **layout)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError, OverflowError):
        return None
    return frame


def gather(
    frames: Sequence["pd.DataFrame"], layouts: Sequence[Dialect]
) -> tuple[dict[str, Cells], dict[str, int]]:
    """Gather each column's logged cells over all parts of the log.

    Args:
        frames: The parts, in the order of the log.
        layouts: The layout of each.

    Returns:
        The columns of numbers, and for each column of words how many differ.
    """
    pieces: dict[str, list[Cells]] = {}
    words: dict[str, int] = {}
    offset = 0
    for frame, layout in zip(frames, layouts, strict=True):
        everywhere = np.arange(offset, offset + len(frame))
        labels = _labels(layout.names)
        part = None if labels else _parts(frame, layout.names)
        for name in layout.names:
            if part is not None and name != part and not _is_shared(name):
                for label, cells in _by_part(frame, (part, name), everywhere, layout.decimal):
                    pieces.setdefault(label, []).append(cells)
                continue
            if labels is not None and name == labels[1]:
                for label, cells in _by_label(frame, labels, everywhere, layout.decimal):
                    pieces.setdefault(label, []).append(cells)
                continue
            cells, different = _cells(frame[name], everywhere, layout.decimal)
            pieces.setdefault(name, []).append(cells)
            words[name] = max(words.get(name, 0), different)
        offset += len(frame)
    texts = {name: different for name, different in words.items() if different}
    columns = {name: _join(parts) for name, parts in pieces.items() if name not in texts}
    return columns, texts


def _labels(names: Sequence[str]) -> tuple[str, str] | None:
    """Return the columns of a long table that hold the name and the value of each cell."""
    value = next((name for name in names if name.lower() in ("value", "metric_value")), None)
    label = next((name for name in names if name.lower() in _LABELS), None)
    return (label, value) if label is not None and value is not None else None


def _by_label(
    frame: "pd.DataFrame", labels: tuple[str, str], rows: IntArray, decimal: str
) -> Iterator[tuple[str, Cells]]:
    """Yield one column for each name in a long table: step, metric, value."""
    label, value = labels
    codes, names = frame[label].factorize()
    places = np.split(np.argsort(codes, kind="stable"), np.cumsum(np.bincount(codes + 1))[:-1])
    for name, mine in zip(names[:MAX_LABELS], places[1:], strict=False):  # the first: no name
        cells, _ = _cells(frame[value].iloc[mine], rows[mine], decimal)
        yield str(name).strip(), cells


def _parts(frame: "pd.DataFrame", names: Sequence[str]) -> str | None:
    """Return the column that says of each row whether it is of the training or a validation."""
    for name in names:
        if name.strip().lower() not in PHASES or frame[name].dtype.kind in "iufb":
            continue
        told = frame[name].dropna().unique()
        if len(told) > MAX_PARTS:
            continue
        phases = {phase_of(words_of(str(word))) for word in told}
        if phases == {"train", "val"}:
            return name
    return None


def _is_shared(name: str) -> bool:
    """Say whether a column holds for all parts of the data: a counter, a time or a rate."""
    return guess(name).role in ("step", "epoch", "time", "lr")


def _by_part(
    frame: "pd.DataFrame", names: tuple[str, str], rows: IntArray, decimal: str
) -> Iterator[tuple[str, Cells]]:
    """Yield one column for the training and one for each validation: phase, loss."""
    part, name = names
    for word in frame[part].dropna().unique():
        mine = np.flatnonzero((frame[part] == word).to_numpy(bool))
        cells, _ = _cells(frame[name].iloc[mine], rows[mine], decimal)
        yield f"{str(word).strip()}/{name}", cells


def _join(parts: Sequence[Cells]) -> Cells:
    if len(parts) == 1:
        return parts[0]
    return Cells(
        np.concatenate([part.rows for part in parts]),
        np.concatenate([part.values for part in parts]),
    )


def _cells(column: "pd.Series", rows: IntArray, decimal: str) -> tuple[Cells, int]:
    """Return the logged cells of a column, and for a column of words how many differ."""
    if column.dtype.kind in "iufb":
        values = column.to_numpy(np.float64)
        logged = ~np.isnan(values)  # the parser makes NaN of an empty cell alone
        if not logged.all():
            rows, values = rows[logged], values[logged]
        if len(values) and max(values.max(), -values.min()) >= NAN_MARK:
            values = np.where(np.abs(values) == NAN_MARK, np.nan, values)
        return Cells(rows, values), 0
    logged = column.notna().to_numpy(bool)
    kept = [str(cell).strip() for cell in column.to_numpy(object)[logged]]
    known: dict[str, float | None] = {}
    for cell in kept:
        if cell not in known:
            known[cell] = number_of(cell, decimal)
    strange = [cell for cell, value in known.items() if value is None and cell.lower() not in EMPTY]
    if len(strange) > max(1, 0.2 * len(known)) or (strange and len(strange) == len(known)):
        return Cells(rows[:0], np.empty(0)), len(strange)
    found = [known[cell] for cell in kept]
    told = np.array([value is not None for value in found], dtype=bool)
    values = np.array([value for value in found if value is not None], dtype=np.float64)
    return Cells(rows[logged][told], values), 0
