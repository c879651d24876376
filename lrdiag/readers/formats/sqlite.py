"""SQLite databases that trackers keep runs in, told by their tables: MLflow, Trackio, Optuna."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from lrdiag.errors import EmptyLogError, LimitError, UnknownFormatError
from lrdiag.readers.binary.database import MAGIC, Cell, Database, open_database
from lrdiag.readers.formats.mlflow import NAME_TAG, clean, note_settings
from lrdiag.readers.limits import Limits
from lrdiag.readers.names import guess
from lrdiag.readers.reader import Cells, Reader, Source, Table, Tool
from lrdiag.readers.search import ONE_TRIAL
from lrdiag.readers.tables.jsontext import check_depth, flatten, parse
from lrdiag.readers.tables.metrics import SYSTEM, Metric, check_sizes, table_from_metrics
from lrdiag.run import Refusal

SHOWN = 6  # tables that an error names; a database of a web application has fifty
MOST_RUNS = 100_000  # each takes 0.3 kB before its metrics
LARGEST = 1.7976931348623157e308  # what MLflow writes for infinity: no database knows it
_NONFINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}  # as Trackio has it
EACH_TRIAL = "one value a trial, not the losses of the steps of one run"


@dataclass(frozen=True, slots=True)
class Store:
    """How one tracker keeps its runs.

    Attributes:
        title: What people call the database.
        tables: The tables that tell it, and the columns that each must have.
        read: Turns the database into tables, one a run.
    """

    title: str
    tables: Mapping[str, frozenset[str]]
    read: Callable[[Database, Source, Limits], Sequence[Table]]


def recognises(source: Source) -> bool:
    """Say whether the bytes are a database."""
    return source.data.startswith(MAGIC)


def read(source: Source, limits: Limits) -> tuple[Table, ...]:
    """Read the runs of a database, as many as a file may hold.

    Raises:
        UnknownFormatError: Its tables are none that lrdiag knows.
        MalformedLogError: The database is damaged.
        EmptyLogError: It holds no run, or no table.
        LimitError: It holds too much.
    """
    with open_database(source.data, limits) as database:
        for store in STORES:
            if all(need <= database.columns(name) for name, need in store.tables.items()):
                tables = store.read(database, source, limits)
                return tuple(replace(table, title=store.title) for table in tables)
        raise _unknown(database)


def _unknown(database: Database) -> UnknownFormatError | EmptyLogError:
    if not database.tables:
        return EmptyLogError(
            "The SQLite database holds no table.",
            hint="Let the run end, so that SQLite moves what it wrote from the -wal file beside "
            "the database into it, and give the database again.",
        )
    names = [clean(name) for name in database.tables]
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return UnknownFormatError(
        f"The SQLite database holds {', '.join(names[:SHOWN])}{more}: no tables that lrdiag knows.",
        hint="Export the losses of one run as CSV, one row a step. Databases of MLflow and of "
        "Trackio are read as they are.",
    )


def _read_mlflow(database: Database, source: Source, limits: Limits) -> Sequence[Table]:
    names: dict[Cell, str] = {}
    for run, name, stage in database.rows("runs", ("run_uuid", "name", "lifecycle_stage")):
        if stage != b"deleted":
            names[run] = clean(_text(name))
        _check_runs(len(names))
    logs = _Logs(limits)
    for run, key, time, step, value, is_nan in database.rows(
        "metrics", ("run_uuid", "key", "timestamp", "step", "value", "is_nan")
    ):
        if run in names and isinstance(value, int | float):
            logged = math.nan if is_nan else _unbound(value)
            logs.add(run, _text(key), _number(time), _number(step), logged)
    for run, key, value in _rows_of(database, "tags"):
        if run in logs.runs and key == NAME_TAG.encode():
            names[run] = names[run] or clean(_text(value))
    settings: dict[Cell, list[tuple[str, str]]] = {}
    for run, key, value in _rows_of(database, "params"):
        if run in logs.runs:
            settings.setdefault(run, []).append((_text(key), _text(value)))
    return logs.tables(names, settings, source)


def _rows_of(database: Database, table: str) -> Iterator[tuple[Cell, ...]]:
    """Yield run, key and value of MLflow's tags or params; old databases have neither."""
    wanted = ("run_uuid", "key", "value")
    if set(wanted) <= database.columns(table):
        yield from database.rows(table, wanted)


def _unbound(value: float) -> float:
    return math.copysign(math.inf, value) if abs(value) >= LARGEST else float(value)


def _read_trackio(database: Database, source: Source, limits: Limits) -> Sequence[Table]:
    by_id = "run_id" in database.columns("metrics")  # before 2026 a name was enough
    which = "run_id" if by_id else "run_name"
    names: dict[Cell, str] = {}
    logs = _Logs(limits)
    rows = database.rows("metrics", (which, "run_name", "step", "metrics"))
    for count, (run, name, step, text) in enumerate(rows):
        for key, value in _record(text, limits).items():
            number = _NONFINITE.get(value, value) if isinstance(value, str) else value
            if isinstance(number, int | float) and not isinstance(number, bool):
                logs.add(run, key, count, _number(step), float(number))
        names.setdefault(run, clean(_text(name)))
        _check_runs(len(names))
    settings: dict[Cell, list[tuple[str, str]]] = {}
    if {which, "config"} <= database.columns("configs"):
        for run, text in database.rows("configs", (which, "config")):
            if run in logs.runs:
                given = _record(text, limits).items()
                settings[run] = [(key, str(value)) for key, value in given]
    return logs.tables(names, settings, source)


