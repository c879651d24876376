"""NaN is hidden behind a loss that looks finite.

## What it shows
The loss is exactly zero all of a sudden, among rows far above it; or one value is repeated for
many rows in the middle of a lively curve; or the gradient norm is NaN where the loss is a number.

## Why it matters
Some trainers do not log a loss that is not a number: Hugging Face's Trainer leaves it out of the
mean, so that an interval of NaN is logged as 0.0 and a curve that ended long ago looks perfect.
From the first such step on the weights may be NaN, and every checkpoint after it is lost.

## Example
    step,train_loss,grad_norm
    480,1.31,0.9
    490,0.0,nan
    500,0.0,nan

## What to do
Log the loss as it is (logging_nan_inf_filter=False in Hugging Face's Trainer) and stop at the
first NaN. Look into the batch of the first hidden step: in fine-tuning, a sample whose labels are
all masked has no loss. Go on from the last checkpoint before it.

## References
- Hugging Face documentation, TrainingArguments: logging_nan_inf_filter.
"""

import numpy as np

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import place, too_thin
from lrdiag.run import Series
from lrdiag.signals import Signals
from lrdiag.signals.record import Repeat, Zeros
from lrdiag.wording import count, say_loss

MIN_ROWS = 20  # rows; a zero needs neighbours that it stands out from
MIN_REPEATS = 10  # rows; 480 lively logs repeat a value at most once
LIVELY = 0.9  # share of different values among the other rows; printed with few digits: below
MIN_NORMS = 3  # rows; mixed precision leaves out a step or two by itself
SHARE_NORMS = 0.05  # of the norms; one overflow in 2,000 steps is how a loss scaler works


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for what stands in the place of NaN."""
    thin = too_thin(signals, MIN_ROWS)
    if thin is not None:
        return thin
    zeros, repeat, norms = signals.zeros, find_repeat(signals), _lost_norms(signals)
    if zeros is None and repeat is None and norms is None:
        return None
    evidence, summary, lasting = _tell(signals, zeros, repeat, norms)
    return Finding(
        severity=Severity.ERROR if lasting else Severity.WARNING,
        confidence=0.9 if norms is not None or zeros is not None else 0.6,
        summary=summary,
        cause=(
            "A loss that is not a number was logged as something else, or a batch had no label "
            "that counts."
        ),
        evidence=evidence,
        fixes=(
            Fix(
                "Log the loss as it is and stop at the first NaN",
                "With Hugging Face's Trainer, set logging_nan_inf_filter=False.",
            ),
            Fix(
                f"Print the batch of {place(signals, _first(evidence))}",
                "Look for NaN in the inputs and for samples whose labels are all masked.",
            ),
            Fix(
                "Go on from the last checkpoint before it",
                "Weights that were updated by NaN are lost.",
            ),
        ),
    )


def find_repeat(signals: Signals) -> Repeat | None:
    """Return the stretch of one value in the middle of a lively curve; else None."""
    repeat = signals.repeat
    if repeat is None or repeat.at_end or repeat.rows < MIN_REPEATS or repeat.value == 0.0:
        return None
    return repeat if repeat.distinct >= LIVELY else None


def _lost_norms(signals: Signals) -> Series | None:
    """Return the gradient norms that are NaN where the loss is finite; None for a few."""
    name, run = signals.loss_name, signals.run
    if name is None or "grad_norm" not in run:
        return None
    norms = run["grad_norm"]
    lost = np.isnan(norms.values)
    if not lost.any():
        return None
    lost &= np.isin(norms.steps, run[name].finite().steps)
    many = lost.sum() >= max(MIN_NORMS, SHARE_NORMS * len(norms))
    lasting = len(norms) > MIN_NORMS and lost[-MIN_NORMS:].all()
    return Series(norms.steps[lost], norms.values[lost]) if many or lasting else None


def _tell(
    signals: Signals, zeros: Zeros | None, repeat: Repeat | None, norms: Series | None
) -> tuple[tuple[Evidence, ...], str, bool]:
    """Return the measurements, the strongest in a sentence, and whether it lasts to the end."""
    name, evidence, said, lasting = signals.loss_name, [], [], False
    if zeros is not None:
        span = (zeros.first, zeros.last)
        label = f"rows of exactly zero among rows of {say_loss(zeros.near)}"
        evidence.append(Evidence(label, float(zeros.rows), None, "", name, span, zeros.first))
        kind = "to the end" if zeros.at_end else f"in {count(zeros.rows, 'row')}"
        lasting |= zeros.at_end and zeros.rows >= MIN_NORMS
        said.append(f"The loss is exactly zero from {place(signals, zeros.first)} {kind}")
    if norms is not None:
        first, last = float(norms.steps[0]), float(norms.steps[-1])
        label = "gradient norms that are NaN beside a finite loss"
        limit = float(MIN_NORMS)
        evidence.append(
            Evidence(label, float(len(norms)), limit, "", "grad_norm", (first, last), first)
        )
        lasting |= last == float(signals.run["grad_norm"].steps[-1])
        said.append(
            f"The gradient norm is NaN in {count(len(norms), 'row')} from "
            f"{place(signals, first)} on, while the loss looks finite"
        )
    if repeat is not None:
        span = (repeat.first, repeat.last)
        label = f"rows in a row of exactly {say_loss(repeat.value)}"
        limit = float(MIN_REPEATS)
        evidence.append(Evidence(label, float(repeat.rows), limit, "", name, span, repeat.first))
        said.append(
            f"The loss stands at exactly {say_loss(repeat.value)} for {repeat.rows:,} rows from "
            f"{place(signals, repeat.first)}"
        )
    return tuple(evidence), said[0], lasting


def _first(evidence: tuple[Evidence, ...]) -> float:
    return min(one.at for one in evidence if one.at is not None)


def seen(signals: Signals) -> str:
    """Return how often the loss repeats a value at most."""
    repeat = signals.repeat
    return "no loss" if repeat is None else f"a value repeats at most {repeat.rows - 1:,} times"


RULE = Rule(
    code="LOG903",
    name="hidden-nan",
    needs=(),
    check=check,
    doc=__doc__,
    clear="no hidden NaN",
    seen=seen,
    symptom="not-finite",
    explains=("LR104", "LR107", "LR112", "LR114", "LR116"),
)
