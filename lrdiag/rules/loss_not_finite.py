"""Loss becomes NaN or infinite.

## What it shows
At least one logged loss is NaN or infinite. The rule also looks at the rows just before: a
loss or a gradient that grows there speaks for the learning rate, a calm one for the data.

## Why it matters
An update made from such a loss makes every weight NaN. From then on the run computes nothing,
however long it goes on; only a checkpoint from before can be used.

## Example
    step,train_loss,grad_norm
    90,2.1,3.0
    91,8.7,41.0
    92,nan,nan

## What to do
If something grew first, divide the learning rate by 2 to 10 (within the first steps by 10 to
100), warm up more slowly, and clip the gradient. If nothing grew, look at the batch of that step
for NaN labels, empty samples, or a logarithm or division without a floor.

## References
- Micikevicius et al. (2018), Mixed Precision Training: overflow in half precision.
- Pascanu, Mikolov and Bengio (2013), On the difficulty of training recurrent neural networks:
  exploding gradients and clipping by norm.
"""

import numpy as np
from numpy.typing import NDArray

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.numerics import FloatArray, robust_scale
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import clip_gradient, lower_rate, lower_rate_later, place, places
from lrdiag.run import Series
from lrdiag.signals import Signals
from lrdiag.wording import count, say_step, spell_count

