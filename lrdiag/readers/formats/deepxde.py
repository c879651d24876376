"""DeepXDE: at each step the parts of the training loss, then those of the test loss.

Its loss.dat has a column a part without a name, its console a list of parts. What is trained
on is their sum.
"""

import re
from collections.abc import Iterator

import numpy as np

from lrdiag.errors import LimitError, MalformedLogError
from lrdiag.numerics import FloatArray
from lrdiag.readers.decode import count_ends, head_of
from lrdiag.readers.limits import Limits
from lrdiag.readers.reader import Cells, Reader, Source, Table, Tool

HEADER = b"# step, loss_train, loss_test, metrics_test"
# A line of the console: the step, and three lists. The last is empty where nothing is measured.
_ROW = re.compile(
    rb"^(\d{1,12})[ \t]+\[([^\]\n]*)\][ \t]+\[([^\]\n]*)\][ \t]+\[[^\]\n]*\][ \t]*\r?$",
    re.MULTILINE,
)
_TITLE = re.compile(r"^Step\s+Train loss\s+Test loss\s+Test metric", re.MULTILINE)

Row = tuple[float, list[float], list[float]]  # the step, the parts in training, those in the test


def recognises(source: Source) -> bool:
    """Say whether the text begins with the header of loss.dat or holds that of the console."""
    return source.data.startswith(HEADER) or bool(_TITLE.search(head_of(source)))


def read(source: Source, limits: Limits) -> tuple[Table, ...]:
    """Read the parts of both losses and add them up.

    Raises:
        MalformedLogError: No row has as many parts as the first.
        LimitError: Too many rows or parts.
    """
    table = source.data.startswith(HEADER)
    if count_ends(source.data) > limits.max_rows:
        raise LimitError(
            f"The log has more than {limits.max_rows:,} lines.",
            hint="Train with a larger display_every.",
        )
    rows = list((_file if table else _console)(source.data))
    rows = [row for row in rows if row[1] and len(row[1]) == len(row[2]) == len(rows[0][1])]
    if not rows:
        raise MalformedLogError(
            "No row tells the parts of the loss.", hint="Give the loss.dat of one training."
        )
    parts = len(rows[0][1])
    if 2 * parts > limits.max_columns:
        raise LimitError(
            f"The loss has {parts:,} parts; lrdiag reads up to {limits.max_columns // 2:,}.",
            hint="Give the sum of the parts as one column.",
        )
    names = ("step", "loss_train", "loss_test") if table else ("Step", "Train loss", "Test loss")
    losses = np.array([row[1:] for row in rows], dtype=np.float64)
    return (_table(source.run_name, names, np.array([row[0] for row in rows]), losses),)


def _file(data: bytes) -> Iterator[Row]:
    """Yield the rows of loss.dat: a step, the parts twice, and what else is measured.

    The header does not say how many parts there are; at most one other measure is taken for
    the usual case.
    """
    for line in data.splitlines()[1:]:
        try:
            step, *values = map(float, line.split())
        except ValueError:
            continue  # the last line of a file that is being written
        parts = len(values) // 2
        yield step, values[:parts], values[parts : 2 * parts]


def _console(data: bytes) -> Iterator[Row]:
    for found in _ROW.finditer(data):
        try:
            train, test = ([float(one) for one in found[k].split(b",")] for k in (2, 3))
        except ValueError:
            continue
        yield float(found[1]), train, test


def _table(name: str, names: tuple[str, str, str], steps: FloatArray, losses: FloatArray) -> Table:
    """Make a table of steps, sums and parts; losses have the shape (rows, 2, parts)."""
    rows, _, parts = losses.shape
    everywhere = np.arange(rows)
    columns = {names[0]: Cells(everywhere, steps)}
    # Before version 1 the test leaves the conditions out, as zeros.
    left_out = np.all(losses[:, 1] == 0.0, axis=0) & np.any(losses[:, 0] != 0.0, axis=0)
    kept = np.flatnonzero(~left_out) if not left_out.all() else np.arange(parts)
    notes = [f"The loss is the sum of its {len(kept)} parts."] if len(kept) > 1 else []
    if len(kept) < parts:
        notes.append("The test loss lacks some parts; they are left out of both sums.")
    for k, title in enumerate(names[1:]):
        columns[title] = Cells(everywhere, losses[:, k][:, kept].sum(axis=1))
        if parts > 1:
            for part in range(parts):
                columns[f"{title} {part + 1}"] = Cells(everywhere, losses[:, k, part])
    return Table(name, READER.name, rows, columns, notes=tuple(notes))


READER = Reader(
    name="deepxde",
    title="DeepXDE",
    suffixes=(".dat", ".log"),
    recognises=recognises,
    read=read,
    tools=(
        Tool("DeepXDE", "loss.dat", "the parts of the loss are added up"),
        Tool("DeepXDE", note="the parts of the loss are added up"),
    ),
)
