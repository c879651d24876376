"""Loss scale of half precision collapses.

## What it shows
The factor by which mixed precision multiplies the loss is halved again and again: by 256 times
or more after it had settled, or down to 1 from where it began.

## Why it matters
Each halving stands for an overflow, and the step was thrown away. A scale that finds no hold
means that gradients overflow at any scale, as they do once they are NaN, or that the model
outgrows half precision; below a scale of 1 small gradients are lost to zero as well.

## Example
    step,train_loss,loss_scale
    8000,2.21,65536
    8040,2.24,1024
    8080,2.30,4
    8090,2.31,1

## What to do
Train in bfloat16, which has the range of float32 and needs no scale. Or divide the learning rate
by 2 and clip the gradient, from a checkpoint before the fall. Keep softmax, norms and the loss in
float32. One halving in a thousand steps is how the scale finds its level.

## References
- Micikevicius et al. (2018), Mixed Precision Training.
- PyTorch documentation, Automatic Mixed Precision: GradScaler.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import clip_gradient, lower_rate_later, places
from lrdiag.signals import Signals
from lrdiag.signals.loss_scale import LossScale
from lrdiag.wording import say_number

MIN_ROWS = 20  # values; a settled scale of fewer is not to be told from a falling one
MIN_HALVINGS = 8.0  # halvings; scalers double back every 2,000 steps, so a sound one loses 1 or 2
FLOOR = 1.0  # scale; DeepSpeed and Megatron stop there, torch goes on below
FROM_FIRST = 10.0  # halvings from the first value; scales begin at 2**16 and settle at 2**10
STAYS = 2.0  # doublings above the lowest; a scale that ends lower has not come back


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for a scale that falls and falls."""
    scale = signals.loss_scale
    if scale is None or scale.rows < MIN_ROWS:
        have = 0 if scale is None else scale.rows
        why = f"It takes {MIN_ROWS} values of loss_scale and the log holds {have or 'none'}."
        return CannotTell((f"{MIN_ROWS} values of loss_scale",), why)
    low_still = scale.above_lowest <= STAYS
    bottomed = scale.lowest <= FLOOR and scale.since_first >= FROM_FIRST and low_still
    fell = scale.halvings >= MIN_HALVINGS
    if not fell and not bottomed:
        return None
    return Finding(
        severity=Severity.ERROR if low_still else Severity.WARNING,
        confidence=0.95,
        summary=_summary(signals, scale, fell),
        cause=(
            "Gradients overflow half precision at any scale: they are NaN, or the model has "
            "outgrown its range."
            if low_still
            else "Gradients overflowed half precision for a while; each halving cost a step."
        ),
        evidence=(_evidence(scale, fell),),
        fixes=(
            Fix("Train in bfloat16", "It has the range of float32 and needs no loss scale."),
            clip_gradient(signals, "One long step cannot overflow the next ones then."),
            lower_rate_later(
                signals, 2, 5, "If it still falls", "Weights that jump make gradients that do."
            ),
        ),
    )


def _summary(signals: Signals, scale: LossScale, fell: bool) -> str:
    if fell:
        where = places(signals, (scale.high_step, scale.low_step))
        return f"The loss scale is halved {round(scale.halvings)} times between {where}"
    return (
        f"The loss scale falls from {say_number(scale.first)} to {say_number(scale.lowest)} and "
        "stays there"
    )


def _evidence(scale: LossScale, fell: bool) -> Evidence:
    if fell:
        return Evidence(
            "halvings in one fall",
            scale.halvings,
            MIN_HALVINGS,
            "halvings",
            "loss_scale",
            (scale.high_step, scale.low_step),
            scale.low_step,
        )
    return Evidence(
        "halvings from the first value to the lowest",
        scale.since_first,
        FROM_FIRST,
        "halvings",
        "loss_scale",
    )


def seen(signals: Signals) -> str:
    """Return how far the scale fell after it had settled."""
    scale = signals.loss_scale
    return "no scale" if scale is None else f"{round(scale.halvings)} halvings once settled"


RULE = Rule(
    code="GRD503",
    name="loss-scale-collapse",
    needs=("loss_scale",),
    check=check,
    doc=__doc__,
    clear="loss scale holds",
    seen=seen,
    symptom="not-finite",
)
