"""Static files go over the wire once, small, and as what they are."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.assets import asset_url
from app.errors import NotFoundError
from app.settings import STATIC, Settings
from tests.app.conftest import running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    static = tmp_path / "static"
    (static / "js").mkdir(parents=True)
    (static / "js" / "a.js").write_text("export const a = 1;\n" * 200)
    (static / "f.woff2").write_bytes(bytes(range(256)) * 8)
    (static / "i.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (static / "run.py").write_text("print('not served')")
    (tmp_path / "secret.js").write_text("not served either")
    return static


@pytest.fixture
def client(tmp_path: Path, folder: Path) -> Iterator[httpx.Client]:
    settings = Settings(data=tmp_path / "data", static=folder)
    with running(settings) as site, site.visitor() as one:
        yield one


def test_a_file_under_its_content_is_kept_for_good(client: httpx.Client, folder: Path) -> None:
    url = asset_url("js/a.js", folder)
    assert url.startswith("/static/js/a.js?v=")
    answer = client.get(url)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["content-encoding"] == "gzip"
    assert "set-cookie" not in answer.headers
    assert answer.content == (folder / "js" / "a.js").read_bytes()
    assert int(answer.headers["content-length"]) < 200


def test_without_its_hash_a_file_is_asked_for_again(client: httpx.Client, folder: Path) -> None:
    first = client.get("/static/js/a.js")
    assert first.headers["cache-control"] == "no-cache"
    etag = first.headers["etag"]
    again = client.get("/static/js/a.js", headers={"if-none-match": etag})
    assert again.status_code == 304
    assert not again.content
    (folder / "js" / "a.js").write_text("changed")
    changed = client.get("/static/js/a.js", headers={"if-none-match": etag})
    assert changed.text == "changed"
    assert client.get("/static/js/a.js?v=wrong").headers["cache-control"] == "no-cache"


def test_who_takes_no_gzip_gets_none(client: httpx.Client, folder: Path) -> None:
    answer = client.get("/static/js/a.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert "Accept-Encoding" in answer.headers["vary"]
    assert answer.content == (folder / "js" / "a.js").read_bytes()


@pytest.mark.parametrize(("name", "kind"), [("f.woff2", "font/woff2"), ("i.svg", "image/svg+xml")])
def test_types_are_ours_and_not_the_machines(client: httpx.Client, name: str, kind: str) -> None:
    assert client.get(f"/static/{name}").headers["content-type"] == kind


@pytest.mark.parametrize(
    "name", ["../secret.js", "..%2fsecret.js", "%2e%2e/secret.js", "run.py", "js", "", "nope.js"]
)
def test_nothing_else_is_served(client: httpx.Client, name: str) -> None:
    assert client.get(f"/static/{name}").status_code == 404


def test_a_link_out_of_the_folder_is_not_followed(client: httpx.Client, folder: Path) -> None:
    (folder / "out.js").symlink_to(folder.parent / "secret.js")
    assert client.get("/static/out.js").status_code == 404


def test_a_template_that_names_no_file_fails_at_once() -> None:
    with pytest.raises(NotFoundError):
        asset_url("js/nope.js", STATIC)
