"""Which column is which."""

import numpy as np
import pytest

from lrdiag.numerics import FloatArray
from lrdiag.readers import Source, read_runs
from lrdiag.readers.names import guess
from lrdiag.run import Role, Run


def read_columns(columns: dict[str, list[float]], roles: dict[str, Role] | None = None) -> Run:
    lines = [",".join(columns)]
    lines += [",".join(f"{x:g}" for x in row) for row in zip(*columns.values(), strict=True)]
    return read_runs(Source("log.csv", "\n".join(lines).encode()), roles=roles)[0]


def roles_of(run: Run) -> dict[str, str]:
    return {column.name: column.role for column in run.columns if column.role != "ignore"}


STEPS = [float(k) for k in range(12)]
LOSS = [3.0 - 0.1 * k for k in range(12)]
WORSE = [3.2 - 0.1 * k for k in range(12)]


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("loss", "train_loss"),
        ("train_loss", "train_loss"),
        ("train/loss", "train_loss"),
        ("Training Loss", "train_loss"),
        ("trainLoss", "train_loss"),
        ("trl", "train_loss"),
        ("total_loss", "train_loss"),
        ("train_loss_epoch", "train_loss"),
        ("rmse_trn", "train_loss"),
        ("lm loss", "train_loss"),
        ("Cost", "train_loss"),
        ("training_cross_entropy", "train_loss"),
        ("val_loss", "val_loss"),
        ("valid_loss", "val_loss"),
        ("validation/loss", "val_loss"),
        ("eval_loss", "val_loss"),
        ("test_loss", "val_loss"),
        ("DEV loss", "val_loss"),
        ("tel", "val_loss"),
        ("eval_g0_loss", "val_loss"),
        ("rmse_val", "val_loss"),
        ("lr", "lr"),
        ("LR", "lr"),
        ("train_lr", "lr"),
        ("learning_rate", "lr"),
        ("lr-Adam/pg0", "lr"),
        ("optim0_lr0", "lr"),
        ("Loss/train", "train_loss"),
        ("Loss/test", "val_loss"),
        ("Accuracy/train", "train_accuracy"),
        ("Accuracy/test", "val_accuracy"),
        ("loss/loss", "train_loss"),
        ("Loss_val/Loss", "val_loss"),
        ("train/loss_step", "train_loss"),
        ("train/loss_epoch", "train_loss"),
        ("epoch_loss", "train_loss"),
        ("train/epoch_loss", "train_loss"),
        ("validation/epoch_loss", "val_loss"),
        ("train/epoch_learning_rate", "lr"),
        ("train/learning_rate", "lr"),
        ("lr-AdamW", "lr"),
        ("lr-AdamW/pg1", "lr"),
        ("charts/learning_rate", "lr"),
        ("lr-SGD-momentum", "ignore"),
        ("lr-AdamW-weight_decay", "ignore"),
        ("hp_metric", "ignore"),
        ("train/epoch", "epoch"),
        ("L.r.", "lr"),
        ("grad_norm", "grad_norm"),
        ("train_grad_norm", "grad_norm"),
        ("gnorm", "grad_norm"),
        ("norm", "grad_norm"),
        ("acc", "train_accuracy"),
        ("Acc@1", "train_accuracy"),
        ("val_accuracy", "val_accuracy"),
        ("test_acc1", "val_accuracy"),
        ("step", "step"),
        ("global_step", "step"),
        ("trainer/global_step", "step"),
        ("_step", "step"),
        ("iteration", "step"),
        ("num_updates", "step"),
        ("epoch", "epoch"),
        ("Epoch", "epoch"),
        ("time", "time"),
        ("_timestamp", "time"),
        ("best_val_loss", "ignore"),
        ("loss_scale", "loss_scale"),
        ("loss scale", "loss_scale"),
        ("amp/scale", "loss_scale"),
        ("grad_scale", "loss_scale"),
        ("fp16_scale", "loss_scale"),
        ("scaler", "loss_scale"),
        ("min_loss_scale", "ignore"),
        ("loss_scale_window", "ignore"),
        ("scale_loss", "ignore"),
        ("kl_scale", "ignore"),
        ("val_loss_every", "ignore"),
        ("warmup_steps", "ignore"),
        ("step_time", "time"),
        ("steps_per_second", "ignore"),
        ("skipped iterations", "ignore"),
        ("policy_loss", "ignore"),
        ("value_loss", "ignore"),
        ("kl_loss", "ignore"),
        ("entropy", "ignore"),
        ("d_loss", "ignore"),
        ("G_loss", "ignore"),
        ("samples", "ignore"),
        ("Epoche", "epoch"),
        ("Verlust", "train_loss"),
        ("Val_Verlust", "val_loss"),
        ("Validierungsverlust", "val_loss"),
        ("Lernrate", "lr"),
        ("Genauigkeit", "train_accuracy"),
        ("Époque", "epoch"),
        ("perte d'entraînement", "train_loss"),
        ("perte_validation", "val_loss"),
        ("Taux d'apprentissage", "lr"),
        ("época", "epoch"),
        ("pérdida", "train_loss"),
        ("Pérdida de validación", "val_loss"),
        ("tasa_de_aprendizaje", "lr"),
        ("perda de treino", "train_loss"),
        ("perda_validação", "val_loss"),
        ("taxa de aprendizado", "lr"),
        ("perdita", "train_loss"),
        ("perdita di validazione", "val_loss"),
        ("tasso di apprendimento", "lr"),
        ("损失", "train_loss"),
        ("训练损失", "train_loss"),
        ("验证损失", "val_loss"),
        ("验证准确率", "val_accuracy"),
        ("学习率", "lr"),
        ("轮次", "epoch"),
        ("訓練損失", "train_loss"),
        ("検証損失", "val_loss"),
        ("学習率", "lr"),
        ("エポック", "epoch"),
        ("потери", "train_loss"),
        ("Потери на валидации", "val_loss"),
        ("Скорость обучения", "lr"),
        ("Эпоха", "epoch"),
        ("fehlerhaft", "ignore"),
        ("compass", "ignore"),
    ],
)
def test_names(name: str, role: str) -> None:
    assert guess(name).role == role


