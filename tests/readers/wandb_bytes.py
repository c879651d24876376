"""The bytes of .wandb files with what a test needs in them, framed as W&B frames them."""

import struct
import zlib
from collections.abc import Mapping, Sequence

IDENT = b":W&B\xe1\xbe\x00"
BLOCK = 32768


def varint(number: int) -> bytes:
    """Encode a number as protobuf does."""
    parts = []
    while number >= 0x80:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*parts, number])


def field(number: int, value: bytes) -> bytes:
    """Encode a field that holds bytes, a text or a message."""
    return varint(number << 3 | 2) + varint(len(value)) + value


def item(name: str | Sequence[str], text: str) -> bytes:
    """Encode an item: a key, or the parts of a nested one, and the JSON text of its value."""
    keys = field(1, name.encode()) if isinstance(name, str) else b""
    parts = () if isinstance(name, str) else name
    return keys + b"".join(field(2, part.encode()) for part in parts) + field(16, text.encode())


def step(values: Mapping[str, object], *, number: int | None = None) -> bytes:
    """Encode the record of one step; ``number`` stands in the HistoryStep."""
    items = [field(1, item([name], str(value))) for name, value in values.items()]
    if number is not None:
        items.append(field(2, b"\x08" + varint(number)))
    return b"\x08\x01" + field(2, b"".join(items))


def run(name: str, config: Mapping[str, str] | None = None) -> bytes:
    """Encode the record that says what the run is called."""
    settings = b"".join(field(1, item(key, text)) for key, text in (config or {}).items())
    return field(17, field(1, b"ab12cd34") + field(4, settings) + field(8, name.encode()))


def frame(records: Sequence[bytes]) -> bytes:
    """Put records into the chunks and blocks of a file."""
    data = bytearray(IDENT)
    for record in records:
        kind, rest = 1, record
        while True:
            left = BLOCK - len(data) % BLOCK
            if left < 7:
                data += bytes(left)
                continue
            part, rest = rest[: left - 7], rest[left - 7 :]
            kind = {(1, False): 1, (1, True): 2}.get((kind, bool(rest)), 3 if rest else 4)
            data += struct.pack("<IHB", zlib.crc32(bytes([kind]) + part), len(part), kind) + part
            if not rest:
                break
    return bytes(data)
