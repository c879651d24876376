"""LR101 loss-not-finite."""

import numpy as np

from lrdiag.finding import CannotTell, Severity
from tests.curves import ask, broken, constant_rate, descent, found, make_run, raised, series_of


def test_a_nan_that_stays_is_an_error_with_its_first_step() -> None:
    finding = found("LR101", make_run(train_loss=broken(descent(), 350)))
    assert finding.severity is Severity.ERROR
    assert finding.summary == "The loss is NaN from step 350 to the end, 150 values"
    assert finding.evidence[0].value == 30.0
    assert finding.evidence[0].at == 350.0


def test_a_calm_curve_before_points_to_the_data() -> None:
    finding = found("LR101", make_run(train_loss=broken(descent(), 350)))
    assert "label or input" in finding.cause
    assert finding.fixes[0].action == "Print the batch of step 350"


def test_a_growing_curve_before_points_to_the_rate() -> None:
    grown = broken(raised(descent(), 344, by=5.0), 350)
    finding = found("LR101", make_run(train_loss=grown, lr=constant_rate(lr=0.01)))
    assert "steps are too large" in finding.cause
    assert finding.fixes[0].factor == (0.1, 0.5)
    assert finding.fixes[0].action == "Lower the learning rate from 0.01 to 0.001–0.005"


def test_a_growing_gradient_is_enough() -> None:
    norm = raised(series_of(np.ones(500)), 340, by=9.0)
    finding = found("LR101", make_run(train_loss=broken(descent(), 350), grad_norm=norm))
    assert "steps are too large" in finding.cause


def test_within_the_first_steps_the_rate_is_off_by_a_decade() -> None:
    values = descent().values.copy()
    values[10:20] += np.geomspace(1.0, 1e4, 10)
    values[20:] = np.inf
    finding = found("LR101", make_run(train_loss=series_of(values)))
    assert finding.fixes[0].factor == (0.01, 0.1)


def test_a_runaway_of_a_few_rows_is_one_too() -> None:
    finding = found("LR101", make_run(train_loss=series_of([1.1, 40.0, 3e6, np.inf, np.nan])))
    assert "far too high" in finding.cause


def test_a_nan_after_the_first_update_leaves_the_rate_in_doubt() -> None:
    lost = broken(descent(), 1)
    finding = found("LR101", make_run(train_loss=lost, lr=constant_rate(lr=0.1)))
    assert "Only one value came before" in finding.cause
    assert "first updates were far too long" in finding.cause
    assert finding.fixes[1].factor == (0.01, 0.1)
    assert finding.fixes[1].conditional
    never = found("LR101", make_run(train_loss=broken(descent(), 0)))
    assert "very first loss" in never.cause


def test_a_nan_that_passes_is_a_warning() -> None:
    finding = found("LR101", make_run(train_loss=broken(descent(), 350, 352)))
    assert finding.severity is Severity.WARNING
    assert finding.summary == "The loss is NaN from step 350 to 351, then finite again"


def test_lone_nans_are_counted() -> None:
    loss = descent().values.copy()
    loss[[100, 180, 300]] = np.nan
    summary = found("LR101", make_run(train_loss=series_of(loss))).summary
    assert summary == "The loss is NaN in 3 rows between steps 100 and 300, then finite again"


def test_the_rate_comes_last_and_on_a_condition_where_nothing_grew() -> None:
    run = make_run(train_loss=broken(descent(), 350), lr=constant_rate(lr=0.003))
    last = found("LR101", run).fixes[-1]
    assert last.action == "If the data are clean, divide the learning rate by 2 to 5"
    assert last.reason.endswith("Here that is 6e-4–0.0015.")
    assert last.factor == (0.2, 0.5)


def test_finite_values_however_large_are_none_of_its_business() -> None:
    assert ask("LR101", make_run(train_loss=raised(descent(), 400, by=1e30))) is None


def test_cannot_tell_without_a_loss() -> None:
    verdict = ask("LR101", make_run(lr=constant_rate()))
    assert isinstance(verdict, CannotTell)
    assert verdict.missing == ("train_loss",)
