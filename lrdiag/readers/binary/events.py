"""The scalars in the bytes of a TensorBoard event file.

A file is a row of records: a length of 8 bytes, its checksum, a message, its checksum. Most
messages of a run have one of a few shapes, one for each tag and width of the step. So one message
of each shape is parsed; all others of its length that agree with it in every bit that decided
how it was read are read with it, as columns of bytes. What a file says of its length is only
ever compared with what there is.
"""

import struct
from array import array
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lrdiag.errors import LimitError
from lrdiag.numerics import FloatArray
from lrdiag.readers.binary.eventshape import BFLOAT, HALF, KINDS, Shape, shape_of
from lrdiag.readers.limits import Limits
from lrdiag.readers.reader import IntArray
from lrdiag.readers.tables.dialect import unique
from lrdiag.readers.tables.scalars import Scalars, keep_tags
from lrdiag.wording import printable

HEAD = 12  # bytes before a message: its length and the checksum of that
FOOT = 4  # bytes behind it: its checksum
BLOCK = 65_536  # records looked at together; 10 MB of bytes where each has 100
FEW = 4  # records alike from which looking at all together is cheaper than at each
LONGEST = 4_096  # bytes of a message that is compared with others; scalars take 40 to 200
MAX_POOR = 3  # times that few are alike before the rest is looked at one by one
POOR = 0.1  # of those left
MAX_FIELDS = 4_000_000  # that are looked at one by one, 1 to 2 µs each
OPENING = 4  # fields; what it costs to look at a message at all
LONGEST_TAG = 200
LONGEST_VARINT = 10  # bytes
WORD = 8  # bytes that are compared at a time
MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio: spreads words over 64 bits
_LENGTH = struct.Struct("<Q")

# The columns of an array of places: for each point the message, the tag, and where its time,
# its step and its value are; a time or a step of size 0 was left out.
MESSAGE, TAG, WALL, WALL_SIZE, STEP, STEP_SIZE, VALUE, VALUE_SIZE, KIND = range(9)
MOVED = (MESSAGE, WALL, STEP, VALUE)  # those that count bytes from the first of the file


def read_events(data: bytes, limits: Limits) -> tuple[Scalars, tuple[str, ...]]:
    """Return the scalars of one event file in its order, and what there is to note.

    Args:
        data: The file; it may end within a record, as that of a run that is still writing.
        limits: How many records and tags to take.

    Raises:
        LimitError: Too many records, or too many that are like no other.
    """
    starts, sizes, end = _frame(data, limits)
    finder = _Finder(data, limits.max_columns)
    parts = []
    for first in range(0, max(len(starts), 1), BLOCK):
        places = finder.find(starts[first : first + BLOCK], sizes[first : first + BLOCK])
        parts.append((places[:, TAG], *_read(data, places)))
    tag, step, wall, value = (np.concatenate(column) for column in zip(*parts, strict=True))
    points = Scalars(_names(finder.tags), tag, step, wall, value)
    scalar = np.array([tag not in finder.foreign for tag in finder.tags], dtype=bool)
    if not scalar.all():
        points = keep_tags(points, scalar)
    return points, _notes(finder, len(data) - end, limits)


def _frame(data: bytes, limits: Limits) -> tuple[IntArray, IntArray, int]:
    """Return where each message begins, how long it is, and where the last whole record ends."""
    ends = array("q", [0])
    at, size, length_at, keep = 0, len(data), _LENGTH.unpack_from, ends.append
    for _ in range(limits.max_rows + 1):
        if at + HEAD > size:
            break
        at += length_at(data, at)[0] + HEAD + FOOT
        if at > size:
            break
        keep(at)
    if len(ends) > limits.max_rows + 1:
        raise LimitError(
            f"The event file has more than {limits.max_rows:,} records.",
            hint="Give the event files of one run, or log every tenth step.",
        )
    edges = np.array(ends, dtype=np.int64)
    return edges[:-1] + HEAD, np.diff(edges) - HEAD - FOOT, ends[-1]


