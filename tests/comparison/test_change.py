"""Two runs, before and after."""

import numpy as np
import pytest

from lrdiag.comparison import Change, compare_runs
from tests.comparison.runs import falling, judged, make_run


def change_of(before: np.ndarray[tuple[int], np.dtype[np.float64]], after: object) -> Change:
    made = compare_runs([judged(make_run("a", before)), judged(make_run("b", np.asarray(after)))])
    assert made.change is not None
    return made.change


def test_a_fix_that_helps_is_told_with_what_vanished_and_how_much_sooner() -> None:
    spiky = falling(0.5, rows=600, pace=6.0)
    for at in (250, 350, 450):
        spiky[at : at + 12] += 3.0 * np.exp(-np.arange(12) / 4.0)
    change = change_of(spiky, falling(0.3, rows=600, pace=12.0, seed=1))
    assert change.outcome == "better"
    assert change.difference == pytest.approx(-0.2, abs=0.03)
    assert change.noise is not None
    assert change.noise < 0.05
    assert {one.code for one in change.vanished} & {"LR104", "LR105"}
    assert change.sooner is not None
    assert change.sooner.run == 1
    # e^(-12 x) = 0.2 / 2.0 at 0.19 of the run
    assert change.sooner.at == pytest.approx(0.19 * 600, rel=0.15)
    assert change.sooner.other > 2.0 * change.sooner.at


def test_a_difference_within_the_noise_is_none() -> None:
    change = change_of(falling(0.4, noise=0.1), falling(0.401, noise=0.1, seed=1))
    assert change.outcome == "noise"


def test_a_run_that_diverges_after_the_change_is_no_matter_of_levels() -> None:
    lost = falling(0.4, seed=1)
    lost[200:] = np.nan
    change = change_of(falling(0.4), lost)
    assert (change.outcome, change.difference, change.sooner) == ("diverged", None, None)
    assert "LR101" in {one.code for one in change.appeared}
    assert change_of(lost, falling(0.4)).outcome == "mended"
    assert change_of(lost, lost).outcome == "neither"
