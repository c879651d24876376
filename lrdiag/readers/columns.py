"""Which column means what, and the run that follows from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lrdiag.numerics import FloatArray
from lrdiag.readers.axis import Layout, lay_out
from lrdiag.readers.names import Guess, family_of, guess, refused_family, words_of
from lrdiag.readers.reader import Cells, Table
from lrdiag.run import SERIES_NAMES, Axis, Column, Refusal, Role, Run, Series, SeriesName

MIN_QUALITY = 0.3  # a name below this is not taken for anything
SPARSE = 0.15  # quality lost with each factor of ten fewer points than the densest rival
MANY_EPOCHS = 50  # epoch means from which they beat a step loss of at most MUCH_DENSER points
MUCH_DENSER = 3.0
LARGEST_RATE = 1_000.0
CLOCK = 1e8  # seconds since 1970 passed this in 1973; no step counter did
FAINT = 0.6  # confidence from which a name speaks for itself
_COUNTERS: tuple[Role, ...] = ("step", "epoch")
NAMED_LOSSES = "train_loss, val_loss, lr, grad_norm, step or epoch"

NO_LOSS = Refusal(
    "no column of the log is a loss",
    "Say in the table of columns which one is the loss, or log train_loss beside the step.",
)
TRIALS = Refusal(
    "its rows are finished runs or trials, not the steps of one training run",
    "Export the history of one run, with one row a step, instead of the table of runs.",
)
# Settings of a run; two of them that differ between rows mean that rows are runs.
_SETTINGS = frozenset(
    """
    batch_size batchsize dropout weight_decay n_layer n_head n_embd num_layers hidden_size
    hidden_dim max_iters max_epochs num_epochs epochs seed optimizer momentum warmup_iters
    n_params layers units width depth trial trial_id number rank_test_score min_lr
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class _Match:
    name: str
    role: Role
    confidence: float
    why: str


def runs_from_table(
    table: Table, source: str, roles: Mapping[str, Role] | None = None
) -> tuple[Run, ...]:
    """Turn a table into its runs: mostly one, more where several were appended.

    Args:
        table: What a reader made.
        source: The name of the file.
        roles: Column names and the roles that the user gives them; "ignore" drops a column.
    """
    matches, notes = _match(table, roles or {})
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
        refusal=_refusal(table, chosen, roles or {}),
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


def _match(table: Table, roles: Mapping[str, Role]) -> tuple[dict[str, _Match], tuple[str, ...]]:
    """Give every column a role; at most one column a role, steps and epochs included."""
    matches = {
        name: _Match(name, role, 1.0, "you said so")
        for name, role in roles.items()
        if name in table.columns
    }
    taken = {match.role for match in matches.values()}
    rivals: dict[Role, list[_Match]] = {}
    for name, cells in table.columns.items():
        if name in matches or len(cells) == 0:
            continue
        match = _judge(name, cells, table.name) if table.named else _judge_unnamed(name, table)
        if match.role not in taken and match.role != "ignore":
            rivals.setdefault(match.role, []).append(match)
        else:
            matches[name] = match if match.role == "ignore" else replace(match, role="ignore")
    notes: list[str] = []
    for role, found in rivals.items():
        best = _best(found, table)
        for match in found:
            kept = match is best
            matches[match.name] = (
                match if kept else replace(match, role="ignore", why=f"{best.name} is taken for it")
            )
        others = [match.name for match in found if match is not best]
        if others and role in ("train_loss", "val_loss"):
            notes.append(_also(role, best.name, others))
    return matches, tuple(notes)


def _also(role: Role, best: str, others: Sequence[str]) -> str:
    listed = ", ".join(others[:5]) + (f" and {len(others) - 5} more" if len(others) > 5 else "")
    said = "training loss" if role == "train_loss" else "validation loss"
    return f"{best} is taken as the {said}; the log also holds {listed}."


