"""Folders as a browser sends them: each file with its path, the files of one log read as one."""

import gzip
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.app.conftest import Site
from tests.app.logs import make_csv

SAMPLES = Path(__file__).parents[1] / "readers" / "samples"
Sent = list[tuple[str, tuple[str, bytes]]]


def files_of(folder: Path, top: str = "") -> Sent:
    """Return what a browser sends of a dropped folder."""
    name = top or folder.name
    return [
        ("files", (f"{name}/{one.relative_to(folder).as_posix()}", one.read_bytes()))
        for one in sorted(folder.rglob("*"))
        if one.is_file() and one.name != "expect.json"
    ]


def send_files(client: httpx.Client, files: Sent) -> dict[str, Any]:
    answer = client.post("/api/diagnoses", files=files)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


@pytest.mark.parametrize(
    ("sample", "runs", "series"),
    [
        ("keras-tensorboard", 1, {"train_loss", "val_loss"}),
        ("mlflow-files", 2, {"train_loss", "val_loss", "lr"}),
    ],
)
def test_the_files_of_each_run_are_one_run(
    anna: httpx.Client, sample: str, runs: int, series: set[str]
) -> None:
    made = send_files(anna, files_of(SAMPLES / sample, "my run"))
    assert len(made["runs"]) == runs
    assert series <= set(made["runs"][0]["series"])
    again = anna.patch(f"/api/diagnoses/{made['id']}", json={"config": {"batch_size": 8}}).json()
    assert [one["series"] for one in again["runs"]] == [one["series"] for one in made["runs"]]
    page = anna.get("/", headers={"accept": "text/html"}).text
    assert f'<a href="/d/{made["id"]}">my run</a>' in page


def test_curves_of_one_run_need_no_folder(anna: httpx.Client) -> None:
    files = [
        ("files", (one.name, one.read_bytes()))
        for one in (SAMPLES / "tensorboard-downloads").iterdir()
        if one.name != "expect.json"
    ]
    (run,) = send_files(anna, files)["runs"]
    assert {"train_loss", "val_loss", "lr"} <= set(run["series"])


def test_files_of_the_same_name_stay_apart(anna: httpx.Client) -> None:
    files = [("files", ("results.csv", make_csv(seed=k))) for k in range(2)]
    assert len(send_files(anna, files)["runs"]) == 2


def test_what_lies_beside_logs_is_left_out_and_packed_logs_are_opened(
    anna: httpx.Client, site: Site
) -> None:
    files = [
        ("files", ("exp/a/metrics.csv", make_csv(seed=1))),
        ("files", ("exp/b/metrics.csv.gz", gzip.compress(make_csv(seed=2)))),
        ("files", ("exp/c/broken.csv.gz", gzip.compress(make_csv(seed=3))[:40])),
        ("files", ("exp/weights.pt", b"PK\x03\x04" + bytes(100))),
        ("files", ("exp/.git/config", b"step,loss\n1,2\n")),
        ("files", ("alone.csv", make_csv(seed=4))),
    ]
    made = send_files(anna, files)
    assert [run["name"] for run in made["runs"]] == ["a/metrics", "b/metrics", "alone"]
    assert "broken.csv.gz" in str(made["runs"][0]["notes"])


def test_a_folder_without_a_log_is_refused_with_the_reason(anna: httpx.Client) -> None:
    answer = anna.post("/api/diagnoses", files=[("files", ("exp/weights.pt", b"abc"))])
    assert answer.status_code == 422
    assert "log" in answer.json()["detail"]
