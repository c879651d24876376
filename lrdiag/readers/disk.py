"""From a path to sources: a file, or the logs of a folder, read one after the other."""

import os
from collections.abc import Iterator
from pathlib import Path

from lrdiag.errors import EmptyLogError, LimitError, ReadError
from lrdiag.readers.folders import group, may_be_log
from lrdiag.readers.limits import Limits
from lrdiag.readers.reader import Source

MOST_FILES = 10_000  # of one folder: a data set given by mistake is said, not read for an hour


def read_path(
    path: str | os.PathLike[str],
    *,
    limits: Limits = Limits(),  # noqa: B008  frozen
) -> Iterator[Source]:
    """Yield the file at a path, or the logs of a folder with those of the folders in it.

    Hidden files, links, weights, pictures and code are left out of a folder.

    Args:
        path: A file or a folder.
        limits: Of a file one byte more than the limit is read, so that its breach is seen.

    Raises:
        ReadError: A file cannot be opened.
        EmptyLogError: The folder holds no file that may be a log.
        LimitError: It holds far too many.
    """
    name, folder = os.fspath(path), Path(path)
    if not folder.is_dir():
        yield _read_file(folder, name, limits)
        return
    files = _files(folder)
    if not files:
        raise EmptyLogError(
            f"The folder {name} holds no file that may be a log.",
            hint="Name the folder of the logs.",
        )
    for log, which in group(files):
        found = [_read_file(folder / files[k], f"{name}/{files[k]}", limits) for k in which]
        yield found[0] if len(found) == 1 else Source(f"{name}/{log}", b"", tuple(found))


def _files(folder: Path) -> list[str]:
    """List the files that may be logs, as sorted paths inside the folder, joined by "/"."""
    found: list[str] = []
    for root, folders, names in os.walk(folder):  # follows no links
        folders[:] = sorted(one for one in folders if may_be_log(one))
        inside = Path(root).relative_to(folder)
        paths = [(inside / name).as_posix() for name in sorted(names)]
        found.extend(one for one in paths if may_be_log(one) and _is_file(folder / one))
        if len(found) > MOST_FILES:
            raise LimitError(
                f"The folder {folder} holds more than {MOST_FILES:,} files.",
                hint="Name the logs, as in: lrdiag diagnose runs/*.csv",
            )
    return found


def _is_file(path: Path) -> bool:
    """Say whether a path is a file: no link, and no pipe, whose other end may never write."""
    return path.is_file() and not path.is_symlink()


def _read_file(path: Path, name: str, limits: Limits) -> Source:
    try:
        with path.open("rb") as file:
            return Source(name, file.read(limits.max_bytes + 1))
    except FileNotFoundError:
        raise ReadError(
            "There is no such file.",
            hint=f"Look at the spelling of {name}; the current folder is {Path.cwd()}.",
        ) from None
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise ReadError(
            f"The file cannot be opened: {reason}.", hint=f"Let this user read {name}."
        ) from None
