"""Who may do what, and what every answer says."""

import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import SecretStr

from app.security import load_key
from app.settings import Settings
from tests.app.conftest import Site, running
from tests.app.logs import make_csv, send

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


def test_the_owner_cookie_is_signed_and_out_of_reach_of_scripts(anna: httpx.Client) -> None:
    answer = anna.post("/api/diagnoses", files=[("files", ("a.csv", make_csv()))])
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie, "over plain http the browser would drop it"
    owner = cookie.split("=", 1)[1].split(".")[0]
    assert len(owner) == 32, "128 bits in hex"
    assert "set-cookie" not in anna.get("/api/diagnoses/x").headers, "one cookie is enough"


def other(text: str) -> str:
    """Change the first letter."""
    return ("B" if text[0] == "A" else "A") + text[1:]


@pytest.mark.parametrize("change", ["owner", "signature", "time", "empty", "bytes"])
def test_a_tampered_cookie_is_a_strangers(
    anna: httpx.Client, bert: httpx.Client, change: str
) -> None:
    home = f"/api/diagnoses/{send(anna)['id']}"
    (name, value), *_ = anna.cookies.items()
    owner, time, signature = value.split(".")
    forged = {
        "owner": f"{'0' * 32}.{time}.{signature}",
        "signature": f"{owner}.{time}.{other(signature)}",
        "time": f"{owner}.{other(time)}.{signature}",
        "empty": "",
        "bytes": "%FF%00",
    }[change]
    assert bert.get(home, headers={"cookie": f"{name}={value}"}).status_code == 200
    assert bert.get(home, headers={"cookie": f"{name}={forged}"}).status_code == 404


def test_another_servers_cookie_is_neither_taken_nor_overwritten(
    site: Site, anna: httpx.Client, tmp_path: Path
) -> None:
    send(anna)
    with running(Settings(data=tmp_path / "other")) as other, other.visitor() as guest:
        send(guest)
        assert set(guest.cookies) != set(anna.cookies), "cookies know no ports"


def test_over_https_the_cookie_says_so(tmp_path: Path, anna: httpx.Client) -> None:
    # uvicorn believes this header from 127.0.0.1, where a proxy would stand
    answer = anna.get("/api/diagnoses/x", headers={"x-forwarded-proto": "https"})
    assert "; Secure" in answer.headers["set-cookie"]
    settings = Settings(data=tmp_path / "public", public_url="https://curves.example")
    with running(settings) as site, site.visitor(host="curves.example") as client:
        answer = client.post("/api/diagnoses", files=[("files", ("a.csv", make_csv()))])
        assert "; Secure" in answer.headers["set-cookie"]
        assert answer.json()["url"].startswith("https://curves.example/d/")


def test_the_key_is_made_once_and_is_nobody_elses(site: Site, anna: httpx.Client) -> None:
    key = site.settings.data / "secret.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_bytes()) == 32
    home = f"/api/diagnoses/{send(anna)['id']}"
    with running(site.settings) as again:
        cookie = "; ".join(f"{name}={value}" for name, value in anna.cookies.items())
        with again.visitor(cookie=cookie) as client:
            assert client.get(home).status_code == 200, "a restart forgot the owner"


@pytest.mark.parametrize("key", [b"", b"short"])
def test_a_damaged_key_signs_nothing(tmp_path: Path, key: bytes) -> None:
    (tmp_path / "secret.key").write_bytes(key)
    with pytest.raises(ValueError, match="damaged"):
        load_key(tmp_path)


@pytest.mark.parametrize(("token", "warned"), [("short-secret", True), ("0123456789abcdef", False)])
def test_a_token_that_can_be_guessed_is_told_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, token: str, warned: bool
) -> None:
    with running(Settings(data=tmp_path, tokens=(SecretStr(token),))):
        told = [one.getMessage() for one in caplog.records if "guessed" in one.getMessage()]
    assert bool(told) == warned
    assert token not in str(told)


def test_a_bearer_token_owns_without_a_cookie(site: Site) -> None:
    with site.visitor(authorization="Bearer one-long-secret") as program:
        home = f"/api/diagnoses/{send(program)['id']}"
        assert not program.cookies
    with site.visitor(authorization="bearer one-long-secret") as program:
        assert program.get(home).status_code == 200
    with site.visitor(authorization="Bearer another-secret") as program:
        assert program.get(home).status_code == 404


