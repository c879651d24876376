"""LOG904 smoothed-log."""

import numpy as np
import pytest

from lrdiag.finding import CannotTell, Severity
from lrdiag.run import Series
from tests.curves import ask, climbing, descent, found, line, make_run, power_law, series_of


def smoothed(series: Series, weight: float) -> Series:
    """Return the exponential average, corrected for its start."""
    total, mean, values = 0.0, 0.0, []
    for value in series.values:
        mean = weight * mean + (1.0 - weight) * value
        total = weight * total + (1.0 - weight)
        values.append(mean / total)
    return series_of(values)


@pytest.mark.parametrize("weight", [0.8, 0.9, 0.98])
def test_an_exponential_average_is_noted(weight: float) -> None:
    finding = found("LOG904", make_run(train_loss=smoothed(power_law(2000), weight)))
    assert finding.severity is Severity.NOTE
    assert finding.evidence[0].value >= -0.2


def test_a_moving_mean_is_noted() -> None:
    means = np.convolve(power_law(2000).values, np.full(20, 0.05), "valid")
    assert found("LOG904", make_run(train_loss=series_of(means)))


@pytest.mark.parametrize("loss", [power_law(), descent(), line()], ids=["power", "exp", "line"])
def test_single_batches_are_not_smoothed(loss: Series) -> None:
    assert ask("LOG904", make_run(train_loss=loss)) is None


def test_means_between_rows_are_not_smoothed() -> None:
    means = power_law(20_000).values.reshape(-1, 100).mean(axis=1)
    assert ask("LOG904", make_run(train_loss=series_of(means))) is None


def test_a_curve_without_noise_is_the_same_data_at_each_step() -> None:
    assert ask("LOG904", make_run(train_loss=power_law(noise=0.0))) is None


def test_a_loss_that_diverges_is_no_smoothed_log() -> None:
    rising = climbing(smoothed(power_law(), 0.9), start=0.3, rise=30.0)
    assert ask("LOG904", make_run(train_loss=rising)) is None


def test_cannot_tell_from_an_epoch_log() -> None:
    assert isinstance(ask("LOG904", make_run(train_loss=descent(30))), CannotTell)
