"""Records to plain data that JSON can hold, and back, checked on the way.

JSON has no NaN: a number that is not finite becomes null, and null becomes NaN where a number
is due. What comes back may have been written by anyone, so every value is checked against the
type of its field before a record is made of it.
"""

import dataclasses
import math
import types
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from lrdiag.errors import MalformedResultError

T = TypeVar("T")

MOST_ITEMS = 200_000  # numbers in one list; the longest test has some ten thousand steps
MOST_TEXT = 10_000  # characters of one text


def to_plain(value: object) -> Any:  # noqa: ANN401 - what JSON holds
    """Turn records, tuples and mappings into dicts and lists without NaN."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {one.name: to_plain(getattr(value, one.name)) for one in fields}
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): to_plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(one) for one in value]
    return str(value) if isinstance(value, StrEnum) else value


def from_plain(kind: type[T], data: object, place: str = "") -> T:
    """Make a record of plain data.

    Args:
        kind: The record's class, a frozen dataclass.
        data: A mapping with the names of its fields; those with a default may be missing.
        place: Where the data stands in the whole, for the error.

    Raises:
        MalformedResultError: A field is missing, unknown or of the wrong type.
    """
    if not isinstance(data, Mapping):
        raise _wrong(place or kind.__name__, "an object", data)
    hints = get_type_hints(kind)
    fields = {one.name: one for one in dataclasses.fields(kind)}  # type: ignore[arg-type]
    if unknown := [str(name) for name in data if name not in fields]:
        raise MalformedResultError(f"{place or kind.__name__} has an unknown field {unknown[0]!r}.")
    values = {}
    for name, field in fields.items():
        where = f"{place}.{name}" if place else name
        if name in data:
            values[name] = _read(hints[name], data[name], where)
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise MalformedResultError(f"{where} is missing.")
    return kind(**values)


def _read(kind: Any, data: object, place: str) -> Any:  # noqa: ANN401 - any field's type
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _read_union(args, data, place)
    if origin is tuple:
        return _read_tuple(args, data, place)
    if origin is Literal:
        if data not in args:
            raise _wrong(place, " or ".join(map(repr, args)), data)
        return data
    if isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(data, Mapping):
            raise _wrong(place, "an object", data)
        return {
            _read(args[0], k, place): _read(args[1], v, f"{place}.{k}") for k, v in data.items()
        }
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return from_plain(kind, data, place)
    return _read_scalar(kind, data, place)


def _read_union(args: tuple[Any, ...], data: object, place: str) -> Any:  # noqa: ANN401
    if data is None and type(None) in args:
        return None
    kinds = [one for one in args if one is not type(None)]
    if len(kinds) == 1:
        return _read(kinds[0], data, place)
    if type(data) in kinds and not (isinstance(data, str) and len(data) > MOST_TEXT):
        return data
    raise _wrong(place, "a number, a word or a flag", data)


def _read_tuple(args: tuple[Any, ...], data: object, place: str) -> tuple[Any, ...]:
    if not isinstance(data, list | tuple) or len(data) > MOST_ITEMS:
        raise _wrong(place, "a list", data)
    if len(args) == 2 and args[1] is Ellipsis:
        return tuple(_read(args[0], one, f"{place}[{k}]") for k, one in enumerate(data))
    if len(data) != len(args):
        raise _wrong(place, f"a list of {len(args)}", data)
    pairs = zip(args, data, strict=True)
    return tuple(_read(kind, one, f"{place}[{k}]") for k, (kind, one) in enumerate(pairs))


def _read_scalar(kind: Any, data: object, place: str) -> Any:  # noqa: ANN401
    number = isinstance(data, int | float) and not isinstance(data, bool)
    if kind is float and (data is None or number):
        return math.nan if data is None else _read_float(data, place)
    if kind is bool and isinstance(data, bool):
        return data
    if kind is int and number and isinstance(data, int):
        return data
    text = isinstance(kind, type) and issubclass(kind, str)
    if text and isinstance(data, str) and len(data) <= MOST_TEXT:
        return _read_word(kind, data, place)
    raise _wrong(place, getattr(kind, "__name__", str(kind)), data)


def _read_float(data: Any, place: str) -> float:  # noqa: ANN401
    try:
        return float(data)
    except OverflowError:
        raise _wrong(place, "a number", data) from None


def _read_word(kind: type[str], data: str, place: str) -> str:
    try:
        return kind(data)
    except ValueError:  # a StrEnum that has no such member
        raise _wrong(place, f"a {kind.__name__}", data) from None


def _wrong(place: str, wanted: str, data: object) -> MalformedResultError:
    seen = repr(data)
    seen = seen if len(seen) <= 40 else f"{seen[:40]}…"
    return MalformedResultError(f"{place} is {seen}; {wanted} is due.")