ORIGINS = [
    ({}, 201),
    ({"origin": "OWN"}, 201),
    ({"sec-fetch-site": "same-origin", "origin": "OWN"}, 201),
    ({"sec-fetch-site": "none"}, 201),
    ({"origin": "https://evil.example"}, 403),
    ({"origin": "null"}, 403),
    ({"origin": "http://["}, 403),
    ({"sec-fetch-site": "cross-site", "origin": "OWN"}, 403),
    ({"sec-fetch-site": "same-site"}, 403),  # another port of localhost
]


@pytest.mark.parametrize(("headers", "status"), ORIGINS)
def test_only_the_servers_own_pages_change_things(
    site: Site, anna: httpx.Client, headers: dict[str, str], status: int
) -> None:
    own = {name: site.url if value == "OWN" else value for name, value in headers.items()}
    answer = anna.post("/api/diagnoses", files=[("files", ("a.csv", make_csv()))], headers=own)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("LOCALHOST:1234", 200),
        ("[::1]:8000", 200),
        ("127.0.0.1", 200),
        ("evil.example", 400),
        ("localhost.evil.example", 400),
        ("127.0.0.1.evil.example:80", 400),
        ("[::1", 400),
        ("", 400),
    ],
)
def test_the_server_answers_only_to_its_names(anna: httpx.Client, host: str, status: int) -> None:
    answer = anna.get("/health", headers={"host": host})
    assert answer.status_code == status
    if status == 400 and answer.content:
        assert "LRDIAG_ALLOWED_HOSTS" in answer.text


def test_names_can_be_added(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, allowed_hosts=("Curves.Example",))
    with running(settings) as site, site.visitor() as client:
        assert client.get("/health", headers={"host": "curves.example"}).status_code == 200
        assert client.get("/health", headers={"host": "evil.example"}).status_code == 400
    with running(Settings(data=tmp_path, allowed_hosts=("*",))) as site, site.visitor() as client:
        assert client.get("/health", headers={"host": "any.example"}).status_code == 200


def test_every_answer_carries_the_headers(site: Site, anna: httpx.Client) -> None:
    sent = send(anna)
    shared = anna.post(f"/api/diagnoses/{sent['id']}/shares").json()["url"]
    path = urlsplit(shared).path
    requests = [
        ("GET", "/health", 200, {}),
        ("GET", f"/api/diagnoses/{sent['id']}", 200, {}),
        ("GET", "/api/openapi.json", 200, {}),
        ("GET", "/nowhere", 404, {}),
        ("PUT", "/api/diagnoses", 405, {}),
        ("POST", "/api/diagnoses", 415, {}),
        ("POST", "/api/diagnoses", 403, {"origin": "https://evil.example"}),
        ("GET", "/health", 400, {"host": "evil.example"}),
        ("GET", f"{path}/runs/0/chart", 200, {}),
        ("GET", "/s/unknown/runs/0/chart", 404, {}),
    ]
    for method, url, status, headers in requests:
        answer = anna.request(method, url, headers=headers)
        assert answer.status_code == status, (method, url, answer.text)
        assert answer.headers["content-security-policy"] == CSP, url
        assert answer.headers["x-content-type-options"] == "nosniff", url
        assert answer.headers["referrer-policy"] == "no-referrer", url
        assert answer.headers["cross-origin-opener-policy"] == "same-origin", url
        if url.startswith("/s/"):
            assert answer.headers["cache-control"] == "private, no-store"
            assert answer.headers["x-robots-tag"] == "noindex, nofollow, noarchive"
            assert "set-cookie" not in answer.headers


