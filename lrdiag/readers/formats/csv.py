"""Delimited text: commas, semicolons, tabs or blanks between the cells of a row."""

import re
from dataclasses import replace

import numpy as np

from lrdiag.errors import EmptyLogError, LimitError, MalformedLogError
from lrdiag.readers.decode import head_of
from lrdiag.readers.formats import tools
from lrdiag.readers.limits import Limits
from lrdiag.readers.names import guess
from lrdiag.readers.reader import Reader, Source, Table, Tool
from lrdiag.readers.tables.dialect import (
    MIN_NUMBERS,
    MIN_REGULAR,
    Dialect,
    is_header,
    sniff,
    split,
    unique,
)
from lrdiag.readers.tables.frames import gather, parse

TITLES = {
    ",": "CSV",
    ";": "Semicolon-separated text",
    "\t": "TSV",
    "|": "Text between bars",
    " ": "Text in columns",
}
_JSON = re.compile(r'\s*\{\s*"')  # an object that broke off is no table
CHUNK = 1 << 18  # bytes that are searched for line ends at a time, all in the cache
MAX_BLOCKS = 1_000  # headers of one log; each part costs 0.3 ms whatever its length


def recognises(source: Source) -> bool:
    """Say whether the text is a table of numbers, or one whose header names what we know."""
    head = head_of(source)
    dialect = None if _JSON.match(head) else sniff(head)
    if dialect is None or dialect.clean < MIN_REGULAR:
        return False
    known = sum(guess(name).role != "ignore" for name in dialect.names)
    if dialect.delimiter == " " and not dialect.named and dialect.numbers < 0.9:
        return False
    return dialect.numbers >= MIN_NUMBERS or (dialect.named and known >= 2)


def read(source: Source, limits: Limits) -> tuple[Table, ...]:
    """Read the table.

    Raises:
        LimitError: Too many rows or columns, or too long a line.
        EmptyLogError: A header and nothing below it.
        MalformedLogError: Not one row fits the header.
    """
    return (read_table(source, limits),)


def read_table(source: Source, limits: Limits) -> Table:
    """Read a delimited text as one table, empty cells left out; errors as in ``read``."""
    dialect = sniff(head_of(source))
    if dialect is None:
        raise MalformedLogError(
            "The log is no table.", hint="Give a CSV with a header line and one row a step."
        )
    lines = _check(source, dialect, limits)
    blocks = _blocks(source, dialect)
    _check_blocks(blocks, limits)
    frames = [parse(source.data, *block) for block in blocks]
    rows = sum(len(frame) for frame in frames)
    if rows == 0:
        raise EmptyLogError("The log holds no rows.", hint="Give the log of a run that has begun.")
    columns, texts = gather(frames, [layout for _, _, layout in blocks])
    expected = lines - dialect.skip - (len(blocks) - 1)
    notes = _notes(expected - rows, len(blocks))
    return Table(
        name=source.run_name,
        format=READER.name,
        rows=rows,
        columns=columns,
        texts=texts,
        notes=notes,
        named=dialect.named,
        title=TITLES[dialect.delimiter] if dialect.width > 1 else "Column of numbers",
    )


def _check(source: Source, dialect: Dialect, limits: Limits) -> int:
    """Return the number of lines that are not empty, all limits kept."""
    if dialect.width > limits.max_columns:
        raise LimitError(
            f"The log has {dialect.width:,} columns; lrdiag reads up to {limits.max_columns:,}.",
            hint="Keep the columns of the losses, the learning rate and the step.",
        )
    if _has_line_beyond(source.data, limits.max_line):
        raise LimitError(
            f"The log has a line of more than {limits.max_line:,} bytes.",
            hint="Give a log with one row a step.",
        )
    lines = count_lines(source.data)
    if lines > limits.max_rows:
        raise LimitError(
            f"The log has {lines:,} rows; lrdiag reads up to {limits.max_rows:,}.",
            hint="Keep every tenth row.",
        )
    return lines


