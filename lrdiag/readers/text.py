"""Console output: lines of names and numbers between everything else that a program prints."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

import numpy as np

from lrdiag.errors import LimitError, UnknownFormatError
from lrdiag.numerics import FloatArray
from lrdiag.readers.limits import Limits
from lrdiag.readers.names import family_of, guess, phase_of, refused_family, words_of
from lrdiag.readers.reader import Cells, Reader, Source, Table
from lrdiag.readers.shapes import (
    NUMBER,
    Shape,
    box_row,
    numbers_of,
    shape_of,
    shape_of_names,
    skeleton_of,
)
from lrdiag.run import Refusal

MAX_LINE = 4_000  # characters; longer lines are configurations and source code
OFTEN = 0.3  # of the lines of the commonest loss; a name as often belongs to the training
RARE = 0.003  # of the lines of the commonest loss; a name rarer than that is chatter
MAX_SHAPES = 50_000  # remembered at a time
MIN_COUNTS = 3  # different values from which a line without a loss is a counter
CLOSE = 0.02  # relative; printed means agree to their last digits

_HINTS = re.compile(rb"[A-Za-z].*\d")
_CELL = re.compile(r"[-+]?(?:\d[\d.:]*|\.\d+)(?:[eE][-+]?\d+)?%?|[-+]?(?:nan|inf)", re.IGNORECASE)
_PIPES = ("|", "│", "┃")
_SPLIT = re.compile(r"\s*\|\s*|\t+|\s{2,}")


@dataclass(slots=True)
class Line:
    """One line that holds names and numbers.

    Attributes:
        shape: Where its names and numbers stand.
        numbers: Its numbers as written.
        phase: The part of the data it speaks of: its own, or that of the lines before it.
        about: The word for that phase.
    """

    shape: Shape
    numbers: Sequence[str]
    phase: str
    about: str

    @property
    def kind(self) -> str:
        """What sets the lines of one curve apart from others with the same name."""
        return f"{self.shape.counted} {self.about if self.phase == 'train' else ''}"

    def value(self, place: int) -> float:
        """Return the number at a place."""
        return float(self.numbers[place].replace(",", ""))

    def column(self, name: str) -> str:
        """Return the column for a name: a validation line says so in the column's name."""
        if self.phase != "val" or phase_of(words_of(name)):
            return name
        return f"{self.about} {name}"


def recognises(source: Source) -> bool:
    """Say whether any text is worth looking at line by line."""
    return bool(_HINTS.search(source.data))


def read(source: Source, limits: Limits) -> tuple[Table, ...]:
    """Read the lines that repeat and hold a loss.

    Raises:
        LimitError: Too many lines.
        UnknownFormatError: No line holds a loss.
    """
    if source.data.count(b"\n") > limits.max_rows:
        raise LimitError(
            f"{source.name} has more than {limits.max_rows:,} lines.", hint="Keep every tenth line."
        )
    lines = list(_lines(source.data.decode("utf-8", "replace")))
    kept, notes = _keep(lines)
    family = _family(lines)
    if not kept:
        raise UnknownFormatError(
            f"{source.name} is text in which no losses were found.",
            hint="Log lines such as: step 100: train_loss 2.31, val_loss 2.40, lr 0.001.",
        )
    return (replace(_table(kept, PurePath(source.name).stem, limits, notes), refusal=family),)


def _lines(text: str) -> Iterator[Line]:
    """Yield the lines that name a number, each with the phase it belongs to."""
    shapes: dict[str, Shape | None] = {}
    inherited = ("", "")
    for shape, numbers in _shaped(text, shapes):
        phase = (shape.phase, shape.about)
        if shape.counted or phase[0]:
            inherited = phase
        elif shape.losses:
            phase = inherited
        yield Line(shape, numbers, phase[0], phase[1] or "val")


def _split(text: str) -> Iterator[str]:
    """Yield the lines of a log; progress bars that were drawn side by side are cut apart."""
    for line in re.split(r"[\r\n]+", text):
        if len(line) <= MAX_LINE:
            if line:
                yield line
        elif "%|" in line:
            yield from (part for part in re.split(r"(?<=\])", line) if 0 < len(part) <= MAX_LINE)


def _shaped(text: str, shapes: dict[str, Shape | None]) -> Iterator[tuple[Shape, Sequence[str]]]:
    """Yield each line, box or row of a table that names a number, as shape and numbers."""
    box: list[tuple[str, str]] = []
    header: list[str] = []
    for line in _split(text):
        row = box_row(line) if line.lstrip()[:1] in _PIPES else None
        if row is not None:
            box.append(row)
            continue
        yield from _boxed(box, shapes)
        box = []
        if not NUMBER.search(line):
            header = _names(line) or header
        elif header and (cells := _cells_of_row(header, line)):
            yield from _row(header, cells)
        else:
            yield from _plain(line, shapes)
    yield from _boxed(box, shapes)


