"""The labelled sweep: real problems, each trained at thirteen rates.

The objective of a run is its best validation loss; its regret is what that misses of the best
rate's, as a share of what the best rate gains over the untrained model. Below 3 % regret a
rate is to be kept; from 10 % on, the side of the best rate on which it lies says what to do;
in between nobody should be asked.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite, log10
from pathlib import Path
from typing import Literal

import numpy as np

from lrdiag.advice.move import Move
from lrdiag.numerics import FloatArray
from lrdiag.run import Axis, Run, Series, SeriesName

KEEP, GREY = 0.03, 0.10  # regret
GOOD = 0.05  # regret with which a user would be content
LEAST_GAIN = 0.15  # of the untrained loss; below, no rate of the problem learns anything
DECAY_HELPS = 0.25  # regret up to which a decay is as good an answer as a lower rate
STEP = 0.5  # decades between neighbouring rates

Label = Literal["raise", "keep", "lower", "grey"]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One run of the sweep and what is known of it.

    Attributes:
        problem: Data, net and optimizer.
        place: Position of its rate among the rates of the problem, lowest first.
        regret: From 0 to 1.
        label: What to do with its rate.
        decades: log10 of the best rate over this one.
        run: Every step as it was logged.
    """

    problem: str
    place: int
    regret: float
    label: Label
    decades: float
    run: Run

    @property
    def finite(self) -> bool:
        """Whether every training loss is a number."""
        return bool(np.isfinite(self.run["train_loss"].values).all())


def load_sweep(folder: Path) -> tuple[Sample, ...]:
    """Read the runs and the index of a sweep and label them."""
    entries: dict[str, list[tuple[float, Run]]] = defaultdict(list)
    for index in sorted(folder.glob("runs-*.jsonl")):
        for line in index.read_text().splitlines():
            entry = json.loads(line)
            entries[entry["task"]].append((entry["lr"], read_run(folder / entry["file"])))
    return tuple(
        sample
        for problem, runs in sorted(entries.items())
        for sample in _label(problem, sorted(runs, key=lambda pair: pair[0]))
    )


def load_calm(folder: Path) -> tuple[Sample, ...]:
    """Read the runs of ``planted`` and ``healthy`` that are known to be well trained.

    They teach what a schedule and a long tail look like when nothing is wrong. A planted one
    belongs to its problem of the sweep, the public records to one problem of their own.
    """
    found: list[tuple[str, Path]] = []
    index = folder / "planted" / "index.jsonl"
    if index.exists():
        entries = (json.loads(line) for line in index.read_text().splitlines())
        found = [(one["task"], index.parent / one["file"]) for one in entries if one["healthy"]]
    found += [("records", path) for path in sorted((folder / "healthy").glob("*.csv"))]
    return tuple(Sample(name, 0, 0.0, "keep", 0.0, read_run(path)) for name, path in found)