def _has_line_beyond(data: bytes, most: int) -> bool:
    """Say whether a line is longer than so many bytes, by a look at the end of each stretch."""
    at = 0
    while len(data) - at > most:
        end = data.rfind(b"\n", at, at + most + 1)
        if end < 0:
            return True
        at = end + 1
    return False


def count_lines(data: bytes) -> int:
    """Return how many lines are not empty, by what begins them."""
    text = np.frombuffer(data, dtype=np.uint8)
    lines = int(data[:1] not in (b"", b"\n", b"\r"))
    for start in range(0, len(text), CHUNK):
        part = text[start : start + CHUNK + 1]
        begins = (part[:-1] == ord("\n")) & (part[1:] != ord("\n")) & (part[1:] != ord("\r"))
        lines += int(np.count_nonzero(begins))
    return lines


def _blocks(source: Source, dialect: Dialect) -> list[tuple[int, int, Dialect]]:
    """Cut the text where a header stands again, as when a log was opened to append.

    Some loggers write a wider header when a new name appears; each part has its own.
    """
    data = source.data
    start, layout = _after_lines(data, dialect.skip), dialect
    if not dialect.named or not dialect.header:
        return [(start, len(data), layout)]
    first = split(dialect.header.lstrip("# "), dialect.delimiter)[0]
    written = dialect.header[: dialect.header.find(first) + len(first)].encode()
    blocks, at = [], max(start - 1, 0)
    # A single letter is found ten times as fast, and some letter of a header is in no number.
    if any(data.find(letter, start) < 0 for letter in set(written)):
        return [(start, len(data), layout)]
    while written.strip() and (at := data.find(b"\n" + written, at)) >= 0:
        end = data.find(b"\n", at + 1)
        end = len(data) if end < 0 else end
        line = data[at + 1 : end].decode("utf-8", "replace").strip("\r")
        names = split(line.lstrip("# "), dialect.delimiter)
        if len(names) > 1 and is_header(names, dialect.delimiter):
            blocks.append((start, at + 1, layout))
            if len(blocks) > MAX_BLOCKS:
                raise LimitError(
                    f"The header stands more than {MAX_BLOCKS:,} times.",
                    hint="Keep the header once, above the rows.",
                )
            start = min(end + 1, len(data))
            layout = replace(layout, names=unique(names, len(names)), width=len(names))
        at += 1
    return [*blocks, (start, len(data), layout)]


def _check_blocks(blocks: list[tuple[int, int, Dialect]], limits: Limits) -> None:
    """Refuse headers that name, all together, more columns than a table may have."""
    names = {one for _, _, layout in blocks for one in layout.names}
    if len(names) > limits.max_columns:
        raise LimitError(
            f"The headers name {len(names):,} columns; lrdiag reads up to {limits.max_columns:,}.",
            hint="Keep the columns of the losses, the learning rate and the step.",
        )


def _after_lines(data: bytes, lines: int) -> int:
    at = 0
    for _ in range(lines):
        end = data.find(b"\n", at)
        if end < 0:
            return len(data)
        at = end + 1
    return at


def _notes(bad: int, blocks: int) -> tuple[str, ...]:
    notes = []
    if bad > 0:
        notes.append(f"{bad:,} {'lines do' if bad > 1 else 'line does'} not fit the header.")
    if blocks > 1:
        notes.append(f"The header stands {blocks} times; the parts are read as one log.")
    return tuple(notes)


READER = Reader(
    name="csv",
    title="CSV",
    suffixes=(".csv", ".tsv"),
    recognises=recognises,
    read=read,
    tools=(
        Tool("DeePMD-kit", "lcurve.out"),
        Tool("flair", "loss.tsv"),
        Tool("guided-diffusion", "progress.csv"),
        Tool("Hugging Face Trainer (notebook)", "the table below the cell, pasted"),
        Tool("Unsloth", "the table below the cell, pasted"),
        Tool("Keras CSVLogger", "log.csv"),
        Tool("Lightning CSVLogger", "metrics.csv"),
        Tool("torchtitan", "losses.txt", "columns without names: steps, then losses"),
        *tools.TABLES,
    ),
)
