"""How a delimited text is laid out: its delimiter, its header, its decimal mark."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

DELIMITERS = (",", ";", "\t", "|", " ")
MOST_ABOVE = 20  # lines above the header of a printed data frame
SAMPLE = 200  # lines that decide
MIN_REGULAR = 0.8  # share of the lines that have the table's number of cells
MIN_NUMBERS = 0.6  # share of the logged cells that are numbers, in a table without a known name
NUMBER = re.compile(
    r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?:nan|inf|infinity)", re.IGNORECASE
)
DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+(?:[eE][-+]?\d+)?")
CLOCK = re.compile(r"(?:\d+:)?\d{1,3}:\d{2}(?:\.\d+)?")
WRAPPED = re.compile(r"[^\d+\-.]*([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)[^\d.]*")
NAN = re.compile(r"[-+]?nan", re.IGNORECASE)
_PAIR = re.compile(r"[:=]\s*[-+]?\.?\d")
MOST_PAIRS = 0.1  # of the cells of a header; YOLOv5 has "metrics/mAP_0.5:0.95" among fourteen
EMPTY = frozenset({"", "-", "--", "none", "null", "n/a", "na", "<na>", "nil", "?"})


@dataclass(frozen=True, slots=True)
class Dialect:
    """The layout of a table.

    Attributes:
        delimiter: One character; a space stands for any run of blanks.
        names: The header's names, stripped and unique; made up where there is none.
        named: Whether the log itself gave the names.
        skip: Lines before the first row of data.
        decimal: "." or ",".
        width: Cells a row.
        header: The header line as written, to find it again further down.
        clean: The share of sampled lines that fit.
        numbers: The share of sampled logged cells that are numbers.
    """

    delimiter: str
    names: tuple[str, ...]
    named: bool
    skip: int
    decimal: str
    width: int
    header: str
    clean: float
    numbers: float


def split(line: str, delimiter: str) -> list[str]:
    """Split one line into stripped cells, quotes taken off."""
    if delimiter == " ":
        return line.split()
    if '"' in line:
        try:
            cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
        except (csv.Error, StopIteration):
            cells = line.split(delimiter)
    else:
        cells = line.split(delimiter)
    return [cell.strip() for cell in cells]


@lru_cache(maxsize=1)  # of 10 ms; the reader asks again what it was asked before
def sniff(text: str) -> Dialect | None:
    """Return the layout of the table that ``text`` begins with; None if it is no table."""
    lines = text.splitlines()[: SAMPLE * 2]
    found = [one for mark in DELIMITERS if (one := _try(lines, mark)) is not None]
    if not found:
        return _single(lines)
    # Clean columns of numbers first; then the mark that makes the most of them.
    return max(found, key=lambda one: (round(one.clean * one.numbers, 1), one.width))


def _try(lines: Sequence[str], delimiter: str) -> Dialect | None:
    rows = [
        (k, split(line, delimiter))
        for k, line in enumerate(lines)
        if line.strip() and not line.lstrip().startswith("#")
    ][:SAMPLE]
    if delimiter == " ":
        rows = _indexed(rows)
    top = next((k for k in range(len(rows) - 1) if _heads(rows[k][1], rows[k + 1][1])), None)
    if top is not None:
        start, head = rows[top]
        return _judge(delimiter, head, start + 1, lines[start], [one for _, one in rows[top + 1 :]])
    width = Counter(len(cells) for _, cells in rows).most_common(1)[0][0] if rows else 0
    if width < 2:
        return None
    top = next(k for k, (_, cells) in enumerate(rows) if len(cells) == width)
    start, head = rows[top]
    if is_header(head, delimiter):
        return _judge(delimiter, head, start + 1, lines[start], [one for _, one in rows[top + 1 :]])
    names, header = _comment(lines[:start], delimiter, width)
    return _judge(delimiter, names, start, header, [one for _, one in rows[top:]], width)


def _indexed(rows: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """Name the first column of a printed data frame, which counts rows and has no name."""
    for k in range(min(len(rows) - 2, MOST_ABOVE)):
        head, below, next_below = (cells for _, cells in rows[k : k + 3])
        counts = [one[0] for one in (below, next_below) if len(one) == len(head) + 1]
        if len(counts) == 2 and all(map(str.isdecimal, counts)):
            named = ["index", *head]
            if _heads(named, below) and int(counts[0]) < int(counts[1]):
                return [*rows[:k], (rows[k][0], named), *rows[k + 1 :]]
    return rows


def _heads(head: Sequence[str], below: Sequence[str]) -> bool:
    """Say whether a line is a header, by the numbers below it."""
    below = _trimmed(below, len(head))
    if len(head) < 2 or len(head) != len(below) or not is_header(head, ""):
        return False
    logged = [cell for cell in below if cell.lower() not in EMPTY]
    numbers = sum(is_number(cell) or is_number(cell, ",") for cell in logged)
    return bool(logged) and numbers >= 0.5 * len(logged)


def _judge(
    delimiter: str,
    names: Sequence[str],
    skip: int,
    header: str,
    body: Sequence[Sequence[str]],
    width: int = 0,
) -> Dialect:
    named, width = bool(names), len(names) or width
    widest = width
    fits: list[Sequence[str]] = []
    headers = 0
    for one in body:
        row = _trimmed(one, widest)
        if named and len(row) > 1 and is_header(row, delimiter) and row[0] == names[0]:
            widest, headers = len(row), headers + 1  # a log opened to append, with more names
        elif len(row) == widest or (named and len(row) < widest and _begins(row, delimiter)):
            fits.append(row)
    cells = [cell for row in fits for cell in row if cell.lower() not in EMPTY]
    comma = delimiter != "," and any(DECIMAL_COMMA.fullmatch(cell) for cell in cells)
    decimal = "," if comma else "."
    numbers = sum(is_number(cell, decimal) for cell in cells)
    return Dialect(
        delimiter=delimiter,
        names=unique(names, width),
        named=named,
        skip=skip,
        decimal=decimal,
        width=width,
        header=header,
        clean=(len(fits) + headers) / len(body) if body else 1.0,
        numbers=numbers / len(cells) if cells else 0.0,
    )


def _begins(row: Sequence[str], delimiter: str) -> bool:
    """Say whether a short row may be one that was cut off: between blanks, one of numbers."""
    return delimiter != " " or is_number(row[0])


def _trimmed(cells: Sequence[str], width: int) -> Sequence[str]:
    """Leave out empty cells beyond a width: the delimiter at the end of a row."""
    return cells[:width] if len(cells) > width and not any(cells[width:]) else cells


def is_number(cell: str, decimal: str = ".") -> bool:
    """Say whether a stripped cell is a number, or the word for one that is not finite."""
    if decimal == ",":
        cell = cell.replace(",", ".")
    return bool(NUMBER.fullmatch(cell) or CLOCK.fullmatch(cell))


def unique(names: Sequence[str], width: int) -> tuple[str, ...]:
    """Return one name a column: stripped, made up where empty, numbered where repeated."""
    seen: Counter[str] = Counter()
    given = []
    for place in range(width):
        name = names[place].strip() if place < len(names) else ""
        name = name or f"column {place + 1}"
        seen[name] += 1
        given.append(name if seen[name] == 1 else f"{name}.{seen[name]}")
    return tuple(given)


def is_header(cells: Sequence[str], delimiter: str) -> bool:
    """Say whether cells are names: letters in most, no number and no "name: value" in any."""
    if any(is_number(cell) or is_number(cell, ",") for cell in cells):
        return False
    if sum(bool(_PAIR.search(cell)) for cell in cells) > MOST_PAIRS * len(cells):
        return False
    if delimiter == " " and any(cell.endswith((":", ",", ";")) for cell in cells):
        return False
    if any(cell.startswith(("{", "[", "'")) for cell in cells):
        return False
    return sum(any(letter.isalpha() for letter in cell) for cell in cells) >= 0.5 * len(cells)


def _comment(lines: Sequence[str], delimiter: str, width: int) -> tuple[list[str], str]:
    """Return the names in the last comment above the data, if it names every column."""
    for line in reversed(lines):
        if not line.lstrip().startswith("#"):
            continue
        cells = split(line.lstrip().lstrip("#"), delimiter)
        if len(cells) == width and is_header(cells, delimiter):
            return cells, line
    return [], ""


def _single(lines: Sequence[str]) -> Dialect | None:
    """Return the layout of one bare column of numbers."""
    rows = [line.strip() for line in lines if line.strip() and not line.startswith("#")][:SAMPLE]
    if len(rows) < 2:
        return None
    named = is_header(rows[:1], " ") and len(rows[0]) < 80
    body = rows[1:] if named else rows
    if not all(is_number(row) for row in body):
        return None
    skip = next(k for k, line in enumerate(lines) if line.strip() == rows[0]) + named
    names = rows[:1] if named else []
    return Dialect(",", unique(names, 1), named, skip, ".", 1, rows[0] if named else "", 1.0, 1.0)


def number_of(cell: str, decimal: str = ".") -> float | None:
    """Return the number that a cell means; None if it means none.

    Understood beside plain numbers: nan and inf, a decimal comma, a clock (01:30 is 90
    seconds), a percentage or another unit (85.2%), and one wrapped number (tensor(1.5)).
    """
    if decimal == ",":
        cell = cell.replace(",", ".")
    try:
        return float(cell) if "_" not in cell else None
    except ValueError:
        pass
    if NAN.fullmatch(cell):
        return float("nan")
    if CLOCK.fullmatch(cell):
        seconds = 0.0
        for part in cell.split(":"):
            seconds = 60.0 * seconds + float(part)
        return seconds
    wrapped = WRAPPED.fullmatch(cell) if len(cell) < 60 else None
    return float(wrapped.group(1)) if wrapped else None
