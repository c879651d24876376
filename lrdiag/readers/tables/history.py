"""Values that come one by one, each a JSON text with its name and row, to columns."""

from collections.abc import Sequence

import numpy as np

from lrdiag.errors import LimitError
from lrdiag.numerics import FloatArray
from lrdiag.readers.limits import Limits
from lrdiag.readers.reader import Cells, IntArray
from lrdiag.readers.tables.jsontext import flatten, parse
from lrdiag.readers.tables.records import MOST_WORDS, number_in

MEDIUM = "/_type"  # how the name ends that marks a picture or a histogram, as W&B logs them
MOST_NAMES = 20  # times the columns; a histogram of each weight has four names and is left out
_PLAIN = frozenset({float, int})
_WORDS = {"NaN": np.nan, "Infinity": np.inf, "-Infinity": -np.inf}  # as older versions quote them
LONGEST_WORD = 80  # characters of a text that are kept, to count the different ones


class Column:
    """The values of one name: those that wait as JSON texts, and those that are numbers.

    Attributes:
        rows: The row of each value that waits; not decreasing.
        texts: The values that wait.
    """

    __slots__ = ("parsed", "rows", "texts")

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.texts: list[bytes] = []
        self.parsed: list[tuple[IntArray, FloatArray]] = []


class History:
    """The columns of a run, filled value by value.

    The texts of a column are parsed together as one JSON list, which takes a tenth of the time.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._columns: dict[str, Column] = {}
        self._words: dict[str, set[str]] = {}
        self._media: set[str] = set()
        self._numeric = 0

    def column(self, name: str) -> Column:
        """Return the column of this name, a new one where there is none.

        Raises:
            LimitError: There are too many names.
        """
        found = self._columns.get(name)
        if found is None:
            if len(self._columns) >= MOST_NAMES * self._limits.max_columns:
                raise self._too_many()
            found = self._columns[name] = Column()
            if name.endswith(MEDIUM):
                self._media.add(name.removesuffix(MEDIUM))
        return found

    def parse(self) -> None:
        """Parse what waits.

        Raises:
            LimitError: The log has too many columns.
        """
        for name, column in list(self._columns.items()):
            if column.rows and not self._is_medium(name):
                values = _parse(column.texts)
                numbers = _numbers(values)
                if numbers is None:
                    self._take(name, column.rows, values)
                else:
                    self._keep(name, np.array(column.rows, dtype=np.int64), numbers)
            column.rows.clear()
            column.texts.clear()

    def cells(self) -> dict[str, Cells]:
        """Return the columns that hold numbers by name, as W&B writes them in no order.

        Of two values in one row the last stands.
        """
        found = {}
        for name, column in sorted(self._columns.items()):
            if column.parsed and not self._is_medium(name):
                rows = np.concatenate([one for one, _ in column.parsed])
                values = np.concatenate([one for _, one in column.parsed])
                order = np.argsort(rows, kind="stable")
                last = order[np.append(np.diff(rows[order]) > 0, True)]
                found[name] = Cells(rows[last], values[last])
        return found

    def texts(self) -> dict[str, int]:
        """Return how many different words each column holds that holds no number."""
        return {
            name: len(words)
            for name, words in self._words.items()
            if not self._columns[name].parsed and not self._is_medium(name)
        }

    def _take(self, name: str, rows: Sequence[int], values: Sequence[object]) -> None:
        """Take in values that are not all plain numbers."""
        found: dict[str, tuple[list[int], list[float]]] = {}
        for row, value in zip(rows, values, strict=True):
            inner = {name: value}
            if isinstance(value, dict):
                inner = flatten(inner, depth=self._limits.max_depth)
            for key, one in inner.items():
                number = _WORDS.get(one) if isinstance(one, str) else number_in(one)
                if number is not None:
                    at, numbers = found.setdefault(key, ([], []))
                    at.append(row)
                    numbers.append(number)
                elif isinstance(one, str):
                    self._take_word(key, one)
        for key, (at, numbers) in found.items():
            self._keep(key, np.array(at, dtype=np.int64), np.array(numbers, dtype=np.float64))

    def _take_word(self, name: str, word: str) -> None:
        self.column(name)
        words = self._words.setdefault(name, set())
        if len(words) < MOST_WORDS:
            words.add(word[:LONGEST_WORD])

    def _keep(self, name: str, rows: IntArray, values: FloatArray) -> None:
        column = self.column(name)
        self._numeric += not column.parsed
        if self._numeric > self._limits.max_columns:
            raise self._too_many()
        column.parsed.append((rows, values))

    def _is_medium(self, name: str) -> bool:
        """Say whether a name is a part of a picture, a histogram or the like."""
        at = name.find("/")
        while at >= 0:
            if name[:at] in self._media:
                return True
            at = name.find("/", at + 1)
        return name in self._media

    def _too_many(self) -> LimitError:
        return LimitError(
            f"The log has more than {self._limits.max_columns:,} columns.",
            hint="Keep the columns of the losses, the learning rate and the step.",
        )


def _numbers(values: list[object]) -> FloatArray | None:
    """Return values as an array; None where any is no number, or none that fits."""
    if not _PLAIN.issuperset(map(type, values)):
        return None
    try:
        return np.array(values, dtype=np.float64)
    except OverflowError:
        return None


def _parse(texts: Sequence[bytes]) -> list[object]:
    """Return what JSON texts hold; None for a text that is no JSON."""
    try:
        found: list[object] = parse(b"[" + b",".join(texts) + b"]")
        if len(found) == len(texts):
            return found
    except ValueError:
        pass
    return [_parse_one(text) for text in texts]


def _parse_one(text: bytes) -> object:
    try:
        return parse(text)
    except ValueError:
        return None
