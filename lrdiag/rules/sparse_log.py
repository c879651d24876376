"""Log is sparse.

## What it shows
Fewer than 50 rows stand for a whole run of steps, so that each stands for more than 2 % of it; or
the log has a hole of a fifth of the run.

## Why it matters
Between two rows a spike comes and goes unseen, the first steps are one row, and noise cannot be
told from the course. Rules that need those things cannot look, and the advice on the rate is less
sure. A log of epochs is read as one, and is not meant here.

## Example
    step,train_loss
    500,2.31
    1000,1.72
    1500,1.40

## What to do
Log the training loss 100 to 1,000 times a run: it costs nothing beside a step. Where rows are
missing, look whether the logger lost them or whether files of one run are still apart.

## References
- Google Research, Deep Learning Tuning Playbook: log at least the training loss at every step.
"""

import numpy as np

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.rule import Rule
from lrdiag.rules.too_short import MIN_VALUES, WANTED
from lrdiag.rules.words import place, places, too_thin
from lrdiag.signals import Signals
from lrdiag.signals.record import measure_widest_gap
from lrdiag.wording import say_share

FEW = 50  # rows; 8 of 73 healthy logs have 30 or 31, all others 500 up
EPOCH = 0.9  # epochs between two rows; from there on each row is one
HOLE = 0.2  # of the run without a row; those of 500 rows up: at most 0.002
USUAL = 0.02  # of the run between two rows; a log that is sparse all along has no hole


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look at how the rows lie over the run."""
    thin = too_thin(signals, MIN_VALUES)
    if thin is not None:
        return thin
    name = signals.loss_name
    if name is None:
        return CannotTell(("train_loss",), "The log holds no loss.")
    steps = signals.run[name].steps
    hole = _find_hole(signals)
    if hole is not None:
        share = (hole[1] - hole[0]) / (float(steps[-1]) - float(steps[0]))
        return _finding(
            f"No row between {places(signals, hole)}, {say_share(share)} of the run",
            Evidence(
                "share of the run without a row", 100.0 * share, 100.0 * HOLE, "%", name, hole
            ),
            Fix("Look for the missing rows", "They may lie in another file of the same run."),
        )
    if len(steps) >= FEW or not _skips_steps(signals):
        return None
    return _finding(
        f"{len(steps)} rows stand for the whole run, up to {place(signals, float(steps[-1]))}",
        Evidence("rows", float(len(steps)), float(FEW), "", name),
        Fix(
            f"Log the training loss about {WANTED} times a run",
            "Spikes, noise and the first steps are lost between rarer values.",
        ),
    )


def _skips_steps(signals: Signals) -> bool:
    """Whether a row stands for several steps, and not for an epoch."""
    run, name = signals.run, signals.loss_name
    if run.x.unit != "step" or name is None:
        return False
    apart = float(np.median(np.diff(run[name].steps)))
    if run.epochs is None or len(run.epochs) < 2:
        return apart > 1.0
    return apart > 1.0 and float(np.median(np.diff(run.epochs.values))) < EPOCH


def _finding(summary: str, evidence: Evidence, fix: Fix) -> Finding:
    return Finding(
        severity=Severity.NOTE,
        confidence=0.9,
        summary=summary,
        cause="The loss is logged too seldom for what goes on between two rows to be seen.",
        evidence=(evidence,),
        fixes=(fix,),
    )


def _find_hole(signals: Signals) -> tuple[float, float] | None:
    name = signals.loss_name
    if name is None:
        return None
    steps = signals.run[name].steps
    whole = float(steps[-1] - steps[0])
    gap = measure_widest_gap(steps)
    if gap[1] - gap[0] < HOLE * whole:
        return None
    return gap if float(np.median(np.diff(steps))) <= USUAL * whole else None


def seen(signals: Signals) -> str:
    """Return how many rows there are."""
    return f"{signals.rows:,} rows"


RULE = Rule(
    code="LOG907",
    name="sparse-log",
    needs=(),
    check=check,
    doc=__doc__,
    clear="logged often enough",
    seen=seen,
)
