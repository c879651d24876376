import hashlib
import json
import re
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest

from lrdiag.charts import measure_curves, plot_text, sparkline, static_figure
from lrdiag.charts.scale import log_ticks
from lrdiag.finding import Evidence
from tests.charts.runs import broken, diagnosed, finding, series, spikes, spiky_loss

STATIC = Path(__file__).parents[2] / "static"
VENDOR = STATIC / "vendor"
EVIL = [
    '<img src=x onerror="alert(1)">',
    "<a href='javascript:alert(1)'>loss</a>",
    "<b>bold</b><sup>2</sup>",
    "loss %{customdata} %{y:.3f}",
    "run\u202egnp.exe\x00\x1b[31m",
    "a" * 500,
    "</script><script>alert(1)</script>",
]


@pytest.mark.parametrize("name", EVIL)
def test_names_of_a_log_are_only_text(name: str) -> None:
    text = plot_text(name)
    assert "<" not in text
    assert "%{" not in text
    assert not re.search("[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text)
    assert len(re.sub("&#?[a-z0-9]+;", "x", text)) <= 80
    figure = static_figure(diagnosed({"train_loss": series([2.0, 1.0])}, name=name))
    assert figure["layout"]["title"]["text"] == text
    assert "<" not in json.dumps(figure).replace("<extra></extra>", "")  # our own empty label


def test_plain_names_stay_as_they_are() -> None:
    assert plot_text("  run 7,\tlr=3e-4 (β₂ 0.95)\n") == "run 7, lr=3e-4 (β₂ 0.95)"


@pytest.mark.parametrize("diagnosis", [spikes(), broken(), diagnosed({}), spikes(9000)])
def test_plotly_takes_the_figure(diagnosis: object) -> None:
    figure = go.Figure(static_figure(diagnosis))  # type: ignore[arg-type]
    colours = re.findall("#[0-9a-f]{6}", figure.to_json())
    assert colours


def test_a_log_axis_gets_logarithms_and_its_own_ticks() -> None:
    layout = static_figure(broken())["layout"]
    assert layout["yaxis"]["type"] == "log"
    assert layout["yaxis"]["tickmode"] == "array"
    low, high = layout["yaxis"]["range"]
    (end,) = [one for one in layout["annotations"] if one["name"] == "end:train"]
    assert low < end["y"] < high


def test_no_text_becomes_a_style_attribute() -> None:
    """Bold, italics and raised text do, and the content security policy refuses them."""
    for diagnosis in (spikes(), broken()):
        assert not re.search(r"<(b|i|sup|sub|span)\b", json.dumps(static_figure(diagnosis)))


def test_flags_that_would_touch_are_one() -> None:
    evidence = [
        Evidence("peak", 1.0, None, "", "train_loss", (at, at + 4.0))
        for at in (100.0, 120.0, 800.0)
    ]
    run = diagnosed({"train_loss": series(spiky_loss(1000))}, {"LR105": finding(*evidence)})
    notes = static_figure(run)["layout"]["annotations"]
    assert [one["text"] for one in notes if one["name"] == "flag:1"] == ["▲ 1a–b", "▲ 1c"]


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (-4.2, 0.3, ["1e-4", "0.001", "0.01", "0.1", "1"]),
        (-0.1, 1.1, ["1", "2", "5", "10"]),
        (0.2, 0.7, ["2", "3", "4", "5"]),
    ],
)
def test_ticks_of_a_log_axis_are_typed_not_raised(
    low: float, high: float, words: list[str]
) -> None:
    ticks = log_ticks(low, high)
    assert ticks["ticktext"] == words
    assert all(low <= np.log10(value) <= high for value in ticks["tickvals"])


def test_a_sparkline_fits_its_box_and_breaks_at_gaps() -> None:
    path = sparkline(measure_curves(broken()), 96, 26)
    places = np.array(re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path), dtype=float)
    assert places[:, 0].min() >= 0.0
    assert places[:, 0].max() <= 96.0
    assert places[:, 1].min() >= 0.0
    assert places[:, 1].max() <= 26.0
    assert places[0, 1] < places[-1, 1]  # y points down: the loss falls
    loss = np.ones(300)
    loss[100:200] = np.nan
    assert (
        sparkline(measure_curves(diagnosed({"train_loss": series(loss)})), 96, 26).count("M") == 2
    )
    assert sparkline(measure_curves(diagnosed({})), 96, 26) == ""


def test_the_vendored_bundle_is_the_one_named() -> None:
    (entry,) = json.loads((VENDOR / "vendor.json").read_text())
    folder = VENDOR / entry["folder"]
    assert sorted(path.name for path in folder.iterdir()) == sorted(entry["sha256"])
    for name, digest in entry["sha256"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_the_bundle_is_the_release_that_plotly_py_ships() -> None:
    import plotly

    (entry,) = json.loads((VENDOR / "vendor.json").read_text())
    shipped = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    head = shipped.read_text(encoding="utf-8")[:100]
    assert f"plotly.js v{entry['version']}" in head


def test_the_stylesheet_holds_the_rules_that_the_bundle_would_inject() -> None:
    """The bundle adds them by script, which the content security policy refuses."""
    (entry,) = json.loads((VENDOR / "vendor.json").read_text())
    bundle = (VENDOR / entry["folder"] / "plotly-basic.min.js").read_text(encoding="utf-8")
    table = re.search(r'\{"X,X div":.*?\}(?=[;,)])', bundle, re.DOTALL)
    assert table is not None
    rules = re.findall(r'"?([XY][^"{}]*?)"?:("(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\')', table[0])
    wanted = {
        selector.replace("X", ".js-plotly-plot .plotly").replace("Y", ".plotly-notifier"): rule[
            1:-1
        ]
        for selector, rule in rules
    }
    css = (STATIC / "css" / "plotly.css").read_text(encoding="utf-8")
    held = dict(re.findall(r"(?m)^([^{}]+)\{(.*)\}$", css))
    assert len(wanted) > 60
    assert {key: value.replace('\\"', '"') for key, value in wanted.items()} == held
