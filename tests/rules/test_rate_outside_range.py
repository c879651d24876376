"""CFG601 rate-outside-range."""

import pytest

from lrdiag.finding import CannotTell, Severity
from lrdiag.run import Config
from tests.curves import ask, constant_rate, descent, flat, found, line, make_run, spiked

OVERSHOT = spiked(flat(2.3), 2, height=40.0, width=5.0)


def test_a_rate_above_the_range_under_a_loss_that_jumps() -> None:
    run = make_run(train_loss=OVERSHOT, lr=constant_rate(lr=0.1))
    finding = found("CFG601", run, Config(optimizer="adam"))
    assert finding.severity is Severity.WARNING
    assert finding.evidence[0].limit == 0.01
    assert finding.fixes[0].lr is not None
    assert finding.fixes[0].lr < 0.1
    assert "LR103" in finding.cause


def test_a_rate_below_the_range_under_a_loss_that_hardly_falls() -> None:
    finding = found("CFG601", make_run(train_loss=line()), Config(optimizer="sgd", lr=1e-6))
    assert finding.evidence[0].limit == 1e-4
    assert finding.fixes[0].factor == (3.0, 10.0)


@pytest.mark.parametrize(("optimizer", "lr"), [("adam", 0.1), ("sgd", 1e-6), ("momentum", 3.0)])
def test_outside_the_range_a_good_curve_is_left_alone(optimizer: str, lr: float) -> None:
    run = make_run(train_loss=descent())
    assert ask("CFG601", run, Config(optimizer=optimizer, lr=lr)) is None


def test_within_the_range_of_its_optimizer_the_curve_is_not_asked() -> None:
    run = make_run(train_loss=OVERSHOT, lr=constant_rate(lr=0.1))
    assert ask("CFG601", run, Config(optimizer="sgd")) is None


def test_a_rate_above_the_range_is_not_blamed_for_a_slow_curve() -> None:
    assert ask("CFG601", make_run(train_loss=line()), Config(optimizer="adam", lr=0.1)) is None


@pytest.mark.parametrize(
    ("config", "missing"),
    [
        (Config(lr=0.1), "optimizer"),
        (Config(optimizer="adam"), "lr"),
        (Config(optimizer="other", lr=0.1), "optimizer"),
    ],
)
def test_cannot_tell_without_rate_and_optimizer(config: Config, missing: str) -> None:
    verdict = ask("CFG601", make_run(train_loss=OVERSHOT), config)
    assert isinstance(verdict, CannotTell)
    assert verdict.missing == (missing,)
