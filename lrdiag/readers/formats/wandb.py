"""What W&B exports: the CSV of a chart or of a run's history, and what is no history at all.

A chart has a column for each run and metric, "calm-river-7 - train/loss", each with the least and
the greatest value of the steps that one point stands for, in "…__MIN" and "…__MAX".
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

import numpy as np

from lrdiag.readers.decode import head_of
from lrdiag.readers.formats.csv import read_table
from lrdiag.readers.limits import Limits
from lrdiag.readers.names import phase_of, words_of
from lrdiag.readers.reader import Cells, Reader, Source, Table, Tool
from lrdiag.readers.tables.dialect import split
from lrdiag.readers.tables.jsontext import check_depth, check_size, flatten, parse
from lrdiag.readers.tables.records import table_from_records
from lrdiag.run import Refusal

SEPARATOR = " - "
GROUP = "Group: "  # before the name of a group of runs
_LEAST, _GREATEST = "__MIN", "__MAX"
_AXES = frozenset({"Step", "Wall Time", "Relative Time (Wall)", "Relative Time (Process)"})
_HISTORY = frozenset({"_step", "_runtime", "_timestamp"})
_RUNS_TABLE = frozenset({"name", "state", "created", "runtime", "sweep", "user", "tags"})
_RUNS_FRAME = frozenset({"name", "config", "summary"})  # as W&B's guide to its API saves runs
SUMMARY_FILE = "wandb-summary.json"
SAMPLED = 500  # rows that run.history() returns unless it is asked for more
SPARSE = 1.5  # times as many steps as rows, from which rows were left out
MEANS = 0.1  # of the points; a few differ where two processes log the same step

RUNS_TABLE = Refusal(
    "its rows are finished runs, one row a run, not the steps of one run",
    "Give the run's own file, wandb/run-…/run-….wandb, or open the chart of the loss in W&B and "
    "export that as CSV.",
)
SUMMARY = Refusal(
    "it is the summary of a W&B run: the last value of each metric, not its steps",
    "Give the .wandb file from the same folder of the run, or files/output.log.",
)


def recognises(source: Source) -> bool:
    """Say whether the text is a chart, a history or a table of runs, or the summary of one."""
    if _is_summary(source):
        return True
    names = _header(source)
    return _are_runs(names) or _is_history(names) or _is_chart(names)


def read(source: Source, limits: Limits) -> tuple[Table, ...]:
    """Read one table a run; a table of runs and a summary are read and refused.

    Errors as in ``csv.read``.
    """
    if _is_summary(source):
        return (_read_summary(source, limits),)
    table = replace(read_table(source, limits), format=READER.name, title=READER.title)
    names = _header(source)
    if _is_chart(names):
        return tuple(_runs(table)) or (table,)
    if _are_runs(names):
        return (replace(table, refusal=RUNS_TABLE),)
    return (replace(table, title="W&B history", notes=(*table.notes, *_say_sampled(table))),)


def _header(source: Source) -> list[str]:
    line = head_of(source).lstrip().split("\n", 1)[0].strip()
    return [name.strip() for name in split(line, ",")]


def _is_summary(source: Source) -> bool:
    if not source.data[:100].lstrip().startswith(b"{"):
        return False
    one = b"\n{" not in source.data
    return PurePath(source.name).name == SUMMARY_FILE or (one and b'"_wandb"' in source.data)


def _read_summary(source: Source, limits: Limits) -> Table:
    check_size(source.data, limits)
    record = parse(source.data)
    check_depth(record, limits)
    flat = flatten(record, depth=limits.max_depth)
    table = table_from_records([flat], name=source.run_name, log_format=READER.name, limits=limits)
    return replace(table, refusal=SUMMARY, title="W&B summary")


def _are_runs(names: Collection[str]) -> bool:
    known = {name.lower() for name in names}
    return len(_RUNS_TABLE & known) >= 4 or known - {""} == _RUNS_FRAME


def _is_history(names: Collection[str]) -> bool:
    return "_step" in names and len(_HISTORY.intersection(names)) > 1


def _is_chart(names: Sequence[str]) -> bool:
    """Say whether columns have twins, or all but one of W&B's own axes name a run."""
    known = set(names)
    if any(name + _LEAST in known for name in names):
        return True
    runs = [name.rsplit(SEPARATOR, 1)[0] for name in names if SEPARATOR in name]
    named = any(not phase_of(words_of(run)) for run in runs)
    return names[0] in _AXES and 0 < len(runs) >= len(names) - 1 and named


@dataclass(frozen=True, slots=True, eq=False)
class _Panel:
    """The columns of one chart: charts that were joined stand side by side, each with its axis.

    Attributes:
        shared: The columns of no run, mostly the axis alone.
        runs: For each run its metrics by name; "" is the run of a page of its own.
    """

    shared: dict[str, Cells]
    runs: dict[str, dict[str, Cells]]


