"""The pictures of a comparison as plain data."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from lrdiag.charts import comparison_chart, measure_curves, points_a_line, take_line
from lrdiag.charts.overlay import MOST_LABELS, POINTS
from lrdiag.comparison import compare_runs
from lrdiag.comparison.member import LOSSES
from lrdiag.diagnosis import Diagnosis
from tests.comparison.runs import falling, judged, make_run, sweep_runs

NONE = float("nan")


def chart_of(diagnoses: Sequence[Diagnosis], points: int = 200) -> dict[str, Any]:
    curves = [measure_curves(one) for one in diagnoses]
    lines = {
        k: {loss: line for loss in LOSSES if (line := take_line(one, loss, points)) is not None}
        for k, one in enumerate(curves)
    }
    names = [one.run.name for one in diagnoses]
    chart = comparison_chart(compare_runs(diagnoses), lines, names)
    json.dumps(chart, allow_nan=False)
    return chart


def test_every_run_has_a_line_and_a_place_on_the_ramp() -> None:
    chart = chart_of(sweep_runs({0.001: 1.2, 0.01: 0.3, 0.1: 0.9, 1.0: NONE}))
    assert [one["run"] for one in chart["runs"]] == [0, 1, 2, 3]
    assert [one["place"] for one in chart["runs"]] == pytest.approx(
        [0.0, 1 / 3, 2 / 3, 1.0], abs=1e-3
    )
    assert [one["fate"] for one in chart["runs"]] == ["finished"] * 3 + ["diverged"]
    assert [one["best"] for one in chart["runs"]] == [False, True, False, False]
    assert all(len(one["x"]) == len(one["raw"]) == len(one["smooth"]) for one in chart["runs"])
    labels = {one["name"]: one["text"] for one in chart["layout"]["annotations"]}
    assert labels["end:1"].startswith("0.01 0.3")
    assert "end:3" not in labels


def test_the_rates_stand_at_their_levels_with_the_good_ones_shaded() -> None:
    diagnoses = sweep_runs({0.001: 1.2, 0.01: 0.3, 0.1: 0.9, 1.0: NONE})
    rates, sweep = chart_of(diagnoses)["rates"], compare_runs(diagnoses).sweep
    assert sweep is not None
    ended, lost = rates["data"]
    assert ended["x"] == [0.001, 0.01, 0.1]
    assert ended["y"] == pytest.approx([1.2, 0.3, 0.9], abs=0.02)
    assert (lost["x"], lost["customdata"]) == ([1.0], [[3]])
    shaded = next(one for one in rates["layout"]["shapes"] if one["name"] == "range")
    assert (shaded["x0"], shaded["x1"]) == (sweep.low, sweep.high)
    assert "lowest at 0.01" in rates["label"]


def test_an_explosion_leaves_the_frame_and_the_others_keep_it() -> None:
    wild = falling(0.5) + 500.0 * np.exp(-np.arange(300) / 10.0)
    chart = chart_of(
        [
            judged(make_run("calm", falling(0.3), rate=0.01)),
            judged(make_run("mild", falling(0.4, seed=1), rate=0.03)),
            judged(make_run("wild", wild, rate=0.1)),
        ]
    )
    assert chart["y"]["linear"][1] < 4.0


def test_repeats_become_a_band_that_is_named_once() -> None:
    chart = chart_of(
        [judged(make_run(f"seed{k}", falling(0.4 + k / 50, seed=k))) for k in range(4)]
    )
    (band,) = chart["bands"]
    assert all(low <= high for low, high in zip(band["low"], band["high"], strict=True))
    assert {one["band"] for one in chart["runs"]} == {0}
    assert [one["name"] for one in chart["layout"]["annotations"]] == ["band:0", "axis:loss"]
    assert chart["rates"] is None


def test_many_lines_share_the_points_and_only_the_best_is_named() -> None:
    count = 2 * MOST_LABELS
    ends = {10.0 ** (k / 4): 0.3 + 0.1 * abs(k - 5) for k in range(count)}
    chart = chart_of(sweep_runs(ends, rows=4000), points_a_line(count))
    assert sum(len(one["x"]) for one in chart["runs"]) < 1.5 * POINTS
    names = [one["name"] for one in chart["layout"]["annotations"]]
    assert names == ["end:5", "axis:loss"]


def test_a_name_out_of_a_log_is_harmless_in_the_picture() -> None:
    evil = '<a href="https://x">%{y}'
    chart = chart_of([judged(make_run(evil, falling(0.3))), judged(make_run("b", falling(0.5)))])
    texts = " ".join(one["text"] for one in chart["layout"]["annotations"])
    assert "<a" not in texts
    assert "%{" not in texts


def test_nothing_to_compare_is_an_empty_picture() -> None:
    chart = chart_of([judged(make_run("a", falling(0.3)))])
    assert chart["empty"]
