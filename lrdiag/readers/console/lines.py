"""The lines of a console log, gathered by their form, as arrays.

A log of a million lines has a handful of forms. What is said of a form is worked out once,
and the numbers of its lines that mean something lie in one array: a line costs 4 µs and 40 bytes.
The log is taken in chunks, so that its text is never there as a whole beside its bytes.
"""

import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from lrdiag.numerics import FloatArray
from lrdiag.readers.console.naming import in_one_line
from lrdiag.readers.console.patterns import pattern_of
from lrdiag.readers.console.sections import Sections
from lrdiag.readers.console.shapes import (
    MARK,
    NUMBER,
    Shape,
    box_row,
    shape_of,
    shape_of_names,
    take_apart,
)
from lrdiag.readers.decode import whole_lines
from lrdiag.readers.names import phase_of, words_of
from lrdiag.readers.reader import IntArray

MAX_LINE = 4_000  # characters; longer lines are configurations and source code
MAX_SHAPES = 50_000  # shapes remembered at a time, and forms without a loss kept
MANY_SHAPES = 20_000  # shapes; beyond, three of four lines must have one that is known
MOST_SHAPES = 100_000  # shapes worked out, at 60 µs each; logs of a million lines have hundreds
MAX_BOX = 1_000  # rows of a box; those that trainers draw have about twenty
BATCH = 1_000  # numbers that are converted at a time, at 60 % of the time of one by one
OFTEN = 100  # lines of a shape from which it is worth 0.5 ms to make an expression for it
MOST_PATTERNS = 4  # expressions that are tried on a line; one that does not match costs 0.3 µs

_CELL = re.compile(
    r"[-+]?(?:\d[\d.:]*|\.\d+)(?:[eE][-+]?\d+)?(?:%|m?s|m)?|[-+]?(?:nan|inf)", re.IGNORECASE
)
_CLOCK = re.compile(r":|[sm]$")  # in a cell that tells a time: "00:12", "0.33s", "1.20m"
_SIGN = re.compile(r"^(\s*[A-Za-z]+) +#(?= +Epoch\b)")  # NequIP's header: "Validation #  Epoch"
_LABEL = re.compile(r"! ([A-Za-z]+) +(?=[-+\d.])")  # of a row: NequIP's "! Validation   12 …"
_PIPES = ("|", "│", "┃")
_CODE = re.compile(r"[=(){};]")
_PARTS = frozenset({"box", "obj", "cls", "dfl", "total", "seg", "pose", "kobj"})
_UNITS = re.compile(r"(?<=\d)(?:[A-Za-z:]+|/\d+)$")  # "2.1G", "640:", "3/100"
_BARS = re.compile(r"(?<=\])")  # between bars that were drawn side by side
_GAPS = re.compile(r"\s*\|\s*|\t+|\s{2,}")


@dataclass(slots=True, eq=False)
class Form:
    """Lines of one shape that speak of one part of the data.

    Attributes:
        shape: Where names and numbers stand in each.
        phase: The part of the data: their own, or that of the lines before them.
        about: The word for that phase.
        places: The numbers of a line that are kept.
        section: The title above them, where that told the part of the data.
    """

    shape: Shape
    phase: str
    about: str
    places: tuple[int, ...]
    section: str = ""
    _rows: "array[int]" = field(default_factory=lambda: array("q"))
    _numbers: "array[float]" = field(default_factory=lambda: array("d"))
    _texts: list[str] = field(default_factory=list)  # numbers that are still text

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
        self._convert()
        numbers = np.frombuffer(self._numbers, dtype=np.float64)
        values = numbers[self.places.index(place) :: len(self.places)]
        counts = self.shape.step is not None and place == self.shape.step[1]
        return values * self.shape.scale if counts and self.shape.scale != 1.0 else values

    def column(self, name: str) -> str:
        """Return the column for a name: a validation line says so in the column's name."""
        if self.phase != "val" or phase_of(words_of(name)):
            return name
        return f"{self.about} {name}"

    def add(self, row: int, numbers: Sequence[str]) -> None:
        """Add a line by the numbers of it that are kept."""
        self._rows.append(row)
        self._texts += numbers
        if len(self._texts) >= BATCH:
            self._convert()

    def _convert(self) -> None:
        done = len(self._numbers)
        try:
            self._numbers.extend(map(float, self._texts))
        except ValueError:  # "64,000"
            del self._numbers[done:]
            self._numbers.extend(map(_float, self._texts))
        self._texts.clear()


