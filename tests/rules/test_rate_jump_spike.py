"""SCH404 rate-jump-spike."""

import numpy as np

from lrdiag.diagnosis import diagnose
from lrdiag.finding import CannotTell, Severity
from lrdiag.run import Series
from tests.curves import (
    ask,
    constant_rate,
    cosine_rate,
    descent,
    found,
    make_run,
    raised,
    series_of,
    spiked,
)


def restarts() -> Series:
    """Return two cosines of 250 steps."""
    return series_of(np.tile(cosine_rate(250).values, 2))


def lifted(row: int, times: float) -> Series:
    """Return a constant rate that somebody raises."""
    return series_of(constant_rate().values * np.where(np.arange(500) < row, 1.0, times))


def test_fires_at_a_warm_restart() -> None:
    loss = spiked(descent(), 250, height=1.0, width=12.0)
    finding = found("SCH404", make_run(train_loss=loss, lr=restarts()))
    assert finding.severity is Severity.NOTE
    assert "One climb of the loss where the rate rises at once" in finding.summary
    assert "no instability" in finding.cause
    assert finding.fixes == ()
    assert finding.evidence[0].at is not None
    assert 249.0 <= finding.evidence[0].at <= 255.0


def test_fires_where_somebody_raised_the_rate() -> None:
    loss = spiked(descent(), 300, height=1.0, width=12.0)
    run = make_run(train_loss=loss, lr=lifted(300, 3.0))
    assert "first from 0.003 to 0.009" in found("SCH404", run).summary
    assert "LR104" not in diagnose(run).findings


def test_a_loss_that_stays_up_asks_for_a_lower_peak() -> None:
    loss = raised(descent(), 250, by=0.8)
    finding = found("SCH404", make_run(train_loss=loss, lr=restarts()))
    assert "does not come back" in finding.cause
    assert finding.fixes[0].action == "Restart at half the peak rate"


def test_is_quiet_where_the_loss_hardly_moves() -> None:
    assert ask("SCH404", make_run(train_loss=descent(), lr=restarts())) is None


def test_a_spike_elsewhere_is_another_rule() -> None:
    loss = spiked(descent(), 400, height=1.0, width=12.0)
    run = make_run(train_loss=loss, lr=restarts())
    assert ask("SCH404", run) is None
    assert "LR104" in diagnose(run).findings


def test_a_slip_of_the_rate_is_no_schedule() -> None:
    rate = constant_rate().values.copy()
    rate[300:306] *= 20.0
    loss = spiked(descent(), 301, height=1.0, width=12.0)
    run = make_run(train_loss=loss, lr=series_of(rate))
    assert ask("SCH404", run) is None
    assert "LR104" in diagnose(run).findings


def test_cannot_tell_from_an_epoch_log() -> None:
    run = make_run(train_loss=descent(30), lr=cosine_rate(30), unit="epoch")
    assert isinstance(ask("SCH404", run), CannotTell)
