"""Loss spikes once or twice, then recovers.

## What it shows
One or two jumps of the raw loss that stand out from the noise, last longer than one row, and
return to the level before. A jump of one row that leaves no trace is a hard batch (LR114).

## Why it matters
A jump costs the steps it takes to come back. One alone says little of the rate; where more
follow, the rate is near the largest that this loss bears.

## Example
    step,train_loss
    300,0.41
    301,2.90
    304,1.35
    310,0.42

## What to do
Clip the gradient at its 90th percentile. If spikes come back, divide the learning rate by 2 to
3. A single spike that never recurs may be left alone.

## References
- Chowdhery et al. (2022), PaLM: spikes at irregular steps; a restart from before with other
  batches avoided them.
- Pascanu, Mikolov and Bengio (2013), On the difficulty of training recurrent neural networks.
"""

import numpy as np

from lrdiag.finding import CannotTell, Evidence, Finding, Fix, Severity
from lrdiag.rules.rule import Rule
from lrdiag.rules.words import clip_gradient, lower_rate_later, place, too_thin
from lrdiag.signals import Signals
from lrdiag.signals.spikes import Spike
from lrdiag.wording import say_length, say_loss, say_rate, say_step, say_times, spell_count

MIN_ROWS = 50  # rows; fewer leave no calm stretch to stand out from
MIN_NOISES = 8.0  # noises; healthy language models: once in 450 to 800 rows, alone each time
LOW_NOISES = 6.0  # noises; enough for a jump so wide that it is no batch
LOW_WIDTH = 6  # rows; the same
MIN_WIDTH = 3  # rows; 73 healthy runs: never 2 in a row
ROUGH_SHARE = (
    0.01  # of the rows; with more lone jumps the tail is heavy and three in a row are chance
)
ROUGH_WIDTH = 6  # rows; 15 good runs with such tails: at most 5, but for three with 10 up
MIN_LEVEL = 0.1  # of the level before
MIN_DROP = 0.05  # of the whole drop
MANY = 3  # spikes; from there on it is LR105
SHOWN = 8  # spikes with evidence of their own


def check(signals: Signals) -> Finding | CannotTell | None:
    """Look for one or two spikes that come back."""
    thin = too_thin(signals, MIN_ROWS)
    if thin is not None:
        return thin
    spikes = recovered_spikes(signals)
    if not 0 < len(spikes) < MANY:
        return None
    highest = max(one.noises for one in spikes)
    return Finding(
        severity=Severity.WARNING,
        confidence=round(min(0.9, 0.5 + 0.2 * len(spikes) + highest / 400.0), 2),
        summary=describe(signals, spikes),
        cause=find_cause(signals, spikes),
        evidence=show(signals, spikes),
        fixes=(*mend_rate(signals, spikes), *_fixes(signals)),
    )


def standing_spikes(signals: Signals) -> tuple[Spike, ...]:
    """Return the jumps that are more than noise, hard batches and warm restarts."""
    loss, events = signals.loss, signals.spikes
    rough = sum(one.noises >= MIN_NOISES for one in events) > max(3.0, ROUGH_SHARE * len(loss))
    width = ROUGH_WIDTH if rough else MIN_WIDTH
    return tuple(one for one in events if _stands(signals, one, width))


def recovered_spikes(signals: Signals) -> tuple[Spike, ...]:
    """Return the standing spikes that come back to the level before."""
    return tuple(one for one in standing_spikes(signals) if one.back)


def _stands(signals: Signals, spike: Spike, width: int) -> bool:
    high = max(MIN_LEVEL * abs(spike.before), MIN_DROP * signals.loss.drop)
    sharp = spike.noises >= MIN_NOISES and spike.rows >= width
    wide = spike.noises >= LOW_NOISES and spike.rows >= max(width, LOW_WIDTH)
    return spike.height >= high and (sharp or wide) and not _restarted(signals, spike)


def _restarted(signals: Signals, spike: Spike) -> bool:
    """Whether the rate itself jumped just before: a warm restart."""
    if signals.schedule is None:
        return False
    first, last = signals.loss.span
    since = spike.start - signals.schedule.jumps
    return bool(np.any((since >= -0.01 * (last - first)) & (since <= 0.02 * (last - first))))


