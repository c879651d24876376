"""Folders and databases of trackers: what is joined, what is left out, what never runs."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from lrdiag.errors import (
    EmptyLogError,
    LimitError,
    MalformedLogError,
    ReadError,
    UnknownFormatError,
)
from lrdiag.readers import Limits, Source, read_logs, read_runs
from lrdiag.run import Run
from tests.clock import costs_less_than

SAMPLES = Path(__file__).parent / "samples"
RUN = "mlruns/0/0123456789abcdef0123456789abcdef"
MLFLOW = (
    "CREATE TABLE runs (run_uuid VARCHAR(32), name VARCHAR(250), lifecycle_stage VARCHAR(20))",
    "CREATE TABLE metrics (key VARCHAR(250), value FLOAT, timestamp BIGINT, run_uuid VARCHAR(32), "
    "step BIGINT, is_nan BOOLEAN, PRIMARY KEY (key, timestamp, step, run_uuid, value, is_nan))",
)


def database(*statements: str, rows: Sequence[tuple[str, tuple[object, ...]]] = ()) -> bytes:
    """Return the bytes of a database made by statements, and by rows of tables."""
    with sqlite3.connect(":memory:") as connection:
        for statement in statements:
            connection.execute(statement)
        for table, row in rows:
            marks = ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO {table} VALUES ({marks})", row)
        connection.commit()
        data = connection.serialize()
    connection.close()
    return data


def mlflow(*values: tuple[str, float, int], **runs: str) -> bytes:
    """Return an MLflow database: runs by their stage, each with the same key, value, step."""
    rows: list[tuple[str, tuple[object, ...]]] = []
    for run, stage in runs.items():
        rows.append(("runs", (run, f"run {run}", stage)))
        rows += [
            ("metrics", (key, value, 1000 + at, run, step, False))
            for at, (key, value, step) in enumerate(values)
        ]
    return database(*MLFLOW, rows=rows)


def read(data: bytes, limits: Limits = Limits()) -> tuple[Run, ...]:  # noqa: B008
    return read_runs(Source("store.db", data), limits=limits)


def folder(**files: str) -> Source:
    """Return a run folder of MLflow; "__" in a name stands for "/"."""
    parts = [
        Source(f"{RUN}/{name.replace('__', '/')}", text.encode()) for name, text in files.items()
    ]
    return Source(RUN, b"", tuple(parts))


LOSSES = (("loss", 2.0, 1), ("val_loss", 2.5, 1), ("loss", 1.5, 2), ("loss", 1.0, 3))


def test_values_of_one_step_are_one_row() -> None:
    (run,) = read(mlflow(*LOSSES, a="active"))
    np.testing.assert_array_equal(run["train_loss"].steps, [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(run["val_loss"].steps, [1.0])
    assert run.name == "run a"


def test_nan_and_infinity_come_back() -> None:
    rows: list[tuple[str, tuple[object, ...]]] = [("runs", ("a", "", "active"))]
    values = ((2.0, False), (0.0, True), (1.7976931348623157e308, False), (1.0, False))
    rows += [
        ("metrics", ("loss", value, k, "a", k, is_nan)) for k, (value, is_nan) in enumerate(values)
    ]
    (run,) = read(database(*MLFLOW, rows=rows))
    np.testing.assert_array_equal(run["train_loss"].values, [2.0, np.nan, np.inf, 1.0])


def test_deleted_runs_are_left_out() -> None:
    (run,) = read(mlflow(*LOSSES, a="deleted", b="active"))
    assert run.name == "run b"
    with pytest.raises(EmptyLogError):
        read(mlflow(*LOSSES, a="deleted"))


def test_runs_without_a_loss_are_left_out_and_told() -> None:
    rows: list[tuple[str, tuple[object, ...]]] = [
        *(("runs", (run, run, "active")) for run in "abc"),
        *(("metrics", ("score", 0.5, k, "a", k, False)) for k in range(3)),
        *(("metrics", ("loss", 1.0 / (k + 1), k, "b", k, False)) for k in range(3)),
    ]
    (run,) = read(database(*MLFLOW, rows=rows))
    assert run.name == "b"
    assert run.notes == ("One run without a loss is left out.",)


def test_the_first_of_many_runs() -> None:
    names = {f"r{k:02}": "active" for k in range(7)}
    runs = read(mlflow(*LOSSES, **names), Limits(max_members=3))
    assert [run.name for run in runs] == ["run r00", "run r01", "run r02"]
    assert runs[0].notes == ("The database holds 7 runs; the first 3 are read.",)


def test_metrics_without_a_step_are_counted() -> None:
    values = [("loss", 2.0 / (k + 1), 0) for k in range(9)]
    (run,) = read(mlflow(*values, a="active"))
    assert run.x.unit == "index"
    np.testing.assert_allclose(run["train_loss"].values, [2.0 / (k + 1) for k in range(9)])


def test_a_step_logged_again_stands_as_it_was_logged_last() -> None:
    steps = [*range(10), *range(6, 20)]
    values = [("loss", 5.0 - 0.1 * k, step) for k, step in enumerate(steps)]
    (run,) = read(mlflow(*values, a="active"))
    assert run.restarts == (6.0,)
    assert len(run["train_loss"]) == 20
    np.testing.assert_allclose(run["train_loss"].values[5:7], [4.5, 4.0])


def test_a_database_of_the_first_mlflow() -> None:
    made = (
        "CREATE TABLE runs (run_uuid VARCHAR(32), name VARCHAR(250))",
        "CREATE TABLE metrics (key TEXT, value FLOAT, timestamp BIGINT, run_uuid VARCHAR(32))",
        "CREATE TABLE tags (key TEXT, value TEXT, run_uuid VARCHAR(32))",
    )
    rows: list[tuple[str, tuple[object, ...]]] = [("runs", ("a", ""))]
    rows += [("metrics", ("loss", 1.0 / (k + 1), k, "a")) for k in range(5)]
    rows += [("tags", ("mlflow.runName", "first", "a"))]
    (run,) = read(database(*made, rows=rows))
    assert (run.name, run.x.unit) == ("first", "index")
    np.testing.assert_allclose(run["train_loss"].values, [1.0 / (k + 1) for k in range(5)])


def test_trackio_before_runs_had_numbers() -> None:
    made = (
        "CREATE TABLE metrics (id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp TEXT, "
        "run_name TEXT, step INTEGER, metrics TEXT)"
    )
    rows = [
        ("metrics", (None, "2025", name, k, f'{{"loss": {value}, "note": "x", "on": true}}'))
        for k, value in enumerate(("2.5", '"NaN"', '"Infinity"', "1.5"))
        for name in ("one", "two")
    ]
    one, two = read(database(made, rows=rows))
    assert (one.name, two.name) == ("one", "two")
    np.testing.assert_array_equal(one["train_loss"].values, [2.5, np.nan, np.inf, 1.5])
    assert {column.name for column in two.columns} == {"step", "loss"}


def test_a_database_in_wal_mode_opens() -> None:
    data = (SAMPLES / "trackio" / "classifier.db").read_bytes()
    assert data[18:20] == b"\x02\x02"
    assert len(read(data)) == 2


def test_another_database_is_told_by_its_tables() -> None:
    with pytest.raises(UnknownFormatError, match="photos, albums") as caught:
        read(database("CREATE TABLE photos (a)", "CREATE TABLE albums (a)"))
    assert "CSV" in caught.value.hint


def test_a_database_without_tables_may_not_have_taken_in_its_rows() -> None:
    with pytest.raises(EmptyLogError) as caught:
        read(database("CREATE TABLE a (b)", "DROP TABLE a"))
    assert "-wal" in caught.value.hint


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT"
NEVER_RUN = {
    "a view": (
        MLFLOW[0],
        f"CREATE VIEW metrics AS {ENDLESS} 'loss' AS key, x AS value, x AS timestamp, "
        "'a' AS run_uuid, x AS step, 0 AS is_nan FROM n",
    ),
    "a computed column": (
        MLFLOW[0],
        "CREATE TABLE metrics (key TEXT, timestamp INT, run_uuid TEXT, "
        "value AS (length(hex(zeroblob(9000000)))))",
    ),
    "a module": (
        MLFLOW[0],
        "CREATE VIRTUAL TABLE metrics USING fts5(key, value, timestamp, run_uuid, step, is_nan)",
    ),
}


@pytest.mark.parametrize("statements", NEVER_RUN.values(), ids=NEVER_RUN)
def test_only_plain_tables_are_read(statements: tuple[str, ...]) -> None:
    with costs_less_than(1.0), pytest.raises(UnknownFormatError):
        read(database(*statements))


def test_a_damaged_database_says_so() -> None:
    data = mlflow(*LOSSES, a="active")
    for broken in (data[:60], data[:4096], data[:4096] + b"\xff" * 4096 + data[8192:]):
        with pytest.raises(MalformedLogError, match="damaged") as caught:
            read(broken)
        assert caught.value.hint


def test_pages_that_lead_in_a_circle_end() -> None:
    values = [("loss", 1.0, k) for k in range(3_000)]
    data = bytearray(mlflow(*values, a="active"))
    size = int.from_bytes(data[16:18], "big")
    # An inner page of a table (kind 5) holds the numbers of the pages below it.
    for page in range(size, len(data), size):
        if data[page] == 5:
            inner = page
            cells = int.from_bytes(data[inner + 3 : inner + 5], "big")
            first = inner + int.from_bytes(data[inner + 12 : inner + 14], "big")
            for k in range(cells):
                at = inner + int.from_bytes(data[inner + 12 + 2 * k : inner + 14 + 2 * k], "big")
                data[at : at + 4] = data[first : first + 4]
            data[inner + 8 : inner + 12] = (inner // size + 1).to_bytes(4, "big")
    with costs_less_than(2.0), pytest.raises(ReadError):
        read(bytes(data))


def test_a_database_of_too_many_rows_or_metrics() -> None:
    with pytest.raises(LimitError, match="rows"):
        read(mlflow(*LOSSES, a="active"), Limits(max_rows=3))
    values = [(f"loss{k}", 1.0, 0) for k in range(30)]
    with pytest.raises(LimitError, match="metrics"):
        read(mlflow(*values, a="active"), Limits(max_columns=10))


def test_files_of_a_run_are_one_table() -> None:
    (run,) = read_runs(
        folder(
            metrics__train__loss="1000 2.5 0\n1010 2.0 1\n1020 nan 2\n1030 1.5 3\n",
            metrics__val__loss="1031 2.25 1\n1032 1.75 3 digits 0af3\n",
            metrics__system__cpu="1000 50.0 0\n",
            params__learning_rate="0.01",
            params__secret="hunter2",
            tags__mlflow__user="someone",
        )
    )
    np.testing.assert_array_equal(run["train_loss"].values, [2.5, 2.0, np.nan, 1.5])
    np.testing.assert_array_equal(run["val_loss"].steps, [1.0, 3.0])
    assert run.name == RUN[-32:]
    assert run.notes == ("The run was given learning_rate 0.01.",)
    assert {column.name for column in run.columns} == {"step", "train/loss", "val/loss"}


def test_metrics_of_the_first_mlflow_have_no_step() -> None:
    (run,) = read_runs(folder(metrics__loss="1000 3.0\n1001 2.0\n1002 1.0\n"))
    assert run.x.unit == "index"
    np.testing.assert_array_equal(run["train_loss"].values, [3.0, 2.0, 1.0])


def test_a_folder_without_its_name_takes_that_of_its_settings() -> None:
    files = {
        "metrics/loss": "1000 3.0 0\n1001 2.0 1\n",
        "meta.yaml": "run_id: a\nrun_name: 'warm start'\nlifecycle_stage: active\n",
    }
    parts = tuple(Source(f"{RUN}/{name}", text.encode()) for name, text in files.items())
    (run,) = read_logs([Source("mlruns", b"", parts)]).runs
    assert run.name == "warm start"


def test_a_deleted_run_is_left_out_of_its_folder() -> None:
    parts = [
        Source(f"{RUN}/metrics/loss", b"1000 3.0 0\n1001 2.0 1\n"),
        Source(f"{RUN}/meta.yaml", b"lifecycle_stage: deleted\n"),
        Source("mlruns/0/models/m-" + "a" * 32 + "/metrics/loss", b"1 2 3 a b\n"),
        Source(f"{RUN[:-1]}0/metrics/loss", b"1700000000000 3.0 0\n1700000000001 2.0 1\n"),
    ]
    reading = read_logs([Source("mlruns", b"", tuple(parts))])
    assert len(reading.runs) == 1
    assert [one.error.message for one in reading.left_out] == ["the run is deleted in MLflow."]


@pytest.mark.parametrize(
    ("name", "role"), [("loss", "train_loss"), ("val_loss", "val_loss"), ("m1", "train_loss")]
)
def test_a_metric_file_alone_is_called_like_the_metric(name: str, role: str) -> None:
    lines = "".join(f"170000000{k}000 {2.0 - 0.1 * k} {10 * k}\r\n" for k in range(9))
    (run,) = read_runs(Source(name, lines.encode()))
    assert run.format == "mlflow"
    assert run[role].steps[-1] == 80.0  # type: ignore[index]


def test_a_run_folder_without_values() -> None:
    with pytest.raises(EmptyLogError) as caught:
        read_runs(folder(metrics__loss="nothing\n", params__lr="1"))
    assert caught.value.hint


@pytest.mark.parametrize("folder", ["", "my run/", "backup/best/"])
def test_a_run_that_was_taken_out_of_its_folder_is_one_run(folder: str) -> None:
    files = {
        "metrics/train/loss": "1000 3.0 0\n1001 2.0 1\n",
        "metrics/val/loss": "1000 3.5 0\n1001 2.5 1\n",
        "params/lr": "0.1",
        "tags/mlflow.runName": "best",
        "artifacts/notes.txt": "nothing",
    }
    parts = [Source(folder + name, text.encode()) for name, text in files.items()]
    (run,) = read_logs([Source("x", b"", tuple(parts))]).runs
    assert run.name == "best"
    assert {"train_loss", "val_loss"} <= set(run)
    assert run.notes[0] == "The run was given lr 0.1."


def test_a_database_in_another_encoding() -> None:
    rows: list[tuple[str, tuple[object, ...]]] = [("runs", ("a", "試" * 50, "active"))]
    rows += [("metrics", ("loss", 1.0 / (k + 1), k, "a", k, False)) for k in range(5)]
    (run,) = read(database("PRAGMA encoding = 'UTF-16'", *MLFLOW, rows=rows))
    assert run.name == "試" * 50
    assert len(run["train_loss"]) == 5
