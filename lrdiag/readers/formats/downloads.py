"""Curves that were downloaded from TensorBoard, one file each: the files of one run together."""

import numpy as np

from lrdiag.errors import MalformedLogError
from lrdiag.numerics import FloatArray
from lrdiag.readers.decode import plain
from lrdiag.readers.folders import DOWNLOAD
from lrdiag.readers.formats import csv, jsonl
from lrdiag.readers.limits import Limits
from lrdiag.readers.reader import Reader, Source, Table, Tool
from lrdiag.readers.tables.scalars import Scalars, merge, table_from_scalars

NAMELESS = "TensorBoard run"
_HEADER = b",".join(name.encode() for name in jsonl.SCALAR)


def recognises(source: Source) -> bool:
    """Say whether every file is called as TensorBoard calls a curve, and holds one."""
    return all(
        DOWNLOAD.fullmatch(file.name) is not None
        and plain(file).data.lstrip()[: len(_HEADER)].startswith((_HEADER, b"[["))
        for file in source.parts or (source,)
    )


def read(source: Source, limits: Limits) -> tuple[Table, ...]:
    """Read each curve under its tag; errors as in ``csv.read`` and ``jsonl.read``."""
    files = sorted(source.parts or (source,), key=lambda file: file.name)
    curves = [_curve(plain(file), limits) for file in files]
    found = DOWNLOAD.fullmatch(files[0].name)
    table = table_from_scalars(
        merge(curves),
        name=(found["run"].strip("-_./") if found else "") or NAMELESS,
        log_format=READER.name,
        limits=limits,
    )
    return (table,)


def _curve(file: Source, limits: Limits) -> Scalars:
    """Read one file as the points of one tag."""
    table = (jsonl if file.data.lstrip().startswith(b"[[") else csv).read(file, limits)[0]
    wall, step, value = (_whole(table, name) for name in jsonl.SCALAR)
    kept = np.isfinite(step)
    found = DOWNLOAD.fullmatch(file.name)
    below, tag = (found["below"] or "", found["tag"]) if found else ("", file.name)
    where = np.zeros(int(np.count_nonzero(kept)), dtype=np.int64)
    name = f"{below}/{tag}" if below else tag
    return Scalars((name,), where, step[kept], np.nan_to_num(wall[kept]), value[kept])


def _whole(table: Table, name: str) -> FloatArray:
    """Return one value a row, NaN where there is none."""
    if name not in table.columns:
        raise MalformedLogError(
            f"The curve has no column {name}.", hint="Download the curve from TensorBoard again."
        )
    cells = table.columns[name]
    values = np.full(table.rows, np.nan)
    values[cells.rows] = cells.values
    return values


READER = Reader(
    name="tensorboard-curves",
    title="Curves downloaded from TensorBoard",
    suffixes=(".csv", ".json"),
    recognises=recognises,
    read=read,
    binary=True,
    tools=(Tool("TensorBoard downloads", "run-*-tag-*.csv", "CSV and JSON, each curve a file"),),
)
