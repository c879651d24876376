"""How far validation stands from training, and how accuracy goes."""

import numpy as np
import pytest

from lrdiag.run import Series
from lrdiag.signals import Signals
from lrdiag.signals.accuracy import measure_change, measure_lead
from tests.curves import descent, every, make_run, raised, series_of


def test_the_distance_is_measured_over_the_second_half() -> None:
    val = raised(every(descent(noise=0.0), 20), 0, by=0.25)
    gap = Signals(make_run(train_loss=descent(noise=0.0), val_loss=val)).gap
    assert gap is not None
    assert gap.size == pytest.approx(0.25, abs=0.005)
    assert gap.slope.value == pytest.approx(0.0, abs=0.01)
    assert gap.better == 0.0
    assert gap.span == (259.0, 499.0)


def test_a_distance_takes_four_late_validations() -> None:
    run = make_run(train_loss=descent(), val_loss=every(descent(), 100))
    assert Signals(run).gap is None


def test_validation_alone_has_no_distance() -> None:
    assert Signals(make_run(val_loss=descent(40))).gap is None


@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_a_lead_is_told_in_points(scale: float) -> None:
    train = series_of(np.linspace(0.3, 0.8, 20) * scale)
    val = Series(train.steps, train.values + 0.07 * scale)
    assert measure_lead(val, train) == pytest.approx(7.0)


def test_no_lead_without_numbers() -> None:
    none = series_of(np.full(20, np.nan))
    assert measure_lead(none, series_of(np.linspace(0.3, 0.8, 20))) is None
    assert measure_change(none, 3.0) is None


def test_an_accuracy_is_read_at_a_step_and_at_the_end() -> None:
    change = measure_change(series_of(np.linspace(0.0, 0.95, 20)), 10.0)
    assert change is not None
    assert change.then == pytest.approx(50.0)
    assert change.now == pytest.approx(90.0)
