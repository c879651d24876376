"""A rate as it is typed in code, a loss with the digits that count."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrdiag.wording import (
    count,
    join_words,
    say_confidence,
    say_length,
    say_limit,
    say_logged,
    say_loss,
    say_number,
    say_percent,
    say_place,
    say_quantity,
    say_range,
    say_rate,
    say_share,
    say_span,
    say_step,
    say_times,
    spell_count,
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
        (320.0, "320"),
        (0.0, "0"),
        (0.00029999999, "3e-4"),
        (0.0009999999, "0.001"),
        (0.000316227766, "3.16e-4"),
        (1e-10, "1e-10"),
        (12345.678, "1.23e4"),
    ],
)
def test_a_rate_is_said_as_it_is_typed(rate: float, said: str) -> None:
    assert say_rate(rate) == said
    assert math.isclose(float(said), rate, rel_tol=5e-3, abs_tol=1e-300)


def test_a_suggested_rate_has_two_digits() -> None:
    assert say_rate(0.0012247, 2) == "0.0012"
    assert say_rate(1 / 3, 2) == "0.33"


@pytest.mark.parametrize(
    ("loss", "said"),
    [
        (4.779, "4.78"),
        (2.3, "2.30"),
        (0.0107, "0.0107"),
        (0.00044, "4.4e-4"),
        (2.1e-7, "2.1e-7"),
        (12.0, "12.0"),
        (99.96, "100"),
        (1234.5, "1,234"),
        (163_204.0, "163,204"),
        (3.2e6, "3.2e6"),
        (2.2e33, "2.2e33"),
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


def test_a_table_may_ask_for_more_digits() -> None:
    values = (2.2432, 0.0, 12345.6, 4.0217e-4, -3.0)
    assert [say_loss(v, 4) for v in values] == ["2.243", "0", "12,346", "4.02e-4", "−3.000"]


def test_whole_numbers_stay_whole_up_to_a_million() -> None:
    assert say_number(31.25) == "31.2"
    assert say_number(3.0) == "3"
    assert say_number(-2.0) == "−2"
    assert say_number(999_999.0) == "999,999"
    assert say_number(19_733_200.0) == "1.97e7"


@pytest.mark.parametrize(
    ("place", "unit", "said"),
    [
        (12_000.0, "step", "12,000"),
        (58.6, "step", "59"),
        (214.5001, "index", "215"),
        (123_456_789.0, "step", "123,456,789"),
        (4.2e9, "step", "4.2e9"),
        (4.987, "epoch", "4.99"),
        (4.0, "epoch", "4"),
        (12.34, "epoch", "12"),
        (-0.2, "step", "0"),
    ],
)
def test_steps_and_rows_are_whole_and_early_epochs_are_not(
    place: float, unit: str, said: str
) -> None:
    assert say_step(place, unit) == said


def test_places_and_lengths_name_what_they_count() -> None:
    assert say_place(40.0, "index") == "row 40"
    assert say_place(0.5, "epoch") == "epoch 0.5"
    assert [say_length(v) for v in (58.6, 1.0)] == ["59 steps", "1 step"]


@pytest.mark.parametrize(
    ("percent", "said"),
    [
        (30.4, "30 %"),
        (4.21, "4.2 %"),
        (2.0, "2 %"),
        (0.044, "0.04 %"),
        (1e-9, "0 %"),
        (-0.12, "−0.1 %"),
        (98.46, "98.5 %"),
        (100.0, "100 %"),
        (740.0, "740 %"),
        (1_200.0, "12 times"),
        (1e8, "1e6 times"),
        (math.inf, "infinite %"),
    ],
)
def test_a_percentage_has_the_digits_that_tell(percent: float, said: str) -> None:
    assert say_percent(percent) == said
    assert say_share(percent / 100.0) == said


def test_a_space_before_the_unit_and_none_without() -> None:
    assert say_quantity(18.0, "%") == "18 %"
    assert say_quantity(31.2, "noises") == "31.2 noises"
    assert say_quantity(1.0, "noises") == "1 noise"
    assert say_quantity(19_733_200.0, "noises") == "1.97e7 noises"
    assert say_quantity(0.5, "") == "0.5"
    assert say_quantity(2.8e-5, "lr") == "2.8e-5"
    assert say_quantity(561.0, "step") == "step 561"
    assert (say_limit(8.0, "noises"), say_limit(5.0, "%")) == ("8", "5 %")


def test_a_logged_value_is_said_by_its_role() -> None:
    roles = ("lr", "epoch", "step", "train_loss")
    assert [say_logged(34.0, role) for role in roles] == ["34", "34", "34", "34.0"]
    assert say_logged(None, "lr") == "–"


def test_a_range_of_one_number_is_that_number() -> None:
    assert say_range("0.001", "0.0015") == "0.001–0.0015"
    assert say_range("0.001", "0.001") == "0.001"


def test_a_span_holds_what_was_measured() -> None:
    assert say_span(200.4, 209.2) == "200–210"
    assert say_span(30.0, 30.0) == "30"
    assert say_span(4.5, 9.25, "epoch") == "4.5–9.25"


def test_multipliers_and_counts() -> None:
    said = [say_times(v) for v in (2.0, 3.333, 14.9, 119.0, 4.57e18)]
    assert said == ["2", "3.3", "15", "120", "4.6e18"]
    assert (count(1, "epoch"), count(1500, "epoch")) == ("1 epoch", "1,500 epochs")
    assert count(2, "value is NaN", "values are NaN") == "2 values are NaN"
    assert [spell_count(n, "spike") for n in (1, 3, 14)] == [
        "One spike",
        "Three spikes",
        "14 spikes",
    ]
    assert [join_words(list(text)) for text in ("a", "ab", "abc")] == ["a", "a and b", "a, b and c"]


def test_nothing_read_from_a_curve_is_beyond_doubt() -> None:
    assert [say_confidence(v) for v in (1.0, 0.996, 0.7)] == ["0.99", "0.99", "0.70"]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_number_is_said_at_length(value: float) -> None:
    said = (say_loss(value), say_number(value), say_rate(value), say_percent(value))
    assert all(len(text) <= len("−123,456,789 times") for text in said), said
    assert all("+" not in text and "e0" not in text for text in said), said
