"""What a file is that is no log: told from its first bytes, never opened."""

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"BM", ""),
    (b"%PDF", "a PDF document"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x89HDF", "an HDF5 file"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow file"),
    (b"OggS", "a sound"),
    (b"RIFF", "a sound or a film"),
    (b"ID3", "a sound"),
    (b"7z\xbc\xaf'\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"BZh", "a bzip2 archive"),
    (b"(\xb5/\xfd", "a Zstandard archive"),
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b":W&B", "a W&B run file"),
)
# Pickle protocols 2 to 5 begin with PROTO and the number; the last byte is STOP.
_PICKLES = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
_BINARY_SHARE = 0.05  # control bytes among the first 4096; text has none but tabs and line ends
_CONTROLS = bytes(set(range(32)) - {7, 8, 9, 10, 11, 12, 13, 27}) + b"\x7f"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def kind_of(data: bytes) -> str:
    """Say what binary data is, as in "an image"; an empty string for text."""
    for magic, kind in _MAGIC:
        if kind and data.startswith(magic):
            return kind
    if data.startswith(_PICKLES):
        return "a pickle, which lrdiag never opens because opening one runs its code"
    head = data[:4096]
    if head.startswith(_UTF16):
        return ""
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return "binary data" if controls > _BINARY_SHARE * len(head) else ""
