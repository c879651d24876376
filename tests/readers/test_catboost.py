"""CatBoost's folder: two tables and a JSON that are one training."""

from pathlib import Path

import numpy as np
import pytest

from lrdiag.errors import EmptyLogError, LimitError, MalformedLogError
from lrdiag.readers import Limits, Source, read_logs, read_runs
from lrdiag.readers.folders import group

SAMPLES = Path(__file__).parent / "samples"
LEARN = b"iter\tMultiClass\tAccuracy\n0\t1.05\t0.4\n5\t0.9\t0.5\n10\t0.8\t0.6\n"
TEST = b"iter\tMultiClass\tAccuracy\n0\t1.06\t0.4\n10\t0.85\t0.5\n"
META = (
    b'{\n"meta":{"test_sets":["test"],"test_metrics":[{"best_value":"Min","name":"Logloss"}],'
    b'"learn_metrics":[{"best_value":"Min","name":"Logloss"}],"learn_sets":["learn"]},\n'
    b'"iterations":[\n'
)


def test_the_first_metric_is_the_loss_whatever_its_name() -> None:
    parts = (Source("x/learn_error.tsv", LEARN), Source("x/test_error.tsv", TEST))
    (run,) = read_runs(Source("x", b"", parts))
    np.testing.assert_array_equal(run["train_loss"].values, [1.05, 0.9, 0.8])
    np.testing.assert_array_equal(run["val_loss"].values, [1.06, 0.85])
    np.testing.assert_array_equal(run["val_loss"].steps, [0.0, 10.0])
    assert "val_accuracy" in run


def test_the_errors_of_the_test_alone_are_no_training_loss() -> None:
    (run,) = read_runs(Source("test_error.tsv", TEST))
    assert "train_loss" not in run
    assert len(run["val_loss"]) == 2


def test_of_several_sets_the_last_is_the_validation() -> None:
    source = Source("catboost_training.json", TWO_SETS)
    (run,) = read_runs(source)
    np.testing.assert_array_equal(run["val_loss"].values, [0.7, 0.6])
    assert "test Logloss:0" in {column.name for column in run.columns}


TWO_SETS = (
    META.replace(b'["test"]', b'["test","test1"]')
    + b'{"learn":[0.6],"iteration":0,"test":[0.8],"test1":[0.7]},\n'
    + b'{"learn":[0.5],"iteration":1,"test":[0.75],"test1":[0.6]}\n]}'
)


def test_a_training_that_goes_on_is_read_so_far() -> None:
    rows = b'{"learn":[0.6],"iteration":0,"test":[0.7]},\n{"learn":[0.5],"iteration":1},\n'
    (run,) = read_runs(Source("catboost_training.json", META + rows))
    np.testing.assert_array_equal(run["train_loss"].values, [0.6, 0.5])
    assert len(run["val_loss"]) == 1
    (run,) = read_runs(Source("catboost_training.json", META + rows + b'{"learn":[0.4'))
    assert len(run["train_loss"]) == 2


def test_what_cannot_be_read_is_said() -> None:
    with pytest.raises(MalformedLogError, match="is no JSON"):
        read_runs(Source("catboost_training.json", META + b'{"learn":[0.6,]},\n'))
    with pytest.raises(EmptyLogError):
        read_runs(Source("learn_error.tsv", b"iter\tLogloss\n"))
    with pytest.raises(LimitError):
        read_runs(Source("learn_error.tsv", LEARN), limits=Limits(max_rows=2))


def test_strange_lines_cost_nothing_else() -> None:
    (run,) = read_runs(Source("learn_error.tsv", LEARN + b"11\tx\t0.6\n12\n\xff\t1\t1\n"))
    assert len(run["train_loss"]) == 3


def test_all_files_of_a_training_are_one_log() -> None:
    paths = [
        "a/catboost_info/catboost_training.json",
        "a/catboost_info/learn/events.out.tfevents",
        "a/catboost_info/learn_error.tsv",
        "a/catboost_info/test/events.out.tfevents",
        "a/catboost_info/test_error.tsv",
        "a/catboost_info/time_left.tsv",
        "a/other.csv",
    ]
    assert group(paths) == (("a/catboost_info", (0, 1, 2, 3, 4, 5)), ("a/other.csv", (6,)))
    assert group(["learn_error.tsv", "test_error.tsv"]) == (("catboost", (0, 1)),)


def test_a_folder_gives_one_run_named_by_the_folder_above() -> None:
    files = sorted((SAMPLES / "catboost").glob("catboost_info/*.tsv"))
    parts = tuple(Source(f"a/catboost_info/{file.name}", file.read_bytes()) for file in files)
    (run,) = read_logs([Source("top", b"", parts)]).runs
    assert run.name == "a/catboost_info"
