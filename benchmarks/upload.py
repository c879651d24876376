"""From upload to page: time, peak memory and bytes, for a large log and for many ordinary ones.

usage: python benchmarks/upload.py [--rows 1000000] [--repeats 3] [--small 60]

Starts a real server on a free port with an empty folder, uploads a CSV of the given size, asks for
the page and the chart as a browser does (gzip), and reads the peak memory of the web process and of
its largest worker. A peer stands beside each figure in the same run: pandas reading the same file
and taking a rolling mean of it.
Then uploads logs of 10,000 rows one after another and prints the 50th and 95th percentile.
Prints one JSON object a line.
"""

import argparse
import io
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import httpx
import numpy as np

T = TypeVar("T")
PEER = """
import sys, time
import pandas as pd
start = time.perf_counter()
table = pd.read_csv(sys.argv[1])
table["loss"].rolling(1001, center=True, min_periods=1).mean()
print(time.perf_counter() - start)
"""


def make_log(rows: int, seed: int = 0) -> bytes:
    """Return a CSV with step, loss and lr in every row and val_loss in every thousandth."""
    rng = np.random.default_rng(seed)
    step = np.arange(rows)
    loss = 0.4 + 2.0 * (1.0 + step / (rows / 50)) ** -0.7 + rng.normal(0.0, 0.05, rows)
    lr = 3e-3 * 0.5 * (1.0 + np.cos(np.pi * step / rows))
    every = max(1, rows // 1000)
    out = io.StringIO()
    out.write("step,loss,lr,val_loss\n")
    for i in range(rows):
        val = f"{loss[i] + 0.1:.5f}" if i % every == every - 1 else ""
        out.write(f"{i},{loss[i]:.5f},{lr[i]:.4e},{val}\n")
    return out.getvalue().encode()


@contextmanager
def server(folder: Path) -> Iterator[tuple[str, int]]:
    """Run the real server; yield its address and process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "lrdiag", "serve", "--port", str(port), "--data", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                if httpx.get(f"{address}/health").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.1)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(10)


def peak_memory(pid: int) -> float:
    """Return the largest resident memory of a process so far, in megabytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return float("nan")


def worker_memory(pid: int) -> float:
    """Return the largest resident memory of a process that ``pid`` started, or those did."""
    family, peaks = [pid], [0.0]
    for one in family:
        for task in Path(f"/proc/{one}/task").iterdir():
            family += [int(child) for child in (task / "children").read_text().split()]
        peaks += [peak_memory(one)] if one != pid else []
    return max(peaks)


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Return the seconds that ``work`` took, and its value."""
    start = time.perf_counter()
    value = work()
    return time.perf_counter() - start, value


def visit(client: httpx.Client, name: str, log: bytes) -> dict[str, float]:
    """Upload a log, then fetch what a browser fetches to show it."""
    upload, answer = timed(lambda: client.post("/api/diagnoses", files={"files": (name, log)}))
    answer.raise_for_status()
    made = answer.json()
    page_s, page = timed(lambda: client.get(f"/d/{made['id']}"))
    chart_s, chart = timed(lambda: client.get(f"/api/diagnoses/{made['id']}/runs/0/chart"))
    window_s, window = timed(
        lambda: client.get(f"/api/diagnoses/{made['id']}/runs/0/window?x0=1000&x1=9000")
    )
    for one in (page, chart, window):
        one.raise_for_status()
    return {
        "upload_s": upload,
        "page_s": page_s,
        "chart_s": chart_s,
        "window_s": window_s,
        "total_s": upload + page_s + chart_s,
        "page_bytes": page.num_bytes_downloaded,
        "chart_bytes": chart.num_bytes_downloaded,
    }


def medians(rows: list[dict[str, float]]) -> dict[str, float]:
    """Return the median of every measurement, to three digits."""
    return {key: float(f"{statistics.median(row[key] for row in rows):.3g}") for key in rows[0]}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--small", type=int, default=60)
    args = parser.parse_args()
    large = make_log(args.rows)
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as (address, pid):
        path = Path(folder) / "large.csv"
        path.write_bytes(large)
        with httpx.Client(base_url=address, timeout=120) as client:
            client.get("/")
            idle = peak_memory(pid)
            small = [
                visit(client, f"run{k}.csv", make_log(10_000, seed=k)) for k in range(args.small)
            ]
            before = peak_memory(pid)
            big, peer = [], []
            for _ in range(args.repeats):
                big.append(visit(client, "large.csv", large))
                told = subprocess.run(
                    [sys.executable, "-c", PEER, os.fspath(path)],
                    capture_output=True,
                    text=True,
                    check=True,
                )
                peer.append(float(told.stdout))
        uploads = sorted(row["upload_s"] for row in small)
        print(
            json.dumps(
                {
                    "log": "10,000 rows",
                    "visits": len(small),
                    "upload_p50_s": round(uploads[len(uploads) // 2], 3),
                    "upload_p95_s": round(uploads[int(len(uploads) * 0.95)], 3),
                    **medians(small),
                }
            )
        )
        print(
            json.dumps(
                {
                    "log": f"{args.rows:,} rows",
                    "megabytes": round(len(large) / 2**20, 1),
                    **medians(big),
                    "pandas_read_and_roll_s": round(statistics.median(peer), 3),
                    "server_memory_idle_mb": round(idle),
                    "server_memory_before_mb": round(before),
                    "server_memory_peak_mb": round(peak_memory(pid)),
                    "worker_memory_peak_mb": round(worker_memory(pid)),
                }
            )
        )


if __name__ == "__main__":
    main()
