"""From the words of a command line to readings: files, folders, standard input."""

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lrdiag.readers import Limits, Source

STDIN = "-"


def open_inputs(logs: Sequence[str], limits: "Limits") -> "Iterator[tuple[str, Iterator[Source]]]":
    """Yield each file or folder that the words mean, once, with the sources it holds.

    Reading a source raises a ReadError where a file cannot be opened.
    """
    for word in dict.fromkeys(logs):
        yield ("stdin", _read_stdin(limits)) if word == STDIN else (word, _read_path(word, limits))


def _read_stdin(limits: "Limits") -> "Iterator[Source]":
    from lrdiag.readers import Source

    yield Source(
        "stdin", sys.stdin.buffer.read(limits.max_bytes + 1)
    )  # one more, and the reader says so


def _read_path(word: str, limits: "Limits") -> "Iterator[Source]":
    from lrdiag.readers import read_path

    yield from read_path(word, limits=limits)
