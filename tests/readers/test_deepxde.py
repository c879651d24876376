"""DeepXDE: the parts of the loss, added up."""

import numpy as np
import pytest

from lrdiag.errors import LimitError, MalformedLogError
from lrdiag.readers import Limits, Source, read_runs

HEADER = b"# step, loss_train, loss_test, metrics_test\n"
TITLE = b"Training model...\n\nStep      Train loss    Test loss    Test metric\n"


def test_the_parts_are_added_up() -> None:
    data = HEADER + b"0 4 1 5 2 0.9\n1e3 2 1 3 1 0.5\n"
    (run,) = read_runs(Source("loss.dat", data))
    np.testing.assert_array_equal(run["train_loss"].values, [5.0, 3.0])
    np.testing.assert_array_equal(run["val_loss"].values, [7.0, 4.0])
    np.testing.assert_array_equal(run["train_loss"].steps, [0.0, 1000.0])
    assert "The loss is the sum of its 2 parts." in run.notes


def test_a_loss_of_one_part_has_no_sum() -> None:
    (run,) = read_runs(Source("loss.dat", HEADER + b"0 4 5\n1000 2 3\n"))
    np.testing.assert_array_equal(run["val_loss"].values, [5.0, 3.0])
    assert not run.notes


def test_parts_that_the_test_leaves_out_are_in_neither_sum() -> None:
    rows = b"0   [4.0e+00, 3.0e+00]    [5.0e+00, 0.0e+00]    []  \r\n"
    rows += b"1000      [2.0e+00, 1.0e+00]    [3.0e+00, 0.0e+00]    []  \n"
    (run,) = read_runs(Source("train.log", TITLE + rows + b"\nBest model at step 1000:\n"))
    np.testing.assert_array_equal(run["train_loss"].values, [4.0, 2.0])
    np.testing.assert_array_equal(run["val_loss"].values, [5.0, 3.0])
    assert any("left out of both" in note for note in run.notes)


def test_a_row_that_is_being_written_is_left_out() -> None:
    (run,) = read_runs(Source("loss.dat", HEADER + b"0 4 1 5 2\n1000 2 1 3 1\n2000 1.5 0.\n"))
    assert len(run["train_loss"]) == 2


def test_what_is_no_row_or_too_much_is_said() -> None:
    with pytest.raises(MalformedLogError):
        read_runs(Source("loss.dat", HEADER + b"a b c\n"))
    with pytest.raises(LimitError):
        read_runs(Source("loss.dat", HEADER + b"0 1 1\n" * 9), limits=Limits(max_rows=5))
    with pytest.raises(LimitError):
        read_runs(Source("loss.dat", HEADER + b"0" + b" 1" * 60), limits=Limits(max_columns=20))
