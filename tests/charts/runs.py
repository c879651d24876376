"""Diagnosed runs made by hand, so that a chart's tests rest on no rule."""

from collections.abc import Mapping

import numpy as np

from lrdiag.advice import Advice
from lrdiag.diagnosis import Diagnosis
from lrdiag.finding import Evidence, Finding, Fix, Severity
from lrdiag.numerics import FloatArray
from lrdiag.run import Axis, Config, Refusal, Run, Series, SeriesName


def series(values: object, steps: object = None) -> Series:
    array = np.asarray(values, dtype=np.float64)
    places = np.arange(len(array)) if steps is None else steps
    return Series(np.asarray(places, dtype=np.float64), array)


def diagnosed(
    columns: Mapping[SeriesName, Series],
    findings: Mapping[str, Finding] | None = None,
    *,
    name: str = "run",
    axis: Axis | None = None,
    epochs: Series | None = None,
    refusal: Refusal | None = None,
) -> Diagnosis:
    run = Run(
        name=name,
        source=f"{name}.csv",
        format="csv",
        x=axis or Axis("step", "step"),
        series=columns,
        epochs=epochs,
        refusal=refusal,
    )
    advice = Advice("lower", (0.3, 0.5), (0.001, 0.0015), 0.003, 0.86, "It spikes", "Train on")
    return Diagnosis(run, Config(), "findings", findings or {}, {}, {}, {}, advice)


def finding(
    *evidence: Evidence, severity: Severity = Severity.WARNING, confidence: float = 0.9
) -> Finding:
    fixes = (Fix("Lower the rate", "Smaller steps settle"),)
    return Finding(severity, confidence, "The loss moves", "The rate", evidence, fixes)


def spiky_loss(n: int = 500, seed: int = 0) -> FloatArray:
    """A descent with noise and three spikes, at 40, 60 and 80 % of the run."""
    random = np.random.default_rng(seed)
    x = np.arange(n)
    loss = 2.2 + 2.4 * np.exp(-x / (0.06 * n)) - 0.2 * x / n + random.normal(0.0, 0.11, n)
    for at, height in zip(spike_steps(n), (2.9, 0.9, 1.1), strict=True):
        loss[at:] += height * np.exp(-(x[at:] - at) / (0.012 * n))
    return np.asarray(loss, dtype=np.float64)


def spike_steps(n: int) -> tuple[int, int, int]:
    return int(0.4 * n), int(0.6 * n), int(0.8 * n)


def spikes(n: int = 500) -> Diagnosis:
    """Three spikes found, a rate that never changes, and a loss that still falls."""
    loss = spiky_loss(n)
    reach = n // 25
    spans = tuple((float(at - n // 125), float(at + reach)) for at in spike_steps(n))
    evidence = tuple(
        Evidence("peak over the curve", 24.0, 8.0, "noises", "train_loss", span, float(at))
        for span, at in zip(spans, spike_steps(n), strict=True)
    )
    rate = Evidence("largest by smallest rate", 1.0, None, "", "lr")
    tail = Evidence("fall over the last fifth", 0.05, None, "", "train_loss", (0.88 * n, n - 1.0))
    val_steps = np.arange(n // 5 - 1, n, n // 5)
    return diagnosed(
        {
            "train_loss": series(loss),
            "val_loss": series(2.45 - 0.08 * np.arange(5), val_steps),
            "lr": series(np.full(n, 0.003)),
            "grad_norm": series(0.4 + 0.1 * np.abs(np.sin(np.arange(n)))),
        },
        {
            "LR105": finding(*evidence),
            "SCH402": finding(rate, severity=Severity.NOTE),
            "LR115": finding(tail, severity=Severity.NOTE),
        },
        epochs=series(np.arange(n) // (n // 5)),
    )


def broken() -> Diagnosis:
    """A loss that is NaN from step 561 of 800 on, falling two decades before."""
    random = np.random.default_rng(1)
    x = np.arange(800)
    loss = (2.3 * np.exp(-x / 90) + 0.02) * np.exp(random.normal(0.0, 0.45, 800))
    loss[561:] = np.nan
    bad = Evidence("values that are no number", 239.0, 0.0, "", "train_loss", (561.0, 799.0), 561.0)
    return diagnosed(
        {
            "train_loss": series(loss),
            "val_loss": series([0.32, 0.28, 0.25, 0.27, 0.21, 0.22, 0.23, 0.26], x[63::64][:8]),
            "lr": series(np.full(800, 0.003)),
        },
        {"LR101": finding(bad, severity=Severity.ERROR)},
    )
