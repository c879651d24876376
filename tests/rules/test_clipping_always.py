"""GRD502 clipping-always."""

import numpy as np

from lrdiag.diagnosis import diagnose
from lrdiag.finding import CannotTell, Severity
from lrdiag.run import Config, Series
from tests.curves import ask, cosine_rate, descent, found, make_run, series_of


def norms(usual: float, rows: int = 400) -> Series:
    return series_of(usual * np.random.default_rng(0).lognormal(0.0, 0.3, rows))


def test_sgd_under_a_clip_that_always_acts_is_warned_of() -> None:
    run = make_run(train_loss=descent(), grad_norm=norms(5.0))
    finding = found("GRD502", run, Config(clip_norm=1.0, optimizer="momentum"))
    assert finding.severity is Severity.WARNING
    assert finding.summary == "100 % of the gradient norms reach the clip at 1"
    assert "Divide the learning rate by" in finding.fixes[0].reason


def test_adam_hardly_minds() -> None:
    run = make_run(train_loss=descent(), grad_norm=norms(5.0))
    finding = found("GRD502", run, Config(clip_norm=1.0, optimizer="adamw"))
    assert finding.severity is Severity.NOTE
    assert "Divide" not in finding.fixes[0].reason


def test_a_clip_for_the_long_steps_is_as_it_should_be() -> None:
    run = make_run(train_loss=descent(), grad_norm=norms(1.0))
    assert ask("GRD502", run, Config(clip_norm=1.5, optimizer="sgd")) is None
    assert ask("GRD502", run, Config(clip_norm=0.8, optimizer="sgd")) is None


def test_norms_on_one_ceiling_were_logged_after_the_cut() -> None:
    values = np.minimum(norms(5.0).values, 2.0)
    values[:25] = np.linspace(0.1, 1.9, 25)
    finding = found("GRD502", make_run(train_loss=descent(), grad_norm=series_of(values)))
    assert finding.severity is Severity.NOTE
    assert finding.evidence[1].value == 2.0
    assert finding.fixes[0].action == "Log the gradient norm before it is clipped"


def test_the_warmup_does_not_count() -> None:
    values = norms(5.0).values.copy()
    values[:100] = 0.1
    run = make_run(
        train_loss=descent(400), grad_norm=series_of(values), lr=cosine_rate(400, warmup=100)
    )
    assert found("GRD502", run, Config(clip_norm=1.0))


def test_cannot_tell_without_a_clip_or_with_few_norms() -> None:
    verdict = ask("GRD502", make_run(train_loss=descent(), grad_norm=norms(5.0)))
    assert isinstance(verdict, CannotTell)
    assert verdict.missing == ("clip_norm",)
    few = make_run(train_loss=descent(), grad_norm=norms(5.0, 20))
    assert isinstance(ask("GRD502", few, Config(clip_norm=1.0)), CannotTell)


def test_without_the_column_it_says_which_is_missing() -> None:
    assert diagnose(make_run(train_loss=descent())).skipped["GRD502"].missing == ("grad_norm",)
