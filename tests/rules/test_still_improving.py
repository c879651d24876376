"""LR115 still-improving."""

from lrdiag.finding import CannotTell, Severity
from lrdiag.run import Config
from tests.curves import ask, climbing, descent, every, found, line, make_run, power_law


def test_is_a_note_on_a_tail_that_falls() -> None:
    finding = found("LR115", make_run(train_loss=power_law()))
    assert finding.severity is Severity.NOTE
    assert finding.evidence[0].value >= 3.0


def test_sees_it_in_an_epoch_log() -> None:
    assert found("LR115", make_run(train_loss=line(30), unit="epoch"))


def test_is_quiet_on_a_level_tail() -> None:
    assert ask("LR115", make_run(train_loss=descent(pace=40.0))) is None


def test_is_quiet_where_noise_hides_the_trend() -> None:
    assert ask("LR115", make_run(train_loss=power_law(noise=1.0))) is None


def test_cannot_tell_from_a_handful_of_rows() -> None:
    assert isinstance(ask("LR115", make_run(train_loss=line(10))), CannotTell)


def test_cannot_tell_from_the_beginning_of_a_planned_run() -> None:
    run = make_run(train_loss=power_law())
    assert isinstance(ask("LR115", run, Config(planned_steps=1000)), CannotTell)
    assert found("LR115", run, Config(planned_steps=600))


def test_asks_for_no_more_steps_where_validation_rises() -> None:
    val = climbing(every(power_law(noise=0.002), 20), start=0.4, rise=1.0)
    assert found("LR115", make_run(train_loss=power_law(), val_loss=val)).fixes == ()
    assert found("LR115", make_run(train_loss=power_law())).fixes
