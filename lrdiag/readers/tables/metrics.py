"""Metrics that a store keeps one by one, each value with its step and its time, to a table."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lrdiag.errors import EmptyLogError, LimitError
from lrdiag.numerics import FloatArray
from lrdiag.readers.limits import Limits
from lrdiag.readers.reader import Cells, IntArray, Table

STEP = "step"
SYSTEM = "system/"  # memory and load of the machine: MLflow logs them beside the metrics


@dataclass(frozen=True, slots=True, eq=False)
class Metric:
    """The values of one metric in the order of the log, all shapes (n,).

    Attributes:
        times: When each was logged, in any unit.
        steps: The step each was logged with.
        values: What was logged.
    """

    times: FloatArray
    steps: FloatArray
    values: FloatArray


def table_from_metrics(
    metrics: Mapping[str, Metric],
    *,
    name: str,
    log_format: str,
    limits: Limits,
    notes: tuple[str, ...] = (),
) -> Table:
    """Put values that were logged one after the other at one step into one row.

    Args:
        metrics: The metrics of one run; those of the machine are left out.
        name: The name of the run.
        log_format: The name of the reader.
        limits: How many rows and columns to take.
        notes: What the reader has to say.

    Raises:
        LimitError: Too many values or metrics.
        EmptyLogError: No value at all.
    """
    kept = {
        key: metric
        for key, metric in metrics.items()
        if key != STEP and not key.startswith(SYSTEM) and len(metric.values)
    }
    if not kept:
        raise EmptyLogError("The run holds no metric.", hint="Give a run that has logged a loss.")
    check_sizes(sum(len(metric.values) for metric in kept.values()), len(kept), limits)
    keys, at, order = _in_order(tuple(kept.values()))
    rows = _rows(keys, at)
    values = np.concatenate([metric.values for metric in kept.values()])[order]
    first = np.flatnonzero(np.diff(rows, prepend=-1))
    columns = {STEP: Cells(np.arange(len(first)), at[first])}
    for k, key in enumerate(kept):
        mine = np.flatnonzero(keys == k)
        columns[key] = Cells(rows[mine], values[mine])
    return Table(name, log_format, len(first), columns, notes=notes)


def check_sizes(values: int, metrics: int, limits: Limits) -> None:
    """Refuse more values or metrics than a log may have rows and columns.

    Raises:
        LimitError: There are more.
    """
    if values > limits.max_rows:
        raise LimitError(
            f"The log has more than {limits.max_rows:,} values.",
            hint="Export the losses of one run as CSV.",
        )
    if metrics > limits.max_columns:
        raise LimitError(
            f"The log has more than {limits.max_columns:,} metrics.",
            hint="Keep the metrics of the losses and the learning rate.",
        )


def _in_order(metrics: tuple[Metric, ...]) -> tuple[IntArray, FloatArray, IntArray]:
    """Merge metrics as they were logged.

    The clock decides, as far as it never goes back within one metric; then the step; then how
    many values of the metric came before.

    Returns:
        Which metric each value is of, its step, and its place among all values one metric after
        the other.
    """
    keys = np.repeat(np.arange(len(metrics)), [len(one.values) for one in metrics])
    counts = np.concatenate([np.arange(len(one.values)) for one in metrics])
    times = np.concatenate([np.maximum.accumulate(one.times) for one in metrics])
    steps = np.concatenate([one.steps for one in metrics])
    order = np.lexsort((counts, steps, times))
    return keys[order], steps[order], order


def _rows(keys: IntArray, steps: FloatArray) -> IntArray:
    """Begin a row at every new step, and where a metric comes a second time."""
    last: dict[int, int] = {}
    rows = np.empty(len(keys), dtype=np.int64)
    row, before = -1, None
    for k, (key, step) in enumerate(zip(keys.tolist(), steps.tolist(), strict=True)):
        if step != before or last.get(key) == row:
            row, before = row + 1, step
        rows[k] = last[key] = row
    return rows
