import io

import numpy as np
import pytest

from lrdiag.charts import Curves, curves_from_bytes, curves_to_bytes, measure_curves
from lrdiag.run import Axis, Refusal, Series
from tests.charts.runs import broken, diagnosed, series, spikes


def same(a: Series | None, b: Series | None) -> bool:
    if a is None or b is None:
        return a is b
    return np.array_equal(a.steps, b.steps) and np.allclose(
        a.values, b.values, rtol=1e-6, equal_nan=True
    )


@pytest.mark.parametrize("diagnosis", [spikes(), broken(), spikes(20_000), diagnosed({})])
def test_bytes_and_back(diagnosis: object) -> None:
    curves = measure_curves(diagnosis)  # type: ignore[arg-type]
    again = curves_from_bytes(curves_to_bytes(curves))
    assert (again.unit, again.width) == (curves.unit, curves.width)
    for name in ("train", "val", "lr", "grad", "epochs"):
        assert same(getattr(curves, name), getattr(again, name)), name
    np.testing.assert_allclose(again.smooth, curves.smooth, rtol=1e-6)
    np.testing.assert_array_equal(again.marks, curves.marks)


def test_irregular_steps_and_huge_values_come_back_as_they_were() -> None:
    loss = series([1.0, np.inf, 1e300, -2.0], [1.0, 2.5, 7.0, 1e9])
    curves = measure_curves(diagnosed({"train_loss": loss}, axis=Axis(None, "index")))
    again = curves_from_bytes(curves_to_bytes(curves))
    assert again.train is not None
    np.testing.assert_array_equal(again.train.values, loss.values)
    np.testing.assert_array_equal(again.train.steps, loss.steps)


def test_a_million_regular_steps_take_no_room() -> None:
    curves = measure_curves(diagnosed({"train_loss": series(np.ones(1_000_000))}))
    assert len(curves_to_bytes(curves)) < 8_100_000  # two columns of single precision


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no archive", b"\x93NUMPY"])
def test_bytes_of_something_else(data: bytes) -> None:
    with pytest.raises(ValueError, match="hold no curves"):
        curves_from_bytes(data)


def test_pickled_objects_are_never_loaded() -> None:
    out = io.BytesIO()
    np.savez(out, unit=np.array([object()], dtype=object))
    with pytest.raises(ValueError, match="hold no curves"):
        curves_from_bytes(out.getvalue())


def test_only_validation() -> None:
    curves = measure_curves(diagnosed({"val_loss": series([2.0, 1.0], [9.0, 19.0])}))
    assert not curves.empty
    assert curves.range == (9.0, 19.0)
    assert len(curves.smooth) == 0


def test_a_refused_run_has_no_curves() -> None:
    refused = diagnosed({"train_loss": series([1.0])}, refusal=Refusal("Rows are runs.", "A log."))
    assert measure_curves(refused).empty


def test_bad_values_of_either_loss_are_known() -> None:
    curves = measure_curves(
        diagnosed({"train_loss": series([1, np.nan, 1]), "val_loss": series([np.inf, 1], [0, 2])})
    )
    assert curves.nonfinite.tolist() == [0.0, 1.0]


def test_the_line_has_a_value_a_step() -> None:
    with pytest.raises(ValueError, match="one value a training step"):
        Curves("step", series([1.0, 2.0]), np.ones(3), 1, None, None, None, None, np.empty(0))
