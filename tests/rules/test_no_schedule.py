"""SCH402 no-schedule."""

import pytest

from lrdiag.finding import CannotTell, Severity
from lrdiag.run import Run, Series
from tests.curves import ask, constant_rate, cosine_rate, descent, found, make_run, power_law


def long(series: Series) -> Series:
    """Return the series as logged every ten steps."""
    return Series(series.steps * 10.0, series.values)


def noisy(rate: Series | None = None, *, noise: float = 0.15, pace: float = 6.0) -> Run:
    loss = descent(end=0.8, noise=noise, pace=pace)
    return make_run(train_loss=long(loss), lr=long(rate or constant_rate()))


def test_fires_on_a_noisy_end_at_a_constant_rate() -> None:
    finding = found("SCH402", noisy())
    assert finding.severity is Severity.NOTE
    assert finding.summary.startswith("The rate stays at 0.003 to the end")
    assert finding.fixes[0].action == "Let the rate fall to zero from step 3,992 on"
    assert finding.evidence[0].value == pytest.approx(10.0, abs=2.0)


def test_a_cosine_is_a_schedule() -> None:
    assert ask("SCH402", noisy(cosine_rate())) is None


def test_is_quiet_on_little_noise() -> None:
    assert ask("SCH402", noisy(noise=0.01)) is None


def test_is_quiet_while_the_loss_still_falls() -> None:
    run = make_run(train_loss=long(power_law(noise=0.1)), lr=long(constant_rate()))
    assert ask("SCH402", run) is None


def test_a_plateau_is_told_as_such() -> None:
    assert found("LR112", noisy(noise=0.06, pace=40.0))
    assert ask("SCH402", noisy(noise=0.06, pace=40.0)) is None


def test_cannot_tell_from_an_epoch_log() -> None:
    run = make_run(train_loss=descent(30), lr=constant_rate(30), unit="epoch")
    assert isinstance(ask("SCH402", run), CannotTell)
