"""The validation loss."""

import numpy as np

from lrdiag.signals.validation import measure_validation
from tests.curves import series_of


def test_the_best_that_is_said_is_the_lowest_that_was_logged() -> None:
    logged = series_of(np.array([0.768, 0.716, 0.835, 0.9, 1.1, 1.5, 2.0, 3.0]))
    val = measure_validation(logged, None)
    assert val is not None
    assert (val.best_step, val.best_value) == (1.0, 0.716)


def test_it_may_lie_far_from_the_lowest_median() -> None:
    logged = series_of(np.array([1.0, 0.5, 0.9, 0.8, 0.7, 0.6, 0.6, 0.6, 0.8, 1.0]))
    val = measure_validation(logged, None)
    assert val is not None
    assert (val.best_step, val.best_value, val.best_level) == (1.0, 0.5, 0.6)
