"""GRD504 vanishing-gradient."""

import numpy as np

from lrdiag.diagnosis import diagnose
from lrdiag.finding import CannotTell, Severity
from lrdiag.run import Series
from tests.curves import ask, descent, flat, found, make_run, series_of, spiked


def norms(left: float, rows: int = 500) -> Series:
    """Return a norm of 1.4 of which so much is left after the first fifth."""
    share = np.clip(np.linspace(0.0, 5.0, rows), 0.0, 1.0)
    return series_of(1.4 * left**share * np.random.default_rng(0).lognormal(0.0, 0.2, rows))


def test_next_to_nothing_left_under_a_high_loss_is_an_error() -> None:
    finding = found("GRD504", make_run(train_loss=flat(2.3), grad_norm=norms(2e-4)))
    assert finding.severity is Severity.ERROR
    assert finding.evidence[0].value < 1e-3
    assert finding.evidence[0].series == "grad_norm"


def test_zeros_say_that_no_gradient_flows() -> None:
    run = make_run(train_loss=flat(1.7), grad_norm=series_of(np.zeros(500)))
    finding = found("GRD504", run)
    assert finding.summary == "The gradient norm is exactly zero in 100 % of the rows"
    assert diagnose(run).explained["LR110"] == "GRD504"


def test_after_a_jump_the_rate_is_to_blame() -> None:
    run = make_run(train_loss=spiked(flat(2.3), 2, height=40.0, width=5.0), grad_norm=norms(1e-4))
    assert found("GRD504", run).fixes[0].factor == (0.01, 0.1)


def test_a_hundredth_left_is_what_language_models_have() -> None:
    assert ask("GRD504", make_run(train_loss=flat(2.3), grad_norm=norms(0.01))) is None


def test_where_the_loss_fell_a_small_gradient_is_welcome() -> None:
    assert ask("GRD504", make_run(train_loss=descent(), grad_norm=norms(1e-4))) is None


def test_cannot_tell_from_a_few_norms() -> None:
    run = make_run(train_loss=flat(2.3), grad_norm=norms(1e-4, 15))
    assert isinstance(ask("GRD504", run), CannotTell)


def test_without_the_column_it_says_which_is_missing() -> None:
    assert diagnose(make_run(train_loss=descent())).skipped["GRD504"].missing == ("grad_norm",)
