"""The fields of a protobuf message, as they lie in its bytes; no schema, no copy.

The encoding is described at https://protobuf.dev/programming-guides/encoding/.
"""

from collections.abc import Iterator

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5  # wire types; 3 and 4, groups, are long out of use
_SIZES = {FIXED64: 8, FIXED32: 4}
_LONGEST = 70  # bits; a varint of ten bytes holds 64


def fields(data: memoryview) -> Iterator[tuple[int, int, int | memoryview]]:
    """Yield the number, the wire type and the value of each field of one message.

    Every field takes at least two bytes, so a message yields at most half as many.

    Args:
        data: The bytes of the message.

    Yields:
        The value is an int for a varint, without a sign, and else a view of its bytes.

    Raises:
        ValueError: The bytes break off, or are no message.
    """
    at, end = 0, len(data)
    while at < end:
        tag = data[at]
        at += 1
        if tag >= 0x80:
            tag, at = varint(data, at - 1)
        kind = tag & 7
        if kind == VARINT:
            number, at = varint(data, at)
            yield tag >> 3, kind, number
            continue
        if kind == BYTES:
            size, at = (data[at], at + 1) if at < end and data[at] < 0x80 else varint(data, at)
        elif kind in _SIZES:
            size = _SIZES[kind]
        else:
            raise ValueError(f"a field is of wire type {kind}")
        if size > end - at:
            raise ValueError("a field ends beyond its message")
        yield tag >> 3, kind, data[at : at + size]
        at += size


def spans(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield the number, the wire type and the place of each field of a message inside others.

    Args:
        data: Bytes that hold the message.
        at: Where it begins.
        end: Where it ends.

    Yields:
        The place is where the value of the field begins and ends, its length not counted.

    Raises:
        ValueError: The bytes break off, or are no message.
    """
    while at < end:
        tag = data[at]
        at += 1
        if tag >= 0x80:
            tag, at = varint(data, at - 1)
        kind = tag & 7
        if kind == BYTES:
            size = data[at] if at < end else 0
            at += 1
            if size >= 0x80:
                size, at = varint(data, at - 1)
            stop = at + size
        elif kind == VARINT:
            stop = at
            while stop < end and data[stop] >= 0x80:
                stop += 1
            stop += 1
        elif kind in _SIZES:
            stop = at + _SIZES[kind]
        else:
            raise ValueError(f"a field is of wire type {kind}")
        if stop > end:
            raise ValueError("a field ends beyond its message")
        yield tag >> 3, kind, at, stop
        at = stop


def signed(number: int) -> int:
    """Return what a varint of an int64 field says: negative ones have the upper bit set."""
    return number - (1 << 64) if number >> 63 else number


def varint(data: memoryview | bytes, at: int) -> tuple[int, int]:
    """Return the number that begins here, and where it ends."""
    number = shift = 0
    for k in range(at, len(data)):
        byte = data[k]
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number & 0xFFFF_FFFF_FFFF_FFFF, k + 1
        shift += 7
        if shift >= _LONGEST:
            raise ValueError("a number is longer than 64 bits")
    raise ValueError("a number breaks off")
