"""Number helpers."""

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrdiag.numerics import count_distinct, median_of, robust_scale, whole_or_float


@pytest.mark.parametrize(
    ("value", "kind"), [(410.0, int), (0.5, float), (-3.0, int), (2.0**60, float), (1e300, float)]
)
def test_numbers_fit_into_json(value: float, kind: type) -> None:
    read = orjson.loads(orjson.dumps(whole_or_float(value)))
    assert read == value
    assert type(read) is kind


def test_outliers_do_not_move_the_spread() -> None:
    values = np.random.default_rng(0).normal(0.0, 2.0, 10_001)
    values[::10] += 1e6
    assert robust_scale(values) == pytest.approx(2.0, rel=0.2)


@given(st.lists(st.sampled_from([0.0, 1.0, 2.0, 3.5]), min_size=1, max_size=8))
def test_shortcuts_give_what_sorting_gives(listed: list[float]) -> None:
    values = np.array(listed)
    assert median_of(values) == np.median(values)
    assert count_distinct(values) == len(set(listed))
    assert count_distinct(np.sort(values)) == len(set(listed))
