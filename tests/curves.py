"""Synthetic runs with one known symptom, or none: the shared vocabulary of the tests."""

from collections.abc import Mapping
from typing import Literal

import numpy as np

from lrdiag.finding import CannotTell, Finding
from lrdiag.numerics import FloatArray
from lrdiag.rules import find_rule
from lrdiag.run import SERIES_NAMES, Axis, Config, Run, Series
from lrdiag.signals import Signals

Verdict = Finding | CannotTell | None


def series_of(values: FloatArray | list[float], *, every: float = 1.0) -> Series:
    """Return a series logged every so many steps, from step 0."""
    array = np.array(values, dtype=np.float64)
    return Series(np.arange(len(array), dtype=np.float64) * every, array)


def descent(
    rows: int = 500,
    *,
    start: float = 2.3,
    end: float = 0.3,
    pace: float = 12.0,
    noise: float = 0.02,
    seed: int = 0,
) -> Series:
    """Return a loss that falls exponentially; ``pace`` time constants fit into the run."""
    share = np.arange(rows) / rows
    values = end + (start - end) * np.exp(-pace * share)
    return series_of(values + np.random.default_rng(seed).normal(0.0, noise, rows))


def power_law(rows: int = 500, *, noise: float = 0.03, seed: int = 0) -> Series:
    """Return a loss with the long tail of a language model, which never quite ends."""
    values = 2.0 + 2.6 * (1.0 + 25.0 * np.arange(rows) / rows) ** -0.5
    return series_of(values + np.random.default_rng(seed).normal(0.0, noise, rows))


def flat(level: float = 1.7, rows: int = 500, *, noise: float = 0.02, seed: int = 0) -> Series:
    """Return a loss that never moves."""
    return series_of(level + np.random.default_rng(seed).normal(0.0, noise, rows))


def line(
    rows: int = 500, *, start: float = 2.3, end: float = 1.8, noise: float = 0.02, seed: int = 0
) -> Series:
    """Return a loss that falls along a line."""
    values = np.linspace(start, end, rows)
    return series_of(values + np.random.default_rng(seed).normal(0.0, noise, rows))


def spiked(series: Series, at: int, *, height: float, width: float) -> Series:
    """Return the series with a jump at a row that decays within about three widths."""
    after = np.arange(len(series) - at)
    values = series.values.copy()
    values[at:] += height * np.exp(-after / width)
    return Series(series.steps, values)


def raised(series: Series, at: int, *, by: float) -> Series:
    """Return the series with every row from ``at`` on higher by ``by``."""
    values = series.values.copy()
    values[at:] += by
    return Series(series.steps, values)


def climbing(series: Series, *, start: float, rise: float) -> Series:
    """Return the series with a rise added from ``start``, a share of its rows, to its end."""
    share = np.linspace(0.0, 1.0, len(series))
    bend = rise * np.clip((share - start) / (1.0 - start), 0.0, None)
    return Series(series.steps, series.values + bend)


def broken(series: Series, first: int, last: int | None = None) -> Series:
    """Return the series with NaN from row ``first`` to ``last``, or to the end."""
    values = series.values.copy()
    values[first:last] = np.nan
    return Series(series.steps, values)


def every(series: Series, rows: int) -> Series:
    """Return each ``rows``-th point, as a validation loss is logged."""
    return Series(series.steps[rows - 1 :: rows], series.values[rows - 1 :: rows])


def constant_rate(rows: int = 500, lr: float = 0.003) -> Series:
    """Return a learning rate that never changes."""
    return series_of(np.full(rows, lr))


def cosine_rate(rows: int = 500, lr: float = 0.003, *, warmup: int = 0) -> Series:
    """Return a cosine to zero after a linear warmup."""
    at = np.arange(rows)
    rising = (at + 1) / max(1, warmup)
    falling = 0.5 * (1.0 + np.cos(np.pi * (at - warmup) / (rows - warmup)))
    return series_of(lr * np.where(at < warmup, rising, falling))


def make_run(
    *,
    unit: Literal["step", "epoch", "index"] = "step",
    epochs: Series | None = None,
    restarts: tuple[float, ...] = (),
    repeated: int = 0,
    **series: Series,
) -> Run:
    """Return a run with these series."""
    return run_of(series, unit=unit, epochs=epochs, restarts=restarts, repeated=repeated)


def run_of(
    series: Mapping[str, Series],
    *,
    unit: Literal["step", "epoch", "index"] = "step",
    epochs: Series | None = None,
    restarts: tuple[float, ...] = (),
    repeated: int = 0,
) -> Run:
    """Return a run with these series by name."""
    named = {name: series[name] for name in SERIES_NAMES if name in series}
    assert len(named) == len(series), "a name that no series bears"
    return Run(
        name="synthetic",
        source="synthetic.csv",
        format="csv",
        x=Axis(unit, unit),
        series=named,
        epochs=epochs,
        restarts=restarts,
        repeated=repeated,
    )


def ask(code: str, run: Run, config: Config | None = None) -> Verdict:
    """Return what one rule says of a run that holds what the rule needs."""
    rule = find_rule(code)
    assert all(name in run for name in rule.needs), "ask diagnose() about a missing series"
    return rule.check(Signals(run, config))


def found(code: str, run: Run, config: Config | None = None) -> Finding:
    """Return the finding of a rule that must fire."""
    verdict = ask(code, run, config)
    assert isinstance(verdict, Finding), f"{code} says {verdict}"
    return verdict


def fires(run: Run, *, codes: tuple[str, ...]) -> set[str]:
    """Return which of these rules find something."""
    return {code for code in codes if isinstance(ask(code, run), Finding)}
