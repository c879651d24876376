"""Where the scalars lie in one message of a TensorBoard event file.

The fields of Event, Summary and TensorProto are those of TensorBoard's own ``event.proto``,
``summary.proto``, ``tensor.proto`` and ``types.proto``. Nothing but the tag and the plugin is
read here: the numbers are only found.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lrdiag.readers.binary.protobuf import BYTES, FIXED32, FIXED64, VARINT, spans, varint

WALL_TIME, STEP, SUMMARY = 1, 2, 5  # of Event
VALUE = 1  # of Summary
TAG, SIMPLE_VALUE, TENSOR, METADATA = 1, 2, 8, 9  # of Summary.Value
PLUGIN_DATA, DATA_CLASS = 1, 4  # of SummaryMetadata
PLUGIN_NAME = 1  # of SummaryMetadata.PluginData
SCALAR_CLASS = 1  # of DataClass
DTYPE, SHAPE, CONTENT = 1, 2, 4  # of TensorProto
DIMENSION, SIZE = 2, 1  # of TensorShapeProto, and of its Dim

FLOAT, HALF, BFLOAT = "<f4", "<f2", "bfloat16"  # NumPy has no name for the last
# For each data type of a tensor how its bytes are read, and the fields of its values: half
# precision is kept as the bits of a whole number.
_DTYPES = {
    1: (FLOAT, 5),
    2: ("<f8", 6),
    3: ("<i4", 7),
    4: ("|u1", 7),
    5: ("<i2", 7),
    6: ("|i1", 7),
    9: ("<i8", 10),
    10: ("|u1", 11),
    14: (BFLOAT, 13),
    17: ("<u2", 7),
    19: (HALF, 13),
    22: ("<u4", 16),
    23: ("<u8", 17),
}
_WIDTHS = {"<f4": 4, "<f8": 8, "<i4": 4, "<i8": 8, "<u4": 4, "<u8": 8, "|u1": 1, "|i1": 1}
_IN_PLACE = {"<f4": FIXED32, "<f8": FIXED64}  # values that lie in their field as they are
# Every way in which a number is written: its type, and whether its bits are a varint.
KINDS = tuple((kind, packed) for kind in dict(_DTYPES.values()) for packed in (False, True))


class Number(NamedTuple):
    """Where a number lies.

    Attributes:
        at: Where it begins, counted from the first byte of the message.
        size: Its bytes.
        kind: How it is written: a NumPy type, or bfloat16.
        packed: Whether its bits are a varint.
    """

    at: int
    size: int
    kind: str
    packed: bool = False


@dataclass(slots=True)
class Shape:
    """Where one message keeps its numbers, and which of its bytes said so.

    A message of the same length that has the same bits in ``seen`` keeps them at the same
    places, under the same tags.

    Attributes:
        wall: Where the time is and its bytes; none where it is left out.
        step: Where the step is and its bytes; none where it is 0 and left out.
        values: The tag and the number of each scalar.
        foreign: Tags that belong to other plugins than that of scalars.
        whole: False where the message breaks off.
        fields: How many fields were looked at.
        loose: Stretches of bytes, and the bits of them that were looked at.
    """

    wall: tuple[int, int] = (0, 0)
    step: tuple[int, int] = (0, 0)
    values: list[tuple[bytes, Number]] = field(default_factory=list)
    foreign: list[bytes] = field(default_factory=list)
    whole: bool = True
    fields: int = 0
    loose: list[tuple[int, int, int]] = field(default_factory=list)

    def seen(self, size: int) -> NDArray[np.uint8]:
        """Return for each byte of the message the bits that decided how it was read."""
        bits = np.full(size, 0xFF, dtype=np.uint8)
        for first, last, kept in self.loose:
            bits[first:last] = kept
        return bits


MAX_FIELDS = 100_000  # of one message; a scalar takes five, a tool logs hundreds at once
_MORE = 0x80  # the bit of a varint's byte that says that another follows


def _fields(data: bytes, at: int, end: int, shape: Shape) -> Iterator[tuple[int, int, int, int]]:
    """Yield the fields of a part of a message, as ``spans`` does, and count them."""
    for one in spans(data, at, end):
        shape.fields += 1
        if shape.fields > MAX_FIELDS:
            raise ValueError("a message has no end")
        yield one


def shape_of(data: bytes, start: int, end: int) -> Shape:
    """Find the scalars of the message between two places; a broken one has none."""
    shape = Shape()
    try:
        for number, kind, first, last in _fields(data, start, end, shape):
            if number == SUMMARY and kind == BYTES:
                _read_summary(data, first, last, start, shape)
            elif number == WALL_TIME and kind == FIXED64:
                shape.wall = (first - start, last - first)
                shape.loose.append((first - start, last - start, 0))
            elif number == STEP and kind == VARINT:
                shape.step = (first - start, last - first)
                shape.loose.append((first - start, last - start, _MORE))
            elif kind == BYTES:  # a graph, the log of a session
                shape.loose.append((first - start, last - start, 0))
    except (ValueError, IndexError):
        shape.whole = False
        shape.values.clear()
    return shape


def _read_summary(data: bytes, start: int, end: int, base: int, shape: Shape) -> None:
    for number, kind, first, last in _fields(data, start, end, shape):
        if number == VALUE and kind == BYTES:
            _read_value(data, first, last, base, shape)


def _read_value(data: bytes, start: int, end: int, base: int, shape: Shape) -> None:
    tag, scalar = b"", True
    found: Number | None = None
    for number, kind, first, last in _fields(data, start, end, shape):
        if number == TAG and kind == BYTES:
            tag = data[first:last]
        elif number == SIMPLE_VALUE and kind == FIXED32:
            found = Number(first - base, 4, FLOAT)
            shape.loose.append((first - base, last - base, 0))
        elif number == TENSOR and kind == BYTES:
            found = _find_in_tensor(data, first, last, base, shape)
        elif number == METADATA and kind == BYTES:
            scalar = _is_scalar(data, first, last, base, shape)
        elif kind == BYTES:  # an image, a histogram
            shape.loose.append((first - base, last - base, 0))
    if not scalar:
        shape.foreign.append(tag)
    elif found is not None:
        shape.values.append((tag, found))


def _is_scalar(data: bytes, start: int, end: int, base: int, shape: Shape) -> bool:
    """Say whether metadata is that of a scalar, or says nothing of whose it is."""
    plugin, scalar = b"", False
    for number, kind, first, last in _fields(data, start, end, shape):
        if number == PLUGIN_DATA and kind == BYTES:
            for inner, how, begin, stop in _fields(data, first, last, shape):
                if inner == PLUGIN_NAME and how == BYTES:
                    plugin = data[begin:stop]
                elif how == BYTES:
                    shape.loose.append((begin - base, stop - base, 0))
        elif number == DATA_CLASS and kind == VARINT:
            scalar = varint(data, first)[0] == SCALAR_CLASS
    return scalar or plugin in (b"", b"scalars")


def _find_in_tensor(data: bytes, start: int, end: int, base: int, shape: Shape) -> Number | None:
    """Return the number of a tensor that holds exactly one."""
    dtype, single = 0, True
    content: tuple[int, int] | None = None
    values: list[tuple[int, int, int, int]] = []
    for number, kind, first, last in _fields(data, start, end, shape):
        if number == DTYPE and kind == VARINT:
            dtype = varint(data, first)[0]
        elif number == SHAPE and kind == BYTES:
            single = single and _is_single(data, first, last, shape)
        elif number == CONTENT and kind == BYTES:
            content = (first, last)
            shape.loose.append((first - base, last - base, 0))
        else:
            values.append((number, kind, first, last))
    known = _DTYPES.get(dtype)
    found = _number_of(data, known[0], known[1], content, values) if known and single else None
    if found is None:
        shape.loose.extend((one[2] - base, one[3] - base, 0) for one in values if one[1] == BYTES)
        return None
    shape.loose.append((found.at - base, found.at - base + found.size, _MORE * found.packed))
    return found._replace(at=found.at - base)


def _number_of(
    data: bytes,
    kind: str,
    listed: int,
    content: tuple[int, int] | None,
    values: list[tuple[int, int, int, int]],
) -> Number | None:
    """Return the only number, its place counted from the first byte of the file."""
    mine = [one for one in values if one[0] == listed]
    if content is not None and not mine:
        first, last = content
        return Number(first, last - first, kind) if last - first == _WIDTHS.get(kind, 2) else None
    if len(mine) != 1:
        return None
    _, how, first, last = mine[0]
    if kind in _IN_PLACE:
        whole = last - first == _WIDTHS[kind] and how in (BYTES, _IN_PLACE[kind])
        return Number(first, last - first, kind) if whole else None
    if how not in (BYTES, VARINT) or first == last or varint(data, first)[1] != last:
        return None
    return Number(first, last - first, kind, packed=True)


def _is_single(data: bytes, start: int, end: int, shape: Shape) -> bool:
    """Say whether a shape is that of one number: no dimension, or each of size 1."""
    for number, kind, first, last in _fields(data, start, end, shape):
        if number == DIMENSION and kind == BYTES:
            sizes = [
                varint(data, a)[0] for n, k, a, _ in _fields(data, first, last, shape) if n == SIZE
            ]
            if sizes != [1]:
                return False
    return True
