"""What the learning rate did."""

import numpy as np
import pytest

from lrdiag.numerics import FloatArray
from lrdiag.signals.robust import running_median
from lrdiag.signals.schedule import lr_time, measure_schedule
from tests.curves import constant_rate, cosine_rate, series_of


def test_a_constant_rate_is_one() -> None:
    schedule = measure_schedule(constant_rate(lr=0.003))
    assert schedule is not None
    assert schedule.constant
    assert (schedule.peak, schedule.left) == (0.003, 1.0)


def test_a_warmup_ends_at_the_peak_and_a_cosine_falls_from_it() -> None:
    schedule = measure_schedule(cosine_rate(warmup=50))
    assert schedule is not None
    assert 46.0 <= schedule.warmup_end <= 52.0
    assert schedule.peak == pytest.approx(0.003, rel=0.01)
    assert schedule.left < 0.001
    assert len(schedule.jumps) == 0


def test_warm_restarts_are_jumps() -> None:
    schedule = measure_schedule(series_of(np.tile(np.geomspace(0.003, 3e-5, 125), 4)))
    assert schedule is not None
    assert np.abs(schedule.jumps - np.array([125.0, 250.0, 375.0])).max() <= 6.0


def test_a_slip_of_one_step_is_no_peak() -> None:
    rate = constant_rate().values.copy()
    rate[300] = 0.18
    schedule = measure_schedule(series_of(rate))
    assert schedule is not None
    assert schedule.peak == 0.003
    assert schedule.slips.tolist() == [300.0]
    assert schedule.slip == 0.18


def test_no_positive_rate_is_no_schedule() -> None:
    assert measure_schedule(series_of(np.zeros(50))) is None
    assert measure_schedule(series_of(np.full(50, np.nan))) is None


def test_time_runs_with_the_rate() -> None:
    steps = np.arange(500.0)
    schedule = measure_schedule(cosine_rate(warmup=100))
    assert lr_time(steps, None)[250] == pytest.approx(0.5, abs=0.01)
    assert lr_time(steps, schedule)[100] < 0.21
    assert lr_time(steps, schedule)[400] > 0.9


@pytest.mark.parametrize(
    ("shape", "unfinished"),
    [
        (np.linspace(1.0, 0.5, 200), True),
        (np.linspace(1.0, 0.0, 200), False),
        (np.full(200, 1.0), False),
        (np.repeat([1.0, 0.1, 0.01], 70), False),
        (np.linspace(0.01, 1.0, 200), False),
    ],
    ids=["half of a linear decay", "the whole of it", "constant", "steps", "warmup alone"],
)
def test_a_rate_that_still_falls_from_a_height_is_unfinished(
    shape: FloatArray, unfinished: bool
) -> None:
    schedule = measure_schedule(series_of(0.003 * shape))
    assert schedule is not None
    assert schedule.unfinished is unfinished


def test_a_rate_without_slips_is_its_running_median() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        rates = np.round(np.abs(rng.normal(1.0, 0.5, 40).cumsum()), 1) + 0.1
        rates[rng.integers(40, size=3)] *= rng.uniform(0.1, 30.0, 3)
        schedule = measure_schedule(series_of(rates))
        assert schedule is not None
        assert schedule.lr.tolist() == running_median(rates, 5).tolist()


def test_a_peak_of_one_row_that_is_no_slip_is_still_reached() -> None:
    rates = np.full(40, 0.001)
    rates[20] = 0.00104
    schedule = measure_schedule(series_of(rates))
    assert schedule is not None
    assert schedule.peak == 0.00104
    assert schedule.warmup_end == 0.0


def test_a_rate_that_rested_and_is_raised_jumps() -> None:
    rate = constant_rate().values * np.where(np.arange(500) < 300, 1.0, 3.0)
    schedule = measure_schedule(series_of(rate))
    assert schedule is not None
    assert np.abs(schedule.jumps - 300.0).max() <= 6.0


def test_a_warmup_in_stairs_and_a_burst_are_no_jumps() -> None:
    stairs = np.minimum(np.arange(500) // 20 + 1.0, 5.0)
    burst = np.where(np.abs(np.arange(500) - 300) < 4, 20.0, 1.0)
    for rate in (stairs, burst):
        schedule = measure_schedule(series_of(0.003 * rate))
        assert schedule is not None
        assert len(schedule.jumps) == 0