def _float(text: str) -> float:
    """Return the number in a text; not a number where it looked like one and is none."""
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return float("nan")


@dataclass(slots=True, eq=False)
class _Kind:
    """What is known of the lines of one shape.

    Attributes:
        shape: Where names and numbers stand in each.
        places: The numbers that mean something.
        forms: The forms of these lines, by the phase, the word for it and the title above.
        seen: How many of them were taken apart.
        pattern: Reads such a line, once there were many.
    """

    shape: Shape
    places: tuple[int, ...] = ()
    forms: dict[tuple[str, str, str], Form] = field(default_factory=dict)
    seen: int = 0
    pattern: re.Pattern[str] | None = None


def forms_of(data: bytes) -> list[Form]:
    """Gather the lines of a log that name a number."""
    forms: list[Form] = []
    inherited = ("", "")
    sections = Sections()
    row = 0
    for kind, numbers in _shaped(data, sections):
        shape = kind.shape
        phase = (shape.phase, shape.about)
        if shape.step or shape.epoch or shape.phase:
            inherited = phase
        elif shape.losses:
            phase = inherited
        # A counter, as "Epoch 3", stands below the titles of the epoch before.
        section = sections.word if shape.pairs and not phase[0] else ""
        sections.follow(losses=bool(shape.losses), counts=bool(shape.epoch and not shape.pairs))
        form = kind.forms.get((*phase, section))
        if form is None:
            if len(forms) > MAX_SHAPES and not shape.losses:
                continue
            form = Form(shape, phase[0], phase[1] or "val", kind.places, section)
            forms.append(form)
            kind.forms[(*phase, section)] = form
        form.add(row, numbers)
        row += 1
    _apply(sections, forms)
    return forms


def _apply(sections: Sections, forms: Sequence[Form]) -> None:
    """Let titles tell which lines are of a validation, where losses stand below both kinds."""
    below = [form for form in forms if form.section]
    told = {phase_of(words_of(form.section)) for form in below if form.shape.losses}
    for form in below:
        names = words_of(" ".join(form.shape.losses))
        val = phase_of(words_of(form.section)) == "val" and phase_of(names) != "train"
        if sections.trusted and val and told == {"train", "val"}:
            form.phase, form.about = "val", form.section
        else:
            form.section = ""


def _split(data: bytes) -> Iterator[str]:
    """Yield the lines of a log; progress bars that were drawn side by side are cut apart."""
    for piece in whole_lines(data):
        text = piece.decode("utf-8", "replace").replace(MARK, " ")
        for line in text.replace("\r", "\n").split("\n"):
            if len(line) <= MAX_LINE:
                if line:
                    yield line
            elif "%|" in line:
                yield from (part for part in _BARS.split(line) if 0 < len(part) <= MAX_LINE)