LOOK_BACK = 50  # rows before the first NaN that tell what led there
RECENT = 5  # rows; the part of them in which a runaway shows
GREW_NOISES = 6.0  # noises; 7 calm runs with NaN put into the data: at most 0.9
FEW_ROWS = 0.1  # of the first row, taken for a noise where at most ten rows came before
GREW_GRADIENT = 3.0  # times the usual norm; the same 7: at most 2.4, 10 that diverge: 95 up
MOST = 1e99  # of either measure; evidence is finite
TOO_FEW = 5  # rows before the first NaN; in fewer nothing can be seen to grow
EARLY_SHARE = 0.05  # of the run; a rate that fails there is wrong by an order of magnitude


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for a loss that is not a number."""
    name = signals.loss_name
    if name is None:
        return CannotTell(("train_loss",), "The log holds no loss.")
    series = signals.run[name]
    bad = np.flatnonzero(~np.isfinite(series.values))
    if len(bad) == 0:
        return None
    first, steps = int(bad[0]), series.steps
    lasting = bool(~np.isfinite(series.values[-1]))
    lost = (len(steps) - first) / len(steps) if lasting else len(bad) / len(steps)
    loss_grew, gradient_grew = _growth_before(signals, series, first)
    runaway = max(loss_grew / GREW_NOISES, (gradient_grew or 0.0) / GREW_GRADIENT) >= 1.0
    early = first <= max(RECENT, EARLY_SHARE * len(steps))
    evidence = [
        Evidence(
            "share of the run lost",
            100.0 * lost,
            None,
            "%",
            name,
            (float(steps[first]), float(steps[-1] if lasting else steps[bad[-1]])),
            float(steps[first]),
        ),
    ]
    if first >= TOO_FEW or loss_grew > 0.0:
        evidence.append(Evidence("rise just before", loss_grew, GREW_NOISES, "noises", name))
    if gradient_grew is not None:
        evidence.append(
            Evidence(
                "gradient norm just before, times its usual",
                gradient_grew,
                GREW_GRADIENT,
                "×",
                "grad_norm",
            )
        )
    return Finding(
        severity=Severity.ERROR if lasting else Severity.WARNING,
        confidence=0.99,
        summary=_summary(signals, series, bad, lasting),
        cause=_cause(first, runaway, early),
        evidence=tuple(evidence),
        fixes=_fixes(signals, float(steps[first]), runaway, early, few=0 < first < TOO_FEW),
    )


def _growth_before(signals: Signals, series: Series, first: int) -> tuple[float, float | None]:
    """Return how many noises the loss, and how many times the gradient, rose before ``first``."""
    before = series.values[max(0, first - LOOK_BACK) : first]
    loss_grew = 0.0
    if 2 <= len(before) <= 2 * RECENT and before[0] != 0.0:
        loss_grew = max(0.0, min(MOST, (before[-1] / before[0] - 1.0) / FEW_ROWS))
    if len(before) > 2 * RECENT:
        calm, late = before[:-RECENT], before[-RECENT:]
        floor = float(np.finfo(np.float64).tiny) + 1e-3 * abs(float(np.median(calm)))
        rise = float(np.median(late) - np.median(calm))
        loss_grew = max(0.0, min(MOST, rise / max(robust_scale(calm), floor)))
    gradient = signals.gradient
    if gradient is None or first == 0:
        return loss_grew, None
    start = float(series.steps[max(0, first - RECENT)])
    end = float(series.steps[first - 1])
    reach = start - float(series.steps[max(0, first - LOOK_BACK)])
    return loss_grew, _middle_growth(gradient.steps, gradient.norm, start, end, reach)


def _middle_growth(
    steps: FloatArray, norm: FloatArray, start: float, end: float, reach: float
) -> float | None:
    late = norm[(steps >= start) & (steps <= end)]
    calm = norm[(steps < start) & (steps >= start - reach)]
    if len(late) == 0 or len(calm) == 0 or np.median(calm) <= 0.0:
        return None
    return min(MOST, float(np.median(late) / np.median(calm)))


def _summary(signals: Signals, series: Series, bad: NDArray[np.intp], lasting: bool) -> str:
    kind = "NaN" if np.isnan(series.values[bad[0]]) else "infinite"
    first, last = float(series.steps[bad[0]]), float(series.steps[bad[-1]])
    if lasting:
        where = f"from {place(signals, first)} to the end, {count(len(bad), 'value')}"
        return f"The loss is {kind} {where}"
    if len(bad) == 1:
        return f"The loss is {kind} at {place(signals, first)}, then finite again"
    within = f"in {len(bad):,} rows between {places(signals, (first, last))}"
    if len(bad) == bad[-1] - bad[0] + 1:
        within = f"from {place(signals, first)} to {say_step(last, signals.run.x.unit)}"
    return f"The loss is {kind} {within}, then finite again"


def _cause(first: int, runaway: bool, early: bool) -> str:
    if first == 0:
        return (
            "The very first loss is not a number: the inputs, the labels or the initial weights "
            "are not, or the loss takes a logarithm of zero."
        )
    if runaway and early:
        return "The learning rate is far too high: the loss runs away within the first steps."
    if runaway:
        return "The steps are too large: the loss or its gradient grew until it overflowed."
    if first < TOO_FEW:
        before = spell_count(first, "value").lower()
        return (
            f"Only {before} came before, too few to see anything grow: the first updates were far "
            "too long, or a label or an input is bad."
        )
    return (
        "A bad label or input, or a division or logarithm without a floor. The rate is less "
        "likely: nothing grew before."
    )


def _fixes(
    signals: Signals, step: float, runaway: bool, early: bool, *, few: bool
) -> tuple[Fix, ...]:
    batch = Fix(
        f"Print the batch of {place(signals, step)}",
        "Look for NaN labels, empty samples and values far out of range.",
    )
    stop = Fix("Stop at the first NaN", "Nothing after it can be used.")
    if runaway and early:
        rate = lower_rate(signals, 10, 100, "A rate that fails at once is wrong by a decade.")
        return rate, Fix("Warm up over 5 % of the run", "Early steps are the steepest."), batch
    if runaway:
        rate = lower_rate(signals, 2, 10, "A shorter step does not leave the valley.")
        return rate, clip_gradient(signals, "One long step cannot spoil the weights then."), stop
    clean = "If the data are clean"
    if few:
        reason = "A rate that fails at once is wrong by a decade."
        return batch, lower_rate_later(signals, 10, 100, clean, reason), stop
    return batch, stop, lower_rate_later(signals, 2, 5, clean, "The step was too long then.")


def seen(signals: Signals) -> str:
    """Return how many values are finite."""
    name = signals.loss_name
    total = len(signals.run[name]) if name else 0
    return f"{signals.rows:,} of {total:,} finite"


RULE = Rule(
    code="LR101",
    name="loss-not-finite",
    needs=(),
    check=check,
    doc=__doc__,
    clear="loss is finite",
    seen=seen,
    symptom="not-finite",
)
