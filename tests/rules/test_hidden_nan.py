"""LOG903 hidden-nan."""

import numpy as np

from lrdiag.diagnosis import diagnose
from lrdiag.finding import CannotTell, Severity
from lrdiag.run import Series
from tests.curves import ask, broken, descent, found, make_run, series_of


def put(series: Series, first: int, last: int | None, value: float) -> Series:
    values = series.values.copy()
    values[first:last] = value
    return Series(series.steps, values)


def test_zero_from_nowhere_to_the_end_is_an_error() -> None:
    run = make_run(train_loss=put(descent(), 300, None, 0.0))
    finding = found("LOG903", run)
    assert finding.severity is Severity.ERROR
    assert finding.summary == "The loss is exactly zero from step 300 to the end"
    assert finding.evidence[0].span == (300.0, 499.0)
    assert "LOG906" not in diagnose(run).findings


def test_zero_for_some_rows_is_a_warning() -> None:
    finding = found("LOG903", make_run(train_loss=put(descent(), 300, 302, 0.0)))
    assert finding.severity is Severity.WARNING
    assert finding.fixes[1].action == "Print the batch of step 300"


def test_a_loss_that_reaches_zero_by_itself_hides_nothing() -> None:
    falling = np.geomspace(2.0, 1e-6, 300) * np.random.default_rng(0).lognormal(0.0, 0.5, 300)
    run = make_run(train_loss=series_of(np.append(falling, np.zeros(100))))
    assert ask("LOG903", run) is None
    hinge = np.random.default_rng(0).normal(0.2, 0.3, 500).clip(0.0)
    assert ask("LOG903", make_run(train_loss=series_of(hinge))) is None


def test_one_value_again_and_again_within_a_lively_curve() -> None:
    finding = found("LOG903", make_run(train_loss=put(descent(), 200, 240, 0.3217)))
    assert finding.severity is Severity.WARNING
    assert finding.evidence[0].value == 40.0
    assert ask("LOG903", make_run(train_loss=put(descent(), 200, 206, 0.3217))) is None


def test_values_printed_with_two_digits_repeat_by_themselves() -> None:
    rounded = series_of(descent(noise=0.002).values.round(2))
    assert ask("LOG903", make_run(train_loss=rounded)) is None


def test_a_gradient_of_nan_beside_a_finite_loss() -> None:
    norms = broken(series_of(np.full(500, 0.7)), 420)
    finding = found("LOG903", make_run(train_loss=descent(), grad_norm=norms))
    assert finding.severity is Severity.ERROR
    assert finding.evidence[0].series == "grad_norm"
    assert finding.evidence[0].value == 80.0


def test_steps_that_mixed_precision_leaves_out_are_usual() -> None:
    norms = np.full(500, 0.7)
    norms[[3, 170]] = np.nan
    norms[[5, 100, 200, 300, 400, 410, 420, 430]] = np.inf
    assert ask("LOG903", make_run(train_loss=descent(), grad_norm=series_of(norms))) is None


def test_a_loss_that_is_nan_itself_is_not_hidden() -> None:
    norms = broken(series_of(np.full(500, 0.7)), 300)
    run = make_run(train_loss=broken(descent(), 300), grad_norm=norms)
    assert ask("LOG903", run) is None


def test_cannot_tell_from_a_few_rows() -> None:
    assert isinstance(ask("LOG903", make_run(train_loss=descent(10))), CannotTell)
