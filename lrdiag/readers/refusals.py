"""Which tables are no log of one supervised run."""

from collections.abc import Mapping

import numpy as np

from lrdiag.numerics import FloatArray, count_distinct
from lrdiag.readers.families import family_of, refused_family
from lrdiag.readers.names import Words, words_of
from lrdiag.readers.reader import Table
from lrdiag.readers.search import search_of
from lrdiag.run import Refusal, Role
from lrdiag.wording import say_rate

NO_LOSS = Refusal(
    "no column of the log is a loss",
    "Say in the table of columns which one is the loss, or log train_loss beside the step.",
)
TRIALS = Refusal(
    "its rows are finished runs or trials, not the steps of one training run",
    "Export the history of one run, with one row a step, instead of the table of runs.",
)
SWEEP_DECADES = 3.0  # a range test covers more; no warmup grows by one factor a row for so long
SWEEP_ROWS = 20
EVEN = 0.1  # spread of the growth from row to row over its mean; rates are logged with few digits
FEW_RATES = 4  # rows; fewer show no habit
JUMP = 0.4  # of the logarithm of a rate, a factor of 1.5; schedules go up so far once a cycle
OFTEN = 0.15  # of the rows; of rates drawn at random a third to a half jump each way
_ID = frozenset({"name", "trial", "run", "id", "experiment", "model", "config"})
# Settings of a run; two of them that differ between rows mean that rows are runs.
_COUNTERS: tuple[Role, ...] = ("step", "epoch")
_SETTINGS = frozenset(
    """
    batch_size batchsize dropout weight_decay n_layer n_head n_embd num_layers hidden_size
    hidden_dim max_iters max_epochs num_epochs epochs seed optimizer momentum warmup_iters
    n_params layers units width depth trial trial_id number rank_test_score min_lr
    """.split()  # noqa: SIM905
)


def refusal_of(
    table: Table, chosen: Mapping[Role, str], roles: Mapping[str, Role]
) -> Refusal | None:
    """Say why the table is no loss log; what the user said of a loss stands above all."""
    if any(role in ("train_loss", "val_loss") for role in roles.values()):
        return None if {"train_loss", "val_loss"} & set(chosen) else NO_LOSS
    if table.refusal is not None:
        return table.refusal
    trials = search_of([*table.columns, *table.texts])
    if trials or _rows_are_runs(table, chosen):
        return trials or TRIALS
    if "lr" in chosen and _is_sweep(table.columns[chosen["lr"]].values):
        return _range_test(table.columns[chosen["lr"]].values)
    family = "" if table.alone else family_of(table.columns)
    if family:
        return refused_family(family)
    return None if {"train_loss", "val_loss"} & set(chosen) else NO_LOSS


def _is_sweep(rates: FloatArray) -> bool:
    """Say whether the rate grows by one factor from row to row over three decades or more."""
    if len(rates) < SWEEP_ROWS or not np.isfinite(rates).all() or rates.min() <= 0.0:
        return False
    growth = np.diff(np.log10(rates))
    even = growth.std() <= EVEN * abs(growth.mean())
    return bool(even and growth.mean() > 0.0 and growth.sum() >= SWEEP_DECADES)


def _range_test(rates: FloatArray) -> Refusal:
    return Refusal(
        f"its learning rate sweeps from {say_rate(rates[0])} to {say_rate(rates[-1])}: that is a "
        "range test, not a training",
        "Pick the rate a third to a tenth of the one with the lowest loss, train, and drop that "
        "log.",
    )


def _rows_are_runs(table: Table, chosen: Mapping[Role, str]) -> bool:
    most = max(1, 0.5 * table.rows)
    ids = [words_of(name) for name, many in table.texts.items() if many > most]
    if any({"trial", "id"} <= set(words) for words in [*ids, *_numbered(table, most)]):
        return True  # even where a counter says how far each trial came
    if any(_orders(table, chosen[role]) for role in _COUNTERS if role in chosen):
        return False
    varied = [
        name
        for name, cells in table.columns.items()
        if name.strip().lower() in _SETTINGS or name.lower().startswith(("param", "config"))
        if len(np.unique(cells.values)) > 1
    ]
    drawn = "lr" in chosen and chosen["lr"] not in varied and _is_drawn(table, chosen["lr"])
    return table.rows > 1 and (len(varied) + drawn >= 2 or any(_ID & set(one) for one in ids))


def _numbered(table: Table, most: float) -> list[Words]:
    """Return the names of the columns of trials whose numbers differ in most rows."""
    return [
        words_of(name)
        for name, cells in table.columns.items()
        if "trial" in name.lower() and len(np.unique(cells.values)) > most
    ]


def _is_drawn(table: Table, rate: str) -> bool:
    """Say whether a rate jumps up and down from row to row, as no schedule does."""
    rates = table.columns[rate].values
    if len(rates) < FEW_RATES or not np.isfinite(rates).all() or rates.min() <= 0.0:
        return False
    jumps = np.diff(np.log(rates))
    up, down = np.mean(jumps > JUMP), np.mean(jumps < -JUMP)
    return bool(min(up, down) > OFTEN)


def _orders(table: Table, name: str) -> bool:
    """Say whether a counter puts the rows in order, at least within each of several runs."""
    values = table.columns[name].values
    if len(values) < 2:
        return False
    rises = float(np.mean(values[1:] >= values[:-1]))
    return rises > 0.5 and count_distinct(values) > 0.1 * table.rows
