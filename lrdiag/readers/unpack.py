"""Archives and folders to logs, within a budget."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import IO, Self

from lrdiag.errors import EmptyLogError, LimitError, MalformedLogError, UnknownFormatError
from lrdiag.readers.folders import group, may_be_log
from lrdiag.readers.kinds import kind_of_members
from lrdiag.readers.limits import Limits
from lrdiag.readers.reader import Source
from lrdiag.wording import printable

GZIP, BZIP2, XZ, ZSTD = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"(\xb5/\xfd"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
TAR = (257, b"ustar")  # where the header of the first member says so: POSIX.1-1988
ENDINGS = (".gz", ".bz2", ".xz", ".zst", ".zstd")
CHUNK = 1 << 16
WINDOW = 1 << 27  # bytes; what zstd --long takes, and what unpacking may hold in memory
MOST_FILES = 20_000  # of an archive; each takes 20 µs to list, whatever it holds
MOST_WORK = 1e9  # squared bytes of the headers of tar headers, 1 s; a path takes 150 bytes
ENTRY = b"PK\x01\x02"  # begins each entry of a zip archive's list of files
ENCRYPTED = 0x1  # bit 0 of a member's flags: APPNOTE 4.4.4
SYMLINK = 0o120000  # file type in the upper half of a member's external attributes
LONGEST_PATH = 400
_BROKEN = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError),
)


def unpack(source: Source, *, limits: Limits = Limits()) -> tuple[Source, ...]:  # noqa: B008
    """Return the logs in an archive or a folder; a plain file gives itself.

    An archive is known by its first bytes, not by its name: gzip, bzip2, xz, Zstandard, zip, and
    tar, packed or not. Members are read as streams and never touch a disk; links, hidden files,
    archives inside the archive, weights, pictures and code are left out.

    Args:
        source: An archive, a folder (a source with parts) or a plain file.
        limits: The budget of all members together.

    Returns:
        One source a log. The files of a log that is kept in several are its parts.

    Raises:
        LimitError: The content is larger than a limit, or a member is packed like a bomb.
        MalformedLogError: The archive is damaged or encrypted.
        UnknownFormatError: The archive is a checkpoint or a document.
        EmptyLogError: The archive holds no file that may be a log.
    """
    if source.parts:
        return _logs(_open_folder(source.parts, limits), limits)
    _check_size(len(source.data), limits)
    if source.data.startswith(ZIP):
        return _unzip(source, limits)
    plain = _decompress(source, limits)
    at, mark = TAR
    if plain.data[at : at + len(mark)] == mark:
        return _untar(plain, limits)
    return (plain,)


def _check_size(size: int, limits: Limits) -> None:
    if size > limits.max_bytes:
        raise LimitError(
            f"The log holds more than {limits.max_bytes / 1e6:,.0f} MB.",
            hint="Keep every tenth row, or only the columns of the losses and the learning rate.",
        )


def _open_folder(files: Sequence[Source], limits: Limits) -> list[Source]:
    """Return the files of a folder that may be logs, compressed ones as what they hold."""
    found, left = [], limits.max_bytes
    for file in files:
        if not may_be_log(file.name):
            continue
        try:
            plain = _decompress(file, replace(limits, max_bytes=max(left, 1)))
        except MalformedLogError:
            plain = file  # which tells by its first bytes why it gives no run
        left -= len(plain.data)
        _check_size(limits.max_bytes - left, limits)
        found.append(plain)
    return found


def _decompress(source: Source, limits: Limits) -> Source:
    """Return what a compressed file holds; any other file as it is."""
    unpacked = next((one for mark, one in _UNPACKERS if source.data.startswith(mark)), None)
    if unpacked is None:
        return source
    path = PurePosixPath(source.name)
    name = str(path.with_suffix("")) if path.suffix.lower() in ENDINGS else source.name
    try:
        data = _drain(unpacked(source.data), len(source.data), limits.max_bytes, limits)
    except _BROKEN as error:
        raise _damaged() from error
    return Source(name, data)


def _chunks(stream: IO[bytes] | gzip.GzipFile | bz2.BZ2File) -> Iterator[bytes]:
    with stream:
        while part := stream.read(CHUNK):
            yield part


def _unxz(data: bytes) -> Iterator[bytes]:
    """Yield the content of one or more xz streams; a file may ask for gigabytes of window."""
    rest = data
    while rest.strip(b"\0"):
        unpacker = lzma.LZMADecompressor(memlimit=WINDOW)
        while not unpacker.eof:
            if unpacker.needs_input and not rest:
                raise EOFError
            yield unpacker.decompress(rest, CHUNK)
            rest = b""
        rest = unpacker.unused_data


def _unzstd(data: bytes) -> Iterator[bytes]:
    """Yield the content of Zstandard frames; of one that is cut off, what there is."""
    import zstandard  # a C extension that most logs do without

    unpacker = zstandard.ZstdDecompressor(max_window_size=WINDOW)
    try:
        yield from _chunks(unpacker.stream_reader(io.BytesIO(data), read_across_frames=True))
    except zstandard.ZstdError as error:
        raise OSError from error


_UNPACKERS: tuple[tuple[bytes, Callable[[bytes], Iterator[bytes]]], ...] = (
    (GZIP, lambda data: _chunks(gzip.GzipFile(fileobj=io.BytesIO(data)))),
    (BZIP2, lambda data: _chunks(bz2.BZ2File(io.BytesIO(data)))),
    (XZ, _unxz),
    (ZSTD, _unzstd),
)
_PACKED = (*ZIP, *(mark for mark, _ in _UNPACKERS))


def _unzip(source: Source, limits: Limits) -> tuple[Source, ...]:
    _check_files(source.data.count(ENTRY))
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            kind = kind_of_members(archive.namelist())
            if kind:
                raise UnknownFormatError(
                    f"The file is {kind}.",
                    hint="Give the text that the training run printed, or its CSV or JSON log.",
                )
            members = [one for one in archive.infolist() if _is_file(one)]
            if any(one.flag_bits & ENCRYPTED for one in members):
                raise MalformedLogError(
                    "The archive is encrypted.", hint="Pack the logs without a password."
                )
            wanted = [
                (one.filename, max(one.compress_size, 1), lambda one=one: archive.open(one))
                for one in members
            ]
            return _members(source.name, wanted, limits)
    except _BROKEN as error:
        raise _damaged() from error


def _untar(source: Source, limits: Limits) -> tuple[Source, ...]:
    try:
        with tarfile.open(
            fileobj=io.BytesIO(source.data), mode="r:", tarinfo=_bounded_header()
        ) as archive:
            wanted = [
                (one.name, max(one.size, 1), lambda one=one: archive.extractfile(one))
                for one in archive
                if one.isfile()  # neither a link nor a device
            ]
            return _members(source.name, wanted, limits)
    except _BROKEN as error:
        raise _damaged() from error


def _bounded_header() -> type[tarfile.TarInfo]:
    """Return a class that reads the headers of one tar archive and gives up where they cost much.

    What a header says in a header of its own may be of any length, and Python looks into that
    at a cost of its square.
    """

    class Header(tarfile.TarInfo):
        files = work = 0

        @classmethod
        def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
            header = super().frombuf(buf, encoding, errors)
            cls.files += 1
            _check_files(cls.files)
            if header.type in (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE):
                cls.work += header.size**2
            if cls.work > MOST_WORK:
                raise _damaged()
            return header

    return Header


def _check_files(files: int) -> None:
    if files > MOST_FILES:
        raise LimitError(
            f"The archive holds more than {MOST_FILES:,} files.", hint="Pack only the logs."
        )


def _is_file(member: zipfile.ZipInfo) -> bool:
    kind = (member.external_attr >> 16) & 0o170000
    return not member.is_dir() and kind != SYMLINK


def _members(
    archive: str,
    members: Sequence[tuple[str, int, Callable[[], IO[bytes] | None]]],
    limits: Limits,
) -> tuple[Source, ...]:
    """Read the members of an archive that may be logs.

    Args:
        archive: Its name, with which the names of what it holds begin.
        members: For each its path, its packed size in bytes, and what opens it.
        limits: The budget of all together.
    """
    left = limits.max_bytes
    found = []
    for path, packed, opened in members:
        path = _safe(path)
        stream = opened() if may_be_log(path) else None
        if stream is None:
            continue
        data = _drain(_chunks(stream), packed, left, limits)
        left -= len(data)
        if not data.startswith(_PACKED):
            found.append(Source(f"{archive}/{path}", data))
    return _logs(found, limits)


def _logs(files: Sequence[Source], limits: Limits) -> tuple[Source, ...]:
    """Put together the files that are one log."""
    if not files:
        raise EmptyLogError(
            "There is no file in it that may be a log.", hint="Give at least one log."
        )
    logs = group([file.name for file in files])
    if len(logs) > limits.max_members:
        raise LimitError(
            f"There are {len(logs):,} logs in it; lrdiag reads up to {limits.max_members}.",
            hint="Give only the logs to diagnose.",
        )
    return tuple(
        files[which[0]] if len(which) == 1 else Source(name, b"", tuple(files[k] for k in which))
        for name, which in logs
    )


def _safe(path: str) -> str:
    """Return a member's path without what leads out of its folder, or cannot be printed."""
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    clean = "/".join(parts)[-LONGEST_PATH:]
    return printable(clean, "") or "log"


def _drain(parts: Iterator[bytes], packed: int, budget: int, limits: Limits) -> bytes:
    """Read a stream to its end, but not beyond the budget or the ratio."""
    found, size = [], 0
    for part in parts:
        found.append(part)
        size += len(part)
        if size > budget:
            _check_size(limits.max_bytes + 1, limits)
        if size > limits.ratio_floor and size > limits.max_ratio * packed:
            raise LimitError(
                f"The archive unpacks to more than {limits.max_ratio:g} times its size.",
                hint="Give the log itself, not packed.",
            )
    return b"".join(found)


def _damaged() -> MalformedLogError:
    return MalformedLogError(
        "The archive is damaged.", hint="Pack the log again, or give the log itself."
    )
