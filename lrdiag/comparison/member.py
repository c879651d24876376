"""One run as a comparison sees it: its rate, its losses, what was found in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lrdiag.diagnosis import Diagnosis
from lrdiag.finding import Severity
from lrdiag.numerics import FloatArray
from lrdiag.run import Run, Series, SeriesName
from lrdiag.signals.robust import medians
from lrdiag.signals.schedule import measure_schedule

Unit = Literal["step", "epoch", "index"]
RateFrom = Literal["log", "config", "name"]
LossName = Literal["val_loss", "train_loss"]
LOSSES: tuple[LossName, ...] = ("val_loss", "train_loss")

MOST_ROWS = 10_000  # kept of a loss: fifty runs of a million rows then take 8 MB, not 800
LEAST_RATE, LARGEST_RATE = 1e-9, 1e3  # of a name; lr1e4 is no rate, and 2024 is a year
NUMBER = r"((?!0\d)\d+(?:[.p]\d+)?(?:e[-+]?\d{1,2})?|\.\d+(?:e[-+]?\d{1,2})?)"  # 001 says none
NAMED_RATE = re.compile(
    rf"(?<![a-z])(?:lr|learning[ _-]?rate|eta)[ _:=-]{{0,3}}{NUMBER}(?![a-z\d])", re.IGNORECASE
)
REPEAT = re.compile(
    r"(?<![a-z])(?:seed|s|run|rep|repeat|trial|try|version)[ _:=-]?\d+", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, eq=False)
class Loss:
    """A loss, its finite values only, with long ones as medians of equally many rows.

    Attributes:
        steps: Where they stand; shape (n,), n at least 1.
        values: Finite; shape (n,).
        end: The last logged step, whatever its value.
        lost: The step from which on to the end no value is a number; None where the last is one.
    """

    steps: FloatArray
    values: FloatArray
    end: float
    lost: float | None


@dataclass(frozen=True, slots=True)
class Found:
    """A finding of a run, as far as a comparison names it."""

    code: str
    severity: Severity
    summary: str


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A run to compare.

    Attributes:
        name: What it is called.
        source: The path of its file.
        unit: What its steps count.
        rate: Its peak learning rate, None where nothing tells it.
        rate_from: What tells the rate.
        losses: Each loss that has a finite value.
        found: What the rules found, the most urgent first.
        repeat: The name without the number of a repeat, as in "adam_seed3"; None where it has none.
        refusal: Why it is no loss log; empty otherwise.
    """

    name: str
    source: str
    unit: Unit
    rate: float | None
    rate_from: RateFrom | None
    losses: Mapping[LossName, Loss]
    found: tuple[Found, ...] = ()
    repeat: str | None = None
    refusal: str = ""


def member_of(diagnosis: Diagnosis) -> Member:
    """Take from a diagnosis what a comparison needs; the run itself can be forgotten."""
    run: Run = diagnosis.run
    return make_member(
        run.name,
        source=run.source,
        unit=run.x.unit,
        series=run.series,
        told_rate=diagnosis.config.lr,
        found=tuple(
            Found(code, one.severity, one.summary) for code, one in diagnosis.findings.items()
        ),
        refusal="" if run.refusal is None else run.refusal.reason,
    )


def make_member(
    name: str,
    *,
    source: str,
    unit: Unit,
    series: Mapping[SeriesName, Series],
    told_rate: float | None,
    found: tuple[Found, ...],
    refusal: str = "",
) -> Member:
    """Measure a run for a comparison.

    Args:
        name: What it is called.
        source: The path of its file, which may tell the rate where the name does not.
        unit: What its steps count.
        series: Its quantities.
        told_rate: The rate that the user tells.
        found: What the rules found.
        refusal: Why it is no loss log.
    """
    rate, rate_from = _find_rate(name, source, series.get("lr"), told_rate)
    losses = {one: loss for one in LOSSES if (loss := _take_loss(series.get(one))) is not None}
    return Member(
        name=name,
        source=source,
        unit=unit,
        rate=rate,
        rate_from=rate_from,
        losses={} if refusal else losses,
        found=found,
        repeat=_name_of_repeat(name) or _name_of_repeat(source),
        refusal=refusal,
    )


def _find_rate(
    name: str, source: str, logged: Series | None, told: float | None
) -> tuple[float | None, RateFrom | None]:
    schedule = None if logged is None else measure_schedule(logged)
    if schedule is not None:
        return schedule.peak, "log"
    if told is not None:
        return told, "config"
    named = rate_in_name(name) or rate_in_name(source)
    return (None, None) if named is None else (named, "name")


def rate_in_name(name: str) -> float | None:
    """Return the learning rate that a name tells: lr0.001, lr=3e-4, lr_0p01; None without one."""
    for match in NAMED_RATE.finditer(name):
        rate = float(match[1].lower().replace("p", "."))
        if LEAST_RATE <= rate <= LARGEST_RATE:
            return rate
    return None


def _name_of_repeat(name: str) -> str | None:
    return REPEAT.sub("", name, count=1) if REPEAT.search(name) else None


def _take_loss(series: Series | None) -> Loss | None:
    if series is None:
        return None
    known = np.flatnonzero(np.isfinite(series.values))
    if len(known) == 0:
        return None
    steps, values, last = series.steps[known], series.values[known], int(known[-1])
    lost = None if last == len(series) - 1 else float(series.steps[last + 1])
    if len(known) > MOST_ROWS:
        edges = np.linspace(0, len(known), MOST_ROWS + 1).astype(np.intp)
        values = medians(values, edges[:-1], edges[1:])
        steps = steps[(edges[:-1] + edges[1:]) // 2]
    return Loss(steps, values, float(series.steps[-1]), lost)
