"""GRD501 gradient-growth."""

import numpy as np

from lrdiag.diagnosis import diagnose
from lrdiag.finding import CannotTell, Severity
from lrdiag.run import Series
from tests.curves import (
    ask,
    broken,
    constant_rate,
    cosine_rate,
    descent,
    found,
    make_run,
    series_of,
)


def norms(times: float, *, rows: int = 500, start: float = 0.4, seed: int = 0) -> Series:
    """Return a norm that is level for half of the run and then grows so many times."""
    share = np.clip(np.linspace(-1.0, 1.0, rows), 0.0, None)
    noise = np.random.default_rng(seed).lognormal(0.0, 0.2, rows)
    return series_of(start * times**share * noise)


def test_a_norm_that_climbs_to_the_end_is_named_with_its_numbers() -> None:
    run = make_run(train_loss=descent(end=1.0), grad_norm=norms(8.0), lr=constant_rate(lr=0.01))
    finding = found("GRD501", run)
    assert finding.severity is Severity.WARNING
    assert finding.evidence[0].value > 5.0
    assert finding.evidence[0].series == "grad_norm"
    assert finding.fixes[0].lr is not None
    assert finding.fixes[0].lr < 0.01


def test_a_norm_that_doubles_is_usual() -> None:
    run = make_run(train_loss=descent(end=1.0), grad_norm=norms(2.2))
    assert ask("GRD501", run) is None


def test_a_burst_in_the_middle_is_no_growth() -> None:
    values = norms(1.0).values.copy()
    values[300:340] *= 50.0
    run = make_run(train_loss=descent(end=1.0), grad_norm=series_of(values))
    assert ask("GRD501", run) is None


def test_the_rise_while_the_rate_decays_is_not_looked_at() -> None:
    grown = norms(1.0).values * np.where(np.arange(500) > 400, 6.0, 1.0)
    late = series_of(grown)
    decayed = make_run(train_loss=descent(end=1.0), grad_norm=late, lr=cosine_rate())
    assert ask("GRD501", decayed) is None
    steady = make_run(train_loss=descent(end=1.0), grad_norm=late, lr=constant_rate())
    assert found("GRD501", steady)


def test_the_norm_of_a_loss_that_has_vanished_is_rounding() -> None:
    run = make_run(train_loss=descent(end=0.001, noise=1e-4), grad_norm=norms(8.0, start=1e-9))
    assert ask("GRD501", run) is None


def test_cannot_tell_from_a_few_norms() -> None:
    run = make_run(train_loss=descent(end=1.0), grad_norm=norms(8.0, rows=20))
    verdict = ask("GRD501", run)
    assert isinstance(verdict, CannotTell)
    assert verdict.missing == ("50 values of grad_norm",)
    lost = make_run(train_loss=descent(end=1.0), grad_norm=broken(norms(8.0), 0))
    assert isinstance(ask("GRD501", lost), CannotTell)


def test_without_the_column_it_says_which_is_missing() -> None:
    assert diagnose(make_run(train_loss=descent())).skipped["GRD501"].missing == ("grad_norm",)
