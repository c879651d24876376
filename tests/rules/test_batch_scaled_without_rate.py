"""CFG603 batch-scaled-without-rate."""

import pytest

from lrdiag.finding import CannotTell, Severity
from lrdiag.run import Config
from tests.curves import ask, descent, found, line, make_run, spiked

SLOW = make_run(train_loss=line())


def config(optimizer: str = "sgd", lr: float = 0.1, batch: int = 4096) -> Config:
    return Config(optimizer=optimizer, lr=lr, batch_size=batch, base_lr=0.1, base_batch_size=256)


def test_sixteen_times_the_batch_at_the_old_rate_learns_slowly() -> None:
    finding = found("CFG603", SLOW, config())
    assert finding.severity is Severity.WARNING
    assert finding.summary == (
        "The batch is 16 times the recipe's, the rate of 0.1 is the recipe's still"
    )
    assert finding.fixes[0].factor == (4.0, 16.0)
    assert "LR109" in finding.cause


def test_adaptive_methods_take_the_square_root() -> None:
    assert found("CFG603", SLOW, config("adamw")).fixes[0].factor == (2.0, 4.0)


def test_on_a_good_curve_it_is_a_note() -> None:
    run = make_run(train_loss=descent())
    assert found("CFG603", run, config()).severity is Severity.NOTE


def test_a_smaller_batch_wants_a_smaller_rate() -> None:
    loss = descent()
    for at in (120, 240, 360):
        loss = spiked(loss, at, height=3.0, width=5.0)
    finding = found("CFG603", make_run(train_loss=loss), config(batch=16))
    assert finding.severity is Severity.WARNING
    assert finding.summary.startswith("The batch is 1/16 of the recipe's")
    assert finding.fixes[0].factor == (0.0625, 0.25)


@pytest.mark.parametrize(
    "told",
    [
        config(lr=1.6),
        config(lr=0.5),
        config("adamw", lr=0.25),
        config(batch=512),
        config(batch=256),
    ],
)
def test_a_rate_that_went_along_or_a_batch_about_as_large_is_fine(told: Config) -> None:
    assert ask("CFG603", SLOW, told) is None


@pytest.mark.parametrize(
    ("told", "missing"),
    [
        (Config(), "optimizer"),
        (Config(optimizer="sgd", lr=0.1, batch_size=4096), "base_batch_size"),
        (Config(optimizer="sgd", batch_size=8, base_lr=0.1, base_batch_size=4), "lr"),
    ],
)
def test_cannot_tell_without_the_recipe(told: Config, missing: str) -> None:
    verdict = ask("CFG603", SLOW, told)
    assert isinstance(verdict, CannotTell)
    assert verdict.missing == (missing,)
