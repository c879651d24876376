"""Whatever is sent: an answer with a reason, never a 500."""

import gzip
import io
import json
import re
import resource
import socket
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.settings import Settings
from tests.app.conftest import Site, running
from tests.app.logs import make_csv, send

EVIL = "<img src=x onerror=alert(1)>{{7*7}}{% raw %}</script>"
MB = 1_000_000


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running(Settings(data=tmp_path_factory.mktemp("data"))) as one:
        yield one


def zipped(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


def refusal(answer: httpx.Response, status: int) -> str:
    """Check that an answer says no in a way that helps, and return what it says."""
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["detail"].endswith((".", ")")), "a sentence, not a phrase"
    assert "Traceback" not in answer.text
    return f"{problem['detail']} {problem['hint']}"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.csv", b""),
        ("blank.csv", b" \n\n \n"),
        ("binary.bin", bytes(range(256)) * 64),
        ("zeros.csv", bytes(5000)),
        ("cut.gz", gzip.compress(make_csv())[:200]),
        ("cut.zip", zipped("a.csv", make_csv())[:200]),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(range(200)) * 9),
        ("page.html", b"<!doctype html><html><body><p>Not a log.</p></body></html>"),
        ("deep.json", b"[" * 100_000),
        ("words.txt", b"it was a dark and stormy night\n" * 50),
    ],
)
def test_what_is_no_log_is_refused_with_a_reason(
    anna: httpx.Client, name: str, data: bytes
) -> None:
    answer = anna.post("/api/diagnoses", files=[("files", (name, data))])
    if answer.status_code == 201:  # read, and then found to be no loss log
        assert answer.json()["runs"][0]["refusal"]["reason"]
        return
    refusal(answer, answer.status_code)
    assert answer.status_code in (413, 422)
    assert [one["source"] for one in answer.json()["errors"]] == [name]
    assert all(one["error"] for one in answer.json()["errors"])


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zipped("bomb.csv", data)])
def test_a_bomb_is_refused(anna: httpx.Client, pack: type) -> None:
    bomb = pack(b"step,loss\n" + b"1,0.5\n" * 10_000_000)
    assert len(bomb) < MB
    answer = anna.post("/api/diagnoses", files=[("files", ("bomb", bomb))])
    assert "200 times its size" in refusal(answer, 413)


def test_many_small_bombs_share_one_budget(tmp_path: Path) -> None:
    log = make_csv(2000)
    settings = Settings(data=tmp_path, max_upload_bytes=3 * len(log))
    with running(settings) as site, site.visitor() as client:
        files = [("files", (f"{i}.csv.gz", gzip.compress(log))) for i in range(6)]
        answer = client.post("/api/diagnoses", files=files)
    assert answer.status_code == 201
    assert len(answer.json()["runs"]) == 3
    assert len(answer.json()["errors"]) == 3


def test_twenty_thousand_columns(anna: httpx.Client) -> None:
    head = "step,loss," + ",".join(f"c{i}" for i in range(20_000))
    rows = "\n".join(f"{i},{1 / (i + 1):.3f}" + ",1" * 20_000 for i in range(20))
    answer = anna.post("/api/diagnoses", files=[("files", ("w.csv", f"{head}\n{rows}".encode()))])
    assert "column" in refusal(answer, 413)


def test_too_many_files(anna: httpx.Client, site: Site) -> None:
    files = [("files", (f"{i}.csv", b"step,loss\n1,2\n")) for i in range(501)]
    assert "500 files" in refusal(anna.post("/api/diagnoses", files=files), 413)


