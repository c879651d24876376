"""Where the points of a log stand when its counter does not simply count."""

import numpy as np
import pytest

from lrdiag.readers import Source, read_runs
from lrdiag.run import Axis, Run


def read_rows(header: str, lines: list[str]) -> tuple[Run, ...]:
    return read_runs(Source("log.csv", "\n".join([header, *lines, ""]).encode()))


def falling(step: int) -> float:
    return 3.0 - 0.01 * step


def test_of_a_repeated_stretch_the_later_copy_stands() -> None:
    first = [f"{s},{falling(s)}" for s in range(60)]
    again = [f"{s},{falling(s) + 0.001}" for s in range(40, 100)]
    (run,) = read_rows("step,loss", first + again)
    train = run["train_loss"]
    np.testing.assert_array_equal(train.steps, np.arange(100.0))
    np.testing.assert_allclose(train.values[[39, 40, 59]], [2.61, 2.601, 2.411])
    assert run.restarts == (40.0,)
    assert run.repeated == 20


def test_what_was_logged_before_a_restart_beyond_the_new_end_stays() -> None:
    first = [f"{s},{falling(s)}" for s in range(60)]
    again = [f"{s},{falling(s)}" for s in range(40, 50)]
    (run,) = read_rows("step,loss", first + again)
    np.testing.assert_array_equal(run["train_loss"].steps, np.arange(60.0))
    assert run.restarts == (40.0,)
    assert run.repeated == 10


def test_one_stray_row_is_no_restart() -> None:
    lines = [f"{s},{falling(s)}" for s in range(50)]
    lines.insert(30, "10,2.9")
    (run,) = read_rows("step,loss", lines)
    assert run.restarts == ()
    np.testing.assert_array_equal(run["train_loss"].steps, np.arange(50.0))


def test_a_counter_that_starts_again_each_epoch_goes_on() -> None:
    lines = [f"{e},{k},{3 - 0.1 * e - 0.01 * k}" for e in range(5) for k in range(10)]
    (run,) = read_rows("epoch,step,loss", lines)
    np.testing.assert_array_equal(run["train_loss"].steps, np.arange(50.0))
    assert run.restarts == ()
    assert run.epochs is not None
    assert run.epochs.values[-1] == 4.0


def test_without_epochs_the_loss_tells_an_epoch_from_a_new_run() -> None:
    on = [f"{k},{3 - 0.02 * (10 * e + k)}" for e in range(5) for k in range(10)]
    (run,) = read_rows("step,loss", on)
    np.testing.assert_array_equal(run["train_loss"].steps, np.arange(50.0))


def test_two_runs_in_one_file() -> None:
    lines = [f"{k},{3 - 0.02 * k}" for _ in range(2) for k in range(100)]
    one, two = read_rows("step,loss", lines)
    assert (one.name, two.name) == ("log (1)", "log (2)")
    for run in (one, two):
        np.testing.assert_array_equal(run["train_loss"].steps, np.arange(100.0))
        assert run.restarts == ()
        assert run.repeated == 0


def test_a_validation_at_step_0_belongs_to_the_run_that_begins() -> None:
    lines = []
    for _ in range(2):
        lines.append("0,,3.1")
        lines += [f"{k},{3 - 0.02 * k}," for k in range(1, 50)]
        lines.append("50,,2.0")
    one, two = read_rows("step,loss,val_loss", lines)
    for run in (one, two):
        np.testing.assert_array_equal(run["val_loss"].steps, [0.0, 50.0])


def test_rounded_steps_are_spread_apart() -> None:
    lines = [f"{10 * (k // 4)},{3 - 0.01 * k}" for k in range(40)]
    (run,) = read_rows("step,loss", lines)
    np.testing.assert_allclose(run["train_loss"].steps, np.arange(0.0, 100.0, 2.5))
    assert any("too coarse" in note for note in run.notes)


def test_lines_printed_twice_are_one_point() -> None:
    lines = [f"{k // 2},{3 - 0.1 * (k // 2)}" for k in range(20)]
    (run,) = read_rows("step,loss", lines)
    np.testing.assert_array_equal(run["train_loss"].steps, np.arange(10.0))
    assert run.repeated == 10


def test_many_rows_an_epoch_are_counted_instead() -> None:
    lines = [f"{e},{3 - 0.1 * e - 0.01 * k}" for e in range(5) for k in range(10)]
    (run,) = read_rows("epoch,loss", lines)
    assert run.x == Axis(None, "index")
    assert len(run["train_loss"]) == 50
    assert run.epochs is not None
    np.testing.assert_array_equal(np.unique(run.epochs.values), np.arange(5.0))


