"""Places where the loss jumps."""

import numpy as np
import pytest

from lrdiag.run import Series
from lrdiag.signals.curve import measure_curve
from lrdiag.signals.spikes import find_spikes
from tests.curves import descent, raised, series_of, spiked


def test_a_spike_has_its_place_its_height_and_its_way_back() -> None:
    loss = spiked(descent(noise=0.01), 300, height=2.0, width=5.0)
    (spike,) = (one for one in find_spikes(measure_curve(loss)) if one.rows >= 3)
    assert (spike.start, spike.peak_step) == (300.0, 300.0)
    assert 310.0 <= spike.end <= 325.0
    assert spike.height == pytest.approx(2.0, abs=0.1)
    assert spike.back


def test_a_lone_row_is_an_event_of_one_row() -> None:
    loss = descent()
    values = loss.values.copy()
    values[300] += 3.0
    spikes = find_spikes(measure_curve(Series(loss.steps, values)))
    assert [(one.start, one.rows, one.back) for one in spikes] == [(300.0, 1, True)]


def test_a_level_that_stays_up_does_not_come_back() -> None:
    (spike,) = find_spikes(measure_curve(raised(descent(), 300, by=1.0)))
    assert not spike.back
    assert spike.end == 499.0


def test_the_start_is_left_to_its_own_rule() -> None:
    assert find_spikes(measure_curve(spiked(descent(), 3, height=9.0, width=3.0))) == ()


def test_narrow_and_wide_spikes_are_both_found_in_a_long_log() -> None:
    loss = spiked(descent(100_000), 40_000, height=2.0, width=8.0)
    values = loss.values.copy()
    values[70_000:74_000] += np.hanning(4000) * 1.5  # too slow for the rows to notice
    wide = [one for one in find_spikes(measure_curve(series_of(values))) if one.rows >= 5]
    assert [round(one.peak_step, -4) for one in wide] == [40_000.0, 70_000.0]
