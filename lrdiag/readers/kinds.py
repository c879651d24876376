"""What a file is that is no log: told from its first bytes, never opened."""

from collections.abc import Iterable

from lrdiag.readers.decode import encoding_of

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"%PDF", "a PDF document"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x89HDF", "an HDF5 file"),
    (b"7\x7f\x06\x82", "the -wal file of an SQLite database"),
    (b"7\x7f\x06\x83", "the -wal file of an SQLite database"),
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
)
# Pickle protocols 2 to 5 begin with PROTO and the number; the last byte is STOP.
# Protocol 0 is text: a mark, then the first dictionary or list, or a global.
_PICKLES = (
    *(b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"),
    *(b"(dp0\n", b"(lp0\n", b"ccopy_reg\n", b"cnumpy", b"ccollections\n"),
)
_BINARY_SHARE = 0.05  # control bytes among the first 4096; text has none but tabs and line ends
_CONTROLS = bytes(set(range(32)) - {7, 8, 9, 10, 11, 12, 13, 27}) + b"\x7f"


def kind_of(data: bytes) -> str:
    """Say what binary data is, as in "an image"; an empty string for text."""
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if data.startswith(_PICKLES):
        return "a pickle, which lrdiag never opens because opening one runs its code"
    if encoding_of(data):
        return ""
    head = data[:4096]
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return "binary data" if controls > _BINARY_SHARE * len(head) else ""


# Formats that are zip archives inside, by members they always hold: at the top, or, as PyTorch
# packs them, in the one folder there is.
_ARCHIVES = (
    ({"data.pkl", "version"}, "a PyTorch checkpoint, which holds weights and is never opened"),
    ({"[Content_Types].xml"}, "an office document"),
    ({"model.weights.h5"}, "a Keras model"),
)


def kind_of_members(names: Iterable[str]) -> str:
    """Say what an archive is that is no archive of logs; an empty string for one that may be."""
    listed = set(names)
    tops = {name.split("/")[0] for name in listed}
    inside = {name.partition("/")[2] for name in listed} if len(tops) == 1 else set()
    for members, kind in _ARCHIVES:
        if members <= listed or members <= inside:
            return kind
    return "a NumPy archive" if listed and all(one.endswith(".npy") for one in listed) else ""
