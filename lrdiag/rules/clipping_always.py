"""Gradient is clipped at nearly every step.

## What it shows
Nine in ten gradient norms after the warmup reach the clip that you told, or, where the log holds
the norm after the cut, lie on one ceiling.

## Why it matters
A clip is meant for the few steps that are far too long. One that always acts sets the length of
every step instead: with SGD the update is the learning rate times the clip, whatever the gradient
says, and near the minimum it does not shrink. Adam divides by the gradient's own size, so there
it changes little; then this is a note.

## Example
    step,train_loss,grad_norm
    1000,1.91,5.2
    2000,1.84,4.7
    3000,1.80,5.0

## What to do
Raise the clip to what nine in ten norms stay below. The steps of plain SGD grow with it, so
divide the learning rate by as much at first, then search the rate anew. Log the norm before the
clip: after it, the norm tells nothing.

## References
- Pascanu et al. (2013), On the difficulty of training recurrent neural networks: clipping by norm.
- Google Research, Deep Learning Tuning Playbook: clip at the 90th percentile of the norms.
"""

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import too_few_norms
from lrdiag.signals import Signals
from lrdiag.signals.grad_course import Clipping
from lrdiag.wording import say_number, say_share, say_times

MIN_ROWS = 30  # norms; 9 in 10 of fewer are a handful
MIN_SHARE = 0.9  # of the norms; on one ceiling by itself: at most 0.02 in 430 runs without a clip
LENGTHENED = 1.5  # times the clip; where the usual norm is below, the cut hardly shortens a step
PLAIN = ("sgd", "momentum")  # optimizers whose step is as long as the gradient


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for norms that nearly all reach the clip."""
    gradient = signals.gradient
    few = too_few_norms(0 if gradient is None else len(gradient.norm), MIN_ROWS)
    if few is not None:
        return few
    clipping = signals.clipping
    if clipping is None:
        return CannotTell(("clip_norm",), "Nobody said at which norm the gradient is clipped.")
    cut = clipping.flat or clipping.usual >= LENGTHENED * clipping.limit
    if clipping.share < MIN_SHARE or not cut:
        return None
    plain = signals.config.optimizer in PLAIN
    return Finding(
        severity=Severity.WARNING if plain else Severity.NOTE,
        confidence=0.9,
        summary=(
            f"{say_share(clipping.share)} of the gradient norms reach the clip at "
            f"{say_number(clipping.limit)}"
        ),
        cause=_cause(signals, plain),
        evidence=_evidence(clipping),
        fixes=_fixes(signals, clipping, plain),
    )


def _cause(signals: Signals, plain: bool) -> str:
    if plain:
        return "The clip sets the length of every step: it acts as a lower learning rate."
    if signals.config.optimizer is None:
        return (
            "The clip is below the usual norm. With SGD it would set the length of every step; "
            "Adam divides by the gradient's size and hardly notices."
        )
    return "The clip is below the usual norm; this optimizer scales the gradient and hardly minds."


def _evidence(clipping: Clipping) -> tuple[Evidence, ...]:
    share = Evidence(
        "norms at the clip or above it",
        100.0 * clipping.share,
        100.0 * MIN_SHARE,
        "%",
        "grad_norm",
        clipping.span,
    )
    if clipping.flat:
        return (share, Evidence("ceiling of the norms", clipping.limit, None, "", "grad_norm"))
    usual = Evidence("usual gradient norm", clipping.usual, clipping.limit, "", "grad_norm")
    return share, usual


def _fixes(signals: Signals, clipping: Clipping, plain: bool) -> tuple[Fix, ...]:
    gradient = signals.gradient
    if clipping.flat or gradient is None:
        return (
            Fix(
                "Log the gradient norm before it is clipped",
                "After the clip it tells neither growth nor where to clip.",
            ),
        )
    times = say_times(clipping.usual / clipping.limit)
    kept = f" Divide the learning rate by {times} at first: unclipped steps are that much longer."
    return (
        Fix(
            f"Raise the clip to {say_number(gradient.clip, 2)}",
            f"Nine in ten norms of this run are below.{kept if plain else ''}",
        ),
    )


def seen(signals: Signals) -> str:
    """Return the share of norms at the clip."""
    clipping = signals.clipping
    if clipping is None:
        return "no clip"
    return f"{say_share(clipping.share)} at {say_number(clipping.limit)}"


RULE = Rule(
    code="GRD502",
    name="clipping-always",
    needs=("grad_norm",),
    check=check,
    doc=__doc__,
    clear="clip acts seldom",
    seen=seen,
)
