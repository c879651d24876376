"""Comparing stored diagnoses: whose they are, how many, and what is remembered."""

import httpx
import numpy as np
import pytest

from app.comparing import MOST_RUNS
from lrdiag.comparison import compare_runs
from lrdiag.diagnosis import diagnose
from lrdiag.readers import Source, read_runs
from lrdiag.report.comparison_json import comparison_to_json
from tests.app.conftest import Site
from tests.app.logs import make_csv, send
from tests.cli.command import csv_of
from tests.comparison.runs import falling

ENDS = {"lr1e-3.csv": 1.2, "lr1e-2.csv": 0.3, "lr1e-1.csv": 0.9}


def sweep_logs() -> dict[str, bytes]:
    return {
        name: csv_of(step=np.arange(300.0), train_loss=falling(end, seed=k))
        for k, (name, end) in enumerate(ENDS.items())
    }


def send_sweep(client: httpx.Client) -> str:
    files = [("files", (name, data)) for name, data in sweep_logs().items()]
    answer: str = client.post("/api/diagnoses", files=files).json()["id"]
    return answer


def test_stored_runs_say_what_the_library_says_of_the_logs(anna: httpx.Client) -> None:
    made = anna.get("/api/compare", params={"id": send_sweep(anna)}).json()
    runs = [read_runs(Source(name, data))[0] for name, data in sweep_logs().items()]
    told = comparison_to_json(compare_runs([diagnose(run) for run in runs]))
    assert made["comparison"]["sweep"]["best"] == 0.01
    assert made["comparison"]["verdict"] == told["verdict"]
    assert [one["rate_from"] for one in made["comparison"]["runs"]] == ["name"] * 3
    assert [one["name"] for one in made["runs"]] == ["lr1e-3", "lr1e-2", "lr1e-1"]


def test_the_order_asked_for_is_before_and_after(anna: httpx.Client) -> None:
    worse, better = (
        send(anna, csv_of(step=np.arange(300.0), train_loss=falling(end)), "log.csv")["id"]
        for end in (0.9, 0.3)
    )
    made = anna.get("/api/compare", params={"id": [worse, better]}).json()["comparison"]
    back = anna.get("/api/compare", params={"id": [better, worse]}).json()["comparison"]
    assert (made["change"]["outcome"], back["change"]["outcome"]) == ("better", "worse")
    page = anna.get("/compare", params={"d": [better, worse], "by": "age"}).text
    assert "The second run ends lower" in page


@pytest.mark.parametrize("path", ["/api/compare", "/api/compare/chart", "/compare"])
def test_a_stranger_compares_nothing_of_others(
    anna: httpx.Client, bert: httpx.Client, path: str
) -> None:
    hers, his = send(anna)["id"], send(bert)["id"]
    name = "d" if path == "/compare" else "id"
    assert anna.get(path, params={name: [hers]}).status_code == 200
    assert anna.get(path, params={name: [hers, his]}).status_code == 404
    assert bert.get(path, params={name: [hers]}).status_code == 404


def test_a_call_that_asks_for_nothing_or_too_much_is_told_so(anna: httpx.Client) -> None:
    assert anna.get("/api/compare").status_code == 422
    many = [("files", (f"r{k}.csv", make_csv(6, seed=k))) for k in range(MOST_RUNS + 1)]
    made = anna.post("/api/diagnoses", files=many).json()["id"]
    answer = anna.get("/api/compare", params={"id": made})
    assert answer.status_code == 400
    assert "too many" in answer.json()["detail"]


def test_a_correction_changes_the_comparison(site: Site, anna: httpx.Client) -> None:
    one, other = send(anna)["id"], send(anna, make_csv(seed=1))["id"]
    assert (
        anna.get("/api/compare", params={"id": [one, other]}).json()["comparison"]["loss"]
        == "val_loss"
    )
    for each in (one, other):
        home = f"/api/diagnoses/{each}"
        assert anna.patch(home, json={"roles": {"val_loss": "ignore"}}).status_code == 200
    made = anna.get("/api/compare", params={"id": [one, other]}).json()["comparison"]
    assert made["loss"] == "train_loss"
