"""What the sweep's curve shows: its five regions and what classical rules would pick."""

from collections.abc import Sequence

import numpy as np

from lrdiag.finder.result import Bounds, Picks, RegionName, Regions
from lrdiag.numerics import BoolArray, FloatArray, robust_scale

MEMORY = 0.75  # of the smoothing: forth and back, so that nothing moves along the axis
CLIP = 4.0  # drops above the start: what lies higher is not taken into its neighbours' average
NOISES = 3.0  # a fall below so many noises, or a twentieth of the drop, is still flat
LEAST_FALL = 0.05  # of the drop
NEAR_MINIMUM = 0.1  # of the drop: as low as it gets
LOST = 1.0  # of the drop: above the start by so much, the loss does not come back
LEAST_DROP = 2.5  # noises; p99 of what noise alone makes the smooth curve fall, at 100 steps
LEAST_POINTS = 5


def smooth_losses(losses: Sequence[float]) -> FloatArray:
    """Return the curve without batch noise, in place.

    Args:
        losses: Of each step; the last may not be finite.

    Returns:
        The same length; NaN from the first loss that is not finite.
    """
    values = np.asarray(losses, dtype=np.float64)
    known = _finite_part(values)
    if len(known) < LEAST_POINTS:
        return values
    start = float(np.median(known[:LEAST_POINTS]))
    reach = start + CLIP * max(start - float(known.min()), 0.05 * abs(start))
    held = np.minimum(known, reach)
    smooth = (_average(held) + _average(held[::-1])[::-1]) / 2.0
    whole = np.full(len(values), np.nan)
    whole[: len(known)] = np.where(known > reach, known, smooth)
    return whole


def find_regions(rates: Sequence[float], losses: Sequence[float], lr_max: float) -> Regions:
    """Split a sweep into its five regions.

    Args:
        rates: Of each step, rising.
        losses: Of each step; the last may not be finite.
        lr_max: Where the sweep would have ended: an explosion reaches as far.
    """
    smooth = _finite_part(smooth_losses(losses))
    n = len(smooth)
    if n < LEAST_POINTS:
        return Regions()
    lr = np.asarray(rates, dtype=np.float64)[:n]
    noise = robust_scale(np.asarray(losses[:n]) - smooth)
    start = float(np.median(smooth[: max(LEAST_POINTS, n // 10)]))
    bottom = int(np.argmin(smooth))
    drop = start - float(smooth[bottom])
    end = float(lr[-1]) if len(losses) == n and n == len(rates) else lr_max
    burst = _first_for_good(smooth > start + max(LOST * drop, NOISES * noise, 0.2 * abs(start)))
    explodes = burst < n or len(losses) > n
    far = lr_max if explodes else end
    if drop <= LEAST_DROP * noise:
        edges: dict[RegionName, tuple[int, int]] = {"flat": (0, burst), "explosion": (burst, n)}
        return _to_regions(edges, lr, far, explodes)
    fallen = smooth < start - max(LEAST_FALL * drop, min(NOISES * noise, 0.3 * drop))
    low = smooth <= smooth[bottom] + NEAR_MINIMUM * drop
    first = min(_first_for_good(fallen[: bottom + 1]), bottom)
    left = _run_start(low, bottom)
    right = _run_end(low, bottom)
    burst = max(burst, right)
    edges = {
        "flat": (0, first),
        "descent": (first, max(left, first)),
        "minimum": (max(left, first), right),
        "ascent": (right, burst),
        "explosion": (burst, n),
    }
    return _to_regions(edges, lr, far, explodes)


def find_picks(rates: Sequence[float], losses: Sequence[float]) -> Picks:
    """Return what classical rules pick from the smooth curve; None where it does not fall."""
    smooth = _finite_part(smooth_losses(losses))
    if len(smooth) < 2 * LEAST_POINTS:
        return Picks()
    lr = np.asarray(rates, dtype=np.float64)[: len(smooth)]
    slope = np.gradient(smooth, np.log10(lr))
    bottom = int(np.argmin(smooth))
    if bottom == 0 or slope[: bottom + 1].min() >= 0.0:
        return Picks()
    steepest = float(lr[int(np.argmin(slope[: bottom + 1]))])
    return Picks(
        steepest=steepest,
        valley=float(lr[_valley(smooth)]),
        minimum_tenth=float(lr[bottom]) / 10.0,
        steepest_tenth=steepest / 10.0,
    )


def _finite_part(values: FloatArray) -> FloatArray:
    bad = np.flatnonzero(~np.isfinite(values))
    return values[: bad[0]] if len(bad) else values


def _average(values: FloatArray) -> FloatArray:
    """Return the running average that has forgotten nothing of its first value."""
    out, mean, weight = np.empty_like(values), 0.0, 1.0
    for k, value in enumerate(values):
        mean, weight = MEMORY * mean + (1.0 - MEMORY) * value, weight * MEMORY
        out[k] = mean / (1.0 - weight)
    return out


def _first_for_good(flags: BoolArray) -> int:
    """Return from where on all flags are set; the length where the last is not."""
    unset = np.flatnonzero(~flags)
    return int(unset[-1]) + 1 if len(unset) else 0


def _run_start(flags: BoolArray, place: int) -> int:
    unset = np.flatnonzero(~flags[:place])
    return int(unset[-1]) + 1 if len(unset) else 0


def _run_end(flags: BoolArray, place: int) -> int:
    """Return the first place after the run of flags that holds ``place``."""
    unset = np.flatnonzero(~flags[place:])
    return place + int(unset[0]) if len(unset) else len(flags)


def _to_regions(
    edges: dict[RegionName, tuple[int, int]], lr: FloatArray, far: float, explodes: bool
) -> Regions:
    """Turn places into rates; each part ends where the next begins."""
    bounds: dict[str, Bounds] = {}
    for name, (first, last) in edges.items():
        if name == "explosion":
            if explodes:
                begin = float(lr[min(first, len(lr) - 1)])
                bounds[name] = (min(begin, far), far)
        elif last > first:
            stop = float(lr[last]) if last < len(lr) else (float(lr[-1]) if explodes else far)
            if stop > lr[first]:
                bounds[name] = (float(lr[first]), stop)
    return Regions(**bounds)


def _valley(smooth: FloatArray) -> int:
    """Return the middle of the longest descent, two thirds of it having passed no sooner.

    The descent is the longest falling subsequence, as fastai's valley has it: the answer lies
    at a third plus a sixth of its length.
    """
    n = len(smooth)
    length, previous = np.ones(n, dtype=int), np.full(n, -1)
    for k in range(1, n):
        longer = np.flatnonzero(smooth[:k] > smooth[k])
        if len(longer):
            best = int(longer[np.argmax(length[longer])])
            length[k], previous[k] = length[best] + 1, best
    path = [int(np.argmax(length))]
    while previous[path[-1]] >= 0:
        path.append(int(previous[path[-1]]))
    path.reverse()
    third = len(path) // 3
    return path[min(third + len(path) // 6, len(path) - 1)]
