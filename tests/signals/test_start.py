"""The first steps of a loss."""

import numpy as np

from lrdiag.signals.curve import measure_curve
from lrdiag.signals.start import measure_start
from tests.curves import descent, flat, series_of, spiked


def test_a_fall_within_the_first_hundredth_is_seen_through_the_noise() -> None:
    values = flat(1.3, 1200, noise=0.2).values.copy()
    values[:20] += 0.3
    start = measure_start(measure_curve(series_of(values)))
    assert 0.2 <= start.fall <= 0.4
    assert start.fall_noises > 3.0


def test_a_flat_loss_shows_no_sure_fall() -> None:
    for seed in range(8):
        start = measure_start(measure_curve(flat(1.3, 1200, noise=0.2, seed=seed)))
        assert start.fall_noises < 3.0


def test_an_overshoot_is_measured_from_the_first_row() -> None:
    start = measure_start(measure_curve(spiked(descent(), 1, height=40.0, width=5.0)))
    assert start.level < 2.6
    assert start.peak > 20.0
    assert start.back_step is not None
    assert np.isclose(start.away, start.back_step / 499.0)
