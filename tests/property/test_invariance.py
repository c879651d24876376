"""A diagnosis depends on the shape of a curve, not on its units, its place or one broken row."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrdiag.diagnosis import diagnose
from lrdiag.finding import Finding
from lrdiag.rules import RULES
from lrdiag.run import Run, Series
from lrdiag.signals import Signals
from tests.curves import (
    climbing,
    constant_rate,
    cosine_rate,
    descent,
    every,
    flat,
    line,
    make_run,
    power_law,
    raised,
    run_of,
    series_of,
    spiked,
)

SHARE = np.linspace(0.0, 1.0, 500)
RUNS: dict[str, dict[str, Series]] = {
    "healthy": {
        "train_loss": power_law(),
        "val_loss": every(power_law(seed=1), 20),
        "lr": cosine_rate(warmup=25),
    },
    "overfit": {
        "train_loss": descent(end=0.05),
        "val_loss": climbing(every(descent(noise=0.002), 20), start=0.4, rise=0.5),
    },
    "spikes": {
        "train_loss": spiked(
            spiked(spiked(descent(), 150, height=2.0, width=5.0), 250, height=2.0, width=5.0),
            400,
            height=2.0,
            width=5.0,
        ),
        "lr": constant_rate(),
    },
    "diverged": {"train_loss": climbing(descent(), start=0.6, rise=3.0), "lr": constant_rate()},
    "overshoot": {"train_loss": spiked(flat(2.3), 2, height=40.0, width=5.0)},
    "slow": {"train_loss": line(), "lr": constant_rate(lr=3e-5)},
    "flat": {"train_loss": flat(1.7)},
    "stays up": {"train_loss": raised(descent(), 300, by=0.7)},
    "noisy end": {
        "train_loss": descent(end=0.8, noise=0.15, pace=6.0),
        "val_loss": every(descent(end=0.4, noise=0.6, seed=1), 20),
        "lr": constant_rate(),
    },
    "thrown up": {
        "train_loss": spiked(descent(start=8.0, noise=0.05), 12, height=4.0, width=5.0),
        "val_loss": every(descent(start=8.0, end=1.4), 20),
        "lr": cosine_rate(warmup=12),
    },
    "restarted": {
        "train_loss": spiked(descent(), 250, height=1.0, width=12.0),
        "lr": series_of(np.tile(cosine_rate(250).values, 2)),
    },
    "decayed twice": {
        "train_loss": descent(end=0.9),
        "val_loss": every(descent(end=0.5), 20),
        "lr": series_of(cosine_rate().values ** 2),
    },
    "full batch": {"train_loss": series_of(1.1 + np.exp(-SHARE) + 0.1 * np.sin(SHARE * 150.0))},
    "epochs": {"train_loss": descent(30), "val_loss": descent(30, seed=1)},
    "too short": {"train_loss": descent(5)},
}
each_run = pytest.mark.parametrize("series", RUNS.values(), ids=list(RUNS))
quickly = settings(max_examples=15, deadline=None)
LOSSES = ("train_loss", "val_loss")
SPARSE = {"LOG907"}  # asks whether a row stands for one step or for many
FLAT = {"LR110", "LR111"}  # a flat loss; ln C is a level, and a scaled loss is not at it


def codes(run: Run) -> set[str]:
    """Return the codes of all findings on a run."""
    signals = Signals(run)
    return {
        rule.code
        for rule in RULES
        if all(name in run for name in rule.needs) and isinstance(rule.check(signals), Finding)
    }


@each_run
@quickly
@given(power=st.integers(-30, 30), odd=st.floats(1.0, 2.0))
def test_the_unit_of_the_loss_does_not_matter(
    series: dict[str, Series], power: int, odd: float
) -> None:
    scale = odd * 2.0**power
    scaled = {
        name: Series(one.steps, one.values * scale) if name in LOSSES else one
        for name, one in series.items()
    }
    plain, other = codes(run_of(series)), codes(run_of(scaled))
    assert other - FLAT == plain - FLAT
    assert bool(other & FLAT) == bool(plain & FLAT)


@each_run
@quickly
@given(shift=st.integers(0, 10**6), stretch=st.sampled_from([1, 2, 50, 1000]))
def test_neither_the_first_step_nor_the_interval_matters(
    series: dict[str, Series], shift: int, stretch: int
) -> None:
    moved = {name: Series(one.steps * stretch + shift, one.values) for name, one in series.items()}
    assert codes(run_of(moved)) - SPARSE == codes(run_of(series)) - SPARSE


@each_run
@quickly
@given(scale=st.floats(1e-6, 1e6))
def test_the_unit_of_the_rate_does_not_matter(series: dict[str, Series], scale: float) -> None:
    scaled = {
        name: Series(one.steps, one.values * scale) if name == "lr" else one
        for name, one in series.items()
    }
    assert codes(run_of(scaled)) == codes(run_of(series))


@each_run
@quickly
@given(
    place=st.floats(0.0, 1.0),
    width=st.integers(1, 40),
    value=st.sampled_from([np.nan, np.inf, -np.inf]),
)
def test_no_rule_breaks_on_values_that_are_not_numbers(
    series: dict[str, Series], place: float, width: int, value: float
) -> None:
    spoilt = {}
    for name, one in series.items():
        values = one.values.copy()
        first = int(place * (len(values) - 1))
        values[first : first + width] = value
        spoilt[name] = Series(one.steps, values)
    assert "LR101" in codes(run_of(spoilt))


@quickly
@given(
    st.lists(st.floats(allow_nan=True, allow_infinity=True, width=32), min_size=1, max_size=150),
    st.integers(1, 150),
)
def test_no_rule_breaks_on_any_numbers(values: list[float], cut: int) -> None:
    series = series_of(values)
    head = Series(series.steps[:cut], series.values[:cut])
    run = make_run(train_loss=series, val_loss=head, lr=head, grad_norm=head, val_accuracy=head)
    scale = Series(head.steps, np.abs(head.values))
    run = Run(run.name, run.source, run.format, run.x, {**run.series, "loss_scale": scale})
    for rule in RULES:
        signals = Signals(run)
        if rule.check(signals) is None:
            assert rule.seen(signals)


@pytest.mark.parametrize("rows", [3, 30, 600])
@pytest.mark.parametrize(("low", "high"), [(-300, 300), (290, 308), (-320, -290)])
def test_no_size_that_a_float_can_hold_overflows(rows: int, low: float, high: float) -> None:
    rng = np.random.default_rng(rows)
    loss = series_of(10.0 ** rng.uniform(low, high, rows))
    val = series_of(10.0 ** rng.uniform(low, high, max(1, rows // 5)), every=5.0)
    diagnosis = diagnose(make_run(train_loss=loss, val_loss=val, grad_norm=loss))
    said = [one.value for finding in diagnosis.findings.values() for one in finding.evidence]
    assert np.isfinite(said).all()
