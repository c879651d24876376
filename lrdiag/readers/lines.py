"""The lines of a console log, gathered by their form, as arrays.

A log of a million lines has a handful of forms. What is said of a form is worked out once,
and the numbers of its lines lie in one array: a line costs 10 µs and 100 bytes.
"""

import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from lrdiag.numerics import FloatArray
from lrdiag.readers.names import phase_of, words_of
from lrdiag.readers.reader import IntArray
from lrdiag.readers.shapes import NUMBER, Shape, box_row, shape_of, shape_of_names, take_apart

MAX_LINE = 4_000  # characters; longer lines are configurations and source code
MAX_SHAPES = 50_000  # shapes remembered at a time, and forms without a loss kept
MOST_SHAPES = 100_000  # shapes worked out, at 60 µs each; logs of a million lines have hundreds
MAX_BOX = 1_000  # rows of a box; those that trainers draw have about twenty

_CELL = re.compile(r"[-+]?(?:\d[\d.:]*|\.\d+)(?:[eE][-+]?\d+)?%?|[-+]?(?:nan|inf)", re.IGNORECASE)
_PIPES = ("|", "│", "┃")
_CODE = re.compile(r"[=(){};]")
_PARTS = frozenset({"box", "obj", "cls", "dfl", "total", "seg", "pose", "kobj"})
_UNITS = re.compile(r"(?<=\d)(?:[A-Za-z:]+|/\d+)$")  # "2.1G", "640:", "3/100"
_GAPS = re.compile(r"\s*\|\s*|\t+|\s{2,}")


@dataclass(slots=True, eq=False)
class Form:
    """Lines of one shape that speak of one part of the data.

    Attributes:
        shape: Where names and numbers stand in each.
        phase: The part of the data: their own, or that of the lines before them.
        about: The word for that phase.
        width: Numbers a line.
    """

    shape: Shape
    phase: str
    about: str
    width: int
    _rows: "array[int]" = field(default_factory=lambda: array("q"))
    _numbers: "array[float]" = field(default_factory=lambda: array("d"))

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def kind(self) -> str:
        """What sets the lines of one curve apart from others with the same name."""
        return f"{self.shape.counted} {self.about if self.phase == 'train' else ''}"

    @property
    def rows(self) -> IntArray:
        """The place of each line in the log; shape (n,)."""
        return np.frombuffer(self._rows, dtype=np.int64)

    def values(self, place: int) -> FloatArray:
        """Return the number at one place of each line; shape (n,)."""
        return np.frombuffer(self._numbers, dtype=np.float64)[place :: self.width]

    def column(self, name: str) -> str:
        """Return the column for a name: a validation line says so in the column's name."""
        if self.phase != "val" or phase_of(words_of(name)):
            return name
        return f"{self.about} {name}"

    def add(self, row: int, numbers: Sequence[str]) -> None:
        """Add a line."""
        try:  # "12:34:56,789" and "64,000": most logs have a comma in every line
            values = list(map(float, "\n".join(numbers).replace(",", "").split("\n")))
        except ValueError:
            values = [_float(number) for number in numbers]
        self._rows.append(row)
        self._numbers.extend(values)


def _float(text: str) -> float:
    """Return the number in a text; not a number where it looked like one and is none."""
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return float("nan")


def forms_of(text: str) -> list[Form]:
    """Gather the lines of a log that name a number."""
    forms: dict[tuple[int, str, str], Form] = {}
    keep: list[Shape] = []  # a shape's id is its own only while the shape lives
    inherited = ("", "")
    row = 0
    for shape, numbers in _shaped(text):
        phase = (shape.phase, shape.about)
        if shape.counted or phase[0]:
            inherited = phase
        elif shape.losses:
            phase = inherited
        form = forms.get((id(shape), *phase))
        if form is None:
            if len(forms) > MAX_SHAPES and not shape.losses:
                continue
            keep.append(shape)
            form = Form(shape, phase[0], phase[1] or "val", len(numbers))
            forms[(id(shape), *phase)] = form
        form.add(row, numbers)
        row += 1
    return list(forms.values())


def _split(text: str) -> Iterator[str]:
    """Yield the lines of a log; progress bars that were drawn side by side are cut apart."""
    for line in re.split(r"[\r\n]+", text):
        if len(line) <= MAX_LINE:
            if line:
                yield line
        elif "%|" in line:
            yield from (part for part in re.split(r"(?<=\])", line) if 0 < len(part) <= MAX_LINE)


