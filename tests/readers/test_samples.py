"""Logs as tools write them: the right numbers in the right roles.

A folder of ``samples`` holds the files of one log and ``expect.json``, which says what a person
reads off them. The list of tools that lrdiag shows is checked against these folders.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lrdiag.diagnosis import diagnose
from lrdiag.readers import READERS, Source, read_logs, read_runs
from lrdiag.run import Axis, Run

SAMPLES = Path(__file__).parent / "samples"
FOLDERS = tuple(sorted(path.name for path in SAMPLES.iterdir() if path.is_dir()))


def expected(folder: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SAMPLES / folder / "expect.json").read_text())
    return found


def read_sample(folder: str) -> tuple[Run, ...]:
    root = SAMPLES / folder
    files = sorted(
        path for path in root.rglob("*") if path.is_file() and path.name != "expect.json"
    )
    if len(files) == 1:
        return read_runs(Source(files[0].name, files[0].read_bytes()))
    parts = tuple(Source(str(file.relative_to(SAMPLES)), file.read_bytes()) for file in files)
    reading = read_logs([Source(folder, b"", parts)])
    assert not reading.left_out
    return reading.runs


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_curves_are_those_of_the_files(folder: str) -> None:
    runs, said = read_sample(folder), expected(folder)
    assert [run.format for run in runs] == [said["format"]] * len(said["runs"])
    for run, what in zip(runs, said["runs"], strict=True):
        if "refused" in what:
            assert run.refusal is not None
            assert what["refused"] in run.refusal.reason
            continue
        assert run.refusal is None
        assert run.x == Axis(**what["x"])
        if "name" in what:
            assert run.name == what["name"]
        _check_series(run, what["series"])


def _check_series(run: Run, series: dict[str, Any]) -> None:
    """Compare every curve of the losses, and the others that the sample tells of."""
    assert {role for role in run if role.endswith("loss")} == {
        role for role in series if role.endswith("loss")
    }
    took: dict[str, str] = {
        column.role: column.name for column in run.columns if column.role != "ignore"
    }
    for role, curve in series.items():
        assert took[role] == curve["column"]
        values = run[role].values  # type: ignore[index]
        assert len(values) == curve["n"]
        got = [values[0], values[-1], np.nanmin(values)]
        np.testing.assert_allclose(got, [curve["first"], curve["last"], curve["min"]], rtol=2e-5)


def test_every_tool_that_is_named_has_a_sample_and_every_sample_its_tool() -> None:
    named = {(tool.name, reader.name) for reader in READERS for tool in reader.tools}
    sampled = {(expected(folder)["tool"], expected(folder)["format"]) for folder in FOLDERS}
    assert named == sampled


def test_sparse_rows_keep_their_own_steps() -> None:
    (run,) = read_sample("lightning-sparse")
    np.testing.assert_array_equal(run["train_loss"].steps, [49.0, 99.0, 149.0])
    np.testing.assert_array_equal(run["val_loss"].steps[:3], [3.0, 7.0, 11.0])
    assert run.epochs is not None
    assert run.epochs.values[-1] in (40.0, 41.0)


def test_an_adversarial_log_shows_its_columns_and_says_which_is_judged() -> None:
    (run,) = read_sample("cyclegan")
    assert {"D_A", "G_A", "cycle_A"} <= {column.name for column in run.columns}
    assert "two networks that train against each other" in run.notes[0]
    assert "cycle_A alone" in run.notes[0]
    assert diagnose(run).status == "inconclusive"


def test_the_user_may_pick_a_column_of_a_refused_log() -> None:
    lines = "".join(f"[{k}/9] Loss_D: 0.5 Loss_G: {9 - k}.5 D(x): 0.5\n" for k in range(9))
    source = Source("x.txt", lines.encode())
    (run,) = read_runs(source)
    assert run.refusal is not None
    (run,) = read_runs(source, roles={"Loss_G": "train_loss"})
    assert run.refusal is None
    assert run["train_loss"].values[0] == 9.5
