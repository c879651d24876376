"""CFG602 half-precision-without-scaling."""

import numpy as np
import pytest

from lrdiag.finding import CannotTell, Severity
from lrdiag.run import Config
from tests.curves import ask, descent, flat, found, make_run, series_of

HALF = Config(precision="float16")
UNSCALED = Config(precision="float16", loss_scaling="none")


def test_a_flat_loss_bears_it_out() -> None:
    finding = found("CFG602", make_run(train_loss=flat(1.7)), UNSCALED)
    assert finding.severity is Severity.WARNING
    assert "LR110" in finding.cause


def test_a_good_curve_leaves_it_a_note() -> None:
    assert found("CFG602", make_run(train_loss=descent()), UNSCALED).severity is Severity.NOTE


def test_a_logged_scale_of_one_is_none() -> None:
    run = make_run(train_loss=descent(), loss_scale=series_of(np.ones(500)))
    assert found("CFG602", run, HALF).evidence[0].series == "loss_scale"
    scaled = make_run(train_loss=descent(), loss_scale=series_of(np.full(500, 1024.0)))
    assert ask("CFG602", scaled, HALF) is None


@pytest.mark.parametrize("scaling", ["dynamic", "static"])
def test_a_scaled_loss_is_as_it_should_be(scaling: str) -> None:
    config = Config(precision="float16", loss_scaling=scaling)
    assert ask("CFG602", make_run(train_loss=flat(1.7)), config) is None


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_other_precisions_need_no_scale(precision: str) -> None:
    config = Config(precision=precision, loss_scaling="none")
    assert ask("CFG602", make_run(train_loss=flat(1.7)), config) is None


@pytest.mark.parametrize(
    ("config", "missing"), [(Config(), "precision"), (HALF, "loss_scaling")], ids=["any", "half"]
)
def test_cannot_tell_without_precision_and_scaling(config: Config, missing: str) -> None:
    verdict = ask("CFG602", make_run(train_loss=descent()), config)
    assert isinstance(verdict, CannotTell)
    assert verdict.missing == (missing,)
