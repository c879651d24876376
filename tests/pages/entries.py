"""Stored runs to say on a page, made by the library itself from small logs."""

from typing import Any

import numpy as np

from lrdiag.charts import loss_chart, measure_curves
from lrdiag.diagnosis import diagnose
from lrdiag.readers import Source, read_runs
from lrdiag.report.json import run_to_json
from lrdiag.run import Config

Entry = dict[str, Any]


def make_log(rows: int = 300, *, seed: int = 0, bad_from: int | None = None) -> bytes:
    """Return a calm, falling loss as CSV, not a number from a row on if asked."""
    noise = np.random.default_rng(seed).normal(0.0, 0.02, rows)
    loss = 0.5 + 2.0 * np.exp(-np.arange(rows) / 60.0) + noise
    lines = [
        f"{i},{'nan' if bad_from is not None and i >= bad_from else f'{value:.5f}'},0.01"
        for i, value in enumerate(loss)
    ]
    return "\n".join(["step,loss,lr", *lines]).encode()


def diagnose_log(log: bytes, **config: float) -> tuple[Entry, Entry]:
    """Return the run entry and the chart payload of a log."""
    diagnosis = diagnose(read_runs(Source("run.csv", log))[0], Config(**config))  # type: ignore[arg-type]
    return run_to_json(diagnosis), loss_chart(diagnosis, measure_curves(diagnosis))


def make_finding(code: str, *, explained_by: str | None = None, severity: str = "warning") -> Entry:
    """Return a finding of the contract."""
    return {
        "code": code,
        "name": code.lower(),
        "severity": severity,
        "confidence": 0.9,
        "summary": f"What {code} saw",
        "cause": "A cause.",
        "symptom": "",
        "explained_by": explained_by,
        "evidence": [
            {
                "label": "rise",
                "value": 31.2,
                "limit": 8.0,
                "unit": "noises",
                "series": "train_loss",
                "span": [200.4, 209.7],
                "at": None,
            }
        ],
        "fixes": [{"action": "Clip the gradient", "reason": "Why.", "factor": None, "lr": None}],
    }
