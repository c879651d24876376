"""Keras History as JSON: one list a quantity, one item an epoch."""

import re
from collections.abc import Mapping

import numpy as np

from lrdiag.errors import EmptyLogError, LimitError, MalformedLogError
from lrdiag.readers.decode import head_of
from lrdiag.readers.formats import tools
from lrdiag.readers.limits import Limits
from lrdiag.readers.reader import Cells, Reader, Source, Table
from lrdiag.readers.tables.jsontext import check_depth, check_size, flatten, parse

# A list of numbers, or of numbers by their place as pandas writes them, behind a name.
_LISTS = re.compile(
    r"""["']([^"'\n]{1,80})["']\s*:\s*(?:\[\s*[-+\dNIn]|\{\s*"0"\s*:\s*[-+\dNIn])"""
)
_QUOTES = re.compile(r"'([^'\"\n\\]{0,80})'")
_NAN = re.compile(r"\bnan\b")
_INF = re.compile(r"\binf\b")


def recognises(source: Source) -> bool:
    """Say whether the text is one object with lists of numbers, one of them under a key."""
    head = head_of(source).lstrip()
    if not head.startswith("{"):
        return False
    first = head.split("\n", 1)[0].rstrip()
    whole = first.endswith("}") and head[len(first) :].lstrip().startswith("{")
    return not whole and bool(_LISTS.search(head))


def read(source: Source, limits: Limits) -> tuple[Table, ...]:
    """Read the lists as columns.

    Raises:
        MalformedLogError: The text is neither JSON nor a printed Python dictionary.
        LimitError: It nests too deeply, or holds too many lists or items.
        EmptyLogError: No list holds a number.
    """
    check_size(source.data, limits)
    history = _parse(source)
    check_depth(history, limits)
    lists = _lists(history, limits)
    if not lists:
        raise EmptyLogError(
            "The history holds no list of numbers.", hint="Give the History of a fit."
        )
    rows = max(len(values) for values in lists.values())
    if rows > limits.max_rows or len(lists) > limits.max_columns:
        raise LimitError(
            f"The history holds {len(lists):,} lists of up to {rows:,} items; lrdiag reads up "
            f"to {limits.max_columns:,} of {limits.max_rows:,}.",
            hint="Keep every tenth item.",
        )
    columns = {name: _cells(values, rows) for name, values in lists.items()}
    short = [name for name, values in lists.items() if len(values) < rows]
    notes = (f"{', '.join(short[:3])} logged more rarely; spread over the rows.",) if short else ()
    return (Table(source.run_name, "keras", rows, columns, notes=notes),)


def _parse(source: Source) -> Mapping[str, object]:
    try:
        history = parse(source.data)
    except ValueError:
        history = None
    if history is None:
        text = source.data.decode("utf-8", "replace").strip()
        text = _INF.sub("Infinity", _NAN.sub("NaN", _QUOTES.sub(r'"\1"', text)))
        try:
            history = parse(text.encode())
        except ValueError as error:
            raise MalformedLogError(
                f"The history cannot be read: {error}.",
                hint="Write the history with json.dump once the fit is done.",
            ) from error
    if not isinstance(history, Mapping):
        raise MalformedLogError(
            "The file holds no object.", hint="Write history.history with json.dump."
        )
    return history


def _lists(history: Mapping[str, object], limits: Limits) -> dict[str, list[float | None]]:
    found: dict[str, list[float | None]] = {}
    opened = {key: _as_list(value) for key, value in history.items()}
    for name, value in flatten(opened, depth=limits.max_depth).items():
        items = _as_list(value)
        if isinstance(items, list) and items and all(_is_item(item) for item in items):
            found[name] = [None if item is None else float(item) for item in items]
    return {_short(name, found): values for name, values in found.items()}


def _as_list(value: object) -> object:
    """Return the items of an object whose keys are "0", "1", …; another value as it is."""
    if isinstance(value, Mapping) and value:
        if all(str(key).isdigit() for key in value):
            return list(value.values())
        return {key: _as_list(inner) for key, inner in value.items()}
    return value


def _is_item(item: object) -> bool:
    return item is None or (isinstance(item, int | float) and not isinstance(item, bool))


def _short(name: str, names: Mapping[str, object]) -> str:
    """Leave out the "history/" around every name."""
    short = name.removeprefix("history/")
    return short if short == name or short not in names else name


def _cells(values: list[float | None], rows: int) -> Cells:
    """Place a list on the rows; a shorter one ends with the last row at even distances."""
    places = np.arange(1, len(values) + 1) * rows // len(values) - 1
    logged = np.array([value is not None for value in values], dtype=bool)
    kept = np.array([value for value in values if value is not None], dtype=np.float64)
    return Cells(places[logged].astype(np.int64), kept)


READER = Reader(
    name="keras",
    title="Keras History JSON",
    suffixes=(".json",),
    recognises=recognises,
    read=read,
    tools=tools.HISTORIES,
)
