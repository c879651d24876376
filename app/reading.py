"""Bytes to a diagnosis, as a worker process does it; nothing of the server is known here."""

import secrets
import traceback
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import orjson

from app.shapes import REMEMBERED, Memory, merge_roles, shape_of
from lrdiag.charts import Curves, curves_to_bytes, loss_chart, measure_curves, sparkline
from lrdiag.diagnosis import Diagnosis, diagnose
from lrdiag.errors import LimitError, LrdiagError
from lrdiag.readers import Limits, Source, bundle, read_logs, read_runs
from lrdiag.report.html import diagnosis_to_page
from lrdiag.report.json import SourceError, document
from lrdiag.run import ROLES, Config, Role, Run

SPARK_WIDTH, SPARK_HEIGHT = 300, 72
MAX_RUNS = 200  # in one diagnosis; beyond it the page is no help to anyone
MAX_COLUMNS = 20_000  # of all runs of a diagnosis; each is 150 bytes in every answer


@dataclass(frozen=True, slots=True)
class Order:
    """What to read and how: plain values, for they travel from process to process.

    Attributes:
        sources: The files as uploaded, packed or not.
        limits: How much of one file to take in.
        most_bytes: What all of them may unpack to.
        roles: What the owner says of columns.
        config: What the owner says of the run.
        memory: What the owner said of columns in earlier logs.
    """

    sources: tuple[Source, ...]
    limits: Limits
    most_bytes: int
    roles: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    memory: Memory = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the browser draws of one run.

    Attributes:
        chart: The chart as JSON.
        curves: The full curves, for a zoom.
        spark: SVG path data in a box of SPARK_WIDTH by SPARK_HEIGHT.
    """

    chart: bytes
    curves: bytes
    spark: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of an order.

    Attributes:
        result: The contract object; without runs where nothing could be read.
        drawings: One for each run of the result, in its order.
        faults: Mistakes of ours, each with its number and where it happened, for the log.
        too_large: Whether every file that gave no run was beyond a limit.
    """

    result: dict[str, Any]
    drawings: tuple[Drawing, ...]
    faults: tuple[str, ...]
    too_large: bool


@dataclass(slots=True)
class _Outcome:
    """What came of the files so far, in their order."""

    diagnoses: list[Diagnosis] = field(default_factory=list)
    drawings: list[Drawing] = field(default_factory=list)
    columns: int = 0
    errors: list[SourceError] = field(default_factory=list)
    causes: list[Exception] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def read_order(order: Order) -> Reading:
    """Diagnose every file; one that cannot be read is told of while the others go on."""
    outcome = _read(order)
    result = document(outcome.diagnoses, outcome.errors)
    for column in (one for run in result["runs"] for one in run["columns"]):
        if column["why"] == REMEMBERED:
            column["remembered"] = True
    return Reading(
        result,
        tuple(outcome.drawings),
        tuple(outcome.faults),
        all(isinstance(cause, LimitError) for cause in outcome.causes),
    )


def report_run(order: Order, k: int) -> tuple[str, str] | None:
    """Return the name of run ``k`` and its report as one HTML file; None without such a run."""
    diagnoses = _read(order).diagnoses
    if not 0 <= k < len(diagnoses):
        return None
    return diagnoses[k].run.name, diagnosis_to_page(diagnoses[k])


def _read(order: Order) -> _Outcome:
    outcome = _Outcome()
    left = order.most_bytes
    for source in bundle(order.sources):
        try:
            left -= _read_one(source, order, left, outcome)
        except Exception as error:
            _note(outcome, source.name, error)
    return outcome


