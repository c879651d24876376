"""Repeats of one setting."""

import numpy as np
import pytest

from lrdiag.comparison import compare_runs
from tests.comparison.runs import falling, judged, make_run

ENDS = (0.40, 0.44, 0.48)


def test_repeats_become_a_band_and_a_measure_of_noise() -> None:
    runs = [
        judged(make_run(f"adam_seed{k}", falling(end, seed=k, noise=0.002), rate=0.01))
        for k, end in enumerate(ENDS)
    ]
    comparison = compare_runs(runs)
    (seeds,) = comparison.seeds
    assert seeds.told
    assert comparison.sweep is None
    assert (seeds.lowest, seeds.median, seeds.highest) == pytest.approx(ENDS, abs=0.005)
    assert comparison.noise is not None
    assert comparison.noise.spread == pytest.approx(0.04, rel=0.1)
    # Student's t with two degrees of freedom, over the difference of two
    assert comparison.noise.difference == pytest.approx(4.303 * 0.04 * 2**0.5, rel=0.1)
    assert np.all(seeds.low <= seeds.middle)
    assert np.all(seeds.middle <= seeds.high)
    assert seeds.high[-1] - seeds.low[-1] == pytest.approx(0.08, abs=0.01)


def test_two_runs_whose_names_say_seeds_are_no_before_and_after() -> None:
    runs = [judged(make_run(f"s{k}", falling(0.4, seed=k))) for k in range(2)]
    comparison = compare_runs(runs)
    assert comparison.change is None
    assert len(comparison.seeds) == 1
    assert len(comparison.seeds[0].steps) == 0  # two lines have no middle


def test_a_repeat_that_diverged_is_counted_and_not_averaged() -> None:
    lost = falling(0.4)
    lost[150:] = np.nan
    losses = [falling(0.4, seed=1), falling(0.42, seed=2), falling(0.41, seed=3), lost]
    runs = [judged(make_run(f"run{k}", loss)) for k, loss in enumerate(losses)]
    (seeds,) = compare_runs(runs).seeds
    assert seeds.diverged == 1
    assert seeds.highest < 0.45


def test_settings_with_names_of_their_own_are_kept_apart() -> None:
    runs = [
        judged(make_run(f"{name}_seed{k}", falling(end + 0.01 * k, seed=k)))
        for name, end in (("adam", 0.3), ("sgd", 0.8))
        for k in range(3)
    ]
    comparison = compare_runs(runs)
    assert [one.runs for one in comparison.seeds] == [(0, 1, 2), (3, 4, 5)]
    assert comparison.noise is not None
    assert comparison.noise.spread < 0.05
