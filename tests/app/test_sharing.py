"""What the reader of a link sees, and what not."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from app.store import Stored, StoredFile
from app.store.reader_view import reader_view
from tests.app.conftest import Site
from tests.app.logs import make_csv

SECRET = "secret-project-v7"


def make_stored(*names: str, **more: Any) -> Stored:  # noqa: ANN401
    runs = [
        {
            "name": name,
            "source": f"{name}.csv",
            "config": {"lr": 0.003},
            "columns": [{"column": name}],
            "notes": [f"The file {name}.csv holds a loss."],
        }
        for name in names
    ]
    errors = [{"source": "other.bin", "error": "other.bin is binary.", "hint": ""}]
    return Stored(
        id="1",
        owner="anna",
        title=f"{names[0]}.csv",
        created_at=datetime.now(UTC),
        result={"runs": runs, "errors": errors, **more},
        roles={"loss": "train_loss"},
        config={"lr": 0.003},
        files=tuple(StoredFile(f"{name}.csv.gz", "0" * 64, 3) for name in names),
        edition="e",
        spark="",
    )


@pytest.mark.parametrize("hide", [True, False])
def test_a_reader_learns_nothing_of_the_owner(hide: bool) -> None:
    seen = reader_view(make_stored("a"), hide_name=hide)
    assert (seen.owner, dict(seen.roles), dict(seen.config), seen.files) == ("", {}, {}, ())
    assert seen.result["runs"][0]["config"] == {}
    assert "other.bin" not in str(seen)


def test_a_hidden_name_is_hidden_in_sentences_too() -> None:
    seen = reader_view(make_stored(SECRET), hide_name=True)
    run = seen.result["runs"][0]
    assert (seen.title, run["name"], run["source"]) == ("Training run",) * 3
    assert run["notes"] == ["The file Training run holds a loss."]
    assert run["columns"] == [{"column": SECRET}], "a column is no file"


def test_an_ordinary_word_stays_in_sentences() -> None:
    seen = reader_view(make_stored("loss"), hide_name=True)
    run = seen.result["runs"][0]
    assert run["name"] == "Training run"
    assert run["notes"] == ["The file Training run holds a loss."]


def test_several_runs_stay_apart() -> None:
    seen = reader_view(make_stored("a-1", "a-2"), hide_name=True)
    assert [run["name"] for run in seen.result["runs"]] == ["Training run 1", "Training run 2"]


@pytest.fixture
def link(anna: httpx.Client, request: pytest.FixtureRequest) -> str:
    """The path of a link to a diagnosis of a file with a telling name."""
    files = [
        ("files", (f"{SECRET}.csv", make_csv())),
        ("files", (f"{SECRET}.bin", bytes(range(256)) * 9)),
    ]
    home = f"/api/diagnoses/{anna.post('/api/diagnoses', files=files).json()['id']}"
    anna.patch(home, json={"config": {"batch_size": 48_611}})
    hide = {"hide_name": request.param} if hasattr(request, "param") else {}
    return str(urlsplit(anna.post(f"{home}/shares", json=hide).json()["url"]).path)


def test_a_link_hides_names_unless_told_otherwise(bert: httpx.Client, link: str) -> None:
    for path in (link, f"{link}/runs/0/chart", f"{link}/runs/0/window?x0=1&x1=9"):
        answer = bert.get(path, headers={"accept": "text/html"})
        assert answer.status_code == 200, path
        assert SECRET not in answer.text
        assert "48611" not in answer.text, "settings are not the reader's"
    assert "Training run" in bert.get(link).text


@pytest.mark.parametrize("link", [False], indirect=True)
def test_a_link_may_tell_the_name(bert: httpx.Client, link: str) -> None:
    page = bert.get(link).text
    assert f"{SECRET}.csv" in page
    assert f"{SECRET}.bin" not in page, "a file that gave no run was not shared"


def test_a_link_opens_nothing_else(site: Site, bert: httpx.Client, link: str) -> None:
    for path in (f"{link}/runs/1/chart", f"{link}/data.csv", f"{link}/shares", f"/api{link}"):
        assert bert.get(path).status_code == 404, path
    for method in ("POST", "PATCH", "DELETE", "PUT"):
        assert bert.request(method, link).status_code == 405


def test_reading_a_link_changes_nothing(anna: httpx.Client, bert: httpx.Client, link: str) -> None:
    first, second = bert.get(link), bert.get(link)
    assert first.status_code == second.status_code == 200, "preview bots fetch links"
    assert not bert.cookies, "a reader is nobody"
