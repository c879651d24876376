"""The results.txt of YOLOv5 and YOLOv7: columns without names."""

import numpy as np
import pytest

from lrdiag.errors import LimitError
from lrdiag.readers import Limits, Source, read_runs

TRAIN = "     {k}/9     4.51G   0.0{k}    0.04    0.01    {total}     23     640"
VAL = "  0.5   0.4   0.45   0.2   0.08   0.05   0.02"


def results(*rows: tuple[int, float, bool]) -> Source:
    lines = [TRAIN.format(k=k, total=total) + VAL * val for k, total, val in rows]
    return Source("results.txt", "\n".join(lines).encode())


def test_training_has_a_total_and_validation_a_sum() -> None:
    (run,) = read_runs(results((0, 0.3, True), (1, 0.2, True), (2, 0.1, True)))
    np.testing.assert_array_equal(run["train_loss"].values, [0.3, 0.2, 0.1])
    np.testing.assert_allclose(run["val_loss"].values, 0.15)
    assert run.x.column == "epoch"


def test_epochs_without_a_validation_have_none() -> None:
    (run,) = read_runs(results((0, 0.3, False), (1, 0.2, False), (2, 0.1, True)))
    assert len(run["train_loss"]) == 3
    np.testing.assert_array_equal(run["val_loss"].steps, [2.0])


def test_a_loss_that_is_not_a_number_stays_one() -> None:
    (run,) = read_runs(results((0, 0.3, True), (1, float("nan"), True)))
    assert np.isnan(run["train_loss"].values[1])


def test_too_many_rows_are_said() -> None:
    with pytest.raises(LimitError):
        read_runs(results(*[(k, 0.3, True) for k in range(9)]), limits=Limits(max_rows=3))
