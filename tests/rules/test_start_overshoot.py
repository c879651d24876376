"""LR103 start-overshoot."""

from lrdiag.finding import CannotTell, Severity
from tests.curves import ask, descent, flat, found, make_run, spiked


def test_an_overshoot_with_a_bad_end_is_an_error() -> None:
    run = make_run(train_loss=spiked(flat(2.3), 2, height=40.0, width=5.0))
    finding = found("LR103", run)
    assert finding.severity is Severity.ERROR
    assert finding.fixes[0].factor == (1 / 30, 1 / 10)


def test_an_overshoot_that_takes_long_is_a_warning() -> None:
    run = make_run(train_loss=spiked(descent(pace=6.0), 2, height=20.0, width=15.0))
    finding = found("LR103", run)
    assert finding.severity is Severity.WARNING
    assert finding.fixes[0].action.startswith("Warm up")


def test_one_that_is_over_at_once_is_a_note() -> None:
    run = make_run(train_loss=spiked(descent(), 2, height=6.0, width=2.0))
    assert found("LR103", run).severity is Severity.NOTE


def test_is_quiet_on_a_start_that_rises_within_its_noise() -> None:
    assert ask("LR103", make_run(train_loss=descent(noise=0.5, seed=3))) is None


def test_is_quiet_on_a_small_rise() -> None:
    run = make_run(train_loss=spiked(descent(pace=2.0), 2, height=0.4, width=4.0))
    assert ask("LR103", run) is None


def test_cannot_tell_from_a_handful_of_rows() -> None:
    assert isinstance(ask("LR103", make_run(train_loss=descent(15))), CannotTell)