def _record(text: Cell, limits: Limits) -> dict[str, object]:
    """Return the flat record that a cell holds; an empty one where it holds none."""
    if not isinstance(text, bytes):
        return {}
    try:
        record = parse(text)
    except ValueError:
        return {}
    check_depth(record, limits)
    return flatten(record, depth=limits.max_depth) if isinstance(record, Mapping) else {}


def _read_optuna(database: Database, source: Source, limits: Limits) -> Sequence[Table]:
    numbers = {row[0]: _number(row[1]) for row in database.rows("trials", ("trial_id", "number"))}
    values: list[tuple[float, float]] = []
    for trial, value in database.rows("trial_values", ("trial_id", "value")):
        if isinstance(value, int | float) and trial in numbers:
            values.append((numbers[trial], _unbound(value)))
    rows = np.arange(len(values))
    table = np.array(values, dtype=np.float64).reshape(-1, 2)
    columns = {"number": Cells(rows, table[:, 0]), "value": Cells(rows, table[:, 1])}
    count = f"{len(numbers):,} trials" if len(numbers) != 1 else "one trial"
    why = Refusal(f"it is an Optuna study of {count}, {EACH_TRIAL}", ONE_TRIAL)
    return [Table(source.run_name, READER.name, len(values), columns, refusal=why)]


_Columns: TypeAlias = "tuple[array[float], array[float], array[float]]"


class _Logs:
    """The runs of a database, while its rows come in.

    Attributes:
        runs: For each run and each of its metrics the times, the steps and the values.
    """

    def __init__(self, limits: Limits) -> None:
        self.runs: dict[Cell, dict[str, _Columns]] = {}
        self._limits = limits
        self._metrics = 0

    def add(self, run: Cell, key: str, time: float, step: float, value: float) -> None:
        """Add a value of a metric; those of the machine are left out.

        Raises:
            LimitError: The database holds too many metrics.
        """
        metrics = self.runs.get(run)
        columns = metrics and metrics.get(key)
        if not columns:
            if key.startswith(SYSTEM):
                return
            columns = self._begin(run, key)
        times, steps, values = columns
        times.append(time)
        steps.append(step)
        values.append(value)

    def _begin(self, run: Cell, key: str) -> _Columns:
        self._metrics += 1
        check_sizes(0, self._metrics // self._limits.max_members, self._limits)
        columns = self.runs.setdefault(run, {})[key] = (array("d"), array("d"), array("d"))
        return columns

    def tables(
        self,
        names: Mapping[Cell, str],
        settings: Mapping[Cell, Sequence[tuple[str, str]]],
        source: Source,
    ) -> list[Table]:
        """Return one table a run, the first ones that hold a loss; without any, the first.

        Raises:
            EmptyLogError: No run has logged a metric.
            LimitError: A run holds too much.
        """
        if not self.runs:
            raise EmptyLogError(
                "The database holds no metric of a run.",
                hint="Give the database of a run that has logged a loss.",
            )
        chosen = [run for run in self.runs if any(map(_is_loss, self.runs[run]))]
        wanted = (chosen or list(self.runs))[: self._limits.max_members]
        notes = _say_left_out(len(self.runs), len(chosen), len(wanted))
        return [
            table_from_metrics(
                {key: _metric(columns) for key, columns in self.runs[run].items()},
                name=names.get(run) or source.run_name,
                log_format=READER.name,
                limits=self._limits,
                notes=note_settings(settings.get(run, ())) + notes,
            )
            for run in wanted
        ]


def _metric(columns: _Columns) -> Metric:
    times, steps, values = (np.array(column) for column in columns)
    return Metric(times, steps, values)


def _is_loss(key: str) -> bool:
    return guess(key).role in ("train_loss", "val_loss")


def _say_left_out(runs: int, losses: int, wanted: int) -> tuple[str, ...]:
    """Say which of the runs that logged anything are left out."""
    notes = []
    if 0 < losses < runs:
        more = runs - losses
        said = "One run without a loss is" if more == 1 else f"{more:,} runs without a loss are"
        notes.append(f"{said} left out.")
    if wanted < (losses or runs):
        notes.append(f"The database holds {losses or runs:,} runs; the first {wanted} are read.")
    return tuple(notes)


def _check_runs(runs: int) -> None:
    if runs > MOST_RUNS:
        raise LimitError(
            f"The database holds more than {MOST_RUNS:,} runs.",
            hint="Export the losses of one run as CSV.",
        )


def _text(cell: Cell) -> str:
    return cell.decode("utf-8", "replace") if isinstance(cell, bytes) else ""


def _number(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float) and math.isfinite(cell) else 0.0


STORES = (
    Store(
        "MLflow database",
        {
            "metrics": frozenset({"key", "value", "timestamp", "run_uuid"}),
            "runs": frozenset({"run_uuid"}),
        },
        _read_mlflow,
    ),
    Store(
        "Trackio database", {"metrics": frozenset({"run_name", "step", "metrics"})}, _read_trackio
    ),
    Store(
        "Optuna database",
        {
            "trials": frozenset({"trial_id", "number"}),
            "trial_values": frozenset({"trial_id", "value"}),
        },
        _read_optuna,
    ),
)
READER = Reader(
    name="sqlite",
    title="SQLite database",
    suffixes=(".db", ".sqlite", ".sqlite3"),
    recognises=recognises,
    read=read,
    binary=True,
    tools=(
        Tool("MLflow", "mlflow.db", "up to 50 runs; deleted ones are left out"),
        Tool("Trackio", "*.db", "up to 50 runs; what a -wal file beside it holds is not read"),
        Tool("Optuna", "*.db", "refused: its rows are trials"),
    ),
)