def read_run(path: Path) -> Run:
    """Read one step log with the columns step, loss, lr, grad_norm and a sparse val_loss."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    names: dict[str, SeriesName] = {
        "train_loss": "train_loss",
        "loss": "train_loss",
        "lr": "lr",
        "grad_norm": "grad_norm",
        "val_loss": "val_loss",
    }
    series: dict[SeriesName, Series] = {}
    for column, name in names.items():
        cells = [(float(row["step"]), float(row[column])) for row in rows if row.get(column)]
        if cells:
            steps, values = np.array(cells).T
            series[name] = Series(steps.copy(), values.copy())
    return Run(path.stem, path.name, "csv", Axis("step", "step"), series)


def _label(problem: str, runs: Sequence[tuple[float, Run]]) -> list[Sample]:
    best_losses = [_best_validation(run) for _, run in runs]
    best = int(np.argmin(best_losses))
    start = float(np.median(runs[0][1]["train_loss"].values[:3]))
    gain = start - best_losses[best]
    if gain < LEAST_GAIN * abs(start):
        return []
    samples = []
    for place, (rate, run) in enumerate(runs):
        missed = (best_losses[place] - best_losses[best]) / max(gain, 1e-12)
        regret = min(1.0, max(0.0, missed)) if isfinite(missed) else 1.0
        label: Label = "lower" if rate > runs[best][0] else "raise"
        if place == best or regret <= KEEP:
            label = "keep"
        elif regret <= GREY:
            label = "grey"
        decades = log10(runs[best][0] / rate)
        samples.append(Sample(problem, place, regret, label, decades, run))
    return samples


def _best_validation(run: Run) -> float:
    if "val_loss" not in run:
        return np.inf
    values = run["val_loss"].values
    return float(np.where(np.isfinite(values), values, np.inf).min())


def thinned(run: Run, every: int) -> Run:
    """Keep one row in ``every``; validation stays as it is."""
    series = {
        name: one if name == "val_loss" else Series(one.steps[::every], one.values[::every])
        for name, one in run.series.items()
    }
    return replace(run, series=series)


def averaged(run: Run, rows: int) -> Run:
    """Log ``run`` as most tools log epochs: block means, the last validation of each block."""
    loss = run["train_loss"]
    edges = [k * len(loss) // min(rows, len(loss)) for k in range(min(rows, len(loss)) + 1)]
    epochs = np.arange(len(edges) - 1, dtype=float)
    sums = np.add.reduceat(loss.values, edges[:-1])
    series: dict[SeriesName, Series] = {"train_loss": Series(epochs, sums / np.diff(edges))}
    if "val_loss" in run:
        series["val_loss"] = _last_of_each(run["val_loss"], loss.steps[edges[:-1]])
    return Run(run.name, run.source, run.format, Axis("epoch", "epoch"), series)


def _last_of_each(series: Series, block_starts: FloatArray) -> Series:
    block = np.searchsorted(block_starts, series.steps, side="right") - 1
    last = np.flatnonzero(np.diff(block, append=len(block_starts)))
    return Series(block[last].astype(float), series.values[last])


@dataclass(frozen=True, slots=True)
class Score:
    """How good a set of moves is; all shares but ``runs``.

    Attributes:
        runs: Number of runs outside the grey zone.
        right: Moves that agree with the label.
        false_alarm: Of the runs to keep, those told to change.
        wrong_way: Told to raise where lower is right, or the other way round.
        unsure: Told nothing.
        rounds: Within 5 % regret after following one, two and three moves.
    """

    runs: int
    right: float
    false_alarm: float
    wrong_way: float
    unsure: float
    rounds: tuple[float, float, float]


def score_moves(samples: Sequence[Sample], moves: Mapping[str, Move]) -> Score:
    """Compare ``moves``, by the run's source, with what the samples are labelled."""
    scored = [one for one in samples if one.label != "grey"]
    pairs = [(one, moves[one.run.source].action) for one in scored]
    kept = [action for one, action in pairs if one.label == "keep"]
    problems: dict[str, list[Sample]] = defaultdict(list)
    for one in samples:
        problems[one.problem].append(one)
    ends = np.array([_follow(problems[one.problem], one.place, moves) for one in samples])
    good = (ends <= GOOD).mean(axis=0)
    return Score(
        runs=len(scored),
        right=float(np.mean([is_right(one, action) for one, action in pairs])),
        false_alarm=float(np.mean([action in ("lower", "raise") for action in kept])),
        wrong_way=float(np.mean([{one.label, act} == {"lower", "raise"} for one, act in pairs])),
        unsure=float(np.mean([action == "unsure" for _, action in pairs])),
        rounds=(float(good[0]), float(good[1]), float(good[2])),
    )


def is_right(sample: Sample, action: str) -> bool:
    """Return whether ``action`` is what the sample's label asks for."""
    if action == "decay":
        saved = sample.label == "lower" and sample.finite and sample.regret < DECAY_HELPS
        return sample.label == "keep" or saved
    return action == sample.label


def _follow(runs: Sequence[Sample], place: int, moves: Mapping[str, Move]) -> list[float]:
    """Return the regret after one, two and three moves on the grid of tried rates."""
    regrets = []
    for _ in range(3):
        decades = moves[runs[place].run.source].decades
        if decades is not None:
            hop = round(decades / STEP) or (1 if decades > 0 else -1)
            place = min(len(runs) - 1, max(0, place + hop))
        regrets.append(runs[place].regret)
    return regrets


def only(run: Run, names: Sequence[SeriesName]) -> Run:
    """Leave only some columns of ``run``."""
    kept = {name: series for name, series in run.series.items() if name in names}
    return replace(run, series=kept)
