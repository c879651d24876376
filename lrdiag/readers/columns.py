"""From a table to runs: roles, steps, series."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from lrdiag.numerics import FloatArray
from lrdiag.readers.axis import Layout, lay_out
from lrdiag.readers.families import judge_alone
from lrdiag.readers.names import guess
from lrdiag.readers.reader import Cells, Table
from lrdiag.readers.refusals import NO_LOSS, refusal_of
from lrdiag.readers.roles import Match, finite_of, match_columns
from lrdiag.readers.sums import add_sums
from lrdiag.run import SERIES_NAMES, Axis, Column, Role, Run, Series, SeriesName


def runs_from_table(
    table: Table, source: str, roles: Mapping[str, Role] | None = None
) -> tuple[Run, ...]:
    """Turn a table into its runs: mostly one, more where several were appended.

    Args:
        table: What a reader made.
        source: The name of the file.
        roles: Column names and the roles that the user gives them; "ignore" drops a column.
    """
    table = judge_alone(add_sums(table, roles or {}), roles or {})
    matches, notes = match_columns(table, roles or {})
    chosen: dict[Role, str] = {
        match.role: match.name for match in matches.values() if match.role != "ignore"
    }
    columns = tuple(_describe(name, table, matches) for name in [*table.columns, *table.texts])
    base = Run(
        name=table.name,
        source=source,
        format=table.format,
        x=Axis(None, "index"),
        series={},
        columns=columns,
        notes=table.notes + notes,
        refusal=refusal_of(table, chosen, roles or {}),
        title=table.title,
    )
    main = chosen.get("train_loss") or chosen.get("val_loss")
    if base.refusal is not None or main is None:
        return (base,)
    layouts = _layouts(table, chosen, matches)
    parts = [_build(base, table, chosen, layout) for layout in layouts]
    if len(parts) == 1:
        return (parts[0],)
    return tuple(replace(run, name=f"{run.name} ({k})") for k, run in enumerate(parts, start=1))


def run_from_table(table: Table, source: str, roles: Mapping[str, Role] | None = None) -> Run:
    """Turn a table into its first run."""
    return runs_from_table(table, source, roles)[0]


def _describe(name: str, table: Table, matches: Mapping[str, Match]) -> Column:
    if name in table.texts:
        return Column(name, "ignore", 1.0, "the cells hold words", 0, None, None, 0)
    values = table.columns[name].values
    match = matches.get(name) or Match(name, "ignore", 1.0, "every cell is empty")
    finite = finite_of(values)
    return Column(
        name=name,
        role=match.role,
        confidence=match.confidence,
        why=match.why,
        n=len(values),
        first=float(finite[0]) if len(finite) else None,
        last=float(finite[-1]) if len(finite) else None,
        nonfinite=len(values) - len(finite),
    )


def _layouts(
    table: Table, chosen: Mapping[Role, str], matches: Mapping[str, Match]
) -> tuple[Layout, ...]:
    losses = [chosen[role] for role in ("train_loss", "val_loss") if role in chosen]
    main = table.columns[losses[0]]
    if len(losses) > 1 and len(main) < min(3, len(table.columns[losses[1]])):
        main = table.columns[losses[1]]
    names = [chosen["step"]] if "step" in chosen else []
    names += [m.name for m in matches.values() if m.role == "ignore" and _may_count(m, table)]
    counters = [(name, table.columns[name]) for name in names]
    epoch = chosen.get("epoch")
    return lay_out(table.rows, main, counters, (epoch, table.columns[epoch]) if epoch else None)


def _may_count(match: Match, table: Table) -> bool:
    """Say whether a column that lost the role of the step may stand in for it."""
    return (
        table.named and match.why.endswith("is taken for it") and guess(match.name).role == "step"
    )


def _build(base: Run, table: Table, chosen: Mapping[Role, str], layout: Layout) -> Run:
    series: dict[SeriesName, Series] = {}
    repeated = 0
    for role in SERIES_NAMES:
        if role not in chosen:
            continue
        made, dropped = _series(_within(table.columns[chosen[role]], layout.rows), layout.steps)
        if len(made):
            series[role] = made
        if role in ("train_loss", "val_loss"):
            repeated = max(repeated, dropped)
    epochs = None
    if layout.epochs is not None and layout.axis.unit != "epoch":
        everywhere = Cells(np.arange(table.rows), layout.epochs)
        epochs, _ = _series(_within(everywhere, layout.rows), layout.steps)
    return replace(
        base,
        x=layout.axis,
        series=series,
        epochs=epochs,
        restarts=layout.restarts,
        repeated=repeated,
        notes=base.notes + layout.notes,
        refusal=None if {"train_loss", "val_loss"} & set(series) else NO_LOSS,
    )


def _within(cells: Cells, rows: tuple[int, int] | None) -> Cells:
    """Return the cells of one run, their rows counted from its first."""
    if rows is None:
        return cells
    first, last = np.searchsorted(cells.rows, rows)
    return Cells(cells.rows[first:last] - rows[0], cells.values[first:last])


def _series(cells: Cells, steps: FloatArray) -> tuple[Series, int]:
    """Put logged cells at their steps; of cells that share a step the last one stands."""
    # A column logged in every row shares the steps with the others.
    at = steps if len(cells) == len(steps) else steps[cells.rows]
    placed = np.isfinite(at)
    values = cells.values
    if not placed.all():
        at, values = at[placed], values[placed]
    if np.any(at[1:] < at[:-1]):
        order = np.argsort(at, kind="stable")
        at, values = at[order], values[order]
    last = np.append(at[1:] > at[:-1], np.ones(min(len(at), 1), dtype=bool))
    replaced = int(np.count_nonzero(~last)) + int(np.count_nonzero(~placed))
    if not last.all():
        at, values = at[last], values[last]
    return Series(at, np.array(values, dtype=np.float64)), replaced
