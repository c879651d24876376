"""LR106 spike-not-recovered."""

from lrdiag.finding import CannotTell, Severity
from tests.curves import ask, descent, every, found, make_run, raised, spiked


def test_fires_where_the_level_stays_up() -> None:
    loss = raised(spiked(descent(), 300, height=4.0, width=5.0), 300, by=0.6)
    finding = found("LR106", make_run(train_loss=loss))
    assert finding.severity is Severity.ERROR
    assert finding.evidence[0].span == (300.0, 499.0)
    assert finding.fixes[0].action.startswith("Go back to a checkpoint of step 200 ")


def test_is_quiet_where_the_loss_comes_back() -> None:
    assert ask("LR106", make_run(train_loss=spiked(descent(), 300, height=4.0, width=5.0))) is None


def test_is_quiet_on_a_jump_in_the_last_rows_which_may_still_come_back() -> None:
    loss = raised(descent(), 494, by=2.0)
    assert ask("LR106", make_run(train_loss=loss)) is None


def test_is_quiet_where_validation_still_falls_because_the_objective_changed() -> None:
    val = every(descent(start=5.0, end=0.9, pace=3.0), 25)
    run = make_run(train_loss=raised(descent(), 300, by=0.6), val_loss=val)
    assert ask("LR106", run) is None


def test_cannot_tell_from_an_epoch_log() -> None:
    assert isinstance(ask("LR106", make_run(train_loss=descent(30))), CannotTell)
