"""Real logs, unchanged: the right numbers in the right roles."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from lrdiag.readers import Source, read_runs
from lrdiag.run import Axis, Run, SeriesName

SAMPLES = Path(__file__).parent / "samples"


def read_sample(name: str) -> tuple[Run, ...]:
    return read_runs(Source(name, (SAMPLES / name).read_bytes()))


@dataclass(frozen=True)
class Curve:
    """What a person reads off the file."""

    n: int
    first: float
    last: float
    least: float


EXPECTED: dict[str, tuple[Axis, dict[SeriesName, Curve]]] = {
    "torchtitan_llama3.txt": (
        Axis("column 1", "step"),
        {"train_loss": Curve(100, 8.049097, 2.746471, 2.717227)},
    ),
    "lightning_val_only.csv": (
        Axis("step", "step"),
        {"val_loss": Curve(11, 0.831804, 1.074214, 0.782498)},
    ),
    "lightning_sparse.csv": (
        Axis("step", "step"),
        {
            "train_loss": Curve(3, 0.656112, 0.129172, 0.129172),
            "val_loss": Curve(42, 1.372296, 0.436645, 0.238713),
        },
    ),
    "keras_no_epoch.csv": (
        Axis(None, "index"),
        {
            "train_loss": Curve(10, 0.828994, 0.832406, 0.828994),
            "val_loss": Curve(10, 0.968004, 0.965850, 0.965850),
            "train_accuracy": Curve(10, 0.426667, 0.393333, 0.346667),
            "val_accuracy": Curve(10, 0.371429, 0.371429, 0.371429),
        },
    ),
    "convnext_log.txt": (
        Axis("epoch", "epoch"),
        {
            "train_loss": Curve(35, 6.229986, 3.408927, 3.295455),
            "val_loss": Curve(35, 4.869644, 1.909844, 1.698251),
            "lr": Curve(35, 9.902011e-05, 0.003684513, 9.902011e-05),
            "grad_norm": Curve(35, 1.201383, 1.448510, 0.984258),
        },
    ),
    "deepmd_lcurve.out": (
        Axis("step", "step"),
        {
            "train_loss": Curve(101, 11.0, 0.129, 0.116),
            "val_loss": Curve(101, 10.5, 0.139, 0.132),
            "lr": Curve(101, 1e-3, 3.5e-8, 3.5e-8),
        },
    ),
    "flair_training.log": (
        Axis("EPOCH", "epoch"),
        {
            "train_loss": Curve(15, 0.8579, 0.2784, 0.2586),
            "val_loss": Curve(15, 0.674320, 0.695740, 0.624873),
        },
    ),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_curves_are_those_of_the_file(name: str) -> None:
    (run,) = read_sample(name)
    axis, curves = EXPECTED[name]
    assert run.refusal is None
    assert run.x == axis
    for role, curve in curves.items():
        values = run[role].values
        assert len(values) == curve.n
        got = [values[0], values[-1], values.min()]
        np.testing.assert_allclose(got, [curve.first, curve.last, curve.least], rtol=2e-5)


def test_a_sample_without_a_curve_of_a_kind_does_not_invent_one() -> None:
    (run,) = read_sample("lightning_val_only.csv")
    assert set(run) == {"val_loss"}


def test_sparse_rows_keep_their_own_steps() -> None:
    (run,) = read_sample("lightning_sparse.csv")
    np.testing.assert_array_equal(run["train_loss"].steps, [49.0, 99.0, 149.0])
    np.testing.assert_array_equal(run["val_loss"].steps[:3], [3.0, 7.0, 11.0])
    assert run.epochs is not None
    assert run.epochs.values[-1] == 41.0 or run.epochs.values[-1] == 40.0


def test_an_adversarial_log_is_refused_and_shows_its_columns() -> None:
    (run,) = read_sample("cyclegan_loss_log.txt")
    assert run.refusal is not None
    assert "adversarial" in run.refusal.reason
    assert {"D_A", "G_A", "cycle_A"} <= {column.name for column in run.columns}


def test_the_user_may_pick_a_column_of_a_refused_log() -> None:
    source = Source("x.txt", (SAMPLES / "cyclegan_loss_log.txt").read_bytes())
    (run,) = read_runs(source, roles={"cycle_A": "train_loss"})
    assert run.refusal is None
    np.testing.assert_array_equal(run["train_loss"].values, [3.737])
