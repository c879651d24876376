"""FIT201 overfitting."""

import numpy as np
import pytest

from lrdiag.diagnosis import diagnose
from lrdiag.finding import CannotTell, Severity
from lrdiag.run import Series
from lrdiag.wording import say_loss
from tests.curves import ask, climbing, descent, every, found, line, make_run, series_of


def test_fires_when_validation_rises_and_training_falls() -> None:
    val = climbing(every(descent(noise=0.002), 20), start=0.4, rise=0.3)
    finding = found("FIT201", make_run(train_loss=descent(end=0.05), val_loss=val))
    assert finding.severity is Severity.WARNING
    span = finding.evidence[0].span
    assert span is not None
    assert 180 <= span[0] <= 240
    assert finding.fixes[0].action.startswith(f"Keep the checkpoint of step {span[0]:.0f}")


def test_names_the_lowest_value_that_the_log_holds() -> None:
    val = climbing(every(descent(noise=0.02), 20), start=0.4, rise=0.5)
    finding = found("FIT201", make_run(train_loss=descent(end=0.05), val_loss=val))
    best = int(val.values.argmin())
    said = f"lowest at step {val.steps[best]:.0f}, {say_loss(float(val.values[best]))},"
    assert said in finding.summary
    assert finding.evidence[0].at == val.steps[best]


def test_names_the_epoch_of_an_epoch_log() -> None:
    val = climbing(descent(30, noise=0.002, pace=20.0), start=0.4, rise=0.3)
    run = make_run(train_loss=descent(30, end=0.05), val_loss=val, unit="epoch")
    assert "lowest at epoch 1" in found("FIT201", run).summary


@pytest.mark.parametrize("seed", range(5))
def test_is_quiet_when_both_losses_settle(seed: int) -> None:
    run = make_run(train_loss=descent(), val_loss=every(descent(seed=seed + 1), 20))
    assert ask("FIT201", run) is None


def test_fires_where_validation_rises_at_once_and_stays_there() -> None:
    rows = np.arange(400.0)
    rng = np.random.default_rng(2)
    val = 0.64 + 0.3 * (rows > 15) * (1.0 - np.exp(-(rows - 15) / 20.0)) - 1e-4 * rows
    val = np.where(rows < 15, 0.72 - 0.005 * rows, val) + rng.normal(0.0, 0.005, 400)
    run = make_run(train_loss=descent(400, end=1e-3), val_loss=series_of(val), unit="epoch")
    finding = found("FIT201", run)
    assert finding.evidence[2].label.startswith("lowest of the later half")
    back = np.where(rows > 330, 0.645, val)
    run = make_run(train_loss=descent(400, end=1e-3), val_loss=series_of(back), unit="epoch")
    assert ask("FIT201", run) is None


def test_is_quiet_on_a_constant_gap() -> None:
    run = make_run(train_loss=descent(end=0.1), val_loss=every(descent(end=0.5, seed=1), 20))
    assert ask("FIT201", run) is None


def test_is_quiet_where_training_rises_as_well() -> None:
    val = climbing(every(descent(noise=0.002), 20), start=0.4, rise=0.5)
    train = climbing(descent(), start=0.4, rise=0.4)
    assert ask("FIT201", make_run(train_loss=train, val_loss=val)) is None


def test_cannot_tell_from_four_values() -> None:
    verdict = ask("FIT201", make_run(train_loss=descent(), val_loss=every(descent(), 125)))
    assert isinstance(verdict, CannotTell)
    assert verdict.missing == ("6 values of val_loss",)


def test_says_the_lowest_value_that_was_logged_everywhere() -> None:
    val = climbing(descent(30, noise=0.0, pace=20.0), start=0.4, rise=0.3)
    values = val.values.copy()
    values[7] = 0.251
    run = make_run(
        train_loss=descent(30, end=0.05), val_loss=Series(val.steps, values), unit="epoch"
    )
    finding = found("FIT201", run)
    assert finding.summary.startswith("Validation is lowest at epoch 7, 0.251,")
    assert finding.evidence[0].at == 7.0
    assert finding.fixes[0].action.startswith("Keep the checkpoint of epoch 7")
    assert finding.cause.endswith("The learning rate is not the cause.")


def test_a_best_in_the_first_tenth_may_be_the_rate() -> None:
    val = series_of(np.concatenate(([0.77, 0.72, 0.83], np.linspace(0.9, 4.0, 27))))
    run = make_run(train_loss=descent(30, end=0.05, pace=40.0), val_loss=val, unit="epoch")
    finding = found("FIT201", run)
    assert "lowest at epoch 1, 0.72" in finding.summary
    assert "perhaps the learning rate is too high" in finding.cause


def test_a_training_loss_that_diverges_explains_it() -> None:
    train = climbing(descent(30, end=0.2, noise=0.002), start=0.6, rise=1.2)
    val = climbing(descent(30, end=1.4, noise=0.002, pace=60.0), start=0.03, rise=8.0)
    run = make_run(train_loss=train, val_loss=val, unit="epoch")
    diagnosis = diagnose(run)
    assert diagnosis.explained["FIT201"] == "LR102"
    finding = diagnosis.findings["FIT201"]
    assert "not the cause" not in finding.cause
    assert "training falls" not in finding.summary


def test_it_explains_a_training_loss_that_still_falls() -> None:
    val = climbing(every(line(noise=0.002), 20), start=0.4, rise=0.9)
    diagnosis = diagnose(make_run(train_loss=line(end=0.6), val_loss=val))
    assert diagnosis.explained["LR115"] == "FIT201"
    assert diagnosis.findings["LR115"].fixes == ()
