"""What CatBoost keeps of a training in its folder catboost_info.

Two tables, learn_error.tsv and test_error.tsv, hold a metric a column; catboost_training.json
holds both. The first metric of the training data is what the trees are fitted to.
"""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

import numpy as np

from lrdiag.errors import EmptyLogError, LimitError, MalformedLogError
from lrdiag.numerics import FloatArray
from lrdiag.readers.decode import count_ends, plain
from lrdiag.readers.limits import Limits
from lrdiag.readers.names import guess
from lrdiag.readers.reader import Cells, Reader, Source, Table, Tool
from lrdiag.readers.tables.dialect import number_of
from lrdiag.readers.tables.jsontext import check_depth, check_size, parse

PARTS = {"learn_error.tsv": "learn", "test_error.tsv": "test"}
JSON = "catboost_training.json"
HEAD = 16_384  # bytes, in which its list of metrics begins
_META = b'"learn_metrics"'

SURE = 0.5  # quality of a name from which it need not be said that a metric is the loss

Points = dict[float, float]  # the value at each iteration


def recognises(source: Source) -> bool:
    """Say whether a file of CatBoost's folder is here, by its name and how it begins."""
    files = source.parts or (source,)
    return any(_name(file) in PARTS and file.data.startswith(b"iter\t") for file in files) or (
        not source.parts and source.data.startswith(b"{") and _META in source.data[:HEAD]
    )


def read(source: Source, limits: Limits) -> tuple[Table, ...]:
    """Read the errors of all sets as one run.

    Raises:
        MalformedLogError: The JSON is damaged.
        LimitError: Too many iterations or metrics.
        EmptyLogError: No iteration was logged.
    """
    tables = [file for file in source.parts or (source,) if _name(file) in PARTS]
    columns: dict[str, Points] = {}
    for file in tables:
        columns.update(_table(plain(file), PARTS[_name(file)], limits))
    if not tables:
        columns.update(_training(plain(source), limits))
    counter = "iter" if tables else "iteration"
    steps = np.array(sorted({at for points in columns.values() for at in points}))
    if len(steps) == 0:
        raise EmptyLogError("The log holds no rows.", hint="Give the log of a run that has begun.")
    cells = {counter: Cells(np.arange(len(steps)), steps)}
    cells |= {name: _cells(points, steps) for name, points in _named(columns).items() if points}
    return (Table(source.run_name, READER.name, len(steps), cells),)


def _name(source: Source) -> str:
    return PurePosixPath(source.name).name


def _table(source: Source, part: str, limits: Limits) -> dict[str, Points]:
    """Return the metrics of a table; of several sets the last has no number behind its name."""
    header = source.data[: source.data.find(b"\n")]
    _check(count_ends(source.data), header.count(b"\t"), limits)
    lines = source.data.decode("utf-8", "replace").splitlines()
    names = lines[0].split("\t")[1:]
    found: dict[str, Points] = {f"{part} {name.strip()}": {} for name in names}
    for line in lines[1:]:
        at, *values = (number_of(cell.strip()) for cell in line.split("\t"))
        if at is None or len(values) != len(names):
            continue
        for points, value in zip(found.values(), values, strict=False):
            if value is not None:
                points[at] = value
    return found


def _training(source: Source, limits: Limits) -> dict[str, Points]:
    check_size(source.data, limits)
    text = source.data.rstrip()
    if not text.endswith(b"]}"):  # while it trains, or where it broke off
        text = text[: text.rfind(b"}") + 1] + b"]}"
    try:
        log = parse(text)
    except ValueError as error:
        raise MalformedLogError(
            f"The log of CatBoost cannot be read: {error}.",
            hint="Give learn_error.tsv and test_error.tsv of the same folder.",
        ) from error
    check_depth(log, limits)
    rounds = _list(log, "iterations")
    meta = log.get("meta") if isinstance(log, Mapping) else None
    found: dict[str, Points] = {}
    for part, name, place, points in _places(meta):
        _check(len(rounds), len(found), limits)
        found[name] = points
        for row in rounds:
            at, values = _value(row, "iteration", None), _value(row, part, place)
            if at is not None and values is not None:
                points[at] = values
    return found


def _places(meta: object) -> Iterator[tuple[str, str, int, Points]]:
    """Yield for each metric of each set: the set, its column, its place in the list of the set.

    Of several sets the last is what CatBoost stops by; its columns are called as those of a
    single one.
    """
    tests = _list(meta, "test_sets")
    for kind, sets in (("learn", _list(meta, "learn_sets")[:1]), ("test", tests)):
        for k, part in enumerate(sets):
            number = f":{k}" if k < len(sets) - 1 else ""
            for place, metric in enumerate(_list(meta, f"{kind}_metrics")):
                name = metric.get("name") if isinstance(metric, Mapping) else None
                yield str(part), f"{kind} {name}{number}", place, {}


def _list(value: object, key: str) -> list[object]:
    inner = value.get(key) if isinstance(value, Mapping) else None
    return inner if isinstance(inner, list) else []


def _value(row: object, key: str, place: int | None) -> float | None:
    value = row.get(key) if isinstance(row, Mapping) else None
    if place is not None:
        value = value[place] if isinstance(value, list) and place < len(value) else None
    return float(value) if isinstance(value, int | float) else None


def _check(rows: int, columns: int, limits: Limits) -> None:
    if rows > limits.max_rows or columns > limits.max_columns:
        raise LimitError(
            f"The log has {rows:,} rows and {columns:,} columns; lrdiag reads up to "
            f"{limits.max_rows:,} and {limits.max_columns:,}.",
            hint="Log every tenth iteration, with metric_period.",
        )


def _named(columns: Mapping[str, Points]) -> dict[str, Points]:
    """Say of the objective, the first metric, that it is the loss, where its name does not."""
    objective = next(iter(columns), "").partition(" ")[2]
    return {
        f"{name} loss" if _is(name, objective) and guess(name).quality < SURE else name: points
        for name, points in columns.items()
    }


def _is(name: str, metric: str) -> bool:
    return name.partition(" ")[2] == metric


def _cells(points: Points, steps: FloatArray) -> Cells:
    at = np.array(sorted(points))
    values = np.array([points[step] for step in at.tolist()])
    return Cells(np.searchsorted(steps, at), values)


READER = Reader(
    name="catboost",
    title="CatBoost",
    suffixes=(".tsv", ".json"),
    recognises=recognises,
    read=read,
    binary=True,
    tools=(
        Tool("CatBoost", "catboost_info", "learn_error.tsv and test_error.tsv are one run"),
        Tool("CatBoost", JSON),
    ),
)
