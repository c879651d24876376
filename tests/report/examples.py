"""Diagnoses made by hand: the records are real, only nobody measured anything."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from lrdiag.advice import Advice
from lrdiag.diagnosis import Diagnosis, Status
from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.numerics import FloatArray
from lrdiag.run import Axis, Column, Config, Refusal, Run, Series, SeriesName

KEEP = Advice("keep", None, None, 0.003, 0.84, "no spike and no rise", "None needed.")
LOWER = Advice(
    "lower", (1 / 3, 0.5), (0.001, 0.0015), 0.003, 0.86, "each spike is 13 noises high", "Train."
)

SPIKES = Finding(
    Severity.WARNING,
    0.91,
    "Three spikes, each back within 9 to 44 steps",
    "Steps too large for the curvature at this point.",
    (
        Evidence("rise of the highest spike", 31.2, 8.0, "noises", "train_loss", (197.0, 241.0)),
        Evidence("steps lost", 44.0, None, "steps", "train_loss", (300.0, 309.0), 303.0),
    ),
    (
        Fix("Lower the rate to 0.001–0.0015", "Less usually ends it.", (1 / 3, 0.5), 0.00122),
        Fix("Clip the gradient at 0.6", "That is its 90th percentile here."),
    ),
)
OVERFITTING = Finding(
    Severity.WARNING,
    0.93,
    "Validation rises 18 % from step 119 while train keeps falling",
    "The model memorises a small training set.",
    (Evidence("rise over the best", 18.0, 5.0, "%", "val_loss", (119.0, 499.0)),),
    (Fix("Stop at step 119", "The best validation loss of the run is there."),),
)
STILL = Finding(
    Severity.NOTE,
    0.74,
    "Still falling when the log ends",
    "The run is shorter than the curve.",
    (Evidence("gain in the last 20 %", 3.8, 3.0, "%", "train_loss", (440.0, 499.0)),),
)
TOO_SHORT = Finding(
    Severity.NOTE, 0.9, "18 steps", "The log ends early.", (Evidence("steps", 18.0, 30.0),)
)


def falling(n: int = 500) -> FloatArray:
    """A loss from 4.78 down to about 2.2 with a little noise."""
    noise = np.random.default_rng(0).normal(0.0, 0.03, n)
    return 2.2 + 2.58 * np.exp(-np.arange(n) / (0.2 * n)) + noise * (np.arange(n) > 0)


def make_run(n: int = 500, **series: FloatArray) -> Run:
    """A run of n steps with a train loss, a constant rate and five validations."""
    steps = np.arange(n, dtype=np.float64)
    train = series.pop("train_loss", falling(n))
    held: dict[SeriesName, Series] = {
        "train_loss": Series(steps, train),
        "val_loss": Series(steps[:: max(n // 5, 1)].copy(), train[:: max(n // 5, 1)] + 0.1),
        "lr": Series(steps.copy(), np.full(n, 0.003)),
    }
    finite = train[np.isfinite(train)]
    bad = int(n - len(finite))
    loss = Column("loss", "train_loss", 0.95, "the name says so", n, 4.78, 2.2, bad)
    return Run("char_gpt", "char_gpt.csv", "csv", Axis("step", "step"), held, (loss,))


def make_diagnosis(
    findings: Mapping[str, Finding] | None = None,
    advice: Advice = KEEP,
    *,
    run: Run | None = None,
    status: Status | None = None,
) -> Diagnosis:
    """A diagnosis with these findings; the status follows unless it is said."""
    findings = findings or {}
    loud = any(one.severity > Severity.NOTE for one in findings.values())
    return Diagnosis(
        run=run or make_run(),
        config=Config(lr=0.003, optimizer="adamw"),
        status=status or ("findings" if loud else "healthy"),
        findings=findings,
        cleared={"LR102": "end 0.09 above best"},
        skipped={"LR101": CannotTell(("classes",), "Say the number of classes.")},
        explained={},
        advice=advice,
    )


def refused() -> Diagnosis:
    """What is said of a file that is no loss log."""
    run = replace(
        make_run(), refusal=Refusal("Rows are finished runs, not steps.", "Give one run's log.")
    )
    advice = Advice("unsure", None, None, None, 0.0, "Rows are finished runs.", "Give one log.")
    return replace(
        make_diagnosis(advice=advice, run=run, status="not-a-loss-log"), cleared={}, skipped={}
    )
