"""SCH401 decayed-too-early."""

import numpy as np

from lrdiag.finding import CannotTell
from lrdiag.run import Series
from tests.curves import (
    ask,
    constant_rate,
    cosine_rate,
    descent,
    found,
    line,
    make_run,
    series_of,
)


def cut_at(row: int, *, to: float = 3e-6) -> Series:
    rate = constant_rate().values.copy()
    rate[row:] = to
    return series_of(rate)


def test_fires_on_a_rate_that_is_gone_after_a_tenth() -> None:
    run = make_run(train_loss=descent(pace=80.0, end=1.2), lr=cut_at(40))
    finding = found("SCH401", run)
    assert finding.evidence[0].span == (40.0, 499.0)
    assert finding.summary.startswith("The rate falls from 0.003 to 3e-6 by step 40")
    assert finding.fixes[0].action == "Begin the decay at step 299 or later"


def test_a_cosine_is_not_too_early() -> None:
    assert ask("SCH401", make_run(train_loss=descent(end=1.2), lr=cosine_rate())) is None


def test_a_step_by_ten_at_half_is_not_too_early() -> None:
    run = make_run(train_loss=descent(end=1.2), lr=cut_at(250, to=0.0003))
    assert ask("SCH401", run) is None


def test_is_quiet_while_the_loss_still_falls_at_that_rate() -> None:
    assert ask("SCH401", make_run(train_loss=line(), lr=cut_at(40))) is None


def test_is_quiet_where_nothing_was_left_to_learn() -> None:
    run = make_run(train_loss=descent(pace=80.0, end=0.02, noise=0.002), lr=cut_at(40))
    assert ask("SCH401", run) is None


def test_an_epoch_log_tells_it_too() -> None:
    rows = np.arange(30)
    gone = series_of(np.where(rows < 3, 1e-3, 5e-6))
    loss = series_of(np.where(rows < 3, 2.3 - 0.2 * rows, 1.7 - 1e-4 * rows))
    assert found("SCH401", make_run(train_loss=loss, lr=gone, unit="epoch"))
    assert ask("SCH401", make_run(train_loss=descent(30), lr=cosine_rate(30), unit="epoch")) is None


def test_cannot_tell_from_a_handful_of_epochs() -> None:
    run = make_run(train_loss=descent(15), lr=cosine_rate(15))
    assert isinstance(ask("SCH401", run), CannotTell)