def _best(found: Sequence[_Match], table: Table) -> _Match:
    """Choose among the columns that claim one role: by name, then by how many points."""
    most = max(len(table.columns[match.name]) for match in found)
    if found[0].role in ("train_loss", "val_loss"):
        means = _epoch_means(found, table)
        if means is not None:
            return means

    def worth(match: _Match) -> float:
        share = len(table.columns[match.name]) / most
        return match.confidence + SPARSE * float(np.log10(max(share, 1e-3)))

    return max(found, key=worth)


def _epoch_means(found: Sequence[_Match], table: Table) -> _Match | None:
    """Return X_epoch of a pair X_step, X_epoch where the means tell as much as the steps."""
    whole = [match for match in found if match.confidence > 0.85]
    by_words = {words_of(match.name): match for match in whole}
    for words, match in by_words.items():
        twin = by_words.get(tuple("step" if word == "epoch" else word for word in words))
        if "epoch" not in words or twin is None:
            continue
        n, dense = len(table.columns[match.name]), len(table.columns[twin.name])
        if n >= MANY_EPOCHS and dense <= MUCH_DENSER * n:
            return match
    return None


def _judge(name: str, cells: Cells, title: str) -> _Match:
    """Take a column for what its name says, unless its values say otherwise."""
    said = guess(name)
    if words_of(name) == ("value",):
        said = _value(title)
    role, why = said.role, said.why
    if role == "ignore" or said.quality < MIN_QUALITY:
        return _Match(name, "ignore", round(1.0 - said.quality, 2), why)
    problem = _problem(role, cells)
    if problem:
        return _Match(name, "ignore", 0.8, f"{why}, but {problem}")
    support = _support(role, cells)
    confidence = min(said.quality + (0.02 if support else 0.0), 0.99)
    return _Match(name, role, round(confidence, 3), f"{why} and {support}" if support else why)


def _value(title: str) -> Guess:
    """Take a column called value, as in TensorBoard's CSV, for what the file is called."""
    said = guess(title)
    if said.role == "ignore" and said.quality == 0.0 and not _known(title):
        return Guess("train_loss", 0.35, "a guess: the only values beside the steps")
    return Guess(said.role, said.quality, f"{said.why} of the file")


def _known(title: str) -> bool:
    return any(guess(word).role != "ignore" for word in words_of(title))


def _problem(role: Role, cells: Cells) -> str:
    """Say why values cannot be what the name says; empty where they can."""
    values = _finite(cells.values)
    if len(values) == 0:
        return "" if role in ("train_loss", "val_loss") else "no value is a number"
    low, high = float(values.min()), float(values.max())
    if role in ("train_loss", "val_loss") and _counts(values):
        return "the values count up"
    if role == "lr" and (low < 0.0 or high > LARGEST_RATE):
        return "the values are no learning rates"
    if role in ("train_accuracy", "val_accuracy") and (low < 0.0 or high > 100.0):
        return "the values are no shares"
    if role == "grad_norm" and low < 0.0:
        return "some values are negative"
    return ""


def _counts(values: FloatArray) -> bool:
    """Say whether values are whole numbers that rise from each to the next."""
    if len(values) < 4 or values[-1] <= values[0] or values[0] != np.floor(values[0]):
        return False
    return bool(np.all(values == np.floor(values)) and np.all(np.diff(values) > 0.0))


def _finite(values: FloatArray) -> FloatArray:
    """Return the finite values; the array itself, not a copy, where all of them are."""
    keep = np.isfinite(values)
    return values if keep.all() else values[keep]