@dataclass(slots=True)
class _Shapes:
    """Shapes by the text or the names that they were made of.

    Forgets them all when it is full; takes no new ones where nearly every line has its own.
    """

    known: dict[str | tuple[str, ...], Shape | None] = field(default_factory=dict)
    made: int = 0

    def find(self, key: str | tuple[str, ...], make: Callable[[], Shape | None]) -> Shape | None:
        """Return the shape for a key, made at its first use."""
        if key in self.known:
            return self.known[key]
        if self.made >= MOST_SHAPES:
            return None
        if len(self.known) > MAX_SHAPES:
            self.known.clear()
        self.made += 1
        self.known[key] = make()
        return self.known[key]


def _shaped(text: str) -> Iterator[tuple[Shape, Sequence[str]]]:
    """Yield each line, box or row of a table that names a number, as shape and numbers."""
    shapes = _Shapes()
    box: list[tuple[str, str]] = []
    header: list[str] = []
    for line in _split(text):
        row = box_row(line) if line.lstrip()[:1] in _PIPES else None
        if row is not None:
            if len(box) < MAX_BOX:
                box.append(row)
            continue
        if box:
            yield from _named(*_unboxed(box), shapes)
            box = []
        if not NUMBER.search(line):
            header = _names(line) or header
        elif header and (cells := _cells(header, line)):
            yield from _named(*cells, shapes, bar="%|" in line)
        else:
            yield from _plain(line, shapes)
    yield from _named(*_unboxed(box), shapes)


def _plain(line: str, shapes: _Shapes) -> Iterator[tuple[Shape, Sequence[str]]]:
    skeleton, numbers = take_apart(line)
    shape = shapes.find(skeleton, partial(shape_of, skeleton))
    if shape is not None:
        yield shape, numbers


def _named(
    names: tuple[str, ...],
    numbers: Sequence[str],
    shapes: _Shapes,
    *,
    bar: bool = False,
) -> Iterator[tuple[Shape, Sequence[str]]]:
    key = (*names, "bar") if bar else names
    shape = shapes.find(key, partial(shape_of_names, names, bar=bar))
    if shape is not None:
        yield shape, numbers


def _unboxed(box: Sequence[tuple[str, str]]) -> tuple[tuple[str, ...], list[str]]:
    """Return names and numbers of a box; the title of a section stands before its names."""
    title = ""
    names, numbers = [], []
    for name, number in box:
        if number:
            names.append(title + name)
            numbers.append(number)
        else:
            title = name if name.endswith("/") else ""
    return tuple(names), numbers


def _names(line: str) -> list[str]:
    """Return the names in the header of a table, or nothing."""
    words = line.lower().split()
    parts = {"box", "cls"} <= set(words)  # YOLO prints its losses by their parts
    if len(line) > 400 or not ("loss" in line.lower() or parts) or _CODE.search(line):
        return []
    text = line.strip().strip("|").strip()
    cells = text.split() if parts or "box_loss" in words else _GAPS.split(text)
    named = [f"{cell} loss" if parts and cell in _PARTS else cell for cell in cells if cell]
    return named if len(named) > 1 else []


def _cells(header: Sequence[str], line: str) -> tuple[tuple[str, ...], list[str]] | None:
    """Return names and numbers of a row below a header; None if the line is no such row."""
    if line.lstrip()[:1] in _PIPES:
        cells = [cell.strip() for cell in line.strip().strip("|│┃").replace("│", "|").split("|")]
    elif "%|" in line:  # a row with a progress bar behind it, drawn again and again
        cells = [_UNITS.sub("", cell) for cell in line.split("%|")[0].split()[:-1]]
        if len(cells) != len(header) or not all(_CELL.fullmatch(cell) for cell in cells):
            return None
    else:
        cells = line.split()
        if not all(_CELL.fullmatch(cell) for cell in cells):
            return None
    if len(cells) != len(header):
        return None
    pairs = [
        (name, cell.rstrip("%"))
        for name, cell in zip(header, cells, strict=True)
        if _CELL.fullmatch(cell) and ":" not in cell
    ]
    return tuple(name for name, _ in pairs), [cell for _, cell in pairs]