def _read_one(source: Source, order: Order, left: int, outcome: _Outcome) -> int:
    """Read and diagnose the logs of one upload; return how many bytes they had, unpacked."""
    if left <= 0:
        raise LimitError(
            "The files before this one used up what one request may unpack to.",
            hint="Send it in a request of its own.",
        )
    reading = read_logs(
        [source],
        roles=_roles(order.roles) or None,
        limits=replace(order.limits, max_bytes=min(order.limits.max_bytes, left)),
        read=partial(_read_log, order.memory),
    )
    if all(run.refusal is not None for run in reading.runs):
        for file in reading.left_out:
            _note(outcome, file.name, file.error)
    config = Config.from_mapping(order.config)
    for run in reading.runs:
        try:
            _add(run, config, outcome)
        except LimitError as error:
            _note(outcome, run.source, error)
            break
        except Exception as error:
            _note(outcome, run.source, error)
    return reading.size


def _read_log(
    memory: Memory, log: Source, /, *, roles: Mapping[str, Role] | None, limits: Limits
) -> tuple[Run, ...]:
    """Read a log; the runs of a remembered shape as their owner corrected them before."""
    runs = read_runs(log, roles=roles, limits=limits)
    again: dict[str, Sequence[Run]] = {}
    for run in runs:
        shape = _shape(run)
        if memory.get(shape) and shape not in again:
            names = {one.name for one in run.columns}
            known = _roles(merge_roles(memory[shape], roles or {}, [names]))
            remembered = known.keys() - (roles or {}).keys()
            found = read_runs(log, roles=known, limits=limits)
            alike = [_mark(one, remembered) for one in found if _shape(one) == shape]
            again[shape] = alike or [one for one in runs if _shape(one) == shape]
    others = [run for run in runs if _shape(run) not in again]
    return (*others, *(run for found in again.values() for run in found))


def _shape(run: Run) -> str:
    return shape_of(run.format, (one.name for one in run.columns))


def _roles(roles: Mapping[str, str]) -> dict[str, Role]:
    return {column: role for column, role in roles.items() if role in ROLES}


def _mark(run: Run, remembered: Set[str]) -> Run:
    """Say of each column where its role comes from."""
    columns = (
        replace(one, why=REMEMBERED) if one.name in remembered else one for one in run.columns
    )
    return replace(run, columns=tuple(columns))


def _add(run: Run, config: Config, outcome: _Outcome) -> None:
    if len(outcome.diagnoses) >= MAX_RUNS:
        raise LimitError(
            f"The request holds more than {MAX_RUNS} runs.",
            hint="Send the others in a request of their own.",
        )
    outcome.columns += len(run.columns)
    if outcome.columns > MAX_COLUMNS:
        raise LimitError(
            f"The logs of the request have more than {MAX_COLUMNS:,} columns.",
            hint="Send this one in a request of its own.",
        )
    diagnosis = diagnose(run, config)
    drawing = _draw(diagnosis)
    outcome.diagnoses.append(diagnosis)  # a run and what is drawn of it: both or neither
    outcome.drawings.append(drawing)


def _draw(diagnosis: Diagnosis) -> Drawing:
    curves: Curves = measure_curves(diagnosis)
    chart = orjson.dumps(loss_chart(diagnosis, curves), option=orjson.OPT_SERIALIZE_NUMPY)
    spark = sparkline(curves, SPARK_WIDTH, SPARK_HEIGHT)
    return Drawing(chart, curves_to_bytes(curves), spark)


def _note(outcome: _Outcome, name: str, error: Exception) -> None:
    """Write down why a file gave no run; a mistake of ours too, for the others must go on."""
    if isinstance(error, MemoryError):
        error = LimitError(
            "Reading this file takes more memory than the server allows.",
            hint="Keep every tenth row.",
        )
    outcome.causes.append(error)
    if isinstance(error, LrdiagError):
        outcome.errors.append(SourceError(name, error.message, error.hint))
        return
    number = secrets.token_hex(4)
    outcome.faults.append(f"{number}\n{''.join(traceback.format_exception(error))}")
    outcome.errors.append(
        SourceError(
            name,
            f"lrdiag met an error of its own in this file, number {number}.",
            "Please report it with the number and, if you may, the file.",
        )
    )