def describe(signals: Signals, spikes: tuple[Spike, ...]) -> str:
    """Return the count, and how long the spikes take to come back."""
    unit = signals.run.x.unit
    lengths = sorted(one.end - one.start for one in spikes)
    shortest, longest = say_step(lengths[0], unit), say_length(lengths[-1], unit)
    within = longest if longest.startswith(f"{shortest} ") else f"{shortest} to {longest}"
    back = "back" if len(spikes) == 1 else "each back"
    return f"{spell_count(len(spikes), 'spike')}, {back} within {within}"


def find_cause(signals: Signals, spikes: tuple[Spike, ...]) -> str:
    """Return the likely cause, with the gradient norm as a witness where it is logged."""
    slips = _slips(signals, spikes)
    if slips:
        return (
            f"The logged rate itself slips to {say_rate(slips)} just before the loss jumps: a "
            "schedule or a resume sets it wrong for a step."
        )
    grown = [growth for one in spikes if (growth := gradient_growth(signals, one)) is not None]
    if grown and float(np.median(grown)) >= 2.0:
        step = "A step was too long" if len(spikes) < MANY else "The rate is a little too high"
        return (
            f"{step} for the curvature that it met: the gradient norm jumps together with the "
            f"loss, up to {say_times(max(grown))} times its usual, and both settle again."
        )
    calm = ", as the gradient norm stays calm." if grown else "."
    if len(spikes) < MANY:
        return f"A step was too long for the curvature that it met, or the batch was bad{calm}"
    return (
        "The rate is a little too high for the curvature that these steps meet; bad batches are "
        f"the other candidate{calm}"
    )


def _slips(signals: Signals, spikes: tuple[Spike, ...]) -> float | None:
    """Return the rate that slipped just before most of the spikes, if it did."""
    schedule, (first, last) = signals.schedule, signals.loss.span
    if schedule is None or len(schedule.slips) == 0:
        return None
    near = [
        bool(np.any(np.abs(one.start - schedule.slips) <= 0.01 * (last - first))) for one in spikes
    ]
    return schedule.slip if sum(near) > len(near) / 2.0 else None


def mend_rate(signals: Signals, spikes: tuple[Spike, ...]) -> tuple[Fix, ...]:
    """Return the fix for a rate that slips for a step; nothing where it does not."""
    slip, schedule = _slips(signals, spikes), signals.schedule
    if slip is None or schedule is None:
        return ()
    where = place(signals, float(schedule.slips[0]))
    return (
        Fix(
            f"Find what sets the rate to {say_rate(slip)} at {where}",
            f"It is {say_rate(schedule.peak)} otherwise, and a spike follows each slip.",
        ),
    )


def gradient_growth(signals: Signals, spike: Spike) -> float | None:
    """Return how many times the gradient norm rose with the spike."""
    first, last = signals.loss.span
    if signals.gradient is None:
        return None
    return signals.gradient.growth(spike.start, spike.end, 0.05 * (last - first))


def show(signals: Signals, spikes: tuple[Spike, ...]) -> tuple[Evidence, ...]:
    """Return one piece of evidence a spike, the highest of them where there are many."""
    highest = sorted(spikes, key=lambda one: -one.noises)[:SHOWN]
    return tuple(
        Evidence(
            f"spike of {say_loss(one.peak)} over {say_loss(one.before)}",
            one.noises,
            MIN_NOISES if one.noises >= MIN_NOISES else LOW_NOISES,
            "noises",
            signals.loss_name,
            (one.start, one.end),
            one.peak_step,
        )
        for one in sorted(highest, key=lambda one: one.start)
    )


def _fixes(signals: Signals) -> tuple[Fix, ...]:
    return (
        clip_gradient(signals, "It bounds the step that throws the loss up."),
        lower_rate_later(
            signals, 2, 3, "If spikes come back", "That usually ends spikes of this size."
        ),
    )


def seen(signals: Signals) -> str:
    """Return how many spikes there are; from three on, the rule that tells them."""
    spikes = len(recovered_spikes(signals))
    return f"{spikes}, told as repeated-spikes" if spikes else "0"


RULE = Rule(
    code="LR104",
    name="spike-recovers",
    needs=("train_loss",),
    check=check,
    doc=__doc__,
    clear="no lone spikes",
    seen=seen,
    symptom="spikes",
)
