"""What a search for settings leaves behind: recognised, so that no trial is judged as a step."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from lrdiag.errors import MalformedLogError
from lrdiag.readers.decode import head_of
from lrdiag.readers.limits import Limits
from lrdiag.readers.reader import Cells, Reader, Source, Table, Tool
from lrdiag.readers.tables.jsontext import check_depth, check_size, flatten, parse
from lrdiag.run import Refusal

ONE_TRIAL = "Give the log of one trial: its losses, one row a step."


@dataclass(frozen=True, slots=True)
class Search:
    """How one tool lists trials or runs, one a row.

    Attributes:
        tool: What people call the tool.
        rows: What its rows are.
        names: Columns that its table always has.
        start: What some other column begins with.
    """

    tool: str
    rows: str
    names: frozenset[str]
    start: str

    def lists(self, columns: frozenset[str]) -> bool:
        """Say whether a table with these columns is of the tool."""
        return self.names <= columns and any(name.startswith(self.start) for name in columns)


SEARCHES = (
    Search("Optuna", "trials", frozenset({"number", "state"}), "params_"),
    Search("scikit-learn's search", "candidates", frozenset({"mean_fit_time"}), "rank_test_"),
    Search("MLflow", "finished runs", frozenset({"run_id", "experiment_id", "status"}), "metrics."),
    Search("Hyperopt", "trials", frozenset({"tid", "state"}), "result/"),
)
# Keys that tell the files in which Keras Tuner keeps a trial, and the search.
_FILES = (('"trial_id"', '"hyperparameters"'), ('"ongoing_trials"', '"start_order"'))


def search_of(columns: Iterable[str]) -> Refusal | None:
    """Say whose table of trials has these columns; None for any other."""
    names = frozenset(columns)
    found = next((one for one in SEARCHES if one.lists(names)), None)
    return None if found is None else _refuse(found.tool, found.rows)


def _refuse(tool: str, rows: str) -> Refusal:
    return Refusal(
        f"its rows are {rows} of {tool}, one row each, not the steps of one training run",
        ONE_TRIAL,
    )


def recognises(source: Source) -> bool:
    """Say whether the text is an object with the keys of a trial or a search of Keras Tuner."""
    head = head_of(source).lstrip()
    return head.startswith("{") and any(all(key in head for key in keys) for keys in _FILES)


def read(source: Source, limits: Limits) -> tuple[Table, ...]:
    """Read the score of the trial, and refuse it.

    Raises:
        MalformedLogError: The text is no single JSON object, as records one a line are none.
        LimitError: It is too long or nests too deeply.
    """
    check_size(source.data, limits)
    try:
        found = parse(source.data)
    except ValueError as error:
        raise MalformedLogError(f"The trial cannot be read: {error}.", hint=ONE_TRIAL) from error
    check_depth(found, limits)
    if not isinstance(found, Mapping):
        raise MalformedLogError("The trial is no JSON object.", hint=ONE_TRIAL)
    numbers = {
        key: Cells(np.arange(1), np.array([value], dtype=np.float64))
        for key, value in flatten(found, depth=1).items()
        if isinstance(value, float)
    }
    why = "it is the summary of one trial" if "trial_id" in found else "it is the state of a search"
    refusal = Refusal(f"{why} of Keras Tuner, not the losses of the steps of a training", ONE_TRIAL)
    return (Table(source.run_name, READER.name, 1, numbers, refusal=refusal),)


READER = Reader(
    name="search",
    title="Search for settings",
    suffixes=(".json",),
    recognises=recognises,
    read=read,
    tools=(Tool("Keras Tuner", "trial.json", "refused: one trial, no steps"),),
)
