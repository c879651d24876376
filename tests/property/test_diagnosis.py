"""Whatever a log holds: a diagnosis that every face can say."""

from collections.abc import Sequence

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrdiag.charts import loss_chart, measure_curves
from lrdiag.diagnosis import diagnose
from lrdiag.numerics import FloatArray
from lrdiag.readers import Table, cells, run_from_table
from lrdiag.report.json import document, to_bytes
from lrdiag.report.text import diagnosis_to_renderable, to_text
from lrdiag.run import Config
from tests.property.test_readers import EXAMPLES

COLUMNS = ("loss", "val_loss", "lr", "grad_norm", "accuracy", "val_accuracy")
CURVES = st.sampled_from(["falls", "flat", "rises", "jumps", "any"])
NUMBERS = st.one_of(
    st.floats(-1e300, 1e300),
    st.sampled_from([0.0, -1.0, 1e-300, 1e300, -1e300, float("nan"), float("inf"), 2.302585]),
)


def curve(kind: str, n: int, seed: int) -> FloatArray:
    rng = np.random.default_rng(seed)
    at = np.linspace(0.0, 1.0, n)
    made = {
        "falls": np.exp(-5.0 * at),
        "flat": np.ones(n),
        "rises": at,
        "jumps": (at > 0.5).astype(float),
        "any": rng.normal(size=n),
    }[kind]
    noise: FloatArray = float(rng.choice([0.0, 0.01, 0.3])) * rng.normal(size=n)
    return made + noise


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    st.dictionaries(st.sampled_from(COLUMNS), CURVES, min_size=1),
    st.integers(1, 400),
    st.integers(0, 1000),
    st.sampled_from([1e-300, 1e-9, 1.0, -1.0, 1e9, 1e300]),
    st.lists(st.tuples(st.floats(0, 1), NUMBERS), max_size=4),
    st.booleans(),
)
def test_any_run_is_diagnosed_and_said(
    kinds: dict[str, str],
    n: int,
    seed: int,
    scale: float,
    odd: Sequence[tuple[float, float]],
    told: bool,
) -> None:
    columns = {"step": cells(list(range(n)))}
    for k, (name, kind) in enumerate(kinds.items()):
        values = scale * curve(kind, n, seed + k)
        for at, value in odd:
            values[min(int(at * n), n - 1)] = value
        columns[name] = cells([float(value) for value in values])
    config = Config(lr=0.1, optimizer="adam", planned_steps=2 * n, classes=10, clip_norm=1.0)
    run = run_from_table(Table("run", "csv", n, columns), "run.csv")
    made = diagnose(run, config if told else Config())
    assert to_bytes(document([made]))
    assert to_text(diagnosis_to_renderable(made))
    assert loss_chart(made, measure_curves(made))
