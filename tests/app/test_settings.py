"""What an operator may say, and what must not be said by accident."""

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from pydantic import ValidationError

import app.settings
from app.main import create_app
from app.requestlog import scrub
from app.settings import Settings
from app.uploads import clean_name
from lrdiag.readers import Limits
from tests.app.conftest import running
from tests.app.logs import make_csv
from tests.app.test_bad_input import refusal

DOCS = Path(__file__).parents[2] / "docs"


def test_everything_comes_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LRDIAG_DATA", str(tmp_path))
    monkeypatch.setenv("LRDIAG_PORT", "9000")
    monkeypatch.setenv("LRDIAG_TOKENS", " one-secret, two-secret ,")
    monkeypatch.setenv("LRDIAG_ALLOWED_HOSTS", "Curves.example")
    monkeypatch.setenv("LRDIAG_BLOB_URL", "")
    settings = Settings()
    assert (settings.data, settings.port, settings.blob_url) == (tmp_path, 9000, None)
    assert [one.get_secret_value() for one in settings.tokens] == ["one-secret", "two-secret"]
    assert "one-secret" not in repr(settings)
    assert {"localhost", "127.0.0.1", "::1", "curves.example"} <= settings.hosts
    assert settings.sqlalchemy_url == f"sqlite+pysqlite:///{tmp_path / 'app.sqlite'}"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "[::1]", "localhost", "127.0.0.2"])
def test_this_machine_needs_no_token(host: str) -> None:
    assert Settings(host=host).local


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", ""])
def test_a_network_needs_a_token_or_a_word(host: str) -> None:
    with pytest.raises(ValidationError, match="LRDIAG_TOKENS"):
        Settings(host=host)
    assert not Settings(host=host, open=True).local
    monkeyed = Settings.model_validate({"host": host, "tokens": "a-secret"})
    assert monkeyed.tokens


@pytest.mark.parametrize("name", [one.name for one in fields(Limits)])
def test_every_limit_of_the_readers_is_a_setting(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    assert getattr(Settings().limits(), name) == getattr(Limits(), name)
    monkeypatch.setenv(f"LRDIAG_{name.upper()}", "7")
    assert getattr(Settings().limits(), name) == 7
    monkeypatch.setenv(f"LRDIAG_{name.upper()}", "0")
    with pytest.raises(ValidationError, match=name):
        Settings()


def test_a_limit_that_is_set_reaches_the_reader(tmp_path: Path) -> None:
    with running(Settings(data=tmp_path, max_rows=100)) as site, site.visitor() as client:
        files = [("files", ("a.csv", make_csv(300)))]
        assert "100" in refusal(client.post("/api/diagnoses", files=files), 413)
        files = [("files", ("a.csv", make_csv(90)))]
        assert client.post("/api/diagnoses", files=files).status_code == 201


def test_every_setting_is_documented() -> None:
    told = (DOCS / "server.md").read_text()
    at_hand = app.settings.__doc__ or ""
    for name, one in Settings.model_fields.items():
        if name in ("templates", "static"):  # part of the installation
            continue
        variable = f"LRDIAG_{name.upper()}"
        assert f"`{variable}`" in told, variable
        assert f"\n{variable} " in at_hand, variable
        if isinstance(one.default, int | float) and not isinstance(one.default, bool):
            row = next(line for line in told.splitlines() if f"`{variable}`" in line)
            assert f"{one.default:,.0f}" in row.replace("`8000`", "`8,000`"), row


def test_an_application_opens_nothing_before_it_starts(tmp_path: Path) -> None:
    create_app(Settings(data=tmp_path / "data"))
    assert not (tmp_path / "data").exists()


def test_the_web_process_never_loads_torch() -> None:
    code = "import app.main, sys; app.main.create_app; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/s/Qm3vX0c2Rk8yTz5aLw7nPg", "/s/..."),
        ("/s/Qm3vX0c2Rk8yTz5aLw7nPg/runs/0/chart", "/s/.../runs/0/chart"),
        ("/api/s/Qm3vX0c2Rk8yTz5aLw7nPg", "/api/s/..."),
        ("/d/abc", "/d/abc"),
        ("/x\nINFO forged", "/x\\nINFO forged"),
    ],
)
def test_the_log_tells_no_token_and_takes_no_line_breaks(path: str, line: str) -> None:
    assert scrub(path) == line


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("run.csv", "run.csv"),
        ("/home/anna/run.csv", "run.csv"),
        ("C:\\logs\\run.csv", "run.csv"),
        ("exp1/train/events.out.tfevents.1", "exp1/train/events.out.tfevents.1"),
        ("exp1\\train//./../events", "exp1/train/events"),
        ("../../etc/passwd", "etc/passwd"),
        ("\u202ea/\u202eb.csv", "a/b.csv"),
        ("/".join("abcdefghij") + "/run.csv", "d/e/f/g/h/i/j/run.csv"),
        ("x" * 150 + "/" + "y" * 150 + "/run.csv", "y" * 150 + "/run.csv"),
        ("", "log"),
        ("\x00\n", "log"),
        ("\ud800.csv", "?.csv"),
        ("x" * 500, "x" * 200),
        ("verlust_über_zeit.csv", "verlust_über_zeit.csv"),
    ],
)
def test_names_are_made_fit_to_be_shown(given: str, shown: str) -> None:
    assert clean_name(given) == shown
