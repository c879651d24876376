"""What W&B exports: charts as people save and join them, histories, and what is no history."""

import json
from collections.abc import Sequence

import numpy as np
import pytest

from lrdiag.readers import Source, read_runs
from lrdiag.run import Run

Row = Sequence[object]


def quoted(rows: Sequence[Row]) -> bytes:
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode() + b"\n"


def triple(name: str) -> list[str]:
    return [name, f"{name}__MIN", f"{name}__MAX"]


def values(k: int, offset: float = 0.0) -> list[str]:
    return [f"{2.5 - 0.01 * k + offset:.4f}"] * 3


def read(rows: Sequence[Row], name: str = "wandb_export.csv") -> tuple[Run, ...]:
    return read_runs(Source(name, quoted(rows)))


@pytest.mark.parametrize(
    ("axis", "column", "unit", "last"),
    [
        ("Step", "Step", "step", 990),
        ("train/global_step", "train/global_step", "step", 990),
        ("epoch", "_step", "step", 693),
        ("Relative Time (Process)", "_step", "step", 693),
        ("Wall Time", "_step", "step", 693),
    ],
)
def test_a_chart_over_any_axis(axis: str, column: str, unit: str, last: float) -> None:
    head = [axis, *triple("a - b - _step"), *triple("a - b - loss")]
    if axis == "Step":
        head = [axis, *triple("a - b - loss")]
    rows = [[10 * k, *([7 * k] * (len(head) - 4)), *values(k)] for k in range(100)]
    (run,) = read([head, *rows])
    assert run.name == "a - b"
    assert (run.x.column, run.x.unit) == (column, unit)
    assert run["train_loss"].steps[-1] == last
    np.testing.assert_allclose(run["train_loss"].values, [2.5 - 0.01 * k for k in range(100)])


def test_a_group_is_read_as_its_mean_and_says_so() -> None:
    head = ["Step", *triple("Group: big - train/loss"), *triple("Group: big - eval/loss")]
    (run,) = read([head, *([k, *values(k), *values(k, 1.0)] for k in range(30))])
    assert run.name == "big"
    assert set(run) == {"train_loss", "val_loss"}
    assert "Each point is the mean of a group of runs." in run.notes


def test_a_chart_of_the_page_of_one_run_names_no_run() -> None:
    (run,) = read([["Step", *triple("train_loss")], *([k, *values(k)] for k in range(30))], "x.csv")
    assert (run.name, run.format, len(run["train_loss"])) == ("x", "wandb", 30)


def test_the_bounds_may_be_gone() -> None:
    head = ["Step", "calm-river - train/loss", "calm-river - val/loss"]
    (run,) = read([head, *([k, values(k)[0], values(k, 1.0)[0]] for k in range(30))])
    assert (run.name, set(run)) == ("calm-river", {"train_loss", "val_loss"})
    (run,) = read([["Step", "train - loss", "val - loss"], [0, 2.5, 2.6], [1, 2.4, 2.5]])
    assert (run.format, set(run)) == ("csv", {"train_loss", "val_loss"})


def test_charts_side_by_side_keep_their_own_steps() -> None:
    head = ["Step", *triple("r - train/loss"), "Step", *triple("r - val/loss")]
    rows = [
        [10 * k, *values(k), *([50 * k, *values(k, 1.0)] if k < 20 else [""] * 4)]
        for k in range(100)
    ]
    (run,) = read([head, *rows])
    np.testing.assert_array_equal(run["train_loss"].steps, 10.0 * np.arange(100))
    np.testing.assert_array_equal(run["val_loss"].steps, 50.0 * np.arange(20))


def test_charts_one_below_the_other_keep_their_own_steps() -> None:
    rows: list[Row] = [["Step", *triple("r - train/loss")]]
    rows += [[10 * k, *values(k)] for k in range(100)]
    rows += [["Step", *triple("r - val/loss")], *([50 * k, *values(k, 1.0)] for k in range(20))]
    (run,) = read(rows)
    assert (len(run["train_loss"]), len(run["val_loss"])) == (100, 20)
    np.testing.assert_array_equal(run["val_loss"].steps, 50.0 * np.arange(20))


def test_points_that_stand_for_several_steps_are_said() -> None:
    rows = [[10 * k, 2.5 - 0.01 * k, 2.4 - 0.01 * k, 2.6 - 0.01 * k] for k in range(50)]
    (run,) = read([["Step", *triple("r - train/loss")], *rows])
    assert any("one point for several steps" in note for note in run.notes)
    exact = [[10 * k, *values(k)] for k in range(50)]
    (run,) = read([["Step", *triple("r - train/loss")], *exact])
    assert run.notes == ()


@pytest.mark.parametrize(
    ("rows", "stride", "said"), [(500, 7, True), (500, 1, False), (499, 7, False)]
)
def test_a_sample_of_the_history_is_said(rows: int, stride: int, said: bool) -> None:
    lines = [",_step,_runtime,_timestamp,train/loss"]
    lines += [f"{k},{k * stride},{k}.5,{1.7e9 + k},{2.5 - 0.004 * k:.4f}" for k in range(rows)]
    (run,) = read_runs(Source("history.csv", "\n".join(lines).encode()))
    assert run["train_loss"].steps[-1] == (rows - 1) * stride
    assert any("run.history() keeps 500 rows" in note for note in run.notes) == said


def test_a_frame_of_runs_is_refused_with_a_way_out() -> None:
    text = ",summary,config,name\n" + "".join(
        f"{k},\"{{'loss': 0.{k}}}\",\"{{'lr': 0.1}}\",run-{k}\n" for k in range(5)
    )
    (run,) = read_runs(Source("project.csv", text.encode()))
    assert run.refusal is not None
    assert "finished runs" in run.refusal.reason
    assert ".wandb" in run.refusal.hint


@pytest.mark.parametrize("name", ["wandb-summary.json", "run/files/wandb-summary.json", "a.json"])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_summary_is_no_log(name: str, indent: int | None) -> None:
    record = {"_step": 99, "train": {"loss": 0.5}, "_wandb": {"runtime": 9}}
    (run,) = read_runs(Source(name, json.dumps(record, indent=indent).encode()))
    assert run.refusal is not None
    assert "summary of a W&B run" in run.refusal.reason
    assert {"_step", "train/loss"} <= {column.name for column in run.columns}
