"""A diagnosis from upload to deletion, on both databases, over real HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from app.settings import Settings
from tests.app.conftest import Site, running
from tests.app.logs import make_csv, send


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[Site]:
    with running(Settings(data=tmp_path / "data", database_url=database_url)) as one:
        yield one


def path_of(url: str, site: Site) -> str:
    assert url.startswith(site.url), url
    return url.removeprefix(site.url)


def test_the_whole_life(site: Site, anna: httpx.Client, bert: httpx.Client) -> None:
    made = anna.post("/api/diagnoses", files=[("files", ("a b.csv", make_csv()))])
    assert made.status_code == 201
    sent = made.json()
    home = f"/api/diagnoses/{sent['id']}"
    assert made.headers["location"] == home
    assert path_of(sent["url"], site) == f"/d/{sent['id']}"
    assert sent["schema_version"] == 1
    assert sent["errors"] == []
    assert [run["source"] for run in sent["runs"]] == ["a b.csv"]
    assert anna.get(home).json() == sent

    chart = anna.get(f"{home}/runs/0/chart").json()
    window = anna.get(f"{home}/runs/0/window", params={"x0": 50, "x1": 100}).json()
    wider = anna.get(f"{home}/runs/0/window", params={"x0": 50, "x1": 100, "smooth": 31}).json()
    assert chart
    assert window["smooth"]["width"] != wider["smooth"]["width"] == 31
    assert anna.get(f"{home}/runs/1/chart").status_code == 404

    link = anna.post(f"{home}/shares", json={"days": 30}).json()
    shared = path_of(link["url"], site)
    ends = datetime.fromisoformat(link["expires_at"])
    assert abs(ends - datetime.now(UTC) - timedelta(days=30)) < timedelta(minutes=1)
    assert bert.get(f"{shared}/runs/0/chart").status_code == 200
    assert bert.get(f"{shared}/runs/0/window", params={"x0": 50, "x1": 100}).json() == window

    listed = anna.get(f"{home}/shares").json()["shares"]
    assert [one["id"] for one in listed] == [link["id"]]
    assert link["url"].rsplit("/", 1)[1] not in str(listed)

    for method, path in (
        ("GET", home),
        ("PATCH", home),
        ("DELETE", home),
        ("GET", f"{home}/runs/0/chart"),
        ("GET", f"{home}/runs/0/window?x0=1&x1=2"),
        ("POST", f"{home}/shares"),
        ("GET", f"{home}/shares"),
        ("DELETE", f"/api/shares/{link['id']}"),
    ):
        body: dict[str, object] | None = {} if method in ("PATCH", "POST") else None
        assert bert.request(method, path, json=body).status_code == 404, (method, path)
    assert anna.get(home).json() == sent, "a stranger changed something"

    assert anna.delete(f"/api/shares/{link['id']}").status_code == 204
    ended = bert.get(f"{shared}/runs/0/chart")
    assert ended.status_code == 410
    assert anna.delete(f"/api/shares/{link['id']}").status_code == 404

    assert anna.delete(home).status_code == 204
    assert anna.get(home).status_code == 404
    assert anna.get(f"{home}/runs/0/chart").status_code == 404
    assert not [one for one in (site.settings.data / "blobs").rglob("*") if one.is_file()]


def test_a_link_to_a_deleted_diagnosis_has_ended(
    site: Site, anna: httpx.Client, bert: httpx.Client
) -> None:
    home = f"/api/diagnoses/{send(anna)['id']}"
    shared = path_of(anna.post(f"{home}/shares").json()["url"], site)
    anna.delete(home)
    assert bert.get(f"{shared}/runs/0/chart").status_code == 410
    assert bert.get("/s/aaaaaaaaaaaaaaaaaaaaaa/runs/0/chart").status_code == 404


def test_corrections_change_the_diagnosis_and_can_be_taken_back(anna: httpx.Client) -> None:
    sent = send(anna)
    home = f"/api/diagnoses/{sent['id']}"

    def roles(answer: httpx.Response) -> dict[str, str]:
        assert answer.status_code == 200, answer.text
        return {one["column"]: one["role"] for one in answer.json()["runs"][0]["columns"]}

    before = roles(anna.get(home))
    assert before["val_loss"] == "val_loss"
    after = roles(anna.patch(home, json={"roles": {"val_loss": "ignore", "aux": "grad_norm"}}))
    assert after == {**before, "val_loss": "ignore", "aux": "grad_norm"}
    chart = anna.get(f"{home}/runs/0/chart").json()
    assert chart == anna.get(f"{home}/runs/0/chart").json()

    told = anna.patch(home, json={"config": {"lr": "0.01", "optimizer": "AdamW"}}).json()
    assert told["runs"][0]["config"] == {"lr": 0.01, "optimizer": "adamw"}
    assert roles(anna.get(home)) == after, "telling settings lost the roles"

    assert roles(anna.patch(home, json={"roles": {"val_loss": None}})) == {
        **after,
        "val_loss": "val_loss",
    }
    back = anna.patch(home, json={"roles": {"aux": None}, "config": {"lr": None}}).json()
    assert back["runs"][0]["config"] == {"optimizer": "adamw"}
    anna.patch(home, json={"config": {"optimizer": None}})
    assert anna.get(home).json() == sent


@pytest.mark.parametrize(
    ("body", "tells"),
    [
        ({"roles": {"nonsense": "val_loss"}}, "aux"),
        ({"roles": {"loss": "nonsense"}}, "train_loss"),
        ({"config": {"nonsense": 1}}, "batch_size"),
        ({"config": {"lr": -1}}, "above 0"),
        ({"config": {"optimizer": "magic"}}, "adamw"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
def test_a_wrong_correction_changes_nothing_and_tells_the_choices(
    anna: httpx.Client, body: dict[str, object], tells: str
) -> None:
    sent = send(anna)
    home = f"/api/diagnoses/{sent['id']}"
    answer = anna.patch(home, json=body)
    assert answer.status_code == 422
    assert tells in answer.json()["detail"] + answer.json()["hint"]
    assert anna.get(home).json() == sent


def test_one_bad_file_does_not_stop_the_others(anna: httpx.Client) -> None:
    files = [
        ("files", ("a.csv", make_csv(seed=1))),
        ("files", ("b.bin", bytes(range(256)) * 8)),
        ("files", ("c.csv", make_csv(seed=2))),
    ]
    answer = anna.post("/api/diagnoses", files=files)
    assert answer.status_code == 201
    assert [run["source"] for run in answer.json()["runs"]] == ["a.csv", "c.csv"]
    assert [one["source"] for one in answer.json()["errors"]] == ["b.bin"]


def test_pasted_text_is_a_log(anna: httpx.Client) -> None:
    body = {"text": make_csv().decode(), "name": "pasted.csv"}
    answer = anna.post("/api/diagnoses", json=body)
    assert answer.status_code == 201
    assert answer.json()["runs"][0]["source"] == "pasted.csv"
    form = anna.post("/api/diagnoses", data={"text": body["text"]})
    assert form.status_code == 201
