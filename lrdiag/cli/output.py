"""What every command prints: results on standard output, everything else on standard error."""

import sys
from io import TextIOWrapper
from shutil import get_terminal_size
from typing import TYPE_CHECKING

from lrdiag.wording import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

WIDTH = 80  # characters; also the widest line of a report in a file or a pipe
NARROWEST = 40  # below this the curve says nothing
WIDEST = 100  # longer lines are hard to read


def print_error(message: str, hint: str = "") -> None:
    """Print what happened, and what to do about it."""
    _say("error", message)
    if hint:
        _say("hint", hint)


def print_note(message: str) -> None:
    """Print something worth knowing that is no error."""
    _say("note", message)


def _say(kind: str, text: str) -> None:
    """Print a line; names of files and columns in it may hold codes that a terminal obeys."""
    lines = (printable(line) for line in text.split("\n"))
    print(f"{kind}:", "\n".join(lines), file=sys.stderr)


def write_result(data: bytes) -> None:
    """Write bytes to standard output, whatever the terminal's encoding is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def terminal_width() -> int:
    """Return how many characters across to use; 80 where nobody looks at a terminal."""
    if not sys.stdout.isatty():
        return WIDTH
    return max(NARROWEST, min(get_terminal_size().columns, WIDEST))


def print_renderable(renderable: "RenderableType", width: int) -> None:
    """Print in colours on a terminal that has them; plain text everywhere else."""
    from rich.console import Console

    from lrdiag.report.text import to_text

    console = Console(width=width, emoji=False, markup=False, highlight=False)
    if not console.is_terminal or console.no_color or console.is_dumb_terminal:
        encoding = sys.stdout.encoding or "utf-8"
        write_result(to_text(renderable, width).encode(encoding, "replace"))
    else:
        if isinstance(sys.stdout, TextIOWrapper):  # an old terminal shows ? where it has no sign
            sys.stdout.reconfigure(errors="replace")
        console.print(renderable)
