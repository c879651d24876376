"""LR103 start-overshoot."""

import numpy as np

from lrdiag.finding import CannotTell, Severity
from tests.curves import ask, descent, flat, found, make_run, series_of, spiked


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


def test_one_low_first_row_of_many_that_scatter_is_no_overshoot() -> None:
    scatter = np.random.default_rng(4).lognormal(0.0, 0.6, 1000)
    values = (0.02 + 0.6 * np.exp(-np.arange(1000) / 60.0)) * scatter
    values[:3] = (0.428, 0.923, 0.694)
    assert ask("LR103", make_run(train_loss=series_of(values))) is None


def test_a_loss_that_overflows_in_all_but_name_jumps_from_its_first_row() -> None:
    values = 2.26 * 3.5 ** np.arange(500.0)
    summary = found("LR103", make_run(train_loss=series_of(values))).summary
    assert summary.startswith("The loss jumps from 2.26 to ")


def test_a_first_epoch_a_thousand_times_the_second_blew_up_within() -> None:
    values = np.array([4.5e7, *np.linspace(1016.0, 209.0, 39)])
    finding = found("LR103", make_run(train_loss=series_of(values), unit="epoch"))
    assert "first epoch averages 4.5" in finding.summary
    assert finding.evidence[0].value > 40_000.0
    unscaled = np.array([24_000.0, *np.linspace(130.0, 9.0, 39)])
    assert ask("LR103", make_run(train_loss=series_of(unscaled), unit="epoch")) is None
    level = np.array([4.5e7, *np.full(39, 5963.0)])
    assert ask("LR116", make_run(train_loss=series_of(level), unit="epoch")) is None