def test_a_plain_log_and_how_sure_of_it() -> None:
    run = read_columns({"step": STEPS, "loss": LOSS, "val_loss": WORSE, "lr": [0.1] * 12})
    assert roles_of(run) == {
        "step": "step",
        "loss": "train_loss",
        "val_loss": "val_loss",
        "lr": "lr",
    }
    loss = next(column for column in run.columns if column.name == "loss")
    assert loss.confidence > 0.9
    assert loss.why == "the name says loss and the values fall"
    assert (loss.n, loss.first, loss.nonfinite) == (12, 3.0, 0)


def test_a_log_in_german() -> None:
    text = "Epoche;Verlust;Val_Verlust;Lernrate\n" + "".join(
        f"{k};{2.5 - 0.1 * k:.1f};{2.6 - 0.1 * k:.1f};0,1\n".replace(".", ",") for k in range(9)
    )
    (run,) = read_runs(Source("log.csv", text.encode()))
    assert run.refusal is None
    assert roles_of(run) == {
        "Epoche": "epoch",
        "Verlust": "train_loss",
        "Val_Verlust": "val_loss",
        "Lernrate": "lr",
    }
    assert run["val_loss"].values[-1] == 1.8


def test_values_overrule_a_name() -> None:
    run = read_columns({"loss": STEPS, "train_cost": LOSS, "lr": [-1.0] * 12})
    assert roles_of(run) == {"train_cost": "train_loss"}
    why = {column.name: column.why for column in run.columns}
    assert "the values count up" in why["loss"]
    assert "no learning rates" in why["lr"]


def test_a_loss_scale_doubles_and_halves() -> None:
    scale = [65536.0] * 7 + [32768.0] * 5
    run = read_columns({"step": STEPS, "loss": LOSS, "loss_scale": scale})
    assert run["loss_scale"].values.tolist() == scale
    part = read_columns({"step": STEPS, "loss": LOSS, "loss/scale": WORSE})
    assert "loss_scale" not in part


def test_the_whole_loss_stands_before_its_parts() -> None:
    run = read_columns({"loss_cls": WORSE, "loss_box_reg": WORSE, "total_loss": LOSS})
    assert roles_of(run) == {"total_loss": "train_loss"}
    assert any("loss_cls" in note for note in run.notes)


def test_one_summary_cell_does_not_replace_a_curve() -> None:
    lines = ["step,loss,train_loss", *(f"{k},{LOSS[k]}," for k in range(12)), "12,,1.5"]
    (run,) = read_runs(Source("log.csv", "\n".join(lines).encode()))
    assert roles_of(run)["loss"] == "train_loss"
    assert len(run["train_loss"]) == 12


def test_epoch_means_stand_before_steps_where_they_tell_as_much() -> None:
    n = 100
    lines = ["epoch,step,train_loss_step,train_loss_epoch"]
    for k in range(n):
        lines += [f"{k},{10 * k},{3 - 0.01 * k},", f"{k},{10 * k + 9},,{2.9 - 0.01 * k}"]
    (run,) = read_runs(Source("metrics.csv", "\n".join(lines).encode()))
    assert roles_of(run)["train_loss_epoch"] == "train_loss"
    assert any("train_loss_step" in note for note in run.notes)


