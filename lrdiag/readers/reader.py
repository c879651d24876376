"""What a reader is, and the table that every reader makes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from lrdiag.numerics import FloatArray
from lrdiag.readers.limits import Limits
from lrdiag.run import Refusal, Role

IntArray = NDArray[np.int64]


# Names that tools give to the log of any run; the folder above says more.
_GENERIC = frozenset(
    """
    metrics results log logs output history trainer_state train training stats scalars progress
    train_log training_log train_history training_history debug stdout stderr console loss losses
    loss_log log_history all_results csv files wandb-history learn_error progress_log
    test_error catboost_info catboost_training
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Source:
    """A log as it arrived: its bytes, and the name that came with them.

    Attributes:
        name: The name of the file; in an archive or a folder its path, parts joined by "/".
        data: Its bytes; empty where the log is kept in several files.
        parts: The files of a log that is kept in several, or of a folder.
        notes: What was left out of the bytes, one sentence each.
    """

    name: str
    data: bytes
    parts: tuple["Source", ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def run_name(self) -> str:
        """What to call the run: the stem, with the folder where tools call every log so."""
        path = PurePath(self.name)
        if path.stem.lower() not in _GENERIC:
            return path.stem
        names = [one.name for one in path.parents if one.name]
        folder = next((name for name in names if name.lower() not in _GENERIC), "".join(names[:1]))
        return f"{folder}/{path.stem}" if folder else path.stem


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The logged cells of one column.

    An empty cell was not logged and is absent; a cell that says nan or inf was logged and
    is here with that value.

    Attributes:
        rows: The row of each logged cell, strictly increasing; shape (n,).
        values: Its value, possibly NaN or infinite; shape (n,).
    """

    rows: IntArray
    values: FloatArray

    def __post_init__(self) -> None:
        if self.rows.shape != self.values.shape:
            raise ValueError("A column has one value a logged cell.")

    def __len__(self) -> int:
        return len(self.rows)


def cells(column: Iterable[str | float | None]) -> Cells:
    """Make a column of one cell a row: None and empty text were not logged.

    Raises:
        ValueError: A text is no number.
    """
    logged = [
        (row, float(cell)) for row, cell in enumerate(column) if cell is not None and cell != ""
    ]
    rows, values = zip(*logged, strict=True) if logged else ((), ())
    return Cells(np.array(rows, dtype=np.int64), np.array(values, dtype=np.float64))


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows and named columns, before any column has a role.

    Attributes:
        name: The name of the run.
        format: The name of the reader.
        rows: The number of rows.
        columns: The numeric columns by the log's own names, in the log's order.
        texts: For each column that holds words, how many different ones.
        notes: What the reader left out or assumed, one sentence each.
        named: False where the log has no names and the reader made them up.
        refusal: Set where the format itself says that the rows are no training steps.
        title: What people call the format, where it differs from the reader's title.
        sums: The columns that are sums of others, with the names of their parts.
        alone: The losses that are judged where no other may be, with their roles.
    """

    name: str
    format: str
    rows: int
    columns: Mapping[str, Cells]
    texts: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    named: bool = True
    refusal: Refusal | None = None
    title: str = ""
    sums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    alone: Mapping[str, Role] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool whose logs a reader reads; each has a sample among the tests.

    Attributes:
        name: What people call the tool, as in "Ultralytics YOLO".
        file: What its log is called, as in "results.csv".
        note: What is worth knowing, as in "box, cls and dfl are added up".
    """

    name: str
    file: str = "console output"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """One log format.

    Readers are given plain UTF-8 bytes: no byte order mark, no terminal colours.

    Attributes:
        name: Short and unique, as in "csv".
        title: What people call the format.
        suffixes: The file endings that suggest it; a hint, never a proof.
        recognises: Looks at the first kilobytes and says whether the log is of this format.
        read: Turns the bytes into tables, mostly one, or raises ReadError with the line.
        sure: Whether what it recognises can be nothing else, so that its error is the answer.
        binary: Whether it is given the bytes as they are, and logs that are several files.
        tools: Whose logs these are, as far as they are tested.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    recognises: Callable[[Source], bool]
    read: Callable[[Source, Limits], tuple[Table, ...]]
    sure: bool = False
    binary: bool = False
    tools: tuple[Tool, ...] = ()
