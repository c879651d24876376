"""Runs of one problem with known ends, to compare."""

import numpy as np

from lrdiag.diagnosis import Diagnosis, diagnose
from lrdiag.run import Axis, Config, Run, Series, SeriesName

START = 2.3


def falling(
    end: float, *, rows: int = 300, pace: float = 8.0, noise: float = 0.01, seed: int = 0
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return a loss from 2.3 down to ``end``."""
    share = np.arange(rows) / rows
    jitter = np.random.default_rng(seed).normal(0.0, noise, rows)
    return np.asarray(end + (START - end) * np.exp(-pace * share) + jitter)


def make_run(
    name: str,
    train: np.ndarray[tuple[int], np.dtype[np.float64]],
    *,
    val: np.ndarray[tuple[int], np.dtype[np.float64]] | None = None,
    rate: float | None = None,
    unit: str = "step",
    source: str = "",
) -> Run:
    """Return a run; validation every tenth step, a constant rate where one is given."""
    steps = np.arange(len(train), dtype=np.float64)
    series: dict[SeriesName, Series] = {"train_loss": Series(steps, train)}
    if val is not None:
        series["val_loss"] = Series(steps[9::10], val[9::10].copy())
    if rate is not None:
        series["lr"] = Series(steps, np.full(len(train), rate))
    axis = Axis(unit, unit)  # type: ignore[arg-type]
    return Run(name, source or f"{name}.csv", "csv", axis, series)


def judged(run: Run, lr: float | None = None) -> Diagnosis:
    return diagnose(run, Config(lr=lr))


def sweep_runs(ends: dict[float, float], *, rows: int = 300) -> list[Diagnosis]:
    """Return one run a rate, each with the end given for it; NaN from a tenth on for no end."""
    made = []
    for k, (rate, end) in enumerate(ends.items()):
        loss = falling(end if np.isfinite(end) else 1.0, rows=rows, seed=k)
        if not np.isfinite(end):
            loss[rows // 10 :] = np.nan
        made.append(judged(make_run(f"run-{k}", loss, rate=rate)))
    return made