def test_a_server_error_too_has_headers_and_a_number_that_is_in_the_log(
    site: Site, anna: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    site.app.state.store.close()
    folder = site.settings.data
    for one in folder.glob("app.sqlite*"):
        one.unlink()
    (folder / "app.sqlite").write_bytes(b"this is no database" * 100)
    answer = anna.get("/health")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-security-policy"] == CSP
    detail = answer.json()["detail"]
    number = detail.removesuffix(".").rsplit(" ", 1)[1]
    assert any(number in record.getMessage() for record in caplog.records)
    assert "sqlite" not in answer.text.lower(), "the answer tells of the inside"
    page = anna.get("/health", headers={"accept": "text/html"})
    assert page.status_code == 500
    assert page.headers["content-type"].startswith("text/html")


def test_a_share_token_is_nowhere_in_clear(
    site: Site, anna: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    home = f"/api/diagnoses/{send(anna)['id']}"
    url = anna.post(f"{home}/shares").json()["url"]
    token = url.rsplit("/", 1)[1]
    assert len(token) == 22, "128 bits"
    path = urlsplit(url).path
    anna.get(f"{path}/runs/0/chart")
    anna.get(path, headers={"accept": "text/html"})
    server = [one for one in caplog.records if one.name.startswith("uvicorn")]
    assert any("/s/..." in one.getMessage() for one in server), "the request is not in the log"
    assert not [one for one in server if token in one.getMessage()]
    with sqlite3.connect(site.settings.data / "app.sqlite") as database:
        dump = "\n".join(database.iterdump())
    database.close()
    assert "shares" in dump
    for file in site.settings.data.rglob("*"):
        if file.is_file():
            assert token.encode() not in file.read_bytes(), file
    assert token not in dump


def test_an_expired_link_has_ended(site: Site, anna: httpx.Client, bert: httpx.Client) -> None:
    home = f"/api/diagnoses/{send(anna)['id']}"
    path = urlsplit(anna.post(f"{home}/shares", json={"days": 1}).json()["url"]).path
    assert bert.get(f"{path}/runs/0/chart").status_code == 200
    with sqlite3.connect(site.settings.data / "app.sqlite") as database:
        database.execute("UPDATE shares SET expires_at = '2020-01-01 00:00:00.000000'")
    database.close()
    assert bert.get(f"{path}/runs/0/chart").status_code == 410


@pytest.mark.parametrize("days", [0, -1, 4000, "soon", 1.5])
def test_odd_lengths_of_time_are_refused(anna: httpx.Client, days: object) -> None:
    home = f"/api/diagnoses/{send(anna)['id']}"
    answer = anna.post(f"{home}/shares", json={"days": days})
    assert answer.status_code == 422
    assert "days" in answer.json()["detail"]


def test_a_link_without_end(anna: httpx.Client) -> None:
    home = f"/api/diagnoses/{send(anna)['id']}"
    assert anna.post(f"{home}/shares", json={"days": None}).json()["expires_at"] is None


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Site]:
    """A server with two tokens."""
    tokens = (SecretStr("first-secret"), SecretStr("second-secret"))
    with running(Settings(data=tmp_path / "closed", tokens=tokens)) as site:
        yield site


def test_with_tokens_nobody_gets_in_without(closed: Site) -> None:
    with closed.visitor() as client:
        for answer in (
            client.post("/api/diagnoses", files=[("files", ("a.csv", make_csv()))]),
            client.get("/api/diagnoses/x"),
        ):
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
        wrong = {"authorization": "Bearer third-secret"}
        assert client.get("/api/diagnoses/x", headers=wrong).status_code == 401
        assert client.get("/health").status_code == 200
    assert not list((closed.settings.data / "blobs").rglob("*.json"))


def test_with_tokens_a_token_owns_and_shares(closed: Site) -> None:
    with closed.visitor(authorization="Bearer first-secret") as first:
        home = f"/api/diagnoses/{send(first)['id']}"
        path = urlsplit(first.post(f"{home}/shares").json()["url"]).path
    with closed.visitor(authorization="Bearer second-secret") as second:
        assert second.get(home).status_code == 404
    with closed.visitor() as reader:
        assert reader.get(f"{path}/runs/0/chart").status_code == 200, "a link needs no token"


def test_with_tokens_a_browser_signs_in_once(closed: Site) -> None:
    with closed.visitor(authorization="Bearer first-secret") as program:
        home = f"/api/diagnoses/{send(program)['id']}"
    with closed.visitor() as browser:
        assert browser.get("/login").status_code == 200
        wrong = browser.post("/login", data={"token": "third-secret"})
        assert wrong.status_code == 401
        assert not browser.cookies
        right = browser.post("/login", data={"token": "first-secret"})
        assert right.status_code == 303
        assert browser.get(home).status_code == 200
        assert "first-secret" not in str(browser.cookies)


def test_a_token_taken_out_of_the_settings_ends_its_cookies(closed: Site) -> None:
    with closed.visitor() as browser:
        browser.post("/login", data={"token": "first-secret"})
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    settings = Settings(data=closed.settings.data, tokens=(SecretStr("second-secret"),))
    with running(settings) as later, later.visitor(cookie=cookie) as browser:
        assert browser.get("/api/diagnoses/x").status_code == 401