def _names(tags: dict[bytes, int]) -> tuple[str, ...]:
    """Return the tags as text that can be printed, each once."""
    texts = [printable(tag[:LONGEST_TAG].decode("utf-8", "replace")) for tag in tags]
    return unique([text.strip() or "untagged" for text in texts], len(texts))


def _notes(finder: "_Finder", rest: int, limits: Limits) -> tuple[str, ...]:
    notes = []
    if rest:
        notes.append(f"The file breaks off within a record; its last {rest:,} bytes are not read.")
    if finder.broken:
        are = "record is" if finder.broken == 1 else "records are"
        notes.append(f"{finder.broken:,} {are} damaged and left out.")
    if finder.left_out:
        notes.append(f"The log holds more than {limits.max_columns:,} tags; not all are read.")
    return tuple(notes)


class _Finder:
    """Finds the numbers of messages, and keeps count of what it saw."""

    def __init__(self, data: bytes, most_tags: int) -> None:
        self.data = data
        self.tags: dict[bytes, int] = {}
        self.most_tags = most_tags
        self.foreign: set[bytes] = set()
        self.broken = 0
        self.left_out = False
        self._fields = 0

    def find(self, starts: IntArray, sizes: IntArray) -> IntArray:
        """Return the places of the points of some messages, in their order."""
        order = np.argsort(sizes, kind="stable")
        bounds = [0, *(np.flatnonzero(np.diff(sizes[order])) + 1), len(order)]
        found = [np.empty((0, KIND + 1), dtype=np.int64)]
        for first, last in pairwise(bounds):
            if first < last:
                found += self._of_one_length(starts[order[first:last]], int(sizes[order[first]]))
        places = np.concatenate(found)
        return places[np.argsort(places[:, MESSAGE], kind="stable")]

    def _of_one_length(self, left: IntArray, size: int) -> Iterator[IntArray]:
        """Yield the places in messages of one length."""
        poor = 0
        while len(left) >= FEW and 0 < size <= LONGEST and poor < MAX_POOR:
            bits = self._shape(left[0], size).seen(size)
            taken = np.zeros(len(left), dtype=bool)
            for alike in _alike(self.data, left, bits):
                shape = self._shape(left[alike[0]], size)
                if np.array_equal(shape.seen(size), bits):
                    taken[alike] = True
                    yield from self._together(left[alike], shape)
            if not taken[0]:
                taken[0] = True
                yield self._singly(left[:1], size)
            poor += int(np.count_nonzero(taken) < POOR * len(left))
            left = left[~taken]
        yield self._singly(left, size)

    def _shape(self, start: int, size: int) -> Shape:
        shape = shape_of(self.data, int(start), int(start) + size)
        self._fields += OPENING + shape.fields
        if self._fields > MAX_FIELDS:
            raise LimitError(
                "The event file has too many records that are like no other.",
                hint="Give the event files of one run, with its scalars.",
            )
        return shape

    def _together(self, starts: IntArray, shape: Shape) -> Iterator[IntArray]:
        """Yield the places in messages of one shape, one array for each of their points."""
        for place in self._places(shape, len(starts)):
            places = np.tile(np.array(place, dtype=np.int64), (len(starts), 1))
            places[:, MOVED] += starts[:, np.newaxis]
            yield places

    def _singly(self, starts: IntArray, size: int) -> IntArray:
        """Return the places in messages that are like no other."""
        found, begins = [], []
        for start in starts.tolist():
            places = self._places(self._shape(start, size), 1)
            found += places
            begins += [start] * len(places)
        array = np.array(found, dtype=np.int64).reshape(-1, KIND + 1)
        array[:, MOVED] += np.array(begins, dtype=np.int64)[:, np.newaxis]
        return array

    def _places(self, shape: Shape, times: int) -> list[tuple[int, ...]]:
        """Return the place of each point of a message, counted from its first byte."""
        self.broken += 0 if shape.whole else times
        self.foreign.update(shape.foreign)
        found: list[tuple[int, ...]] = []
        for tag, value in shape.values:
            known = self.tags.get(tag)
            if known is None:
                if len(self.tags) >= self.most_tags:
                    self.left_out = True
                    continue
                known = self.tags[tag] = len(self.tags)
            kind = KINDS.index((value.kind, value.packed))
            found.append((0, known, *shape.wall, *shape.step, value.at, value.size, kind))
        return found


