"""Small logs to send."""

import math
from typing import Any

import httpx
import numpy as np


def make_csv(n: int = 300, *, seed: int = 0, noise: float = 0.02) -> bytes:
    """Return a quiet run: step, loss, val_loss every tenth step, lr."""
    rng = np.random.default_rng(seed)
    rows = ["step,loss,val_loss,lr,aux"]
    for i in range(n):
        loss = 2.0 * math.exp(-i / (n / 5)) + 0.3
        val = f"{loss + 0.1:.4f}" if i % 10 == 9 else ""
        rows.append(f"{i},{loss + noise * rng.normal():.4f},{val},0.003,{rng.normal():.3f}")
    return "\n".join(rows).encode()


def send(client: httpx.Client, data: bytes = b"", name: str = "run.csv") -> dict[str, Any]:
    """Send one log and return the answer, which must be a diagnosis."""
    response = client.post("/api/diagnoses", files=[("files", (name, data or make_csv()))])
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json()
    return answer
