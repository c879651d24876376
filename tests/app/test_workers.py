"""Whatever an upload does to the process that reads it, the next one is read."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from app.settings import Settings
from app.workers import Bounds, Workers
from lrdiag.errors import ConfigError, LimitError, LrdiagError
from tests.app.conftest import Site, running
from tests.app.logs import make_csv, send
from tests.app.sabotage import Sabotaged, fail, loop, sleep, swell
from tests.app.test_bad_input import refusal

SERVER = """
import sys
from pathlib import Path
import uvicorn
from app.main import create_app
from app.settings import Settings
uvicorn.run(create_app(Settings(data=Path(sys.argv[1]))), port=0, log_level="warning", ws="none")
"""


@pytest.fixture
def workers() -> Iterator[Workers]:
    one = Workers(1, Bounds(seconds=2.0, memory=200_000_000))
    one.start()
    yield one
    one.close()


def is_alive(pid: int) -> bool:
    """Say whether a process runs; one that has ended and waits to be noticed does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for_end(*pids: int) -> None:
    deadline = time.monotonic() + 10.0
    while any(map(is_alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not [pid for pid in pids if is_alive(pid)]


def test_who_loops_for_ever_is_ended_and_replaced(workers: Workers) -> None:
    (first,) = workers.pids
    start = time.monotonic()
    with pytest.raises(LimitError, match="longer than 2 s"):
        workers.run(loop)
    assert time.monotonic() - start < 5.0
    assert workers.run(os.getpid) != first
    wait_for_end(first)


def test_memory_has_a_bound_beyond_what_an_idle_worker_has(workers: Workers) -> None:
    assert workers.run(swell, 100_000_000) == 100_000_000
    (first,) = workers.pids
    with pytest.raises(LimitError, match="more memory"):
        workers.run(swell, 400_000_000)
    assert workers.run(os.getpid) != first


def test_who_is_killed_at_work_is_replaced(workers: Workers) -> None:
    (first,) = workers.pids
    with ThreadPoolExecutor(1) as pool:
        asleep = pool.submit(workers.run, sleep, 30.0)
        time.sleep(0.1)
        os.kill(first, signal.SIGKILL)
        with pytest.raises(LimitError, match="lack of memory"):
            asleep.result()
    assert workers.run(os.getpid) != first


def test_who_is_killed_while_idle_is_replaced_without_a_word(workers: Workers) -> None:
    (first,) = workers.pids
    os.kill(first, signal.SIGKILL)
    wait_for_end(first)
    time.sleep(0.1)
    assert workers.run(os.getpid) != first


@pytest.mark.parametrize(
    "error",
    [
        LrdiagError("What happened.", hint="What to do."),
        ConfigError("What happened.", hint="What to do."),
        LimitError("What happened.", hint="What to do."),
        ZeroDivisionError("division by zero"),
    ],
)
def test_an_error_arrives_as_itself(workers: Workers, error: Exception) -> None:
    with pytest.raises(type(error)) as caught:
        workers.run(fail, error)
    assert vars(caught.value) == vars(error)
    assert str(caught.value) == str(error)


def test_whoever_waits_for_a_worker_gets_the_next_free_one() -> None:
    two = Workers(2, Bounds(seconds=30.0, memory=10**9))
    two.start()
    try:
        with ThreadPoolExecutor(6) as pool:
            pids = list(pool.map(lambda _: two.run(sleep, 0.05), range(6)))
    finally:
        two.close()
    assert len(set(pids)) == 2
    wait_for_end(*pids)


def test_workers_that_were_ended_take_nothing_more(workers: Workers) -> None:
    workers.close()
    with pytest.raises(LrdiagError, match="being stopped"):
        workers.run(os.getpid)


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Site]:
    """A server whose workers know misdeeds and have little time."""
    settings = Settings(data=tmp_path, max_diagnoses=1, read_seconds=3, read_memory=500_000_000)
    with running(settings) as site:
        site.app.state.workers = Sabotaged(site.app.state.workers)
        yield site


@pytest.mark.parametrize(
    ("misdeed", "said"),
    [("loop", "longer than 3 s"), ("swell", "memory"), ("die", "ended without an answer")],
)
def test_a_hostile_upload_is_refused_and_the_next_one_is_read(
    strict: Site, misdeed: str, said: str
) -> None:
    with strict.visitor() as client:
        files = [("files", (f"{misdeed}.csv", make_csv(60)))]
        assert said in refusal(client.post("/api/diagnoses", files=files), 413)
        page = client.post("/diagnoses", files=files, headers={"accept": "text/html"})
        assert page.status_code == 413
        assert said in page.text
        assert len(send(client)["runs"]) == 1


def test_a_broken_upload_is_refused_with_the_reason(site: Site, anna: httpx.Client) -> None:
    files = [("files", ("a.csv.gz", b"\x1f\x8b" + bytes(50)))]
    refusal(anna.post("/api/diagnoses", files=files), 422)
    send(anna)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_server(tmp_path: Path, how: signal.Signals) -> None:
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(tmp_path)])
    try:
        deadline = time.monotonic() + 20.0
        while len(family := descendants(server.pid)) < 4 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(family) >= 4, "the server, its fork server and two workers"
        time.sleep(0.3)
    finally:
        server.send_signal(how)
        server.wait(20.0)
    wait_for_end(*family)


BUSY = """
import threading
from app.workers import Bounds, Workers
from tests.app.sabotage import loop
workers = Workers(1, Bounds(600.0, 10**9))
workers.start()
threading.Thread(target=workers.run, args=(loop,)).start()
print(*workers.pids, flush=True)
"""


def test_a_worker_that_loops_ends_with_whoever_started_it() -> None:
    with subprocess.Popen([sys.executable, "-c", BUSY], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        time.sleep(0.3)
        process.kill()
    wait_for_end(pid)


def descendants(pid: int) -> list[int]:
    """Return a process and whatever it started, and what those did."""
    found = [pid]
    for one in found:
        try:
            tasks = Path(f"/proc/{one}/task").iterdir()
            found += [int(c) for t in tasks for c in (t / "children").read_text().split()]
        except OSError:
            continue
    return found
