"""LR102 diverged."""

import numpy as np

from lrdiag.finding import CannotTell, Severity
from tests.curves import (
    ask,
    climbing,
    constant_rate,
    cosine_rate,
    descent,
    every,
    fires,
    found,
    make_run,
    series_of,
    spiked,
)


def test_fires_where_most_of_the_drop_is_lost_again() -> None:
    run = make_run(train_loss=climbing(descent(), start=0.6, rise=1.8), lr=constant_rate())
    finding = found("LR102", run)
    assert finding.severity is Severity.ERROR
    span = finding.evidence[0].span
    assert span is not None
    assert 290 <= span[0] <= 350
    assert span[1] == 499.0
    assert finding.fixes[0].factor == (1 / 10, 1 / 3)


def test_fires_on_a_loss_that_only_ever_grew() -> None:
    run = make_run(train_loss=series_of([2.0 * 1.1**k for k in range(60)]))
    assert "ends at" in found("LR102", run).summary


def test_is_quiet_on_a_small_late_rise() -> None:
    assert ask("LR102", make_run(train_loss=climbing(descent(), start=0.6, rise=0.4))) is None


def test_is_quiet_on_a_spike_that_comes_back() -> None:
    assert ask("LR102", make_run(train_loss=spiked(descent(), 300, height=9.0, width=6.0))) is None


def test_is_quiet_where_validation_still_falls_because_the_objective_changed() -> None:
    train = climbing(descent(end=0.1), start=0.3, rise=1.6)
    val = every(descent(start=5.0, end=0.9, pace=3.0), 25)
    assert ask("LR102", make_run(train_loss=train, val_loss=val)) is None


def test_a_rate_that_rose_with_the_loss_is_named() -> None:
    rate = climbing(constant_rate(), start=0.6, rise=0.3)
    run = make_run(train_loss=climbing(descent(), start=0.6, rise=3.0), lr=rate)
    finding = found("LR102", run)
    assert "rate itself grows" in finding.cause
    assert finding.fixes[0].action.startswith("Keep the rate at 0.0")


def test_judges_a_log_of_validation_alone() -> None:
    run = make_run(val_loss=climbing(descent(60), start=0.5, rise=4.0))
    assert found("LR102", run).evidence[0].series == "val_loss"


def test_cannot_tell_from_a_handful_of_rows() -> None:
    assert isinstance(ask("LR102", make_run(train_loss=descent(5))), CannotTell)


def test_a_decayed_tail_is_no_divergence() -> None:
    assert ask("LR102", make_run(train_loss=descent(), lr=cosine_rate())) is None


def test_a_loss_that_grew_from_the_start_is_best_at_its_first_row() -> None:
    finding = found("LR102", make_run(train_loss=series_of(2.26 * 3.5 ** np.arange(500.0))))
    assert finding.summary.startswith("The loss leaves its best, 2.26, at step 0 and ends at ")


def test_sorted_data_that_end_on_the_peak_of_an_epoch_have_not_diverged() -> None:
    rows = np.arange(712)
    course = 2.4 - 0.8 * rows / 712
    peaks = 3.0 * np.exp(-(rows % 88 - 80.0).clip(0.0)) * (rows % 88 >= 80)
    noise = np.random.default_rng(1).normal(0.0, 0.02, 712)
    swings = course - np.where(rows % 88 < 60, 0.6, 0.0) + peaks + noise
    values = swings[: 88 * 8 - 4]  # the log ends while the loss is high
    assert fires(make_run(train_loss=series_of(values)), codes=("LOG905", "LR102", "LR106")) == {
        "LOG905"
    }
    once = np.concatenate((values[: 88 * 7], values[88 * 7 :] + 4.0))
    assert ask("LR102", make_run(train_loss=series_of(once))) is not None
