"""Habits of trainers of images and trees that a general reader must know."""

import json

import numpy as np
import pytest

from lrdiag.errors import MalformedLogError
from lrdiag.readers import Source, read_runs
from lrdiag.readers.names import guess
from lrdiag.run import Run


def read(*lines: str) -> Run:
    (run,) = read_runs(Source("train.log", "\n".join(lines).encode()))
    return run


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("valid_0's l2", "val_loss"),
        ("training's l1", "train_loss"),
        ("eval-mlogloss", "val_loss"),
        ("l_pix", "train_loss"),
        ("l_total", "train_loss"),
        ("clip_val_loss", "val_loss"),
        ("val_l", "ignore"),
        ("l_d_real", "ignore"),
        ("l2_norm", "ignore"),
        ("batch_cost", "ignore"),
        ("reader_cost", "ignore"),
        ("valid_0's auc", "ignore"),
    ],
)
def test_names_that_hold_no_word_for_a_loss(name: str, role: str) -> None:
    assert guess(name).role == role


def test_of_two_numbered_sets_the_first_is_the_training() -> None:
    lines = [
        f"[{k}]\tvalidation_0-rmse:{2 - k / 9}\tvalidation_1-rmse:{3 - k / 9}" for k in range(9)
    ]
    run = read(*lines)
    assert run["train_loss"].values[0] == 2.0
    assert run["val_loss"].values[0] == 3.0


def test_a_single_numbered_set_is_a_validation() -> None:
    run = read(*[f"[{k}]\tvalidation_0-rmse:{2 - k / 9}" for k in range(9)])
    assert "train_loss" not in run
    assert len(run["val_loss"]) == 9


def test_the_percentage_of_a_bar_counts_nothing() -> None:
    bar = "\rsteps: {share:>3d}%|####      | {k}/200 [00:10<00:20, 1.2it/s, loss={loss}]"
    data = "".join(bar.format(share=k // 2, k=k, loss=2 - k / 200) for k in range(1, 201))
    (run,) = read_runs(Source("train.log", data.encode()))
    np.testing.assert_array_equal(run["train_loss"].steps, np.arange(1.0, 201.0))


def test_a_date_with_slashes_counts_nothing() -> None:
    run = read(*[f"[2022/03/0{k} 10:00:00] INFO: loss: {2 - k / 9}" for k in range(1, 9)])
    assert run.x.column is None
    assert len(run["train_loss"]) == 8


def test_a_validation_has_batches_of_its_own() -> None:
    lines = []
    for epoch in range(4):
        train, val = f"[Train][Epoch {epoch}/4]", f"[Eval][Epoch {epoch}]"
        lines += [f"{train}[Iter: {10 * k}/50]loss: {2 - epoch / 3 - k / 50}" for k in range(5)]
        lines += [f"{val}[Iter: {k}/5]loss: {3 - epoch / 3}" for k in range(5)]
    run = read(*lines)
    assert len(run["train_loss"]) == 20
    np.testing.assert_allclose(np.diff(run["train_loss"].steps), 10.0)
    assert len(run["val_loss"]) == 4


def test_a_table_may_end_with_a_time() -> None:
    head = "      Iter       Train Loss   Remaining Time "
    run = read(head, *[f"{k:10d} {1.4 - k / 20:16.4f} {1.2 - k / 20:15.2f}s" for k in range(1, 9)])
    assert len(run["train_loss"]) == 8
    assert run.x.column == "Iter"


def test_a_rate_on_a_line_of_its_own_is_read() -> None:
    lines = []
    for k in range(5):
        lines += [f"Epoch {k}", f"Current learning rate: 0.0{k + 1}", f"train_loss {-k / 9}"]
    run = read(*lines)
    np.testing.assert_allclose(run["lr"].values, [0.01, 0.02, 0.03, 0.04, 0.05])


def test_losses_of_a_layer_are_not_those_of_the_net() -> None:
    lines = []
    for k in range(1, 9):
        lines += [
            f"v3 (iou loss, Normalizer: (iou: 0.07)) Region 139 Avg (IOU: 0.4), count: 2, "
            f"class_loss = {k}.5, iou_loss = 1.5, total_loss = 7.{k}",
            f" {k}: 9.5, {10 - k}.25 avg loss, 0.001 rate, 3.5 seconds, {64 * k} images, 2.1 hours",
        ]
    run = read(*lines)
    np.testing.assert_allclose(run["train_loss"].values[[0, -1]], [9.25, 2.25])


def test_blank_separated_rows_may_be_cut_off_but_not_be_words() -> None:
    head = "epoch       main/loss   validation/main/loss"
    rows = []
    for k in range(1, 7):
        rows += [
            f"{k}           {2 - k / 9:.4f}      {2.1 - k / 9:.4f}",
            "     total [####....] 50%",
        ]
    run = read(head, *rows)
    assert len(run["train_loss"]) == 6
    assert run["val_loss"].values.max() < 2.1


@pytest.mark.parametrize(
    "stamp",
    [
        "2024-05-01T10:00:0{k}.123456789Z stdout F ",
        "2024-05-01T10:00:0{k}.1234567Z ",
        "[rank0]: ",
        "[default3]:",
        "trainer-1  | ",
    ],
)
def test_what_a_launcher_writes_before_each_line_is_taken_off(stamp: str) -> None:
    rows = [f"[{k}]\ttrain-rmse:{2 - k / 9:.4f}\teval-rmse:{3 - k / 9:.4f}" for k in range(9)]
    run = read(*[stamp.format(k=k) + row for k, row in enumerate(rows)])
    np.testing.assert_array_equal(run["train_loss"].steps, np.arange(9.0))
    assert len(run["val_loss"]) == 9


def test_a_table_whose_first_column_is_a_time_keeps_it() -> None:
    rows = [f"2024-05-01T10:00:0{k}Z,{k},{2 - k / 9}" for k in range(9)]
    (run,) = read_runs(Source("a.csv", "\n".join(["time,step,train_loss", *rows]).encode()))
    assert run.x.column == "step"
    assert "time" in {column.name for column in run.columns}


@pytest.mark.parametrize("indent", [None, 2])
def test_a_history_that_breaks_off_is_no_table(indent: int | None) -> None:
    whole = json.dumps({"train": {"mlogloss": [k / 7 for k in range(90)]}}, indent=indent)
    with pytest.raises(MalformedLogError, match="ends in the middle"):
        read_runs(Source("evals_result.json", whole[:-99].encode()))
