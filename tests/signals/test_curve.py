"""What one loss curve shows."""

import numpy as np
import pytest

from lrdiag.run import Series
from lrdiag.signals.curve import HUGE, measure_curve, measure_scatter
from tests.curves import broken, descent, flat, series_of, spiked


def test_start_best_end_and_noise() -> None:
    curve = measure_curve(descent(1000, start=2.3, end=0.3, noise=0.05))
    assert curve.start == pytest.approx(2.2, abs=0.1)
    assert curve.best == pytest.approx(0.3, abs=0.05)
    assert curve.end == pytest.approx(0.3, abs=0.05)
    assert curve.noise == pytest.approx(0.05, rel=0.2)
    assert curve.rebound < 2.0 * curve.noise


def test_a_blow_up_of_the_first_steps_is_not_the_start() -> None:
    curve = measure_curve(spiked(flat(2.3), 1, height=500.0, width=4.0))
    assert curve.start == pytest.approx(2.3, abs=0.1)


def test_only_finite_points_count_and_the_others_are_kept_apart() -> None:
    curve = measure_curve(broken(descent(100), 40, 50))
    assert len(curve) == 90
    assert curve.lost.tolist() == list(range(40, 50))


def test_noise_is_never_zero() -> None:
    for values in (np.zeros(200), np.ones(200), np.linspace(2.0, 0.0, 200)):
        assert measure_curve(series_of(values)).bins.noise.min() > 0.0


@pytest.mark.parametrize(("rows", "bins"), [(5, 5), (60, 60), (61, 20), (500, 50), (10_000, 200)])
def test_long_logs_become_few_bins(rows: int, bins: int) -> None:
    assert len(measure_curve(descent(rows)).bins) == bins


def test_a_curve_needs_a_number() -> None:
    with pytest.raises(ValueError, match="finite"):
        measure_curve(Series(np.arange(3.0), np.full(3, np.nan)))


def test_a_loss_that_blows_up_keeps_its_start_its_best_and_its_end() -> None:
    curve = measure_curve(series_of(2.26 * 3.5 ** np.arange(500.0)))
    assert len(curve) == 500
    assert (curve.start, curve.best, curve.best_step) == (2.26, 2.26, 0.0)
    assert curve.end > 1e250
    assert curve.noise < 10.0


def test_what_no_float_can_subtract_is_clipped() -> None:
    curve = measure_curve(series_of([1.0, 2.0, 1.7e308, -1.7e308]))
    assert curve.lost.tolist() == []
    assert np.abs(curve.raw).max() == HUGE


def test_a_low_first_row_of_many_that_scatter_is_not_the_start() -> None:
    values = flat(1.5, noise=0.1).values.copy()
    values[0] = 1.2
    assert measure_curve(series_of(values)).start == pytest.approx(1.5, abs=0.1)


def test_rows_that_only_climb_do_not_scatter() -> None:
    assert measure_scatter(2.0 ** np.arange(30.0)) == 0.0
    assert measure_scatter(flat(1.5, noise=0.1).values) > 0.02
