import numpy as np
import pytest

from lrdiag.charts.smooth import EXACT, choose_width, list_widths, smooth_values
from lrdiag.numerics import FloatArray
from tests.charts.runs import spiky_loss


def slow_smooth(values: FloatArray, width: int) -> FloatArray:
    """The definition, word by word."""

    def over(items: FloatArray, half: int, pick: object) -> FloatArray:
        out = np.full(len(items), np.nan)
        for i in range(len(items)):
            part = items[max(0, i - half) : i + half + 1]
            part = part[np.isfinite(part)]
            if len(part):
                out[i] = pick(part)  # type: ignore[operator]
        return out

    line = over(over(values, width // 2, np.median), width // 4, np.mean)
    return np.where(np.isfinite(values), line, np.nan)


@pytest.mark.parametrize("width", [3, 5, 9, 31, 101])
def test_is_a_running_median_then_a_running_mean(width: int) -> None:
    loss = spiky_loss(400)
    loss[[0, 50, 51, 52, 399]] = np.nan
    loss[200] = np.inf
    np.testing.assert_allclose(smooth_values(loss, width), slow_smooth(loss, width), rtol=1e-12)


def test_a_long_gap_stays_a_gap_and_its_edges_stay_finite() -> None:
    loss = np.full(300, 2.0)
    loss[100:200] = np.nan
    line = smooth_values(loss, 9)
    assert np.isnan(line[100:200]).all()
    assert (line[:100] == 2.0).all()
    assert (line[200:] == 2.0).all()


def test_one_spike_does_not_drag_the_line() -> None:
    loss = np.full(200, 1.0)
    loss[100] = 1e6
    assert (smooth_values(loss, 9) == 1.0).all()


def test_width_one_leaves_the_values_alone() -> None:
    loss = np.array([3.0, np.inf, 1.0])
    np.testing.assert_array_equal(smooth_values(loss, 1), [3.0, np.nan, 1.0])


@pytest.mark.parametrize("values", [[], [np.nan, np.nan], [1.0]])
def test_too_little_to_smooth(values: list[float]) -> None:
    assert len(smooth_values(np.array(values), 9)) == len(values)


def test_a_long_run_is_measured_at_some_places_and_joined() -> None:
    n = 100_000
    loss = spiky_loss(n)
    width = choose_width(n)
    assert n * width > EXACT
    line = smooth_values(loss, width)
    near = slow_smooth(loss[30_000:42_000], width)[1000:-1000]
    gap = np.abs(line[31_000:41_000] - near)
    assert np.quantile(gap, 0.99) < 0.02  # noise of the raw curve: 0.11
    assert np.isfinite(line).all()


@pytest.mark.parametrize(("n", "width"), [(100, 9), (50_000, 89)])
def test_losses_near_the_largest_float_become_a_gap_and_not_a_warning(n: int, width: int) -> None:
    assert np.isnan(smooth_values(np.full(n, 1.7e308), width)).sum() > 0


@pytest.mark.parametrize(("n", "width"), [(30, 1), (500, 9), (5_000, 29), (1_000_000, 401)])
def test_default_width_grows_with_the_root_of_the_length(n: int, width: int) -> None:
    assert choose_width(n) == width
    widths = list_widths(n)
    assert width in widths
    assert widths[0] == 1
    assert all(one % 2 for one in widths)
