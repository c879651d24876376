"""The results.txt of YOLOv3, YOLOv5 before version 6, YOLOR and YOLOv7: columns without names."""

import re
from collections.abc import Iterator

import numpy as np

from lrdiag.errors import LimitError
from lrdiag.readers.decode import count_ends, head_of
from lrdiag.readers.limits import Limits
from lrdiag.readers.reader import Cells, Reader, Source, Table, Tool
from lrdiag.readers.tables.dialect import number_of

# In the order of the file, behind the epoch and the memory; the last seven are there from the
# first validation on.
NAMES = (
    *("box loss", "obj loss", "cls loss", "total loss", "labels", "img_size"),
    *("P", "R", "mAP@.5", "mAP@.5:.95", "val box loss", "val obj loss", "val cls loss"),
)
TRAIN = 6  # columns of a row without a validation
_ROW = re.compile(r"\s*(\d+)/\d+\s+[\d.]+[GM]((?:\s+[-+.\deEnaif]+){6,})\s*")


def recognises(source: Source) -> bool:
    """Say whether every line is an epoch, a memory and at least six numbers."""
    lines = [line for line in head_of(source).splitlines() if line.strip()]
    return bool(lines) and all(_ROW.fullmatch(line) for line in lines)


def read(source: Source, limits: Limits) -> tuple[Table, ...]:
    """Read the losses of each epoch; the parts of the validation are added up later.

    Raises:
        LimitError: Too many rows.
    """
    if count_ends(source.data) > limits.max_rows:
        raise LimitError(
            f"The log has more than {limits.max_rows:,} rows.", hint="Keep every tenth row."
        )
    lines = source.data.decode("utf-8", "replace").splitlines()
    rows = [found for line in lines if (found := _ROW.fullmatch(line))]
    bad = sum(bool(line.strip()) for line in lines) - len(rows)
    columns = {"epoch": [(k, float(found[1])) for k, found in enumerate(rows)]}
    for k, found in enumerate(rows):
        for name, value in _named(found[2].split()):
            columns.setdefault(name, []).append((k, value))
    notes = (f"{bad:,} lines do not fit.",) if bad else ()
    cells = {name: _cells(points) for name, points in columns.items()}
    return (Table(source.run_name, READER.name, len(rows), cells, notes=notes),)


def _named(cells: list[str]) -> Iterator[tuple[str, float]]:
    names = NAMES if len(cells) >= len(NAMES) else NAMES[:TRAIN]
    for name, cell in zip(names, cells, strict=False):
        value = number_of(cell)
        if value is not None:
            yield name, value


def _cells(points: list[tuple[int, float]]) -> Cells:
    rows, values = zip(*points, strict=True)
    return Cells(np.array(rows, dtype=np.int64), np.array(values, dtype=np.float64))


READER = Reader(
    name="yolo",
    title="YOLO results.txt",
    suffixes=(".txt",),
    recognises=recognises,
    read=read,
    tools=(Tool("YOLOv5, YOLOv7", "results.txt", "box, obj and cls are added up"),),
)