def _plain(line: str, shapes: dict[str, Shape | None]) -> Iterator[tuple[Shape, Sequence[str]]]:
    skeleton = skeleton_of(line)
    if skeleton not in shapes:
        if len(shapes) > MAX_SHAPES:
            shapes.clear()
        shapes[skeleton] = shape_of(skeleton)
    shape = shapes[skeleton]
    if shape is not None:
        yield shape, numbers_of(line)


def _boxed(
    box: Sequence[tuple[str, str]], shapes: dict[str, Shape | None]
) -> Iterator[tuple[Shape, Sequence[str]]]:
    title = ""
    rows = []
    for name, number in box:
        if number:
            rows.append((title + name, number))
        else:
            title = name if name.endswith("/") else ""
    key = "\x02".join(name for name, _ in rows)
    if rows and key not in shapes:
        shapes[key] = shape_of_names([name for name, _ in rows])
    shape = shapes[key] if rows else None
    if shape is not None:
        yield shape, [number for _, number in rows]


def _names(line: str) -> list[str]:
    """Return the names in the header of a table, or nothing."""
    if len(line) > 400 or "loss" not in line.lower() or re.search(r"[=(){};]", line):
        return []
    cells = [cell for cell in _SPLIT.split(line.strip().strip("|").strip()) if cell]
    return cells if len(cells) > 1 else []


def _cells_of_row(header: Sequence[str], line: str) -> list[str]:
    """Return the cells of a row below a header; nothing if the line is no such row."""
    if line.lstrip()[:1] in _PIPES:
        cells = [cell.strip() for cell in line.strip().strip("|│┃").replace("│", "|").split("|")]
    else:
        cells = line.split()
        if not all(_CELL.fullmatch(cell) for cell in cells):
            return []
    return cells if len(cells) == len(header) else []


def _row(header: Sequence[str], cells: Sequence[str]) -> Iterator[tuple[Shape, Sequence[str]]]:
    pairs = [
        (name, cell.rstrip("%"))
        for name, cell in zip(header, cells, strict=True)
        if _CELL.fullmatch(cell) and ":" not in cell
    ]
    shape = shape_of_names([name for name, _ in pairs])
    if shape is not None:
        yield shape, [cell for _, cell in pairs]


def _keep(lines: Sequence[Line]) -> tuple[list[Line], tuple[str, ...]]:
    """Choose the lines that make the table."""
    losses = [line for line in lines if line.shape.losses]
    if not losses:
        return _without_loss(lines), ()
    winners, notes = _winners(losses)
    counters = _counters(lines)
    kept = []
    for line in lines:
        shape = line.shape
        if shape.losses:
            names = {line.column(name) for name in shape.losses}
            if any(winners.get(name) == line.kind for name in names):
                kept.append(line)
        elif id(shape) in counters:
            kept.append(line)
    return _thinned(kept), notes


def _family(lines: Sequence[Line]) -> Refusal | None:
    """Refuse a log that speaks of rewards or of two adversaries as often as of a loss."""
    seen = Counter(name for line in lines for name, _ in line.shape.pairs)
    losses = max((seen[name] for line in lines for name in line.shape.losses), default=0)
    family = family_of(name for name, count in seen.items() if count > OFTEN * losses)
    return refused_family(family) if family else None


def _without_loss(lines: Sequence[Line]) -> list[Line]:
    """Return counted lines with at least two names, so that the user can pick a column."""
    return [line for line in lines if line.shape.counted and len(line.shape.pairs) >= 2]


