"""What W&B exports as CSV: the history of many runs, or the table of finished runs."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from lrdiag.readers.csv import read_table
from lrdiag.readers.decode import head_of
from lrdiag.readers.dialect import split
from lrdiag.readers.limits import Limits
from lrdiag.readers.reader import Cells, Reader, Source, Table
from lrdiag.run import Refusal

_TWIN = re.compile(r"(.+?)(__MIN|__MAX)")
_RUNS_TABLE = frozenset({"name", "state", "created", "runtime", "sweep", "user", "tags"})
RUNS_TABLE = Refusal(
    "its rows are finished runs, one row a run, not the steps of one run",
    "Export the chart of the loss from W&B, or the history of one run.",
)


def recognises(source: Source) -> bool:
    """Say whether the header has "run - key" with its __MIN twin, or names the runs table."""
    names = _header(source)
    if len(_RUNS_TABLE & {name.lower() for name in names}) >= 4:
        return True
    return any(
        twin and " - " in name and twin.group(1) in names
        for name in names
        if (twin := _TWIN.fullmatch(name))
    )


def read(source: Source, limits: Limits) -> tuple[Table, ...]:
    """Read one table a run; a runs table is read and refused. Errors as in ``csv.read``."""
    table = replace(read_table(source, limits), format=READER.name)
    if not any(_TWIN.fullmatch(name) for name in table.columns):
        return (replace(table, refusal=RUNS_TABLE, title=READER.title),)
    return tuple(_runs(table))


def _header(source: Source) -> list[str]:
    line = head_of(source).lstrip().split("\n", 1)[0].strip()
    return split(line, ",")


def _runs(table: Table) -> Iterator[Table]:
    shared = {name: cells for name, cells in table.columns.items() if " - " not in name}
    runs: dict[str, dict[str, Cells]] = {}
    for name, cells in table.columns.items():
        if " - " in name and not _TWIN.fullmatch(name) and len(cells):
            run, key = name.rsplit(" - ", 1)
            runs.setdefault(run, {})[key] = cells
    for run, keys in runs.items():
        yield _compact(table, run, shared, keys)


def _compact(
    table: Table, run: str, shared: Mapping[str, Cells], keys: Mapping[str, Cells]
) -> Table:
    """Keep the rows in which the run logged anything."""
    kept = np.unique(np.concatenate([cells.rows for cells in keys.values()]))
    columns = {}
    for name, cells in {**shared, **keys}.items():
        mine = np.isin(cells.rows, kept)
        columns[name] = Cells(np.searchsorted(kept, cells.rows[mine]), cells.values[mine])
    notes = (*table.notes, "The __MIN and __MAX columns of the export are left out.")
    return replace(
        table, name=run, rows=len(kept), columns=columns, texts={}, notes=notes, title=READER.title
    )


READER = Reader(
    name="wandb", title="W&B export", suffixes=(".csv",), recognises=recognises, read=read
)
