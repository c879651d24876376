"""LOG906 constant-or-zero."""

import numpy as np

from lrdiag.diagnosis import diagnose
from lrdiag.finding import CannotTell, Severity
from lrdiag.run import Series
from tests.curves import ask, cosine_rate, descent, flat, found, make_run, series_of


def stopped(at: int, value: float = 0.4321) -> Series:
    values = descent().values.copy()
    values[at:] = value
    return series_of(values)


def test_one_value_in_every_row_is_an_error() -> None:
    run = make_run(train_loss=series_of(np.full(60, 0.6931)))
    finding = found("LOG906", run)
    assert finding.severity is Severity.ERROR
    assert finding.summary == "The loss is exactly 0.693 in every row, 60 rows"
    assert finding.evidence[0].span == (0.0, 59.0)


def test_zero_is_said_as_such_and_stands_above_a_flat_loss() -> None:
    diagnosis = diagnose(make_run(train_loss=series_of(np.zeros(60))))
    assert diagnosis.findings["LOG906"].summary == "The loss is zero in every row, 60 rows"
    assert diagnosis.explained["LR110"] == "LOG906"


def test_one_value_to_the_end_of_a_lively_curve_is_a_warning() -> None:
    finding = found("LOG906", make_run(train_loss=stopped(400)))
    assert finding.severity is Severity.WARNING
    assert finding.evidence[0].at == 400.0


def test_a_few_rows_a_low_level_or_a_resting_rate_are_no_wonder() -> None:
    assert ask("LOG906", make_run(train_loss=stopped(470))) is None
    assert ask("LOG906", make_run(train_loss=stopped(400, 0.01))) is None
    assert ask("LOG906", make_run(train_loss=stopped(489), lr=cosine_rate())) is None


def test_a_flat_loss_with_noise_is_not_constant() -> None:
    assert ask("LOG906", make_run(train_loss=flat())) is None


def test_values_printed_with_two_digits_repeat_by_themselves() -> None:
    rounded = series_of(descent(noise=1e-4, pace=40.0).values.round(2))
    assert ask("LOG906", make_run(train_loss=rounded)) is None


def test_cannot_tell_from_a_few_rows() -> None:
    assert isinstance(ask("LOG906", make_run(train_loss=series_of(np.zeros(5)))), CannotTell)
