"""Statistics that outliers do not move."""

import numpy as np
import pytest

from lrdiag.signals.robust import (
    fit_slope,
    kendall_tau,
    medians,
    running_median,
    step_noise,
    step_noises,
)


def test_the_slope_of_a_line_is_exact_and_outliers_do_not_move_it() -> None:
    x = np.arange(50.0)
    y = 3.0 - 0.5 * x
    y[[5, 20, 40]] += 100.0
    slope = fit_slope(x, y)
    assert slope.value == pytest.approx(-0.5)
    assert slope.falls
    assert not slope.rises


def test_the_interval_holds_the_truth_nineteen_times_in_twenty() -> None:
    x = np.arange(40.0)
    inside = 0
    for seed in range(200):
        y = 0.02 * x + np.random.default_rng(seed).normal(0.0, 1.0, 40)
        slope = fit_slope(x, y)
        inside += slope.low <= 0.02 <= slope.high
    assert 182 <= inside <= 199


def test_tau_counts_pairs() -> None:
    assert kendall_tau(np.arange(10.0)) == 1.0
    assert kendall_tau(-np.arange(10.0)) == -1.0
    assert kendall_tau(np.array([1.0, 3.0, 2.0])) == pytest.approx(1 / 3)
    assert kendall_tau(np.array([1.0])) == 0.0


def test_running_median_forgets_a_lone_outlier_and_keeps_a_step() -> None:
    values = np.array([1.0, 1.0, 9.0, 1.0, 1.0, 5.0, 5.0, 5.0])
    assert running_median(values, 3).tolist() == [1.0, 1.0, 1.0, 1.0, 1.0, 5.0, 5.0, 5.0]


def test_noise_ignores_the_course_and_the_spikes() -> None:
    noise = np.random.default_rng(0).normal(0.0, 0.3, 5000)
    course = 10.0 * np.exp(-np.arange(5000) / 300.0)
    course[1000:1050] += 40.0
    assert step_noise(course + noise) == pytest.approx(0.3, rel=0.05)


@pytest.mark.parametrize("rows", [3, 61, 997, 5_001])
def test_many_stretches_are_measured_as_each_of_them(rows: int) -> None:
    values = np.random.default_rng(rows).normal(size=rows).cumsum()
    edges = np.unique(np.linspace(0, rows, 14).astype(np.intp))
    first, last = edges[:-1], edges[1:]
    parts = [values[a:b] for a, b in zip(first, last, strict=True)]
    assert medians(values, first, last).tolist() == [np.median(part) for part in parts]
    assert step_noises(values, first, last).tolist() == [step_noise(part) for part in parts]


def test_the_noise_of_a_long_stretch_is_that_of_a_part_of_it() -> None:
    values = np.random.default_rng(0).normal(0.0, 0.5, 40_000)
    (noise,) = step_noises(values, np.array([0]), np.array([len(values)]))
    assert noise == pytest.approx(0.5, rel=0.1)
