"""Archives to sources, within a budget."""

import gzip
import io
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO

from lrdiag.errors import EmptyLogError, LimitError, MalformedLogError, UnknownFormatError
from lrdiag.readers.kinds import kind_of_members
from lrdiag.readers.limits import Limits
from lrdiag.readers.reader import Source

GZIP = b"\x1f\x8b"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
CHUNK = 1 << 16
ENCRYPTED = 0x1  # bit 0 of a member's flags: APPNOTE 4.4.4
SYMLINK = 0o120000  # file type in the upper half of a member's external attributes
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)


def unpack(source: Source, *, limits: Limits = Limits()) -> tuple[Source, ...]:  # noqa: B008
    """Return the files in a gzip or zip archive; a plain file gives itself.

    An archive is known by its first bytes, not by its name. Members are read as streams and
    never touch a disk; folders, links and archives inside the archive are left out.

    Args:
        source: An archive or a plain file.
        limits: The budget of all members together.

    Raises:
        LimitError: The content is larger than a limit, or a member is packed like a bomb.
        MalformedLogError: The archive is damaged or encrypted.
        UnknownFormatError: The archive is a checkpoint or a document.
        EmptyLogError: The archive holds no file.
    """
    _check_size(len(source.data), limits)
    if source.data.startswith(GZIP):
        return (_gunzip(source, limits),)
    if source.data.startswith(ZIP):
        return _unzip(source, limits)
    return (source,)


def _check_size(size: int, limits: Limits) -> None:
    if size > limits.max_bytes:
        raise LimitError(
            f"The log holds more than {limits.max_bytes / 1e6:,.0f} MB.",
            hint="Keep every tenth row, or only the columns of the losses and the learning rate.",
        )


def _gunzip(source: Source, limits: Limits) -> Source:
    name = source.name[:-3] if source.name.lower().endswith(".gz") else source.name
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(source.data)) as stream:
            data = _drain(stream, len(source.data), limits.max_bytes, limits)
    except _BROKEN as error:
        raise _damaged() from error
    return Source(name, data)


def _unzip(source: Source, limits: Limits) -> tuple[Source, ...]:
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            kind = kind_of_members(archive.namelist())
            if kind:
                raise UnknownFormatError(
                    f"The file is {kind}.",
                    hint="Give the text that the training run printed, or its CSV or JSON log.",
                )
            members = [member for member in archive.infolist() if _is_file(member)]
            if len(members) > limits.max_members:
                raise LimitError(
                    f"The archive holds {len(members):,} files; lrdiag reads up to "
                    f"{limits.max_members}.",
                    hint="Pack only the logs to diagnose.",
                )
            found = list(_members(archive, members, limits))
    except _BROKEN as error:
        raise _damaged() from error
    if not found:
        raise EmptyLogError("The archive holds no file.", hint="Pack at least one log.")
    return tuple(found)


def _members(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], limits: Limits
) -> list[Source]:
    left = limits.max_bytes
    found = []
    for member in members:
        if member.flag_bits & ENCRYPTED:
            raise MalformedLogError(
                "The archive is encrypted.", hint="Pack the logs without a password."
            )
        with archive.open(member) as stream:
            data = _drain(stream, max(member.compress_size, 1), left, limits)
        left -= len(data)
        if not data.startswith((GZIP, *ZIP)):
            found.append(Source(_safe(member.filename), data))
    return found


def _is_file(member: zipfile.ZipInfo) -> bool:
    kind = (member.external_attr >> 16) & 0o170000
    hidden = PurePosixPath(member.filename).name.startswith((".", "__MACOSX"))
    return not member.is_dir() and kind != SYMLINK and not hidden


def _safe(path: str) -> str:
    """Return the last part of a member's path, without control characters."""
    last = path.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable())[:200] or "log"


def _drain(stream: IO[bytes] | gzip.GzipFile, packed: int, budget: int, limits: Limits) -> bytes:
    """Read a stream to its end, but not beyond the budget or the ratio."""
    parts, size = [], 0
    while part := stream.read(CHUNK):
        parts.append(part)
        size += len(part)
        if size > budget:
            _check_size(limits.max_bytes + 1, limits)
        if size > limits.ratio_floor and size > limits.max_ratio * packed:
            raise LimitError(
                f"The archive unpacks to more than {limits.max_ratio:g} times its size.",
                hint="Give the log itself, not packed.",
            )
    return b"".join(parts)


def _damaged() -> MalformedLogError:
    return MalformedLogError(
        "The archive is damaged.", hint="Pack the log again, or give the log itself."
    )
