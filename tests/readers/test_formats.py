"""What many tools print, read by one reader that knows none of them by name."""

import numpy as np
import pytest

from lrdiag.readers import Source, read_runs
from tests.readers.formats import EPOCHS, PRINTED, REFUSED, TRAIN, VAL, Printed


@pytest.mark.parametrize("printed", PRINTED, ids=lambda one: one.tool)
def test_losses_are_found(printed: Printed) -> None:
    (run,) = read_runs(Source("train.log", printed.text().encode()))
    assert run.refusal is None
    train = run["train_loss"]
    assert len(train) == printed.train
    np.testing.assert_allclose(train.values[[0, -1]], [TRAIN[0], printed.last], atol=6e-3)
    if printed.val:
        assert len(run["val_loss"]) == printed.val
    else:
        assert "val_loss" not in run
    if printed.val == EPOCHS:
        np.testing.assert_allclose(run["val_loss"].values, VAL, atol=6e-4)


@pytest.mark.parametrize("printed", PRINTED, ids=lambda one: one.tool)
def test_steps_rise_evenly(printed: Printed) -> None:
    (run,) = read_runs(Source("train.log", printed.text().encode()))
    steps = run["train_loss"].steps
    gaps = np.diff(steps)
    assert gaps.min() > 0.0
    assert gaps.max() <= 30.0 * gaps.min()


@pytest.mark.parametrize("printed", REFUSED, ids=lambda one: one.tool)
def test_what_is_no_loss_log_is_refused_with_a_reason(printed: Printed) -> None:
    (run,) = read_runs(Source("train.log", printed.text().encode()))
    assert run.refusal is not None
    assert run.refusal.reason
    assert run.refusal.hint
    assert run.columns
