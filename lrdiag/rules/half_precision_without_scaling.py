"""Half precision without loss scaling.

## What it shows
You said that the run is in float16 and that the loss is not scaled, or the log shows a loss scale
of 1 throughout.

## Why it matters
The smallest number of float16 is 6e-8, and gradients are often smaller: they become zero, and
the layers they belong to stand still. The largest is 65,504: a rate tuned in float32 overflows
it. A warning where the curve shows either, else a note.

## Example
    step,train_loss,loss_scale
    0,2.31,1
    500,2.30,1
    1000,2.30,1

## What to do
Train in bfloat16 where the hardware has it. Else scale the loss dynamically (GradScaler in
PyTorch, fp16=True in Hugging Face's Trainer), and unscale the gradient before it is clipped.

## References
- Micikevicius et al. (2018), Mixed Precision Training.
"""

import numpy as np

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.rule import Rule
from lrdiag.rules.witness import find_sluggish, find_unstable
from lrdiag.rules.words import unsaid
from lrdiag.signals import Signals
from lrdiag.wording import say_number

SMALLEST = 6e-8  # of float16; a gradient below is zero
UNSCALED = 1.0  # scale; with bfloat16 and float32 tools log it too


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look at precision and scaling."""
    config = signals.config
    if config.precision is None:
        return unsaid("precision")
    if config.precision != "float16":
        return None
    scale = _logged_scale(signals)
    if scale is None and config.loss_scaling is None:
        return unsaid("loss_scaling")
    if (scale is not None and scale > UNSCALED) or config.loss_scaling in ("dynamic", "static"):
        return None
    harm = find_unstable(signals) or find_sluggish(signals)
    seen_on = "" if harm is None else f" The curve shows harm that fits: see {harm[0].code}."
    return Finding(
        severity=Severity.NOTE if harm is None else Severity.WARNING,
        confidence=0.8,
        summary="The run is in float16 and its loss is not scaled",
        cause=f"Gradients below {say_number(SMALLEST)} become zero, long ones overflow.{seen_on}",
        evidence=(
            Evidence("loss scale", UNSCALED, UNSCALED, "", None if scale is None else "loss_scale"),
            *(() if harm is None else harm[1].evidence[:1]),
        ),
        fixes=(
            Fix("Train in bfloat16", "It has the range of float32 and needs no loss scale."),
            Fix(
                "Or scale the loss dynamically",
                "Small gradients are lifted above what float16 can hold, and overflow is left out.",
            ),
        ),
    )


def _logged_scale(signals: Signals) -> float | None:
    """Return the highest logged loss scale; None without one."""
    if "loss_scale" not in signals.run:
        return None
    values = signals.run["loss_scale"].finite().values
    return float(np.max(values)) if len(values) else None


def seen(signals: Signals) -> str:
    """Return the precision and the scaling, as far as known."""
    if signals.config.precision != "float16":
        return f"in {signals.config.precision}"
    return "the loss is scaled"


RULE = Rule(
    code="CFG602",
    name="half-precision-without-scaling",
    needs=("train_loss",),
    check=check,
    doc=__doc__,
    clear="precision is safe",
    seen=seen,
    symptom="not-finite",
)
