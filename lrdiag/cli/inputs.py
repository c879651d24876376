"""From the words of a command line to sources: files, folders, standard input."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lrdiag.errors import LrdiagError

if TYPE_CHECKING:
    from lrdiag.readers import Source

STDIN = "-"
MOST_FILES = 1_000  # of one folder: a data set given by mistake is said, not read for an hour


@dataclass(frozen=True, slots=True)
class Input:
    """One file to diagnose.

    Attributes:
        name: The path as it was typed, or "stdin".
        path: Where it is; None for standard input.
        named: False for a file that was found in a folder: it may well be no log.
    """

    name: str
    path: Path | None
    named: bool = True


def find_inputs(logs: Sequence[str]) -> Iterator[Input]:
    """List the files that the words of a command line mean, each once, folders opened.

    Raises:
        LrdiagError: A folder holds no file, or far too many.
    """
    seen: set[str] = set()
    for word in logs:
        for one in _expand(word):
            if one.name not in seen:
                seen.add(one.name)
                yield one


def _expand(word: str) -> Iterator[Input]:
    if word == STDIN:
        yield Input("stdin", None)
        return
    path = Path(word)
    if not path.is_dir():
        yield Input(word, path)
        return
    files = sorted(one for one in path.iterdir() if one.is_file() and one.name[0] != ".")
    if not files:
        raise LrdiagError(f"The folder {word} holds no file.", hint="Name the folder of the logs.")
    if len(files) > MOST_FILES:
        raise LrdiagError(
            f"The folder {word} holds {len(files):,} files; {MOST_FILES:,} are read at once.",
            hint="Name the logs, as in: lrdiag diagnose runs/*.csv",
        )
    for file in files:
        yield Input(str(file), file, named=False)


def read_input(one: Input) -> "Source":
    """Read the bytes of a file or of standard input.

    Raises:
        ReadError: The file cannot be read, or is larger than what is read at all.
    """
    from lrdiag.errors import ReadError
    from lrdiag.readers import Limits, Source

    most = Limits().max_bytes
    if one.path is None:
        return Source(one.name, sys.stdin.buffer.read(most + 1))  # one more, and the reader says so
    try:
        with one.path.open("rb") as file:
            return Source(one.name, file.read(most + 1))
    except FileNotFoundError:
        hint = f"Look at the spelling; the current folder is {Path.cwd()}."
        raise ReadError("There is no such file.", hint=hint) from None
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        hint = "Give a file that this user may read."
        raise ReadError(f"The file cannot be opened: {reason}.", hint=hint) from None
