"""Runs that differ by their rate."""

import numpy as np
import pytest

from lrdiag.comparison import Sweep, compare_runs
from tests.comparison.runs import falling, judged, make_run, sweep_runs

NONE = float("nan")


def read_sweep(ends: dict[float, float]) -> Sweep:
    sweep = compare_runs(sweep_runs(ends)).sweep
    assert sweep is not None
    return sweep


def test_the_best_rate_and_its_neighbourhood_are_read_off() -> None:
    sweep = read_sweep({0.001: 1.3, 0.01: 0.34, 0.1: 0.3, 1.0: 1.3, 10.0: NONE})
    assert sweep.best == 0.1
    assert sweep.border is None
    assert sweep.add is None
    # 5 % of a drop of 2.0 is 0.1: 0.01 misses 0.04, then 0.96 more within the next decade below
    assert sweep.low == pytest.approx(0.01 * 10 ** (-0.06 / 0.96), rel=0.03)
    assert sweep.high == pytest.approx(0.1 * 10**0.1, rel=0.03)
    assert [one.diverged for one in sweep.rungs] == [0, 0, 0, 0, 1]
    assert sweep.rungs[-1].level is None


@pytest.mark.parametrize(
    ("ends", "border", "add"),
    [
        ({0.001: 1.5, 0.01: 1.0, 0.1: 0.4}, "highest", 1.0),
        ({0.001: 0.4, 0.01: 1.0, 0.1: NONE}, "lowest", 1e-4),
    ],
)
def test_at_the_border_the_rate_to_add_is_named(
    ends: dict[float, float], border: str, add: float
) -> None:
    sweep = read_sweep(ends)
    assert sweep.border == border
    assert sweep.add == pytest.approx(add)


def test_a_best_rate_beside_one_that_diverged_is_no_border() -> None:
    sweep = read_sweep({0.001: 1.5, 0.01: 0.4, 0.1: NONE})
    assert (sweep.best, sweep.border) == (0.01, None)
    assert 0.01 < sweep.high < 0.015  # towards a rate that diverged nobody can tell


def test_rates_that_all_learn_nothing_have_no_best() -> None:
    assert not read_sweep({0.001: 2.3, 0.01: 2.3, 0.1: 2.3}).learned


def test_the_verdict_does_not_depend_on_the_unit_of_the_loss() -> None:
    ends = {0.001: 1.3, 0.01: 0.35, 0.1: 0.3, 1.0: 1.3}
    runs = [
        judged(make_run(f"r{k}", 1000.0 * falling(end, seed=k), rate=rate))
        for k, (rate, end) in enumerate(ends.items())
    ]
    scaled, plain = compare_runs(runs).sweep, read_sweep(ends)
    assert scaled is not None
    assert (scaled.best, scaled.low, scaled.high) == pytest.approx(
        (plain.best, plain.low, plain.high)
    )


def test_a_validation_loss_decides_where_the_runs_have_one() -> None:
    runs = [
        judged(make_run("a", falling(0.1), val=falling(0.9, seed=5), rate=0.1)),
        judged(make_run("b", falling(0.3), val=falling(0.5, seed=6), rate=0.01)),
        judged(make_run("c", falling(0.6), val=falling(0.8, seed=7), rate=0.001)),
    ]
    comparison = compare_runs(runs)
    assert comparison.loss == "val_loss"
    assert comparison.sweep is not None
    assert comparison.sweep.best == 0.01


def test_a_run_that_overfits_in_the_end_is_named_by_its_lowest_level() -> None:
    rising = falling(0.3, pace=30.0)
    rising[100:] += np.linspace(0.0, 0.8, 200)
    runs = [
        judged(make_run("fast", rising, rate=0.1)),
        judged(make_run("slow", falling(0.6), rate=0.01)),
    ]
    sweep = compare_runs(runs).sweep
    assert sweep is not None
    assert (sweep.best, sweep.lowest_at) == (0.01, 0.1)


def test_repeats_of_a_rate_are_taken_together_and_widen_what_does_as_well() -> None:
    ends = {0.001: (0.9, 1.3), 0.01: (0.5, 0.9), 0.1: (0.4, 0.8), 1.0: (1.6, 2.0)}
    runs = [
        judged(make_run(f"r{rate}-{k}", falling(end, seed=k), rate=rate))
        for rate, pair in ends.items()
        for k, end in enumerate(pair)
    ]
    comparison = compare_runs(runs)
    assert comparison.sweep is not None
    assert comparison.noise is not None
    assert comparison.sweep.best == 0.1
    assert len(comparison.sweep.rungs) == 4
    assert comparison.noise.spread == pytest.approx(0.4 / 2**0.5, rel=0.05)
    assert comparison.noise.freedom == 4
    assert comparison.sweep.good > 0.3
    assert comparison.sweep.low < 0.01
