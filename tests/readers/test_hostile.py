"""Logs made to cost much: time and memory grow with the size of the log, not with its square."""

import tracemalloc
from contextlib import suppress

import numpy as np
import pytest

from lrdiag.diagnosis import diagnose
from lrdiag.errors import LimitError, ReadError
from lrdiag.readers import Limits, Source, read_runs
from tests.clock import costs_less_than

N = 60_000


def falling(period: int, *, within: bool = False) -> bytes:
    """Return a log whose step falls back every ``period`` rows, by half of it or to its start."""
    half = max(1, period // 2)
    steps = [i % period + (i // period * half if within else 0) for i in range(N)]
    losses = np.random.default_rng(0).uniform(0.1, 5.0, N)
    rows = (f"{step},{loss:.4f}" for step, loss in zip(steps, losses, strict=True))
    return ("step,loss\n" + "\n".join(rows)).encode()


# 1 MB of each took from 5 s to hours, or 6 GB, before it was bounded.
HOSTILE = {
    "one line of letters": b"A" * 1_000_000,
    "keys that never close": b'{"a":' * 200_000,
    "a header above every row": b"step,loss\n1,2\n" * N,
    "a new header above every row": b"".join(b"step,loss,k%d\n1,2,3\n" % i for i in range(N)),
    "a run every four rows": falling(4),
    "a run every hundred rows": falling(100),
    "a restart every ten rows": falling(10, within=True),
    "a restart every thousand rows": falling(1000, within=True),
    "two thousand columns without names": (b"loss " + b"1 " * 1900 + b"\n") * 200,
    "cells of many digits": b"step,loss\n" + b"1,9%s@x\n" % (b"9" * 20_000) * 20,
    "a box without end": b"".join(b"| n%d | 1.5 |\n" % i for i in range(N)),
    "bars around blanks": (b"|" + b" " * 3_900 + b"x 1\n") * 50 + b"step 1 loss 2.5\n",
    "blanks behind a sign": b"".join(b"n%d =" % i + b" " * 3_900 + b"1\n" for i in range(250)),
    "a return alone": b"step 1 loss 2.5\n" + b"\r" * 6_000_000,
    "a name for every row": b"step,metric,value\n"
    + b"".join(b"%d,m%d,0.5\n" % (i, i) for i in range(N)),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_log_costs_little(data: bytes) -> None:
    with costs_less_than(4.0), suppress(ReadError):
        assert read_runs(Source("a.csv", data))


def test_many_runs_take_no_more_room_than_their_rows() -> None:
    data = falling(100)
    tracemalloc.start()
    try:
        runs = read_runs(Source("a.csv", data))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(runs) == 50
    assert peak < 60_000_000, f"{peak / 1e6:.0f} MB for a log of {len(data) / 1e6:.1f} MB"


def test_steps_that_start_again_at_each_epoch_go_on() -> None:
    rows = (f"{i % 100},{5.0 / (1 + i / 50):.5f}" for i in range(5_000))
    (run,) = read_runs(Source("a.csv", ("step,loss\n" + "\n".join(rows)).encode()))
    np.testing.assert_array_equal(run["train_loss"].steps, np.arange(5_000.0))


def test_one_stray_epoch_makes_no_room_for_a_billion() -> None:
    losses = np.random.default_rng(0).uniform(0.1, 5.0, 4_000)
    epochs = [10**9 if i == 2_000 else i // 100 for i in range(4_000)]
    rows = (f"{i},{losses[i]:.4f},{epochs[i]}" for i in range(4_000))
    (run,) = read_runs(Source("a.csv", ("step,loss,epoch\n" + "\n".join(rows)).encode()))
    assert diagnose(run).status in ("healthy", "findings", "inconclusive")


@pytest.mark.parametrize(
    "data",
    [
        b'{"step":1,"loss":2}\n' * 2 + b"1\n" * 2_000,
        b'[{"a":1},' + b"[]," * 2_000 + b"[]]",
        b'{"loss":[' + b"1.5," * 4_000 + b"1]}",
        b'{"log_history":[' + b"{}," * 2_000 + b"{}]}",
    ],
)
def test_json_is_measured_before_it_is_parsed(data: bytes) -> None:
    with pytest.raises(LimitError):
        read_runs(Source("a.json", data), limits=Limits(max_rows=1_000, max_json=10_000))


def test_json_lines_take_no_more_room_than_their_columns() -> None:
    lines = (
        b'{"step": %d, "loss": %.4f, "note": "as before"}\n' % (i, 5 / (1 + i)) for i in range(N)
    )
    data = b"".join(lines)
    tracemalloc.start()
    try:
        (run,) = read_runs(Source("a.jsonl", data), limits=Limits(max_json=len(data) // 2))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(run["train_loss"]) == N
    columns = 2 * 16 * N
    assert peak < 4 * columns + 4_000_000, f"{peak / 1e6:.1f} MB"


def test_a_console_log_takes_no_more_room_than_its_columns() -> None:
    lines = (f"12:00:0{i % 10} INFO step {i} loss {5 / (1 + i):.4f} {'.' * 60}" for i in range(N))
    data = "\n".join(lines).encode()
    tracemalloc.start()
    try:
        (run,) = read_runs(Source("a.log", data))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(run["train_loss"]) == N
    assert peak < 10_000_000, f"{peak / 1e6:.1f} MB for {len(data) / 1e6:.1f} MB"