class _Kinds:
    """The kinds of lines, by the text or the names that they were made of.

    Forgets them all when it is full; takes no new ones where nearly every line has its own.
    """

    def __init__(self) -> None:
        self.known: dict[str | tuple[str, ...], _Kind | None] = {}
        self.made = 0
        self.lines = 0
        self.often: list[_Kind] = []  # those with an expression, the latest first

    def find(self, key: str | tuple[str, ...], make: Callable[[], Shape | None]) -> _Kind | None:
        """Return the kind for a key, made at its first use."""
        if key in self.known:
            return self.known[key]
        if self.made >= min(MOST_SHAPES, max(MANY_SHAPES, self.lines // 4)):
            return None
        if len(self.known) > MAX_SHAPES:
            self.known.clear()
        self.made += 1
        shape = make()
        self.known[key] = None if shape is None else _Kind(shape, shape.places)
        return self.known[key]

    def count(self, kind: _Kind, skeleton: str) -> None:
        """Count a line that was taken apart; make an expression for its kind when it has many."""
        kind.seen += 1
        if kind.seen % OFTEN == 0:
            kind.pattern = kind.pattern or pattern_of(skeleton, kind.places)
            if kind.pattern:
                self.often = [kind, *self.often][:MOST_PATTERNS]

    def match(self, line: str) -> tuple[_Kind, Sequence[str]] | None:
        """Return kind and numbers of the next line, where an expression reads it."""
        self.lines += 1
        for kind in self.often:
            found = kind.pattern.fullmatch(line) if kind.pattern else None
            if found:
                return kind, found.groups()
        return None


def _shaped(data: bytes, sections: Sections) -> Iterator[tuple[_Kind, Sequence[str]]]:
    """Yield each line, box or row of a table that names a number, as its kind and numbers."""
    kinds = _Kinds()
    box: list[tuple[str, str]] = []
    header: list[str] = []
    above = ""  # the last line without a number
    for line in _split(data):
        known = kinds.match(line)
        row = box_row(line) if not known and line.lstrip()[:1] in _PIPES else None
        if row is not None:
            if len(box) < MAX_BOX:
                box.append(row)
            continue
        if box:
            yield from _named(*_unboxed(box), kinds)
            box = []
        if known:
            yield known
        elif not NUMBER.search(line):
            header = _names(line, above) or header
            above = line
            sections.look(line)
        elif header and (cells := _cells(header, line)):
            yield from _named(*cells, kinds, bar="%|" in line, label=_label(line))
        else:
            yield from _plain(line, kinds, sections)
    yield from _named(*_unboxed(box), kinds)


def _plain(line: str, kinds: _Kinds, sections: Sections) -> Iterator[tuple[_Kind, Sequence[str]]]:
    skeleton, numbers = take_apart(line)
    kind = kinds.find(skeleton, partial(shape_of, skeleton))
    if kind is None:
        sections.look(skeleton)
        return
    kinds.count(kind, skeleton)
    yield kind, [numbers[place] for place in kind.places]


def _named(
    names: tuple[str, ...],
    numbers: Sequence[str],
    kinds: _Kinds,
    *,
    bar: bool = False,
    label: str = "",
) -> Iterator[tuple[_Kind, Sequence[str]]]:
    key = (*names, "bar" if bar else "", label)
    kind = kinds.find(key, partial(shape_of_names, names, bar=bar, label=label))
    if kind is not None:
        yield kind, [numbers[place] for place in kind.places]


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


def _names(line: str, above: str) -> list[str]:
    """Return the names in the header of a table, or nothing."""
    line = in_one_line(above, line)  # MATLAB's has two lines
    words = line.lower().split()
    parts = {"box", "cls"} <= set(words)  # YOLO prints its losses by their parts
    if len(line) > 400 or not ("loss" in line.lower() or parts) or _CODE.search(line):
        return []
    text = _SIGN.sub(r"\1  ", line).strip().strip("|").strip()
    cells = text.split() if parts or "box_loss" in words else _GAPS.split(text)
    named = [f"{cell} loss" if parts and cell in _PARTS else cell for cell in cells if cell]
    return named if len(named) > 1 else []


def _label(line: str) -> str:
    """Return the word for a part of the data that a row of a table begins with, or nothing."""
    found = _LABEL.match(line)
    return found.group(1) if found and phase_of(words_of(found.group(1))) else ""


def _cells(header: Sequence[str], line: str) -> tuple[tuple[str, ...], list[str]] | None:
    """Return names and numbers of a row below a header; None if the line is no such row."""
    if line.lstrip()[:1] in _PIPES:
        cells = [cell.strip() for cell in line.strip().strip("|│┃").replace("│", "|").split("|")]
    elif "%|" in line:  # a row with a progress bar behind it, drawn again and again
        cells = [_UNITS.sub("", cell) for cell in line.split("%|")[0].split()[:-1]]
        if len(cells) != len(header) or not all(_CELL.fullmatch(cell) for cell in cells):
            return None
    else:
        label = _label(line)
        cells = line.lstrip("! ").split() if label else line.split()
        if not all(_CELL.fullmatch(cell) for cell in cells[1 if label else 0 :]):
            return None
    if len(cells) != len(header):
        return None
    pairs = [
        (name, cell.rstrip("%"))
        for name, cell in zip(header, cells, strict=True)
        if _CELL.fullmatch(cell) and not _CLOCK.search(cell)
    ]
    return tuple(name for name, _ in pairs), [cell for _, cell in pairs]
