"""The curves of a run as CSV, as lrdiag read them.

Every header is ours and every other cell is a number or empty, so a spreadsheet finds no formula
in it, whatever the log's own columns were called.
"""

from collections.abc import Iterator

import numpy as np

from lrdiag.charts import Curves
from lrdiag.numerics import FloatArray
from lrdiag.run import Series

CHUNK = 5_000  # rows written at a time: a log of a million rows never stands in memory as text


def curves_to_csv(curves: Curves) -> Iterator[str]:
    """Yield the header, then the rows: one for each step at which anything was logged.

    A cell is empty where nothing was logged, and ``nan`` or ``inf`` where that was logged.
    """
    columns = {name: one for name, one in _columns(curves).items() if one is not None}
    yield ",".join([curves.unit, *columns]) + "\r\n"
    if not columns:
        return
    steps = np.unique(np.concatenate([one.steps for one in columns.values()]))
    for start in range(0, len(steps), CHUNK):
        part = steps[start : start + CHUNK]
        cells = [_cells(part), *(_column_cells(one, part) for one in columns.values())]
        yield "".join(",".join(row) + "\r\n" for row in zip(*cells, strict=True))


def _columns(curves: Curves) -> dict[str, Series | None]:
    epochs = None if curves.unit == "epoch" else curves.epochs
    return {
        "epoch": epochs,
        "train_loss": curves.train,
        "val_loss": curves.val,
        "lr": curves.lr,
        "grad_norm": curves.grad,
    }


def _column_cells(series: Series, steps: FloatArray) -> list[str]:
    places = np.searchsorted(series.steps, steps)
    places[places == len(series.steps)] = 0
    logged = series.steps[places] == steps
    values = _cells(series.values[places])
    return [value if there else "" for value, there in zip(values, logged.tolist(), strict=True)]


def _cells(values: FloatArray) -> list[str]:
    return [f"{value:.10g}" for value in values.tolist()]
