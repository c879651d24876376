"""LR113 late-rise."""

import numpy as np

from lrdiag.finding import CannotTell
from tests.curves import ask, climbing, constant_rate, descent, every, found, make_run, series_of


def test_fires_on_a_rise_that_is_no_divergence() -> None:
    finding = found("LR113", make_run(train_loss=climbing(descent(), start=0.7, rise=0.6)))
    assert finding.evidence[0].value > 20.0


def test_leaves_a_divergence_to_its_rule() -> None:
    assert ask("LR113", make_run(train_loss=climbing(descent(), start=0.7, rise=3.0))) is None


def test_is_quiet_on_a_rise_within_the_noise() -> None:
    run = make_run(train_loss=climbing(descent(noise=0.3), start=0.7, rise=0.25))
    assert ask("LR113", run) is None


def test_a_slow_rise_that_loses_half_of_the_drop_is_sure_in_any_noise() -> None:
    rows = np.arange(414)
    course = np.where(rows < 20, 2.05 - 0.055 * rows, 0.95 + 0.6 * rows / 414)
    noisy = course + np.random.default_rng(3).normal(0.0, 0.22, 414)
    finding = found("LR113", make_run(train_loss=series_of(noisy)))
    assert finding.evidence[1].label == "end above the best"
    never_fell = 2.0 + 0.3 * rows / 414 + np.random.default_rng(3).normal(0.0, 0.05, 414)
    assert ask("LR113", make_run(train_loss=series_of(never_fell))) is None


def test_a_rate_that_rises_explains_it() -> None:
    run = make_run(
        train_loss=climbing(descent(), start=0.7, rise=0.6),
        lr=climbing(constant_rate(), start=0.7, rise=0.01),
    )
    assert ask("LR113", run) is None


def test_is_quiet_while_validation_falls() -> None:
    val = every(descent(start=5.0, end=0.9, pace=3.0), 25)
    run = make_run(train_loss=climbing(descent(), start=0.7, rise=0.6), val_loss=val)
    assert ask("LR113", run) is None


def test_cannot_tell_from_an_epoch_log() -> None:
    assert isinstance(ask("LR113", make_run(train_loss=descent(30))), CannotTell)
