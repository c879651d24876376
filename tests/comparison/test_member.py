"""What tells the rate of a run, and what is kept of its losses."""

import numpy as np
import pytest

from lrdiag.comparison import member_of, rate_in_name
from lrdiag.comparison.member import MOST_ROWS
from tests.comparison.runs import falling, judged, make_run


@pytest.mark.parametrize(
    ("name", "rate"),
    [
        ("lr0.001", 0.001),
        ("mnist_lr=3e-4", 3e-4),
        ("adam-lr-0.01-bs32", 0.01),
        ("gpt__lr1.000e-03__constant__s0.csv", 0.001),
        ("LR_1E-5.csv", 1e-5),
        ("run lr: .03", 0.03),
        ("lr0p02_seed1", 0.02),
        ("learning_rate=0.1", 0.1),
        ("sweep/lr-1/metrics.csv", 1.0),
    ],
)
def test_a_name_tells_the_rate(name: str, rate: float) -> None:
    assert rate_in_name(name) == pytest.approx(rate)


@pytest.mark.parametrize(
    "name", ["run", "lr", "lr_find", "lr001", "lr2024", "flr0.1", "lr3x", "color-0.1", "lr1e12"]
)
def test_a_name_that_tells_no_rate_gives_none(name: str) -> None:
    assert rate_in_name(name) is None


def test_the_log_tells_the_rate_before_the_config_and_the_config_before_the_name() -> None:
    logged = make_run("lr0.1", falling(0.3), rate=0.03)
    bare = make_run("lr0.1", falling(0.3))
    found = [member_of(judged(run, lr)) for run, lr in ((logged, 0.5), (bare, 0.5), (bare, None))]
    assert [(one.rate, one.rate_from) for one in found] == [
        (0.03, "log"),
        (0.5, "config"),
        (0.1, "name"),
    ]


def test_the_folder_tells_the_rate_where_the_name_does_not() -> None:
    run = make_run("metrics", falling(0.3), source="sweep/lr_0.01/metrics.csv")
    assert member_of(judged(run)).rate == 0.01


def test_a_long_loss_is_kept_as_medians_and_its_last_nan_is_remembered() -> None:
    loss = falling(0.5, rows=5 * MOST_ROWS)
    loss[-100:] = np.nan
    kept = member_of(judged(make_run("long", loss))).losses["train_loss"]
    assert len(kept.values) == MOST_ROWS
    assert kept.lost == 5 * MOST_ROWS - 100
    assert kept.end == 5 * MOST_ROWS - 1
    assert np.median(kept.values[-100:]) == pytest.approx(0.5, abs=0.01)