def _alike(data: bytes, starts: IntArray, bits: NDArray[np.uint8]) -> Iterator[IntArray]:
    """Yield which messages agree in the given bits, where at least ``FEW`` do.

    Args:
        data: The file.
        starts: Where the messages begin; all have the length of ``bits``.
        bits: For each byte of a message which of its bits are compared.
    """
    cares = np.flatnonzero(bits)
    cuts = np.flatnonzero(np.diff(cares) > 1) + 1
    words = np.zeros((len(starts), -(-len(cares) // WORD)), dtype=np.uint64)
    seen = words.view(np.uint8)
    for first, last in pairwise([0, *cuts, len(cares)]):
        stretch = _gather(data, starts + cares[first], f"V{last - first}")
        seen[:, first:last] = stretch.view(np.uint8).reshape(len(starts), last - first)
    seen[:, : len(cares)] &= bits[cares]
    # Equal messages get equal sums; unequal ones that do as well are kept apart by their words.
    odd = (2 * np.arange(words.shape[1], dtype=np.uint64) + 1) * MIX
    order = np.argsort((words * odd).sum(axis=1, dtype=np.uint64), kind="stable")
    words = words[order]
    bounds = np.flatnonzero((words[1:] != words[:-1]).any(axis=1)) + 1
    edges = np.concatenate(([0], bounds, [len(starts)]))
    for k in np.flatnonzero(np.diff(edges) >= FEW):
        yield order[edges[k] : edges[k + 1]]


def _read(data: bytes, places: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the step, the time and the value of each point."""
    steps = _varints(data, places[:, STEP], places[:, STEP_SIZE]).astype(np.float64)
    walls = np.zeros(len(places))
    timed = places[:, WALL_SIZE] > 0
    walls[timed] = _gather(data, places[timed, WALL], "<f8")
    walls[~np.isfinite(walls)] = 0.0
    values = np.empty(len(places))
    with np.errstate(invalid="ignore"):  # a signalling NaN is logged as NaN
        for code in np.unique(places[:, KIND]).tolist():
            mine = places[:, KIND] == code
            values[mine] = _numbers(data, places[mine, VALUE], places[mine, VALUE_SIZE], code)
    return steps, walls, values


def _numbers(data: bytes, at: IntArray, sizes: IntArray, code: int) -> FloatArray:
    """Read numbers that are written in one way."""
    kind, packed = KINDS[code]
    bits = _varints(data, at, sizes) if packed else None
    if kind == BFLOAT:  # the upper half of a float
        halves = _gather(data, at, "<u2") if bits is None else bits
        return (halves.astype(np.uint32) << 16).view(np.float32).astype(np.float64)
    if bits is None:
        return _gather(data, at, kind).astype(np.float64)
    if kind == HALF:
        return bits.astype(np.uint16).view(np.float16).astype(np.float64)
    return bits.astype(np.float64)


def _gather(data: bytes, at: IntArray, kind: str) -> NDArray[Any]:
    """Read a number of one NumPy type at each place, wherever it lies."""
    if len(at) == 0:
        return np.empty(0, dtype=kind)
    dtype = np.dtype(kind)
    count = len(data) - dtype.itemsize + 1
    return np.ndarray((count,), dtype, buffer=data, strides=(1,))[at]


def _varints(data: bytes, at: IntArray, sizes: IntArray) -> IntArray:
    """Read varints of the given sizes as signed numbers; one of size 0 is 0."""
    found = np.zeros(len(at), dtype=np.uint64)
    for size in np.unique(sizes[sizes > 0]).tolist():
        mine = sizes == size
        raw = _gather(data, at[mine], f"V{size}").view(np.uint8).reshape(-1, size)
        number = np.zeros(len(raw), dtype=np.uint64)
        for k in range(min(size, LONGEST_VARINT)):
            number |= (raw[:, k] & 0x7F).astype(np.uint64) << np.uint64(7 * k)
        found[mine] = number
    return found.view(np.int64)
