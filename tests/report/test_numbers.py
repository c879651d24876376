"""A rate as it is typed in code, a loss with the digits that count."""

import math

import pytest

from lrdiag.report.numbers import (
    count,
    say_loss,
    say_number,
    say_quantity,
    say_range,
    say_rate,
    say_share,
    say_step,
    say_times,
)


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (0.003, "0.003"),
        (2.8e-5, "2.8e-5"),
        (6e-4, "6e-4"),
        (1e-3, "0.001"),
        (0.1, "0.1"),
        (1.0, "1"),
        (10.0, "10"),
        (0.0, "0"),
        (0.00029999999, "3e-4"),
        (0.0009999999, "0.001"),
        (1e-10, "1e-10"),
        (12345.678, "1.235e4"),
    ],
)
def test_a_rate_is_said_as_it_is_typed(rate: float, said: str) -> None:
    assert say_rate(rate) == said
    assert math.isclose(float(said), rate, rel_tol=1e-3, abs_tol=1e-300)


def test_a_suggested_rate_has_two_digits() -> None:
    assert say_rate(0.0012247, 2) == "0.0012"
    assert say_rate(1 / 3, 2) == "0.33"


@pytest.mark.parametrize(
    ("loss", "said"),
    [
        (4.779, "4.78"),
        (2.3, "2.30"),
        (0.00044, "0.00044"),
        (2.1e-7, "2.1e-7"),
        (12.0, "12.0"),
        (99.96, "100"),
        (1234.5, "1,234"),
        (3.2e6, "3.2e6"),
        (-0.51, "−0.510"),
        (0.0, "0"),
        (float("nan"), "NaN"),
        (float("inf"), "infinite"),
        (float("-inf"), "−infinite"),
        (None, "–"),
    ],
)
def test_a_loss_has_the_digits_that_count(loss: float | None, said: str) -> None:
    assert say_loss(loss) == said


def test_whole_numbers_stay_whole() -> None:
    assert say_number(1_000_000.0) == "1,000,000"
    assert say_number(31.25) == "31.2"
    assert say_number(3.0) == "3"
    assert say_number(-2.0) == "−2"


def test_places_on_the_axis() -> None:
    assert say_step(12_000.0) == "12,000"
    assert say_step(4.987) == "4.99"


def test_a_space_before_the_unit_and_none_without() -> None:
    assert say_quantity(18.0, "%") == "18 %"
    assert say_quantity(31.2, "noises") == "31.2 noises"
    assert say_quantity(0.5, "") == "0.5"
    assert say_quantity(2.8e-5, "lr") == "2.8e-5"
    assert say_quantity(561.0, "step") == "step 561"


def test_a_range_of_one_number_is_that_number() -> None:
    assert say_range("0.001", "0.0015") == "0.001–0.0015"
    assert say_range("0.001", "0.001") == "0.001"


def test_a_share_has_its_whole() -> None:
    assert say_share(240, 800, "steps") == "30 % of 800 steps"
    assert say_share(1, 800, "steps") == "0.1 % of 800 steps"
    assert say_share(0, 0, "steps") == "0 % of 0 steps"


def test_multipliers_and_counts() -> None:
    assert [say_times(v) for v in (2.0, 3.333, 14.9, 119.0)] == ["2", "3.3", "15", "120"]
    assert (count(1, "epoch"), count(1500, "epoch")) == ("1 epoch", "1,500 epochs")
