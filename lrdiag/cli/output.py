"""What every command prints: results on standard output, everything else on standard error."""

import sys


def print_error(message: str, hint: str = "") -> None:
    """Print what happened, and what to do about it."""
    print(f"error: {message}", file=sys.stderr)
    if hint:
        print(f"hint: {hint}", file=sys.stderr)


def print_note(message: str) -> None:
    """Print something worth knowing that is no error."""
    print(f"note: {message}", file=sys.stderr)


def write_result(data: bytes) -> None:
    """Write bytes to standard output, whatever the terminal's encoding is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
