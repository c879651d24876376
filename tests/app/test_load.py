"""What many, slow, or hostile visitors at once may cost."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from app.settings import Settings
from app.slots import Slots
from app.workers import Workers
from tests.app.conftest import Site, running
from tests.app.logs import make_csv, send
from tests.app.sabotage import Sabotaged
from tests.app.test_bad_input import MB, answer_to, refusal
from tests.clock import costs_less_than

FORM = b"--x\r\nContent-Disposition: form-data; name=files; filename=a.csv\r\n\r\nstep,loss\n"


class Gate:
    """Stands before the workers: counts who is inside, and holds them there."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self.opened = threading.Event()
        self.inside = self.most = 0
        self._lock = threading.Lock()

    def run(self, *args: Any) -> object:  # noqa: ANN401
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.opened.wait(10.0)
        with self._lock:
            self.inside -= 1
        return self._workers.run(*args)

    def close(self) -> None:
        self._workers.close()

    def wait_for(self, inside: int) -> None:
        deadline = time.monotonic() + 10.0
        while self.inside < inside and time.monotonic() < deadline:
            time.sleep(0.005)
        assert self.inside == inside


@pytest.fixture
def gate(site: Site) -> Iterator[Gate]:
    one = site.app.state.workers = Gate(site.app.state.workers)
    yield one
    one.opened.set()


def upload(site: Site) -> httpx.Response:
    with site.visitor() as client:
        return client.post("/api/diagnoses", files=[("files", ("a.csv", make_csv(50)))])


def test_few_logs_are_diagnosed_at_once_and_the_others_wait(site: Site, gate: Gate) -> None:
    with ThreadPoolExecutor(7) as pool:
        answers = [pool.submit(upload, site) for _ in range(7)]
        gate.wait_for(2)
        time.sleep(0.2)
        gate.opened.set()
        assert {one.result().status_code for one in answers} == {201}
    assert gate.most == 2


def test_who_waits_too_long_is_told_to_come_back(
    site: Site, gate: Gate, anna: httpx.Client
) -> None:
    site.app.state.slots = Slots(1, wait=0.1)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(upload, site)
        gate.wait_for(1)
        answer = anna.post("/api/diagnoses", files=[("files", ("a.csv", make_csv(50)))])
        assert "moment" in refusal(answer, 503)
        assert int(answer.headers["retry-after"]) > 0
        assert anna.get("/health").status_code == 200, "only diagnoses wait"
        assert anna.get("/").status_code == 200
        gate.opened.set()
        assert first.result().status_code == 201
    assert upload(site).status_code == 201, "a slot was lost"


def test_a_refused_log_gives_its_slot_back(site: Site, anna: httpx.Client) -> None:
    site.app.state.slots = Slots(1, wait=0.5)
    for _ in range(3):
        answer = anna.post("/api/diagnoses", files=[("files", ("a.bin", bytes(range(256))))])
        assert answer.status_code == 422
    send(anna)


def test_nothing_is_taken_in_from_a_stranger(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, tokens=(SecretStr("one-long-secret-of-ours"),))
    head = (
        b"POST /api/diagnoses HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Type: multipart/form-data; boundary=x\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    frame = f"{len(FORM):x}\r\n".encode() + FORM + b"\r\n"
    with running(settings) as site:
        sent, answer = answer_to(site, head + frame, b"10000\r\n" + b"a" * 65536 + b"\r\n", 60 * MB)
    assert b" 401 " in answer.split(b"\r\n")[0]
    assert sent < 20 * MB, f"{sent} bytes were taken in"


def test_a_large_urlencoded_form_is_not_decoded(anna: httpx.Client) -> None:
    with costs_less_than(5.0):
        kind = {"content-type": "application/x-www-form-urlencoded"}
        for body in (b"text=" + b"%41" * 7 * MB, b"a" * 30 * MB, b"a&" * MB):
            answer = anna.post("/api/diagnoses", content=body, headers=kind)
            refusal(answer, answer.status_code)
            assert answer.status_code in (400, 413)
    answer = anna.post("/api/diagnoses", data={"text": make_csv().decode()})
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (
            "/api/diagnoses",
            b'{"text":"x",' + b",".join(b'"%d":1' % i for i in range(500_000)) + b"}",
        ),
        ("/api/diagnoses", b'{"text":[' + b"1," * 2 * MB + b"1]}"),
        ("/api/diagnoses", b"[" + b"[]," * MB + b"[]]"),
        ("HOME", b"{" + b",".join(b'"%d":1' % i for i in range(80_000)) + b"}"),
        ("HOME", b'{"roles":{' + b",".join(b'"%d":1' % i for i in range(80_000)) + b"}}"),
    ],
)
def test_json_of_a_million_parts_gets_a_short_answer(
    anna: httpx.Client, path: str, body: bytes
) -> None:
    home = f"/api/diagnoses/{send(anna)['id']}"
    with costs_less_than(3.0):
        answer = anna.request(
            "PATCH" if path == "HOME" else "POST",
            path.replace("HOME", home),
            content=body,
            headers={"content-type": "application/json"},
        )
        refusal(answer, 422)
        assert len(answer.content) < 20_000


