"""JSON as training loops write it: with NaN and Infinity, one object a line, cut off at the end."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from lrdiag.errors import LimitError
from lrdiag.readers.limits import Limits

_TAIL = re.compile(r"[\w.+-]*\s*")  # of a text that was cut off: at most half a word or number


def parse(text: bytes) -> Any:  # noqa: ANN401  JSON is any value
    """Return the value of a JSON text that may hold NaN, Infinity and -Infinity.

    Raises:
        ValueError: The text is no JSON; its message says how, as the end of a sentence.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(text)  # knows NaN; a third as fast
    except RecursionError as error:
        raise ValueError("it nests too deeply") from error
    except json.JSONDecodeError as error:
        raise ValueError(_say_damage(error)) from error
    except UnicodeDecodeError as error:
        raise ValueError("it is no text in UTF-8") from error


def _say_damage(error: json.JSONDecodeError) -> str:
    """Say where JSON breaks off or goes wrong, as the end of a sentence."""
    if error.msg.startswith("Unterminated") or _TAIL.fullmatch(error.doc, error.pos):
        last = error.doc.rstrip().count("\n") + 1
        return f"it ends in the middle, in line {last:,}"
    return f"line {error.lineno:,} is no JSON from character {error.colno:,} on"


def check_size(data: bytes, limits: Limits) -> None:
    """Refuse a JSON text that would take too much memory; to be called before it is parsed.

    Raises:
        LimitError: It is too large, or holds more lines, lists or objects than a log has rows.
    """
    if len(data) > limits.max_json:
        raise LimitError(
            f"The log holds more than {limits.max_json / 1e6:,.0f} MB of JSON.",
            hint="Keep every tenth record, or only the losses and the learning rate.",
        )
    if max(map(data.count, (b"\n", b"\r", b"[", b"{"))) > limits.max_rows:
        raise LimitError(
            f"The log holds more than {limits.max_rows:,} records.", hint="Keep every tenth record."
        )


def check_depth(value: object, limits: Limits) -> None:
    """Refuse a document that nests deeper than the limit.

    Raises:
        LimitError: It does.
    """
    level: list[object] = [value]
    for _ in range(limits.max_depth + 1):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise LimitError(
        f"The document nests deeper than {limits.max_depth} levels.",
        hint="Give the list of logged records alone.",
    )


def _inside(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from (inner for inner in value.values() if isinstance(inner, dict | list))
    elif isinstance(value, list):
        yield from (inner for inner in value if isinstance(inner, dict | list))


def flatten(record: Mapping[str, object], *, depth: int) -> dict[str, object]:
    """Return a nested record as one level, the keys joined by "/"; deeper levels are left out.

    Nesting is that of dictionaries, which JSON makes; to ask for any Mapping takes ten times as
    long.
    """
    flat: dict[str, object] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            if depth > 1:
                inner = flatten(value, depth=depth - 1)
                flat.update((f"{key}/{name}", one) for name, one in inner.items())
        else:
            flat[str(key)] = value
    return flat
