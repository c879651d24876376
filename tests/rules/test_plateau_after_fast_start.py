"""LR112 plateau-after-fast-start."""

from lrdiag.finding import CannotTell, Severity
from tests.curves import ask, constant_rate, cosine_rate, descent, every, found, make_run, power_law


def test_fires_at_a_constant_rate() -> None:
    run = make_run(train_loss=descent(pace=40.0, end=0.9), lr=constant_rate())
    finding = found("LR112", run)
    assert finding.severity is Severity.WARNING
    assert finding.fixes[0].action.startswith("Decay")


def test_is_a_note_where_the_rate_is_unknown() -> None:
    finding = found("LR112", make_run(train_loss=descent(pace=40.0, end=0.9)))
    assert finding.severity is Severity.NOTE
    assert "no lr" in finding.cause


def test_a_decayed_tail_is_no_plateau() -> None:
    assert ask("LR112", make_run(train_loss=descent(pace=40.0, end=0.9), lr=cosine_rate())) is None


def test_a_loss_near_zero_is_no_plateau() -> None:
    run = make_run(train_loss=descent(pace=40.0, end=0.05), lr=constant_rate())
    assert ask("LR112", run) is None


def test_a_loss_that_has_come_down_to_an_eighth_has_learned() -> None:
    run = make_run(train_loss=descent(start=2.9, pace=40.0, end=0.35), lr=constant_rate())
    assert ask("LR112", run) is None


def test_a_long_tail_is_no_plateau() -> None:
    assert ask("LR112", make_run(train_loss=power_law(), lr=constant_rate())) is None


def test_is_quiet_while_validation_falls() -> None:
    run = make_run(
        train_loss=descent(pace=40.0, end=0.9),
        val_loss=every(descent(pace=2.0, end=0.9), 50),
        lr=constant_rate(),
    )
    assert ask("LR112", run) is None


def test_cannot_tell_from_an_epoch_log() -> None:
    run = make_run(train_loss=descent(30, pace=40.0, end=0.9), lr=constant_rate(30))
    assert isinstance(ask("LR112", run), CannotTell)