def test_steps_stand_before_a_few_epoch_means() -> None:
    lines = ["step,train_loss_step,train_loss_epoch"]
    lines += [f"{k},{3 - 0.01 * k},{2.9 - 0.01 * k if k % 20 == 19 else ''}" for k in range(100)]
    (run,) = read_runs(Source("metrics.csv", "\n".join(lines).encode()))
    assert roles_of(run)["train_loss_step"] == "train_loss"


def test_several_validation_losses_one_is_chosen_and_said() -> None:
    run = read_columns({"step": STEPS, "loss": LOSS, "eval_g0_loss": WORSE, "eval_g1_loss": WORSE})
    assert roles_of(run)["eval_g0_loss"] == "val_loss"
    assert any("eval_g1_loss" in note for note in run.notes)


def test_validation_stands_before_test() -> None:
    run = read_columns({"loss": LOSS, "test_loss": WORSE, "val_loss": WORSE})
    assert roles_of(run) == {"loss": "train_loss", "val_loss": "val_loss"}


BOX = [2.0 - 0.05 * k for k in range(12)]
YOLO = {
    "epoch": STEPS,
    "train/box_loss": BOX,
    "train/cls_loss": LOSS,
    "train/dfl_loss": BOX,
    "val/box_loss": WORSE,
    "val/cls_loss": WORSE,
    "val/dfl_loss": LOSS,
}
YOLO_TRAIN = "train/box_loss + train/cls_loss + train/dfl_loss"
YOLO_VAL = "val/box_loss + val/cls_loss + val/dfl_loss"


def test_parts_that_the_tool_adds_up_are_added_up() -> None:
    run = read_columns(YOLO)
    assert roles_of(run) == {"epoch": "epoch", YOLO_TRAIN: "train_loss", YOLO_VAL: "val_loss"}
    np.testing.assert_allclose(run["train_loss"].values, 2 * np.array(BOX) + LOSS)
    np.testing.assert_allclose(run["val_loss"].values, 2 * np.array(WORSE) + LOSS)
    why = {column.name: column.why for column in run.columns}
    assert why[YOLO_TRAIN] == "the sum of the parts"
    assert why["val/cls_loss"] == "part of the sum"
    assert f"The training loss is the sum {YOLO_TRAIN}." in run.notes


def test_a_part_that_is_ignored_is_in_neither_sum() -> None:
    run = read_columns(YOLO, {"train/box_loss": "ignore"})
    assert roles_of(run) == {
        "epoch": "epoch",
        "train/cls_loss + train/dfl_loss": "train_loss",
        "val/cls_loss + val/dfl_loss": "val_loss",
    }


@pytest.mark.parametrize("part", ["box", "cls", "dfl"])
def test_a_part_that_the_user_picks_is_paired_with_its_like(part: str) -> None:
    run = read_columns(YOLO, {f"train/{part}_loss": "train_loss"})
    assert roles_of(run)[f"val/{part}_loss"] == "val_loss"
    run = read_columns(YOLO, {f"val/{part}_loss": "val_loss"})
    assert roles_of(run)[f"train/{part}_loss"] == "train_loss"


def test_a_sum_may_be_ignored() -> None:
    run = read_columns(YOLO, {YOLO_TRAIN: "ignore"})
    assert roles_of(run)["train/box_loss"] == "train_loss"
    assert roles_of(run)["val/box_loss"] == "val_loss"


def test_a_whole_loss_needs_no_sum() -> None:
    run = read_columns({**YOLO, "train/loss": LOSS})
    assert roles_of(run)["train/loss"] == "train_loss"
    assert YOLO_TRAIN not in {column.name for column in run.columns}


def test_parts_that_no_tool_adds_up_are_not_added_up() -> None:
    run = read_columns({"step": STEPS, "cls_loss": LOSS, "aux_loss": BOX, "seg_loss": WORSE})
    assert not any("+" in column.name for column in run.columns)


def test_spacy_prints_a_loss_a_component() -> None:
    lines = ["E    #       LOSS TOK2VEC  LOSS NER  ENTS_F  SCORE ", "---  ------  --------  ---"]
    lines += [
        f"  {k // 4}  {200 * k:6d}  {9 - k / 4:.2f}  {8 - k / 2:.2f}  3{k}.5  0.{k}"
        for k in range(9)
    ]
    (run,) = read_runs(Source("train.log", "\n".join(lines).encode()))
    assert roles_of(run)["LOSS TOK2VEC + LOSS NER"] == "train_loss"
    np.testing.assert_array_equal(run["train_loss"].values[[0, -1]], [17.0, 11.0])


