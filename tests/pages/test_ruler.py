import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ruler import LEFT, RIGHT, factor_ruler, rate_ruler

RATES = st.floats(1e-12, 1e6)


def test_today_and_the_range_stand_in_their_order() -> None:
    ruler = rate_ruler(0.003, (0.001, 0.0015))
    assert ruler is not None
    assert ruler.today is not None
    assert ruler.low is not None
    assert LEFT < ruler.low < ruler.low + ruler.width < ruler.today < RIGHT
    assert ruler.text == "try 0.001–0.0015"
    assert ruler.label == "Log scale from 1e-4 to 0.01: today 0.003, to try 0.001–0.0015"
    assert not ruler.covered


def test_without_a_range_only_today_is_drawn() -> None:
    ruler = rate_ruler(0.01, None)
    assert ruler is not None
    assert ruler.low is None
    assert ruler.text == ""


def test_factors_are_said_as_divisions_and_multiplications() -> None:
    ruler = factor_ruler((1 / 3, 0.5), "÷ 2 to 3")
    assert ruler is not None
    assert [tick.text for tick in ruler.ticks if tick.text] == ["÷ 10", "× 1", "× 10"]


@pytest.mark.parametrize("today", [0.0, -1.0, math.nan, math.inf])
def test_what_has_no_logarithm_has_no_ruler(today: float) -> None:
    assert rate_ruler(today, None) is None


@settings(deadline=None)  # the cores are shared
@given(today=RATES, low=RATES, high=RATES)
def test_everything_lies_on_the_axis(today: float, low: float, high: float) -> None:
    ruler = rate_ruler(today, (min(low, high), max(low, high)))
    assert ruler is not None
    assert ruler.today is not None
    assert ruler.low is not None
    assert LEFT <= ruler.today <= RIGHT
    assert LEFT <= ruler.low <= ruler.low + ruler.width <= RIGHT + 2.0
    assert 1 <= sum(bool(tick.text) for tick in ruler.ticks) <= 7