def _panels(table: Table) -> list[_Panel]:
    """Cut a table where a new axis begins."""
    ending = f"{SEPARATOR}_step"
    prefixes = {name.removesuffix(ending) for name in table.columns if name.endswith(ending)}
    panels = [_Panel({}, {})]
    for name, cells in table.columns.items():
        if _is_bound(name, table.columns):
            continue
        run, key = _owner(name, prefixes)
        if not run and f"{name}{_LEAST}" not in table.columns:
            if panels[-1].runs:
                panels.append(_Panel({}, {}))
            panels[-1].shared[key] = cells
        elif len(cells):
            panels[-1].runs.setdefault(run, {})[key] = cells
    return [panel for panel in panels if panel.runs]


def _is_bound(name: str, names: Collection[str]) -> bool:
    return any(
        name.endswith(end) and name.removesuffix(end) in names for end in (_LEAST, _GREATEST)
    )


def _owner(name: str, runs: Collection[str]) -> tuple[str, str]:
    """Split a name into run and metric; the name of a run may hold the separator itself."""
    at = name.find(SEPARATOR)
    while at >= 0:
        if name[:at] in runs:
            return name[:at], name[at + len(SEPARATOR) :]
        at = name.find(SEPARATOR, at + 1)
    run, found, key = name.rpartition(SEPARATOR)
    return (run, key) if found else ("", name)


def _runs(table: Table) -> Iterator[Table]:
    """Yield the runs of all panels, each with its metrics and the rows that it logged."""
    panels = _panels(table)
    for run in dict.fromkeys(run for panel in panels for run in panel.runs):
        mine = [panel for panel in panels if run in panel.runs]
        # Each panel after the first has rows of its own: its axis may be another.
        parts: dict[str, list[Cells]] = {}
        for k, panel in enumerate(mine):
            shared = dict(zip(mine[0].shared, panel.shared.values(), strict=False))
            for key, cells in {**shared, **panel.runs[run]}.items():
                moved = Cells(cells.rows + k * table.rows, cells.values)
                parts.setdefault(key, []).append(moved)
        columns = {key: _joined(cells) for key, cells in parts.items()}
        logged = {key for panel in mine for key in panel.runs[run]}
        notes = (*table.notes, *_say_means(table, run))
        name = run.removeprefix(GROUP) or table.name
        yield _compact(replace(table, name=name, notes=notes), columns, logged)


def _joined(parts: Sequence[Cells]) -> Cells:
    if len(parts) == 1:
        return parts[0]
    rows = np.concatenate([part.rows for part in parts])
    return Cells(rows, np.concatenate([part.values for part in parts]))


def _compact(table: Table, columns: Mapping[str, Cells], logged: Collection[str]) -> Table:
    """Keep the rows in which the run logged anything."""
    kept = np.unique(np.concatenate([columns[key].rows for key in logged]))
    found = {}
    for name, cells in columns.items():
        mine = np.isin(cells.rows, kept)
        found[name] = Cells(np.searchsorted(kept, cells.rows[mine]), cells.values[mine])
    return replace(table, rows=len(kept), columns=found, texts={})


def _say_means(table: Table, run: str) -> Iterator[str]:
    """Say what a point of the chart stands for where that is not one step of one run."""
    if run.startswith(GROUP):
        yield "Each point is the mean of a group of runs."
        return
    start = f"{run}{SEPARATOR}" if run else ""
    names = [name for name in table.columns if name.startswith(start)]
    if any(_spreads(table.columns, name) for name in names):
        yield (
            "The chart was exported with one point for several steps; the .wandb file and "
            "run.scan_history() hold every step."
        )


def _spreads(columns: Mapping[str, Cells], name: str) -> bool:
    least, greatest = columns.get(name + _LEAST), columns.get(name + _GREATEST)
    if least is None or greatest is None or len(least) != len(greatest) or len(least) == 0:
        return False
    return float(np.mean(greatest.values > least.values)) > MEANS


def _say_sampled(table: Table) -> Iterator[str]:
    steps = table.columns.get("_step")
    if steps is not None and table.rows == SAMPLED and len(steps):
        highest = float(np.nanmax(steps.values))
        if highest > SPARSE * SAMPLED:
            yield (
                f"run.history() keeps {SAMPLED} rows of all that were logged; "
                "run.scan_history() and the .wandb file hold every step."
            )


READER = Reader(
    name="wandb",
    title="W&B export",
    suffixes=(".csv", ".json"),
    recognises=recognises,
    read=read,
    tools=(
        Tool("W&B chart", "wandb_export_….csv", "one run or many; groups are read as their means"),
        Tool("W&B history", "history.csv", "run.history() or run.scan_history() saved as CSV"),
    ),
)
