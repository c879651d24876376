"""FIT202 constant-gap."""

import pytest

from lrdiag.finding import CannotTell, Severity
from tests.curves import ask, climbing, descent, every, found, make_run, power_law, raised


def test_fires_on_a_distance_that_holds() -> None:
    run = make_run(train_loss=descent(end=0.3), val_loss=every(descent(end=0.7, seed=1), 20))
    finding = found("FIT202", run)
    assert finding.severity is Severity.NOTE
    assert finding.summary.startswith("Validation stays 0.4")
    assert finding.evidence[0].value == pytest.approx(20.0, abs=2.0)
    assert finding.evidence[0].span == (259.0, 499.0)


def test_a_small_distance_is_not_worth_a_line() -> None:
    run = make_run(train_loss=descent(end=0.3), val_loss=every(descent(end=0.4, seed=1), 20))
    assert ask("FIT202", run) is None


def test_is_quiet_where_the_distance_grows() -> None:
    val = climbing(every(descent(end=0.7, noise=0.002), 20), start=0.4, rise=0.4)
    assert ask("FIT202", make_run(train_loss=descent(), val_loss=val)) is None


def test_is_quiet_where_validation_never_fell() -> None:
    val = raised(every(power_law(), 20), 0, by=4.0)
    assert ask("FIT202", make_run(train_loss=power_law(seed=1), val_loss=val)) is None


def test_cannot_tell_from_four_values() -> None:
    verdict = ask("FIT202", make_run(train_loss=descent(), val_loss=every(descent(), 125)))
    assert isinstance(verdict, CannotTell)
    assert verdict.missing == ("6 values of val_loss",)