def test_markup_in_names_stays_text(anna: httpx.Client) -> None:
    head, _, rows = make_csv().partition(b"\n")
    data = head.replace(b"aux", EVIL.encode()) + b"\n" + rows
    sent = send(anna, data, f"{EVIL}.csv")
    assert sent["runs"][0]["source"].endswith("script>.csv"), "folders are cut off, nothing else"
    assert "49" not in sent["runs"][0]["source"]
    assert EVIL in {one["column"] for one in sent["runs"][0]["columns"]}
    page = anna.get(f"/d/{sent['id']}", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert "<img src=x" not in page.text
    assert "&lt;img src=x" in page.text
    assert "{{7*7}}" in page.text
    missing = anna.get(f"/{EVIL}", headers={"accept": "text/html"})
    assert missing.status_code == 404
    assert "<img src=x" not in missing.text


def test_folders_and_control_characters_are_taken_out_of_names(anna: httpx.Client) -> None:
    body = {"text": make_csv().decode(), "name": "C:\\Users\\anna/secret/\x00\x1b[31m\u202eru.csv"}
    answer = anna.post("/api/diagnoses", json=body)
    assert answer.json()["runs"][0]["source"] == "[31mru.csv"


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b"{", 422),
        ("application/json", b"[]", 422),
        ("application/json", b'{"text": 1}', 422),
        ("application/json", b'{"name": "a"}', 422),
        ("application/json", b'{"text": "\\ud800"}', 422),
        ("application/json", b'{"text": ""}', 422),
        ("application/json", b"\xff\xfe", 422),
        ("multipart/form-data", b"xx", 400),
        ("multipart/form-data; boundary=x", b"nonsense", 400),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\nhello\r\n--x--\r\n", 400),
        ("multipart/form-data; boundary=x", b"--x--\r\n", 422),
        ("text/plain", b"step,loss\n", 415),
        ("", b"step,loss\n", 415),
    ],
)
def test_a_body_that_is_not_what_it_says(
    anna: httpx.Client, kind: str, body: bytes, status: int
) -> None:
    headers = {"content-type": kind} if kind else {}
    refusal(anna.post("/api/diagnoses", content=body, headers=headers), status)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "x0=1",
        "x0=a&x1=b",
        "x0=nan&x1=2",
        "x0=1&x1=inf",
        "x0=5&x1=5",
        "x0=9&x1=1",
        "x0=1&x1=2&smooth=0",
    ],
)
def test_a_window_that_is_none(anna: httpx.Client, query: str) -> None:
    home = f"/api/diagnoses/{send(anna)['id']}"
    answer = anna.get(f"{home}/runs/0/window?{query}")
    refusal(answer, answer.status_code)
    assert answer.status_code in (400, 422)


@pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)
@pytest.mark.parametrize("odd", ["%00", "..%2f..%2fapp.sqlite", "%ff", "é", "x" * 5000, "'--"])
def test_odd_addresses_find_nothing(tmp_path: Path, database_url: str, odd: str) -> None:
    where = Settings(data=tmp_path / "d", database_url=database_url)
    with running(where) as site, site.visitor() as client:
        home = f"/api/diagnoses/{send(client)['id']}"
        for method, path in (
            ("GET", f"/api/diagnoses/{odd}"),
            ("DELETE", f"/api/diagnoses/{odd}"),
            ("GET", f"/api/diagnoses/{odd}/shares"),
            ("POST", f"/api/diagnoses/{odd}/shares"),
            ("DELETE", f"/api/shares/{odd}"),
            ("GET", f"/s/{odd}/runs/0/chart"),
            ("GET", f"/static/{odd}"),
            ("GET", f"{home}/runs/-1/chart"),
            ("GET", f"{home}/runs/99999999999999999999/chart"),
        ):
            assert client.request(method, path).status_code in (404, 405), (method, path)


def test_half_a_character_in_a_correction(anna: httpx.Client) -> None:
    home = f"/api/diagnoses/{send(anna)['id']}"
    for body in (b'{"roles": {"\\ud800": "lr"}}', b'{"config": {"optimizer": "\\ud800"}}'):
        answer = anna.patch(home, content=body, headers={"content-type": "application/json"})
        refusal(answer, 422)


