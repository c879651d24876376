"""The Python face: every form of a log, one diagnosis, every way to see it; and cheap to import."""

import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

import lrdiag
from lrdiag.errors import ConfigError, EmptyLogError, MalformedLogError, ReadError
from lrdiag.frames import frame_to_table, mapping_to_table
from lrdiag.report.json import run_to_json
from tests.cli.command import healthy_log, nan_log
from tests.cli.test_main import loaded_after

PUBLIC = {
    "Comparison",
    "compare",
    "Advice",
    "CannotTell",
    "Config",
    "Diagnosis",
    "Evidence",
    "Finding",
    "Fix",
    "LrdiagError",
    "RULES",
    "RangeTestResult",
    "ReadError",
    "Rule",
    "Run",
    "Series",
    "Severity",
    "__version__",
    "diagnose",
    "find_lr",
    "find_rule",
    "range_test",
    "read_runs",
}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "results.csv"
    path.write_bytes(healthy_log())
    return path


def test_the_public_names() -> None:
    assert set(lrdiag.__all__) == PUBLIC
    assert set(dir(lrdiag)) >= PUBLIC
    for name in PUBLIC:
        assert getattr(lrdiag, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'diagnoze'"):
        lrdiag.diagnoze  # type: ignore[attr-defined]  # noqa: B018


def test_type_checkers_are_told_of_the_same_names() -> None:
    stub = (Path(lrdiag.__file__).parent / "__init__.pyi").read_text()
    told = set(re.findall(r"import (\w+) as \1\b", stub)) | set(re.findall(r"^(\w+):", stub, re.M))
    assert told == PUBLIC | {"__all__"}


def test_importing_loads_nothing() -> None:
    loaded = loaded_after("import lrdiag; lrdiag.__version__")
    assert not {"numpy", "pandas", "plotly", "torch", "typer", "rich"} & loaded
    loaded = loaded_after("import lrdiag; lrdiag.diagnose; lrdiag.read_runs")
    assert not {"pandas", "plotly", "torch", "typer", "rich", "jinja2"} & loaded


def test_the_way_of_the_readme(log: Path) -> None:
    run = lrdiag.read_runs(log)[0]
    one = lrdiag.diagnose(run, config={"optimizer": "adamw", "batch_size": 64})
    assert one.config.batch_size == 64
    assert 0.0 <= one.advice.confidence <= 1.0
    assert "LR101" not in one.findings
    assert one.status == "healthy"


def values(run: lrdiag.Run) -> list[float]:
    return list(run["train_loss"].values)


def test_every_form_of_a_log_gives_the_same_run(log: Path) -> None:
    data = log.read_bytes()
    frame = pd.read_csv(io.BytesIO(data))
    expected = values(lrdiag.read_runs(log)[0])
    assert len(expected) == 400
    with log.open("rb") as binary, log.open() as text:
        for form in (str(log), data, bytearray(data), binary, text, frame, frame.to_dict("list")):
            runs = lrdiag.read_runs(form)  # type: ignore[arg-type]
            assert len(runs) == 1
            assert values(runs[0]) == pytest.approx(expected)
            assert runs[0].x.unit == "step"
            assert "lr" in runs[0]


def test_roles_are_taken_as_said() -> None:
    steps = list(range(100))
    columns = {"step": steps, "odd": [1 / (k + 1) for k in steps]}
    run = lrdiag.read_runs(columns, roles={"odd": "train_loss"})[0]
    assert values(run)[:2] == [1.0, 0.5]


def test_none_in_a_dict_was_not_logged_and_nan_was() -> None:
    table = mapping_to_table({"loss": [1.0, None, float("nan"), 4], "tag": ["a", "b", "c", "d"]})
    cells = table.columns["loss"]
    assert list(cells.rows) == [0, 2, 3]
    assert np.array_equal(cells.values, [1.0, np.nan, 4.0], equal_nan=True)
    assert "tag" in table.texts
    assert "tag" not in table.columns


def test_a_dict_of_arrays_keeps_its_nan() -> None:
    cells = mapping_to_table({"loss": np.array([1.0, np.nan])}).columns["loss"]
    assert list(cells.rows) == [0, 1]


def test_columns_of_unequal_length_are_said() -> None:
    with pytest.raises(MalformedLogError, match="loss 2, val_loss 1") as caught:
        lrdiag.read_runs({"loss": [1.0, 2.0], "val_loss": [1.0]})
    assert "None" in caught.value.hint


@pytest.mark.parametrize("empty", [{}, {"loss": []}, pd.DataFrame(), pd.DataFrame({"loss": []})])
def test_no_rows_are_said(empty: Any) -> None:  # noqa: ANN401 - a dict or a DataFrame
    with pytest.raises(EmptyLogError):
        lrdiag.read_runs(empty)


def test_holes_of_a_frame_are_told_from_nan() -> None:
    n = 40
    loss, val = np.linspace(2.0, 1.0, n), np.full(n, np.nan)
    val[9::10] = 1.5
    loss[9::10] = np.nan  # rows of validation: the training loss is not logged
    loss[-3:-1] = np.nan  # rows of training: it was no number
    table = frame_to_table(pd.DataFrame({"step": np.arange(n), "loss": loss, "val_loss": val}))
    cells = table.columns["loss"]
    assert list(cells.rows[np.isnan(cells.values)]) == [37, 38]
    assert 9 not in cells.rows
    assert list(table.columns["val_loss"].rows) == [9, 19, 29, 39]


def test_a_frame_that_ends_in_nan_lost_its_loss() -> None:
    frame = pd.read_csv(io.BytesIO(nan_log()))
    assert "LR101" in lrdiag.diagnose(frame).findings


def test_frames_with_nullable_and_other_types() -> None:
    frame = pd.DataFrame(
        {
            "step": pd.array([0, 1, None], dtype="Int64"),
            "loss": [1.0, 0.5, 0.2],
            "when": pd.to_datetime(["2024-01-01"] * 3),
            "note": ["a", None, "b"],
        }
    )
    table = frame_to_table(frame)
    assert set(table.columns) == {"step", "loss"}
    assert set(table.texts) == {"when", "note"}
    assert len(table.columns["loss"]) == 3


def test_what_is_no_log_is_said(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no such file"):
        lrdiag.read_runs(tmp_path / "missing.csv")
    with pytest.raises(ReadError, match="A int is no log"):
        lrdiag.read_runs(3)  # type: ignore[arg-type]
    with pytest.raises(ReadError):
        lrdiag.read_runs(b"")


def test_a_log_is_diagnosed_without_a_detour(log: Path) -> None:
    assert lrdiag.diagnose(log).run.name == f"{log.parent.name}/results"
    assert lrdiag.diagnose(log, rules=()).cleared == {}


def test_a_rule_of_ones_own_is_called_by_its_code() -> None:
    own = replace(lrdiag.find_rule("LR101"), code="MY1", name="my-own", needs=())
    one = lrdiag.diagnose(nan_log(), rules=(own,))
    finding = json.loads(one.to_json())["findings"][0]
    assert (finding["code"], finding["name"], finding["symptom"]) == ("MY1", "my1", "")
    assert "MY1" in str(one)
    assert "MY1" in one._repr_html_()


def test_a_setting_that_makes_no_sense(log: Path) -> None:
    with pytest.raises(ConfigError, match="speed"):
        lrdiag.diagnose(log, config={"speed": 3})


def test_it_is_seen_in_every_way(log: Path, tmp_path: Path) -> None:
    one = lrdiag.diagnose(nan_log())
    figure = one.figure()
    assert isinstance(figure, go.Figure)
    assert len(figure.data) >= 1
    assert json.loads(one.to_json()) == json.loads(one.to_json(pretty=True)) == run_to_json(one)
    assert repr(one).startswith("<Diagnosis of 'log': findings, LR101")
    assert "NaN from step 300" in str(one)
    html = one._repr_html_()
    assert "<svg" in html
    assert "NaN from step 300" in html
    assert "<script" not in html


def test_it_is_saved(log: Path, tmp_path: Path) -> None:
    one = lrdiag.diagnose(log)
    one.save(tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text("utf-8").startswith("<!doctype html>")
    one.save(str(tmp_path / "report.json"))
    made = json.loads((tmp_path / "report.json").read_bytes())
    assert (made["schema_version"], len(made["runs"])) == (1, 1)
    with pytest.raises(ValueError, match=r"ends in \.html or \.json"):
        one.save(tmp_path / "report.pdf")


def test_runs_diagnoses_and_logs_are_compared_alike() -> None:
    logs = [
        {
            "step": list(range(60)),
            "loss": [2.0 - end * i / 60 for i in range(60)],
            "lr": [rate] * 60,
        }
        for rate, end in ((0.001, 0.5), (0.01, 1.5), (0.1, 1.0))
    ]
    runs = [lrdiag.read_runs(log)[0] for log in logs]
    by_run = lrdiag.compare(runs)
    assert by_run.sweep is not None
    assert by_run.sweep.best == 0.01
    for other in (lrdiag.compare(logs), lrdiag.compare([lrdiag.diagnose(run) for run in runs])):
        assert other.to_json() == by_run.to_json()
    assert "The best of 3 rates is 0.01" in str(by_run)
    assert repr(by_run).startswith("<Comparison of 3 runs: The best of 3 rates is 0.01")