def _support(role: Role, cells: Cells) -> str:
    """Say how values bear out the name; empty where they say nothing."""
    values = _finite(cells.values)
    if len(values) < 3:
        return ""
    tenth = max(1, len(values) // 10)
    start, end = float(np.median(values[:tenth])), float(np.median(values[-tenth:]))
    if role in ("train_loss", "val_loss"):
        return "the values fall" if end < start else ""
    if role == "step":
        return "the values count up" if np.all(np.diff(values) >= 0.0) else ""
    if role == "lr":
        return "the values are small and positive" if values.max() <= 1.0 else ""
    return ""


def _judge_unnamed(name: str, table: Table) -> _Match:
    """Take the only bare column that is no counter for a loss, and the counters for steps."""
    counters = [one for one, cells in table.columns.items() if _is_counter(cells)]
    others = [one for one in table.columns if one not in counters]
    if len(others) != 1 or len(counters) > 3:
        return _Match(name, "ignore", 0.5, "it has no name")
    if name in others:
        return _Match(name, "train_loss", 0.5, "the only column of numbers that is no counter")
    if table.columns[name].values[-1] > CLOCK:
        return _Match(name, "time", 0.5, "the values are a clock's")
    return _Match(name, "step", 0.7, "the values count up")


def _is_counter(cells: Cells) -> bool:
    values = cells.values
    if len(values) < 2 or not np.all(np.isfinite(values)):
        return False
    whole = bool(np.all(values == np.floor(values)))
    return whole and bool(np.all(np.diff(values) >= 0.0)) and values[-1] > values[0]


def _refusal(table: Table, chosen: Mapping[Role, str], roles: Mapping[str, Role]) -> Refusal | None:
    """Say why the table is no loss log; what the user said of a loss stands above all."""
    if any(role in ("train_loss", "val_loss") for role in roles.values()):
        return None if {"train_loss", "val_loss"} & set(chosen) else NO_LOSS
    if table.refusal is not None:
        return table.refusal
    if _rows_are_runs(table, chosen):
        return TRIALS
    family = family_of(table.columns)
    if family:
        return refused_family(family)
    return None if {"train_loss", "val_loss"} & set(chosen) else NO_LOSS


def _rows_are_runs(table: Table, chosen: Mapping[Role, str]) -> bool:
    if any(_orders(table, chosen[role]) for role in _COUNTERS if role in chosen):
        return False
    varied = [
        name
        for name, cells in table.columns.items()
        if name.strip().lower() in _SETTINGS or name.lower().startswith(("param", "config"))
        if len(np.unique(cells.values)) > 1
    ]
    ids = [
        name
        for name, different in table.texts.items()
        if different > max(1, 0.5 * table.rows)
        and {"name", "trial", "run", "id", "experiment", "model", "config"} & set(words_of(name))
    ]
    return table.rows > 1 and (len(varied) >= 2 or bool(ids))


def _orders(table: Table, name: str) -> bool:
    """Say whether a counter puts the rows in order, at least within each of several runs."""
    values = table.columns[name].values
    if len(values) < 2:
        return False
    rises = float(np.mean(np.diff(values) >= 0.0))
    return rises > 0.5 and len(np.unique(values)) > 0.1 * table.rows


def _describe(name: str, table: Table, matches: Mapping[str, _Match]) -> Column:
    if name in table.texts:
        return Column(name, "ignore", 1.0, "the cells hold words", 0, None, None, 0)
    values = table.columns[name].values
    match = matches.get(name) or _Match(name, "ignore", 1.0, "every cell is empty")
    finite = _finite(values)
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
    table: Table, chosen: Mapping[Role, str], matches: Mapping[str, _Match]
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


def _may_count(match: _Match, table: Table) -> bool:
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
    if rows is None:
        return cells
    first, last = np.searchsorted(cells.rows, rows)
    return Cells(cells.rows[first:last], cells.values[first:last])


def _series(cells: Cells, steps: FloatArray) -> tuple[Series, int]:
    """Put logged cells at their steps; of cells that share a step the last one stands."""
    at = steps[cells.rows]
    placed = np.isfinite(at)
    values = cells.values
    if not placed.all():
        at, values = at[placed], values[placed]
    if np.any(at[1:] < at[:-1]):
        order = np.argsort(at, kind="stable")
        at, values = at[order], values[order]
    last = np.append(at[1:] > at[:-1], np.ones(min(len(at), 1), dtype=bool))
    replaced = int(np.count_nonzero(~last)) + int(np.count_nonzero(~placed))
    return Series(at[last], np.array(values[last], dtype=np.float64)), replaced