def test_a_constant_step_is_no_counter() -> None:
    (run,) = read_rows("step,epoch,loss", [f"100,{k},{3 - 0.1 * k}" for k in range(10)])
    assert run.x == Axis("epoch", "epoch")


def test_steps_that_fall_all_the_time_are_no_counter() -> None:
    rng = np.random.default_rng(0)
    lines = [f"{rng.integers(0, 1000)},{3 - 0.01 * k}" for k in range(100)]
    (run,) = read_rows("step,loss", lines)
    assert run.x == Axis(None, "index")
    assert len(run["train_loss"]) == 100


def test_a_counter_that_is_not_used_is_said() -> None:
    rng = np.random.default_rng(0)
    lines = [f"{rng.integers(0, 1000)},{3 - 0.01 * k}" for k in range(100)]
    (run,) = read_rows("step,loss", lines)
    assert any("step falls back" in note and "not used" in note for note in run.notes)


@pytest.mark.parametrize("unit", ["step", "epoch"])
def test_rows_out_of_order_are_put_in_order_and_it_is_said(unit: str) -> None:
    rng = np.random.default_rng(0)
    lines = [f"{s},{falling(s) + 0.05 * rng.normal():.4f},{falling(s)}" for s in range(200)]
    rng.shuffle(lines)
    (run,) = read_rows(f"{unit},loss,val_loss", lines)
    assert run.x.unit == unit
    np.testing.assert_array_equal(run["train_loss"].steps, np.arange(200.0))
    np.testing.assert_allclose(run["val_loss"].values, [falling(s) for s in range(200)])
    assert run.restarts == ()
    assert run.repeated == 0
    assert any("not in the order of" in note for note in run.notes)


def test_the_newest_row_first_is_put_in_order() -> None:
    (run,) = read_rows("step,loss", [f"{s},{falling(s)}" for s in range(100, 0, -1)])
    np.testing.assert_allclose(run["train_loss"].values[[0, -1]], [falling(1), falling(100)])


def test_several_restarts_are_not_taken_for_rows_out_of_order() -> None:
    lines = [f"{s},{falling(s)}" for b in range(0, 90, 10) for s in range(b, b + 14)]
    (run,) = read_rows("step,loss", lines)
    assert len(run.restarts) == 8
    assert not any("order" in note for note in run.notes)


def test_a_missing_step_takes_the_one_before() -> None:
    (run,) = read_rows("step,loss,val_loss", ["0,2.5,", ",,2.6", "10,2.0,", ",,2.1"])
    np.testing.assert_array_equal(run["val_loss"].steps, [0.0, 10.0])


def test_one_row_is_a_run() -> None:
    (run,) = read_rows("step,loss", ["7,2.5"])
    np.testing.assert_array_equal(run["train_loss"].steps, [7.0])


def test_a_training_resumed_at_an_epoch_counts_on_from_where_that_began() -> None:
    def rows(first: int, last: int) -> list[str]:
        return [f"{e},{k},{3 - 0.1 * e - 0.01 * k}" for e in range(first, last) for k in range(10)]

    (run,) = read_rows("epoch,step,loss", rows(0, 4)[:-3] + rows(2, 6))
    np.testing.assert_array_equal(run["train_loss"].steps, np.arange(60.0))
    assert run.restarts == (20.0,)
    assert run.repeated == 17


def test_validations_that_count_epochs_in_the_column_of_steps_stand_where_they_were_logged() -> (
    None
):
    lines = []
    for epoch in range(1, 6):
        lines += [
            f"{100 * epoch + k - 90},{falling(100 * epoch + k):.3f}," for k in range(0, 100, 10)
        ]
        lines.append(f"{epoch},,{3.2 - 0.3 * epoch}")
    (run,) = read_rows("step,loss,val_loss", lines)
    np.testing.assert_array_equal(run["val_loss"].steps, [100.0, 200.0, 300.0, 400.0, 500.0])
    assert any("count epochs in step" in note for note in run.notes)


def test_a_validation_that_is_late_stays_at_its_own_step() -> None:
    lines = []
    for step in range(10, 510, 10):
        lines.append(f"{step},{falling(step)},")
        if step % 100 == 20 and step > 100:
            lines.append(f"{step - 20},,{falling(step) + 0.2}")
    (run,) = read_rows("step,loss,val_loss", lines)
    np.testing.assert_array_equal(run["val_loss"].steps, [100.0, 200.0, 300.0, 400.0])
