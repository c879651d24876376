"""FIT201 overfitting."""

import pytest

from lrdiag.finding import CannotTell, Severity
from lrdiag.wording import say_loss
from tests.curves import ask, climbing, descent, every, found, make_run


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
