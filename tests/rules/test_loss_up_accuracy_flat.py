"""FIT206 loss-up-accuracy-flat."""

import numpy as np
import pytest

from lrdiag.diagnosis import diagnose
from lrdiag.finding import CannotTell, Severity
from lrdiag.run import Run, Series
from tests.curves import ask, climbing, descent, found, make_run, series_of


def overfit(accuracy: Series) -> Run:
    """Return an epoch log whose validation loss rises from a third of the run on."""
    val = climbing(descent(30, noise=0.002, pace=20.0), start=0.3, rise=0.5)
    train = descent(30, end=0.05)
    return make_run(train_loss=train, val_loss=val, val_accuracy=accuracy, unit="epoch")


def accuracy(*, late: float = 0.0, scale: float = 1.0) -> Series:
    """Return an accuracy that rises to 0.85 and changes by ``late`` over the last two thirds."""
    rise = 0.85 * (1.0 - np.exp(-np.arange(30) / 2.0))
    drift = late * np.clip((np.arange(30) - 10) / 19.0, 0.0, 1.0)
    return series_of((rise + drift) * scale)


@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_fires_where_the_accuracy_holds(scale: float) -> None:
    finding = found("FIT206", overfit(accuracy(late=0.02, scale=scale)))
    assert finding.severity is Severity.NOTE
    assert "accuracy goes from 83.4 to 86.9 %" in finding.summary
    assert finding.evidence[0].value == pytest.approx(3.5, abs=0.1)


def test_is_quiet_where_the_accuracy_falls_as_well() -> None:
    assert ask("FIT206", overfit(accuracy(late=-0.03))) is None


def test_is_quiet_where_the_loss_does_not_rise() -> None:
    run = make_run(train_loss=descent(30), val_loss=descent(30, seed=1), val_accuracy=accuracy())
    assert ask("FIT206", run) is None


def test_overfitting_tells_it_in_one_story() -> None:
    diagnosis = diagnose(overfit(accuracy()))
    assert diagnosis.explained["FIT206"] == "FIT201"


def test_cannot_tell_from_three_accuracies() -> None:
    verdict = ask("FIT206", overfit(series_of([0.1, 0.5, 0.8])))
    assert isinstance(verdict, CannotTell)
    assert verdict.missing == ("4 values of val_accuracy",)