def test_train_and_validation_are_the_same_quantity() -> None:
    run = read_columns({"step": STEPS, "train_mse": LOSS, "val_loss": WORSE, "val_mse": WORSE})
    assert roles_of(run)["val_mse"] == "val_loss"


def test_what_the_user_says_stands() -> None:
    columns = {"a": STEPS, "b": LOSS, "loss": WORSE}
    run = read_columns(columns, {"b": "train_loss", "a": "step"})
    assert roles_of(run) == {"a": "step", "b": "train_loss"}
    said = {column.name: (column.confidence, column.why) for column in run.columns}
    assert said["b"] == (1.0, "you said so")
    assert said["loss"][1] == "you gave its role to b"
    np.testing.assert_allclose(run["train_loss"].values, LOSS)


def test_ignore_drops_a_column() -> None:
    run = read_columns({"step": STEPS, "loss": LOSS, "lr": [0.1] * 12}, {"lr": "ignore"})
    assert "lr" not in run
    assert {column.name: column.why for column in run.columns}["lr"] == "you said so"


def test_ignoring_one_column_says_nothing_of_the_others() -> None:
    run = read_columns({"step": STEPS, "loss": LOSS, "lr": [0.1] * 12, "x": LOSS}, {"lr": "ignore"})
    why = {column.name: column.why for column in run.columns}
    assert why["x"] == "the name says nothing that lrdiag knows"


def test_a_role_for_a_column_that_is_not_there_changes_nothing() -> None:
    run = read_columns({"step": STEPS, "loss": LOSS}, {"nowhere": "val_loss"})
    assert set(run) == {"train_loss"}


def test_without_a_loss_the_columns_are_listed() -> None:
    run = read_columns({"step": STEPS, "quality": LOSS})
    assert run.refusal is not None
    assert not run.series
    assert [column.name for column in run.columns] == ["step", "quality"]
    again = read_columns({"step": STEPS, "quality": LOSS}, {"quality": "train_loss"})
    assert again.refusal is None
    assert len(again["train_loss"]) == 12


@pytest.mark.parametrize(
    "names",
    [
        ("step", "loss", "ep_rew_mean"),
        ("step", "policy_loss", "value_loss", "loss"),
        ("iter", "d_loss", "g_loss"),
        ("iter", "Loss_D", "Loss_G", "loss"),
        ("iter", "D_A", "G_A", "loss_of_A"),
        ("step", "discriminator_loss", "generator_loss"),
    ],
)
def test_other_kinds_of_learning_are_refused(names: tuple[str, ...]) -> None:
    columns = {name: (STEPS if k == 0 else LOSS) for k, name in enumerate(names)}
    run = read_columns(columns)
    assert run.refusal is not None
    assert not run.series


def test_settings_that_vary_between_rows_are_trials() -> None:
    columns = {
        "learning_rate": [0.1, 0.01, 0.001, 0.1],
        "batch_size": [16.0, 32.0, 64.0, 16.0],
        "dropout": [0.1, 0.2, 0.1, 0.2],
        "val_loss": [1.0, 0.9, 1.1, 0.8],
    }
    run = read_columns(columns)
    assert run.refusal is not None
    assert "trials" in run.refusal.reason


def test_settings_that_stay_are_no_trials() -> None:
    columns = {"step": STEPS, "loss": LOSS, "batch_size": [16.0] * 12, "dropout": [0.1] * 12}
    assert read_columns(columns).refusal is None


@pytest.mark.parametrize(
    ("rates", "swept"),
    [
        (np.geomspace(1e-7, 10.0, 60), True),
        (np.linspace(1e-7, 1e-3, 60), False),
        (np.geomspace(1e-4, 1e-2, 60), False),
        (np.geomspace(1e-3, 3.5e-8, 60), False),
        (np.full(60, 1e-3), False),
    ],
    ids=["sweep", "linear warmup", "two decades", "exponential decay", "constant"],
)
def test_a_range_test_is_no_training(rates: FloatArray, swept: bool) -> None:
    steps = [float(k) for k in range(60)]
    run = read_columns({"step": steps, "loss": [3.0 - 0.01 * k for k in steps], "lr": list(rates)})
    assert (run.refusal is not None) is swept
    assert not swept or "from 1e-7 to 10" in (run.refusal.reason if run.refusal else "")
