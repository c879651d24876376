"""Whatever runs hold, a comparison of them is said, drawn and written, or refused in words."""

import json

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lrdiag.charts import comparison_chart, measure_curves, take_line
from lrdiag.comparison import compare_runs
from lrdiag.comparison.member import LOSSES, Unit
from lrdiag.diagnosis import Diagnosis, diagnose
from lrdiag.report.comparison_json import comparison_to_json
from lrdiag.report.comparison_text import comparison_to_renderable
from lrdiag.report.names import label_runs
from lrdiag.report.text import to_text
from lrdiag.run import Axis, Config, Refusal, Run, Series, SeriesName

VALUES = st.floats(allow_nan=True, allow_infinity=True, width=64)
LEVELS = st.one_of(VALUES, st.floats(-3.0, 3.0), st.just(0.0))
RATES = st.one_of(st.none(), st.sampled_from([0.0, -1.0, 1e-300, 1e-3, 1e-2, 0.1, 1e12, np.nan]))
UNITS: st.SearchStrategy[Unit] = st.sampled_from(["step", "epoch", "index"])
NAMES = st.sampled_from(["run", "seed1", "seed2", "lr1e-3", "lr=0.1", "a" * 90, "\u202e<b>%{x}"])


@st.composite
def runs(draw: st.DrawFn) -> Run:
    series: dict[SeriesName, Series] = {}
    for name in ("train_loss", "val_loss"):
        values = draw(st.lists(LEVELS, max_size=12))
        if values:
            start, every = draw(st.integers(0, 500)), draw(st.integers(1, 9))
            steps = start + every * np.arange(len(values), dtype=np.float64)
            series[name] = Series(steps, np.array(values))
    rate = draw(RATES)
    if rate is not None:
        series["lr"] = Series(np.arange(3.0), np.full(3, rate))
    refusal = draw(st.sampled_from([None, None, None, Refusal("a table", "Give a log")]))
    axis = Axis(None, draw(UNITS))
    name = draw(NAMES)
    return Run(name, f"{name}.csv", "csv", axis, {} if refusal else series, refusal=refusal)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(runs(), max_size=5))
def test_any_runs_are_compared_or_refused_in_words(made: list[Run]) -> None:
    diagnoses: list[Diagnosis] = [diagnose(run, Config()) for run in made]
    comparison = compare_runs(diagnoses)
    entry = comparison_to_json(comparison)
    json.dumps(entry, allow_nan=False)
    assert entry["verdict"]["headline"].endswith(".")
    text = to_text(comparison_to_renderable(comparison))
    assert "\u202e" not in text
    known = {*comparison.runs, *(one.run for one in comparison.left_out)}
    assert comparison.refusal or known == set(range(len(made)))
    lines = {
        k: {
            loss: line
            for loss in LOSSES
            if (line := take_line(measure_curves(one), loss, 150)) is not None
        }
        for k, one in enumerate(diagnoses)
    }
    chart = comparison_chart(comparison, lines, label_runs(comparison.members))
    json.dumps(chart, allow_nan=False)