def test_many_wide_logs_do_not_add_up_without_end(anna: httpx.Client) -> None:
    head = ",".join(f"c{i}" for i in range(1_900)) + ",step,loss\n"
    rows = "\n".join("1," * 1_900 + f"{i},{1 / (i + 1):.3f}" for i in range(8))
    files = [("files", (f"{i}.csv", (head + rows).encode())) for i in range(12)]
    answer = anna.post("/api/diagnoses", files=files)
    assert answer.status_code == 201
    assert len(answer.json()["runs"]) == 10
    assert len(answer.json()["errors"]) == 2
    assert "columns" in answer.json()["errors"][0]["error"]
    assert len(answer.content) < 5 * MB


def test_a_run_that_cannot_be_drawn_does_not_stop_the_others(
    site: Site, anna: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    site.app.state.workers = Sabotaged(site.app.state.workers)
    names = ("a", "undrawable", "c")
    files = [("files", (f"{name}.csv", make_csv(60))) for name in names]
    answer = anna.post("/api/diagnoses", files=files)
    assert answer.status_code == 201
    assert [run["name"] for run in answer.json()["runs"]] == ["a", "c"]
    (error,) = answer.json()["errors"]
    assert error["source"] == "undrawable.csv"
    assert "a mistake of ours" not in error["error"]
    (told,) = [one.getMessage() for one in caplog.records if one.levelname == "ERROR"]
    assert "a mistake of ours" in told
    assert told.split()[1] in error["error"], "the number leads to what happened"
    chart = f"/api/diagnoses/{answer.json()['id']}/runs/1/chart"
    assert anna.get(chart).status_code == 200


@pytest.mark.parametrize(
    "head",
    [
        b"POST /api/diagnoses HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x\r\n",
        b"POST /api/diagnoses HTTP/1.1\r\nContent-Type: application/json\r\n",
        b"POST /d/x/roles HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n",
        b"PATCH /api/diagnoses/x HTTP/1.1\r\nContent-Type: application/json\r\n",
    ],
)
def test_who_leaves_in_the_middle_is_no_error(
    site: Site, caplog: pytest.LogCaptureFixture, head: bytes
) -> None:
    host, port = site.url.removeprefix("http://").split(":")
    caplog.set_level("INFO")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head + b"Host: localhost\r\nContent-Length: 1000\r\n\r\n--x\r\n")
        time.sleep(0.1)
    deadline = time.monotonic() + 5.0
    while not caplog.records and time.monotonic() < deadline:
        time.sleep(0.01)
    assert caplog.records, "the request did not end"
    assert not [one for one in caplog.records if one.levelname in ("ERROR", "CRITICAL")]


def test_head_is_get_without_the_body(site: Site, anna: httpx.Client) -> None:
    home = f"/api/diagnoses/{send(anna)['id']}"
    link = anna.post(f"{home}/shares").json()["url"].removeprefix(site.url)
    for path in ("/", "/health", home, f"{home}/runs/0/chart", link, "/static/js/page.js", "/x"):
        head, whole = anna.head(path), anna.get(path)
        assert head.status_code == whole.status_code, path
        assert head.content == b""
        for name in ("content-type", "cache-control", "content-security-policy"):
            assert head.headers[name] == whole.headers[name], path
    assert anna.head("/api/diagnoses").status_code == 405


@pytest.mark.parametrize(
    "config",
    [
        b'{"planned_steps": 100000000000000000000000000}',
        b'{"planned_steps": 1e300}',
        b'{"batch_size": 18446744073709551616}',
        b'{"lr": 1e999}',
        b'{"lr": NaN}',
        b'{"classes": "' + b"9" * 5000 + b'"}',
    ],
)
def test_numbers_beyond_all_bounds_are_refused(anna: httpx.Client, config: bytes) -> None:
    home = f"/api/diagnoses/{send(anna)['id']}"
    kind = {"content-type": "application/json"}
    answer = anna.patch(home, content=b'{"config": ' + config + b"}", headers=kind)
    refusal(answer, 422)