def test_a_browser_gets_a_page_and_not_json(anna: httpx.Client) -> None:
    answer = anna.get("/nowhere", headers={"accept": "text/html,*/*;q=0.8"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    api = anna.get("/api/nowhere", headers={"accept": "text/html"})
    refusal(api, 404)


FORM = (
    b"--x\r\nContent-Disposition: form-data; name=files; filename=a.csv\r\n\r\nstep,loss\n",
    b"\r\n--x--\r\n",
)


def test_300_megabytes_are_refused_without_being_held(site: Site) -> None:
    sent = 0

    def body() -> Iterator[bytes]:
        nonlocal sent
        yield FORM[0]
        row = b"1,0.5\n" * 50_000
        while sent < 300 * MB:
            sent += len(row)
            yield row
        yield FORM[1]

    headers = {"content-type": "multipart/form-data; boundary=x"}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with site.visitor() as client:
        answer = client.post("/api/diagnoses", content=body(), headers=headers)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert "200 MB" in refusal(answer, 413)
    assert grown < 60_000, f"memory grew by {grown} kB"


def answer_to(site: Site, head: bytes, chunk: bytes, limit: int) -> tuple[int, bytes]:
    """Send ``chunk`` again and again until the server answers; return bytes sent and answer."""
    host, port = site.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10.0) as connection:
        connection.sendall(head)
        connection.setblocking(False)
        sent, rest = 0, b""
        while sent < limit:
            try:
                return sent, read_answer(connection, connection.recv(65536))
            except BlockingIOError:
                rest = rest or chunk  # a chunk sent in part goes on where it stopped
            try:
                done = connection.send(rest)
                sent, rest = sent + done, rest[done:]
            except BlockingIOError:
                time.sleep(0.001)
    raise AssertionError(f"no answer after {sent} bytes")


def read_answer(connection: socket.socket, start: bytes) -> bytes:
    """Read on until the answer is as long as its head says."""
    connection.settimeout(10.0)
    answer = start
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(65536)
    head, body = answer.split(b"\r\n\r\n", 1)
    length = re.search(rb"content-length: (\d+)", head.lower())
    assert length is not None
    while len(body) < int(length[1]):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def test_the_refusal_comes_as_soon_as_the_limit_is_passed(tmp_path: Path) -> None:
    with running(Settings(data=tmp_path, max_upload_bytes=2 * MB)) as site:
        common = (
            b"POST /api/diagnoses HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: multipart/form-data; boundary=x\r\n"
        )
        chunked = common + b"Transfer-Encoding: chunked\r\n\r\n"
        frame = f"{len(FORM[0]):x}\r\n".encode() + FORM[0] + b"\r\n"
        chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"
        sent, answer = answer_to(site, chunked + frame, chunk, 60 * MB)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b"2 MB" in answer
        assert sent < 30 * MB, "the kernel's buffers hold some megabytes, not more"

        declared = common + b"Content-Length: 300000000\r\n\r\n"
        sent, answer = answer_to(site, declared, b"", 1)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert sent == 0


def test_a_large_paste_is_told_to_come_as_a_file(
    anna: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.uploads.MAX_PASTE", MB)
    text = "step,loss\n" + "1,0.5\n" * 200_000
    assert "as a file" in refusal(anna.post("/api/diagnoses", json={"text": text}), 413)
    assert "as a file" in refusal(anna.post("/api/diagnoses", files={"text": (None, text)}), 413)


def test_an_upload_that_stands_still_is_given_up(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.uploads.IDLE_SECONDS", 0.2)
    host, port = site.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10.0) as connection:
        connection.sendall(
            b"POST /api/diagnoses HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"
            b"Content-Type: application/json\r\n\r\n{"
        )
        assert connection.recv(65536).startswith(b"HTTP/1.1 408 ")


NAMES = st.text(max_size=30)
NUMBERS = st.sampled_from(
    ["1", "0.5", "nan", "inf", "-1e308", "1e999", "", "x", "0,5", '"', "\x00"]
)
TABLES = st.builds(
    lambda head, rows, sep: "\n".join(sep.join(row) for row in [head, *rows]).encode(),
    st.lists(st.sampled_from(["step", "loss", "val_loss", "lr", "epoch", "<b>", ""]), max_size=5),
    st.lists(st.lists(NUMBERS, max_size=6), max_size=40),
    st.sampled_from([",", ";", "\t", " "]),
)
JSONS = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from(["loss", "step", "log_history", "epoch"]), inner)
    ),
    max_leaves=30,
).map(lambda data: json.dumps(data).encode())


# Where a quote is torn, pandas loses a cell and warns of it; that is no mistake of the server's.
@pytest.mark.filterwarnings("ignore::pandas.errors.ParserWarning")
@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(name=NAMES, data=st.binary(max_size=400) | TABLES | JSONS | TABLES.map(gzip.compress))
def test_any_bytes_get_an_answer(
    site: Site, caplog: pytest.LogCaptureFixture, name: str, data: bytes
) -> None:
    caplog.clear()
    safe = name.encode("utf-8", "replace").decode()
    with site.visitor(authorization="Bearer any") as client:
        answer = client.post("/api/diagnoses", files=[("files", (safe or "a", data))])
    assert answer.status_code in (201, 413, 422), answer.text
    # a mistake of lrdiag's own is told as an unreadable file; here it counts as one
    mistakes = [one for one in caplog.records if one.levelname == "ERROR"]
    assert not mistakes, mistakes[0].exc_text


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(body=st.binary(max_size=200) | JSONS, kind=st.sampled_from(["json", "form", "patch"]))
def test_any_body_gets_an_answer(site: Site, body: bytes, kind: str) -> None:
    with site.visitor(authorization="Bearer any") as client:
        if kind == "patch":
            answer = client.patch(
                "/api/diagnoses/x", content=body, headers={"content-type": "application/json"}
            )
        else:
            types = {"json": "application/json", "form": "multipart/form-data; boundary=x"}
            answer = client.post(
                "/api/diagnoses", content=body, headers={"content-type": types[kind]}
            )
    assert 400 <= answer.status_code < 500
