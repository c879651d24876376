"""Number helpers."""

import numpy as np
import orjson
import pytest

from lrdiag.numerics import robust_scale, whole_or_float


@pytest.mark.parametrize(
    ("value", "said"), [(410.0, b"410"), (0.5, b"0.5"), (-3.0, b"-3"), (1e20, b"1e20")]
)
def test_numbers_fit_into_json(value: float, said: bytes) -> None:
    assert orjson.dumps(whole_or_float(value)) == said


def test_outliers_do_not_move_the_spread() -> None:
    values = np.random.default_rng(0).normal(0.0, 2.0, 10_001)
    values[::10] += 1e6
    assert robust_scale(values) == pytest.approx(2.0, rel=0.2)
