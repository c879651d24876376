"""What can be compared, and what is left out with a reason."""

import numpy as np
import pytest

from lrdiag.comparison import compare_runs
from lrdiag.diagnosis import Diagnosis
from lrdiag.run import Axis, Refusal, Run, Series
from tests.comparison.runs import falling, judged, make_run


def test_one_run_is_nothing_to_compare() -> None:
    assert "two or more" in compare_runs([judged(make_run("a", falling(0.3)))]).refusal
    assert compare_runs([]).refusal


def test_a_file_that_is_no_loss_log_is_left_out() -> None:
    no_log = judged(
        Run("t", "t.csv", "csv", Axis(None, "index"), {}, refusal=Refusal("a table", "Give a log"))
    )
    runs = [judged(make_run(f"r{k}", falling(0.3, seed=k))) for k in range(2)]
    comparison = compare_runs([no_log, *runs])
    assert comparison.runs == (1, 2)
    assert [(one.run, "a table" in one.why) for one in comparison.left_out] == [(0, True)]


def test_another_scale_is_left_out_and_two_scales_are_refused() -> None:
    runs = [judged(make_run(f"r{k}", falling(0.3, seed=k))) for k in range(3)]
    other = judged(make_run("summed", 512.0 * falling(0.3)))
    comparison = compare_runs([*runs, other])
    assert [one.run for one in comparison.left_out] == [3]
    assert "scale" in comparison.left_out[0].why
    assert "two of these runs" in compare_runs([runs[0], other]).refusal


def test_a_high_rate_that_overshoots_is_on_the_same_scale() -> None:
    wild = falling(4.0)
    wild += 900.0 * np.exp(-np.arange(300) / 20.0)
    runs = [
        judged(make_run("low", falling(0.3), rate=0.01)),
        judged(make_run("mid", falling(0.4, seed=1), rate=0.1)),
        judged(make_run("high", wild, rate=1.0)),
    ]
    assert compare_runs(runs).left_out == ()


def test_a_run_that_stopped_early_is_left_out_and_others_are_cut_to_one_end() -> None:
    runs = [
        judged(make_run("long", falling(0.3, rows=1000))),
        judged(make_run("shorter", falling(0.3, rows=800, seed=1))),
        judged(make_run("short", falling(0.3, rows=200, seed=2))),
    ]
    comparison = compare_runs(runs)
    assert comparison.runs == (0, 1)
    assert "half of the longest" in comparison.left_out[0].why
    assert comparison.until == 799.0
    assert max(float(one.steps[-1]) for one in comparison.tracks) <= 799.0


def test_different_axes_compare_ends_and_no_courses() -> None:
    runs = [
        judged(make_run("steps", falling(0.3, rows=600))),
        judged(make_run("epochs", falling(0.5, rows=40), unit="epoch")),
    ]
    comparison = compare_runs(runs)
    assert (comparison.unit, comparison.until) == (None, None)
    assert comparison.change is not None
    assert comparison.change.outcome == "worse"
    assert comparison.change.sooner is None


def test_runs_with_other_losses_are_refused() -> None:
    steps = np.arange(50.0)
    only_val = Run(
        "v", "v.csv", "csv", Axis("step", "step"), {"val_loss": Series(steps, 1 / (1 + steps))}
    )
    made = compare_runs([judged(only_val), judged(make_run("t", falling(0.3)))])
    assert made.refusal
    assert made.tracks == ()


def test_a_run_that_lost_its_loss_at_once_is_marked_and_not_left_out() -> None:
    dead = falling(1.0)
    dead[2:] = np.nan
    runs = [
        judged(make_run("a", falling(0.3), val=falling(0.5), rate=0.01)),
        judged(make_run("b", falling(0.4), val=falling(0.6), rate=0.003)),
        judged(make_run("c", dead, rate=0.1)),
    ]
    comparison = compare_runs(runs)
    assert comparison.loss == "val_loss"
    assert comparison.runs == (0, 1, 2)
    assert [one.fate for one in comparison.tracks] == ["finished", "finished", "diverged"]


@pytest.mark.parametrize("count", [2, 3, 13])
def test_the_order_of_the_runs_changes_no_sweep(count: int) -> None:
    runs: list[Diagnosis] = [
        judged(make_run(f"r{k}", falling(0.3 + 0.1 * abs(k - 1), seed=k), rate=10.0**-k))
        for k in range(count)
    ]
    one, other = compare_runs(runs).sweep, compare_runs(runs[::-1]).sweep
    assert one is not None
    assert other is not None
    assert (one.best, one.low, one.high) == (other.best, other.low, other.high)
