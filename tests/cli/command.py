"""The command as a user runs it: another process, its exit status, its two streams."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np


def lrdiag(
    *words: str | Path, stdin: bytes = b"", cwd: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-W", "error", "-m", "lrdiag", *map(str, words)]
    return subprocess.run(
        command, input=stdin, capture_output=True, cwd=cwd, timeout=60, check=False
    )


def diagnose_json(*words: str | Path, stdin: bytes = b"") -> tuple[int, dict[str, Any]]:
    done = lrdiag("diagnose", "--format", "json", *words, stdin=stdin)
    made: dict[str, Any] = json.loads(done.stdout)
    return done.returncode, made


def csv_of(**columns: np.ndarray[Any, np.dtype[np.float64]]) -> bytes:
    rows = zip(*columns.values(), strict=True)
    lines = [",".join(columns), *(",".join(f"{value:.6g}" for value in row) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def healthy_log(n: int = 400) -> bytes:
    """A power law down to a floor, a little noise, a warmup and a cosine."""
    noise = np.random.default_rng(1).normal(0.0, 0.01, n)
    step = np.arange(n, dtype=np.float64)
    loss = 1.0 + 2.0 / (1.0 + step / 8.0) ** 0.9 + noise
    lr = 0.003 * np.minimum(1.0, (step + 1) / 20) * (1 + np.cos(np.pi * step / n)) / 2
    return csv_of(step=step, train_loss=loss, lr=lr)


def nan_log(n: int = 400) -> bytes:
    """The same, but the loss is no number from step 300 on."""
    lines = healthy_log(n).decode().splitlines()
    for row in range(301, n + 1):
        step, _, lr = lines[row].split(",")
        lines[row] = f"{step},nan,{lr}"
    return ("\n".join(lines) + "\n").encode()