def _winners(losses: Sequence[Line]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Choose, where a name stands in several kinds of lines, the kind that gives the curve."""
    claims: dict[str, dict[str, list[Line]]] = {}
    for line in losses:
        for name in line.shape.losses:
            kinds = claims.setdefault(line.column(name), {})
            kinds.setdefault(line.kind, []).append(line)
    winners = {}
    notes = []
    for name, kinds in claims.items():
        best = max(kinds, key=lambda kind: len(kinds[kind]))
        rest = [kind for kind in kinds if kind != best]
        summary = max(rest, key=lambda kind: len(kinds[kind]), default=None)
        if summary is not None and _summed(name, kinds[best], kinds[summary]):
            best = summary
            notes.append(f"{name} is taken from the lines at the end of an epoch.")
        winners[name] = best
    most = max(len(kinds[winners[name]]) for name, kinds in claims.items())
    for name, kinds in claims.items():
        if len(kinds[winners[name]]) < RARE * most:
            winners[name] = "nowhere"
    return winners, tuple(notes)


def _summed(name: str, dense: Sequence[Line], summary: Sequence[Line]) -> bool:
    """Say whether summaries tell the curve better than the dense lines they sum up."""
    passes = _passes(dense)
    if len(passes) < 2 or not 0.7 * len(passes) <= len(summary) <= 1.3 * len(passes) + 1:
        return False
    if dense[0].phase == "val":
        return True
    if any(_averaged(line, name) for line in dense[:5]):
        return False
    return _running_means(name, passes, summary)


def _averaged(line: Line, name: str) -> bool:
    return any(line.column(n) == name and p in line.shape.averages for n, p in line.shape.pairs)


def _running_means(name: str, passes: Sequence[Sequence[Line]], summary: Sequence[Line]) -> bool:
    """Say whether each pass ends on its summary: then its lines are means of the pass so far."""
    ends = [_cell(one[-1], name) for one in passes]
    sums = [_cell(line, name) for line in summary]
    n = min(len(ends), len(sums))
    same = [
        abs(a - b) <= CLOSE * max(abs(b), 1e-12) for a, b in zip(ends[:n], sums[:n], strict=True)
    ]
    return sum(same) >= 0.8 * n


def _cell(line: Line, name: str) -> float:
    for key, place in line.shape.pairs:
        if line.column(key) == name:
            return line.value(place)
    return float("nan")


def _passes(lines: Sequence[Line]) -> list[list[Line]]:
    """Cut lines where their step falls."""
    cut: list[list[Line]] = []
    before = np.inf
    for line in lines:
        step = line.value(line.shape.step[1]) if line.shape.step else 0.0
        if step < before or not cut:
            cut.append([])
        cut[-1].append(line)
        before = step
    return cut


def _counters(lines: Sequence[Line]) -> set[int]:
    """Return the shapes of lines that only count, as "Epoch 3/10" above the lines of an epoch."""
    seen: dict[int, list[float]] = {}
    for line in lines:
        counter = line.shape.epoch or line.shape.step
        if counter is not None and not line.shape.losses:
            seen.setdefault(id(line.shape), []).append(line.value(counter[1]))
    return {
        shape
        for shape, values in seen.items()
        if len(set(values)) >= MIN_COUNTS and np.mean(np.diff(values) >= 0.0) > 0.8
    }


def _thinned(lines: Sequence[Line]) -> list[Line]:
    """Keep the last of the lines that a progress bar drew over and over.

    A bar shows the mean of its pass so far; where validation is logged batch by batch, the
    last line of the pass holds its mean.
    """
    kept: list[Line] = []
    for line in lines:
        if kept and _redraws(kept[-1], line):
            kept.pop()
        kept.append(line)
    return kept


def _redraws(before: Line, line: Line) -> bool:
    if before.phase != line.phase or not (before.shape.step and line.shape.step):
        return False
    if not (line.shape.bar and before.shape.bar) and line.phase != "val":
        return False
    if line.phase == "val" and not line.shape.nameless:
        return False
    epochs = [one.value(one.shape.epoch[1]) for one in (before, line) if one.shape.epoch]
    if len(epochs) == 2 and epochs[0] != epochs[1]:
        return False
    return line.value(line.shape.step[1]) >= before.value(before.shape.step[1])


def _table(lines: Sequence[Line], name: str, limits: Limits, notes: tuple[str, ...]) -> Table:
    names = {kind: _counter_name(lines, kind) for kind in ("step", "epoch")}
    rows: dict[str, list[int]] = {}
    values: dict[str, list[float]] = {}
    for row, line in enumerate(lines):
        for column, value in _cells(line, names):
            if column in rows and rows[column][-1] == row:
                continue
            rows.setdefault(column, []).append(row)
            values.setdefault(column, []).append(value)
        if len(rows) > limits.max_columns:
            raise LimitError(
                f"{name} has more than {limits.max_columns:,} names.", hint="Log fewer quantities."
            )
    columns = {
        column: Cells(np.array(rows[column], dtype=np.int64), _floats(values[column]))
        for column in rows
    }
    return Table(name, READER.name, len(lines), columns, notes=notes)


def _floats(values: Sequence[float]) -> FloatArray:
    return np.array(values, dtype=np.float64)


def _counter_name(lines: Sequence[Line], kind: str) -> str:
    found = Counter(
        counter[0]
        for line in lines
        if (counter := line.shape.step if kind == "step" else line.shape.epoch)
    )
    named = [name for name, _ in found.most_common() if guess(name).role == kind]
    return named[0] if named else kind


def _cells(line: Line, names: dict[str, str]) -> Iterator[tuple[str, float]]:
    shape = line.shape
    if shape.epoch:
        yield names["epoch"], line.value(shape.epoch[1])
    # The steps of a validation pass count its batches, not updates.
    if shape.step and not (line.phase == "val" and shape.nameless):
        yield names["step"], line.value(shape.step[1])
    for name, place in shape.pairs:
        value = line.value(place)
        if line.phase == "val" and place in shape.averages and shape.step:
            value = line.value(shape.averages[place])
        if place in shape.totals and guess(name).role.endswith("accuracy"):
            value /= line.value(shape.totals[place]) or 1.0
        yield line.column(name), value


READER = Reader(
    name="text",
    title="Console output",
    suffixes=(".log", ".txt", ".out"),
    recognises=recognises,
    read=read,
)
