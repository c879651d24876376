"""Records out of a file that is framed as LevelDB frames its log.

A file is blocks of 32 KiB, a block is chunks, and a record is one chunk or several; see
https://github.com/google/leveldb/blob/main/doc/log_format.md.
"""

import struct
import zlib
from collections.abc import Iterator

BLOCK = 1 << 15  # bytes
_HEADER = struct.Struct("<IHB")  # checksum of kind and content, length of the content, kind
_FULL, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4
_SEEDS = tuple(zlib.crc32(bytes([kind])) for kind in range(_LAST + 1))


def records(data: bytes, start: int) -> Iterator[bytes | None]:
    """Yield each record, and None in the place of one that is damaged or breaks off.

    Behind damage the next block is where reading can go on.

    Args:
        data: The whole file.
        start: Where the first chunk begins; a file may have a header of its own.
    """
    parts: list[bytes] = []
    at = start
    while at < len(data):
        end = min(at - at % BLOCK + BLOCK, len(data))
        chunk = _chunk(data, at, end)
        if chunk is None:
            trailer = end - at < _HEADER.size and end % BLOCK == 0
            if not trailer and data[at:end].strip(b"\0"):  # a killed writer may leave zeros
                yield None
                parts = []
            at = end
            continue
        kind, content = chunk
        at += _HEADER.size + len(content)
        if kind in (_FULL, _FIRST):
            if parts:
                yield None
            parts = []
            if kind == _FULL:
                yield content
            else:
                parts = [content]
        elif parts:
            parts.append(content)
            if kind == _LAST:
                yield b"".join(parts)
                parts = []
    if parts:
        yield None


def _chunk(data: bytes, at: int, end: int) -> tuple[int, bytes] | None:
    """Return the kind and the content of the chunk that begins here; None where none is whole."""
    if end - at < _HEADER.size:
        return None
    check, size, kind = _HEADER.unpack_from(data, at)
    at += _HEADER.size
    if not _FULL <= kind <= _LAST or size > end - at:
        return None
    content = data[at : at + size]
    return (kind, content) if zlib.crc32(content, _SEEDS[kind]) == check else None
