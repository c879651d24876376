import gzip
import json
from typing import Any

import numpy as np
import pytest

from lrdiag.charts import loss_chart, loss_window, measure_curves
from lrdiag.charts.columns import epoch_knots
from lrdiag.diagnosis import Diagnosis
from lrdiag.finding import Evidence
from lrdiag.run import Axis, Refusal
from tests.charts.runs import broken, diagnosed, finding, series, spikes, spiky_loss


def chart(diagnosis: Diagnosis) -> dict[str, Any]:
    """The payload after the journey to the browser; NaN would not survive it."""
    payload = loss_chart(diagnosis, measure_curves(diagnosis))
    travelled = json.loads(json.dumps(payload, allow_nan=False))
    assert travelled == payload
    return payload


def role(payload: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [one for one in payload["figure"]["data"] if one["meta"] == name]
    return dict(found)


def named(payload: dict[str, Any], start: str) -> list[dict[str, Any]]:
    layout = payload["figure"]["layout"]
    return [
        one for one in (*layout["shapes"], *layout["annotations"]) if one["name"].startswith(start)
    ]


def test_a_short_log_travels_whole() -> None:
    payload = chart(spikes())
    loss = spiky_loss()
    assert payload["complete"]
    assert payload["columns"]["x"] == list(range(500))
    np.testing.assert_allclose(payload["columns"]["train"], loss, rtol=1e-4)
    assert [one["meta"] for one in payload["figure"]["data"]] == ["raw", "smooth", "val", "lr"]
    assert all(one["x"] in payload["columns"] for one in payload["figure"]["data"])
    assert all(one["y"] in payload["columns"] for one in payload["figure"]["data"])


def test_a_long_log_keeps_its_peaks_marks_and_budget() -> None:
    n = 1_000_000  # measured and thinned in 0.2 s
    payload = chart(spikes(n))
    loss = spiky_loss(n)
    columns = payload["columns"]
    assert not payload["complete"]
    assert len(columns["x"]) <= 4_020
    assert {0, n - 1, int(loss.argmax()), int(loss.argmin()), int(0.6 * n)} <= set(columns["x"])
    assert max(columns["train"]) == pytest.approx(loss.max(), rel=1e-4)
    wire = gzip.compress(json.dumps(payload, separators=(",", ":")).encode())
    assert len(wire) < 60_000  # bytes; a page without the bundle stays below 100 kB


def test_a_window_holds_every_value_in_it() -> None:
    curves = measure_curves(spikes(200_000))
    loss = spiky_loss(200_000)
    part = loss_window(curves, 80_000, 81_000)
    assert part["complete"]
    assert part["columns"]["x"] == list(range(79_999, 81_002))
    np.testing.assert_allclose(part["columns"]["train"], loss[79_999:81_002], rtol=1e-4)


def test_a_wide_window_is_finer_than_the_whole() -> None:
    diagnosis = spikes(200_000)
    curves = measure_curves(diagnosis)
    part = loss_window(curves, 50_000, 100_000)
    coarse = [x for x in chart(diagnosis)["columns"]["x"] if 50_000 <= x <= 100_000]
    assert not part["complete"]
    assert len(part["columns"]["x"]) > 3 * len(coarse)


def test_a_window_can_smooth_anew_and_says_so() -> None:
    curves = measure_curves(spikes(20_000))
    wide = loss_window(curves, 0, 20_000, smooth=501)
    assert wide["smooth"]["width"] == 501
    assert wide["smooth"]["text"] == "501 steps"
    narrow = loss_window(curves, 0, 20_000)
    assert np.std(np.diff(wide["columns"]["smooth"])) < np.std(np.diff(narrow["columns"]["smooth"]))


@pytest.mark.parametrize(
    ("x0", "x1", "width"), [(5.0, 5.0, None), (9.0, 1.0, None), (np.nan, 1.0, None), (0.0, 9.0, 0)]
)
def test_a_window_that_makes_no_sense(x0: float, x1: float, width: int | None) -> None:
    with pytest.raises(ValueError, match=r"window|line"):
        loss_window(measure_curves(spikes()), x0, x1, smooth=width)


def test_a_window_beyond_the_run_is_not_an_error() -> None:
    part = loss_window(measure_curves(spikes()), 10_000, 20_000)
    assert len(part["columns"]["x"]) <= 1


def test_broken_values_are_gaps_marks_and_a_count() -> None:
    payload = chart(broken())
    assert payload["nonfinite"] == {
        "n": 239,
        "first": 561.0,
        "last": 799.0,
        "text": "239 values are NaN",
    }
    assert payload["columns"]["train"][561:] == [None] * 239
    assert payload["columns"]["smooth"][561:] == [None] * 239
    assert payload["columns"]["bad_x"][0] == 561
    assert role(payload, "nonfinite")["yaxis"] == "y3"
    assert "the first at step 561" in payload["label"]


def test_one_broken_value_in_a_long_log_is_marked() -> None:
    loss = spiky_loss(300_000)
    loss[123_456] = np.nan
    payload = chart(diagnosed({"train_loss": series(loss)}))
    assert payload["columns"]["bad_x"] == [123_456]
    at = payload["columns"]["x"].index(123_456)
    assert payload["columns"]["train"][at] is None


def test_marks_belong_to_findings_and_know_no_colour() -> None:
    payload = chart(spikes())
    assert [one["x0"] for one in named(payload, "tint:1")] == [196.0, 296.0, 396.0]
    assert [one["text"] for one in named(payload, "flag:1")] == ["▲ 1a", "▲ 1b", "▲ 1c"]
    assert [one["text"] for one in named(payload, "rate-flag:2")] == ["● 2"]
    assert all(one["opacity"] == 0 for one in named(payload, "tint:3"))  # a note has no fill
    assert "color" not in json.dumps(payload["figure"])
    assert "#" not in json.dumps(payload["figure"])


@pytest.mark.parametrize(
    ("low", "high", "scale"), [(1.0, 90.0, "linear"), (1.0, 200.0, "log"), (-1.0, 900.0, "linear")]
)
def test_log_from_two_decades_on(low: float, high: float, scale: str) -> None:
    payload = chart(
        diagnosed({"train_loss": series(np.geomspace(high, abs(low), 500) + low - abs(low))})
    )
    assert payload["y"]["scale"] == scale


def test_zeros_do_not_forbid_the_log_scale_but_are_counted() -> None:
    loss = np.geomspace(10.0, 1e-3, 500)
    loss[-5:] = 0.0
    payload = chart(diagnosed({"train_loss": series(loss)}))
    assert (payload["y"]["scale"], payload["y"]["hidden"]) == ("log", 5)
    (name,) = named(payload, "axis:hidden")
    assert name["text"] == "5 at or below 0 left out"


def test_epochs_rise_within_an_epoch() -> None:
    curves = measure_curves(spikes())  # epoch 0 at steps 0 to 99, and so on
    knots = epoch_knots(curves)
    assert knots == {"step": [0, 100, 200, 300, 400, 499], "epoch": [0, 1, 2, 3, 4, 4.99]}


def test_fractions_of_epochs_are_taken_as_they_are() -> None:
    loss = series(np.ones(100))
    payload = chart(diagnosed({"train_loss": loss}, epochs=series(np.arange(100) / 40.0)))
    knots = payload["x"]["epochs"]
    assert (knots["epoch"][0], knots["epoch"][-1]) == (0, 2.475)
    by_knots = np.interp(np.arange(100), knots["step"], knots["epoch"])
    np.testing.assert_allclose(by_knots, np.arange(100) / 40.0, atol=1e-4)


def test_no_epochs_to_choose_where_there_are_none() -> None:
    steps = {"train_loss": series(np.ones(9))}
    assert chart(diagnosed(steps))["x"]["epochs"] is None  # type: ignore[arg-type]
    one = chart(diagnosed(steps, epochs=series(np.zeros(9))))  # type: ignore[arg-type]
    assert one["x"]["epochs"] is None
    by_epoch = diagnosed(steps, axis=Axis("epoch", "epoch"), epochs=series(np.arange(9)))  # type: ignore[arg-type]
    assert chart(by_epoch)["x"] == {
        "unit": "epoch",
        "name": "epoch",
        "range": [0.0, 8.0],
        "epochs": None,
    }


def test_a_run_without_loss_says_so() -> None:
    refusal = Refusal("Rows are finished runs, not steps.", "Give the log of one run.")
    for empty in (diagnosed({}), diagnosed({"train_loss": series([1.0])}, refusal=refusal)):
        payload = chart(empty)
        assert payload["empty"]
        assert payload["figure"] == {"data": [], "layout": {}}
        assert payload["numbers"]["rows"] == []


@pytest.mark.parametrize("values", [[2.0], [np.nan, np.nan], [np.inf], [0.0, 0.0, 0.0], [-1.0]])
def test_almost_nothing_can_be_drawn(values: list[float]) -> None:
    payload = chart(diagnosed({"train_loss": series(values), "lr": series(np.zeros(len(values)))}))
    low, high = payload["y"]["linear"]
    assert low < high
    assert len(payload["columns"]["train"]) == len(values)


def test_only_validation_is_drawn() -> None:
    payload = chart(diagnosed({"val_loss": series([3.0, 2.0, 1.5], [10.0, 20.0, 30.0])}))
    assert [one["meta"] for one in payload["figure"]["data"]] == ["val"]
    assert payload["numbers"]["head"] == ["step", "validation", "what"]
    assert "validation loss falls from 3.00 to 1.50" in payload["label"]


def test_the_table_holds_ends_edges_points_and_validation() -> None:
    numbers = chart(spikes())["numbers"]
    assert numbers["head"] == [
        "step",
        "train",
        "train, smooth over 9",
        "validation",
        "learning rate",
        "gradient norm",
        "what",
    ]
    what = {row[0]: row[-1] for row in numbers["rows"]}
    assert what["0"] == "start"
    assert what["499"].startswith("end")
    assert what["196"] == "1a begins"
    assert what["200"].startswith("finding 1:")
    assert what["99"] == "validation"
    assert all(len(row) == len(numbers["head"]) for row in numbers["rows"])
    row = next(row for row in numbers["rows"] if row[0] == "200")
    assert row[1] == f"{spiky_loss()[200]:.3f}"
    assert row[3] == "–"  # nothing was logged there
    assert row[4] == "0.003"


def test_many_findings_make_no_endless_table() -> None:
    evidence = [
        Evidence("peak", 1.0, None, "", "train_loss", (10.0 * i, 10.0 * i + 5.0), 10.0 * i + 2.0)
        for i in range(99)
    ]
    run = diagnosed({"train_loss": series(spiky_loss(1000))}, {"LR105": finding(*evidence)})
    rows = chart(run)["numbers"]["rows"]
    assert len(rows) <= 40
    assert rows[-1][-1].startswith("end")


def test_a_constant_rate_travels_as_two_points() -> None:
    columns = chart(spikes(3000))["columns"]
    assert (columns["lr_x"], columns["lr"]) == ([0, 2999], [0.003, 0.003])
