"""What the loss does where the rate rises: at the end of a warmup, and at each jump."""

from dataclasses import dataclass

import numpy as np

from lrdiag.numerics import FloatArray
from lrdiag.signals.curve import Curve
from lrdiag.signals.robust import running_median, step_noise
from lrdiag.signals.schedule import Schedule

RAMP = 0.5  # of the peak; a rate that begins above it has no warmup
HALF = 0.5  # of the peak; a loss that rises at less is not thrown up by the peak
AFTER = 0.02  # of the run; how long after a warmup or a jump its effect is looked for
FEWEST_ROWS = 8  # rows around it; fewer show neither the level nor a rise
CALM_ROWS = 5  # rows whose median must be back
BACK_NOISES = 2.0  # above the level before
BACK_HEIGHT = 0.05  # of the height; a tail that small takes as long again and costs nothing
MOST_JUMPS = 50  # of a run; a cycle of each epoch shows itself in fewer


@dataclass(frozen=True, slots=True)
class Rise:
    """A rise of the loss.

    Attributes:
        low: The level it starts from.
        low_step: Where that is.
        peak: The highest median of three rows after it.
        peak_step: Where that is.
        back_step: The first step that is back at ``low``; None if none is.
        noise: One noise there.
    """

    low: float
    low_step: float
    peak: float
    peak_step: float
    back_step: float | None
    noise: float

    @property
    def height(self) -> float:
        """How far it rises."""
        return max(0.0, self.peak - self.low)


@dataclass(frozen=True, slots=True)
class Warmup:
    """A warmup, and the largest rise of the loss about its end.

    Attributes:
        first: The first step of the rate.
        end: The first step at the peak.
        share: How much of the run it takes.
        rise: The rise; None where too few rows were logged there.
    """

    first: float
    end: float
    share: float
    rise: Rise | None


@dataclass(frozen=True, slots=True)
class Jump:
    """A rate that rises at once, and what the loss does there.

    Attributes:
        step: Where the rate has risen.
        before: The rate before.
        after: The rate after.
        rise: The rise of the loss; None where too few rows were logged there.
    """

    step: float
    before: float
    after: float
    rise: Rise | None


def measure_warmup(schedule: Schedule, loss: Curve) -> Warmup | None:
    """Measure a warmup; None where the rate begins near its peak."""
    end, first = schedule.warmup_end, float(schedule.steps[0])
    if schedule.lr[0] > RAMP * schedule.peak or end <= first:
        return None
    half = float(schedule.steps[int(np.argmax(schedule.lr >= HALF * schedule.peak))])
    start, last = loss.span
    until = end + max(end - first, AFTER * (last - start))
    rise = _largest_rise(loss, start, until)
    if rise is not None and rise.peak_step < half:
        rise = _largest_rise(loss, half, until)
    return Warmup(first=first, end=end, share=loss.share(end), rise=rise)


def measure_jumps(schedule: Schedule, loss: Curve) -> tuple[Jump, ...]:
    """Measure each jump of the rate after the warmup, the first MOST_JUMPS of them."""
    start, last = loss.span
    near = AFTER * (last - start)
    jumps = schedule.jumps[:MOST_JUMPS]
    before = schedule.at(jumps - near / 2.0)
    after = schedule.at(jumps + near / 8.0)
    return tuple(
        Jump(float(step), float(low), float(high), _rise_at(loss, float(step), near))
        for step, low, high in zip(jumps, before, after, strict=True)
    )


def _largest_rise(loss: Curve, first: float, last: float) -> Rise | None:
    """Return the largest rise of the loss between two steps."""
    rows = slice(*np.searchsorted(loss.steps, [first, last]))
    raw, steps = loss.raw[rows], loss.steps[rows]
    if len(raw) < FEWEST_ROWS:
        return None
    level = running_median(raw, 3)
    peak = int(np.argmax(level - np.minimum.accumulate(level)))
    low = int(np.argmin(level[: peak + 1]))
    noise = max(loss.noise, step_noise(raw[: max(peak, FEWEST_ROWS)]))
    return _make(loss, steps, (low, float(level[low])), (peak, float(level[peak])), noise)


def _rise_at(loss: Curve, step: float, near: float) -> Rise | None:
    """Return how far the loss rises within ``near`` steps of one, over its level before."""
    begin, at, end = np.searchsorted(
        loss.steps, [step - 2.0 * near, step - near / 2.0, step + near]
    )
    if at - begin < CALM_ROWS or end - at < CALM_ROWS:
        return None
    before, level = loss.raw[begin:at], running_median(loss.raw[at:end], 3)
    peak = int(np.argmax(level))
    noise = max(step_noise(before), loss.end_noise)
    low = (0, float(np.median(before)))
    return _make(loss, loss.steps[at:end], low, (peak, float(level[peak])), noise)


def _make(
    loss: Curve,
    steps: FloatArray,
    low: tuple[int, float],
    peak: tuple[int, float],
    noise: float,
) -> Rise:
    top = float(steps[peak[0]])
    calm = low[1] + max(BACK_NOISES * noise, BACK_HEIGHT * (peak[1] - low[1]))
    return Rise(
        low=low[1],
        low_step=float(steps[low[0]]),
        peak=peak[1],
        peak_step=top,
        back_step=_find_back(loss, top, calm),
        noise=noise,
    )


def _find_back(loss: Curve, top: float, calm: float) -> float | None:
    """Return the first step from ``top`` on whose neighbours are at most ``calm``."""
    first = int(np.searchsorted(loss.steps, top))
    bins = loss.bins
    below = np.flatnonzero((bins.steps >= top) & (bins.settled <= calm))
    until = len(loss) if len(below) == 0 else int(bins.first[int(below[0]) + 1])
    levels = running_median(loss.raw[first:until], CALM_ROWS)
    back = np.flatnonzero(levels <= calm)
    return float(loss.steps[first + int(back[0])]) if len(back) else None
