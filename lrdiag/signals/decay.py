"""Whether a learning rate falls as if its decay were applied more than once."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lrdiag.numerics import FloatArray
from lrdiag.signals.schedule import ENDED, Schedule

DecayKind = Literal["squared", "stepped", "short", "returning", "each-step", "drops"]

MIN_ROWS = 20  # rows of the rate; fewer do not tell a cosine from its square
FEWEST_ROWS = 10  # rows of a decay that is over early; the same
EVENLY = np.linspace(0.0, 1.0, 200)  # the places at which the course of a rate is compared
FITS = 0.01  # of the peak; a course this close to a formula follows it (root of mean square)
PLAIN = 0.04  # of the peak; a course this far from every usual schedule follows none of them
NEAR_FLOOR = 0.01  # of the peak above the last rate; where a decay has ended
FLOOR = 0.02  # of the peak; a lowest rate above it is one that somebody chose
MOST_TIMES = 8  # processes that step one schedule; more leave too little to see
MOST_RETURNS = 4  # half waves; more of them are cycles that somebody chose
DOWN = 0.01  # of the peak; a decay by steps is through two decades there
FEWEST_LEVELS = 6  # rates on the way; fewer are drops at milestones
GEOMETRIC = 0.02  # of the decades fallen, by which a course may miss a straight line in them
SEEN = 0.05  # of a whole decay; in its last part the drops of another cannot be read
STRAIGHT = 0.01  # by which the rate over a decay may vary between two drops of another
PIECE = 3  # rows between two drops; fewer do not show that the rate follows the decay there
DROP = 0.01  # what two drops by ten at once leave
DROP_OFF = 0.03  # of it
FALL = 0.5  # of the rate before; a drop


@dataclass(frozen=True, slots=True)
class Decay:
    """A decay that looks applied more than once.

    Attributes:
        kind: "squared" for the square of a cosine, or a cosine times a line; "stepped" for a
            cosine or a line that also drops at milestones; "short" for one
            that ends at a fraction of the run; "returning" for a cosine that climbs back;
            "each-step" for one factor at every row; "drops" for drops by a hundred.
        times: How often it is applied, as far as the course tells.
        first: The step at which the decay begins.
        end: The step at which it is done: where the rate is lowest or, "each-step", a hundredth.
        share: The place of that step in the run.
        error: How far the course lies from the formula; share of the peak, or of the decades.
        limit: The most that such a distance may be.
    """

    kind: DecayKind
    times: int
    first: float
    end: float
    share: float
    error: float
    limit: float


def measure_decay(schedule: Schedule) -> Decay | None:
    """Look for a decay that is applied twice; None for every other course of a rate."""
    steps, lr = schedule.steps, schedule.lr / schedule.peak
    first = int(np.searchsorted(steps, schedule.warmup_end))
    if len(lr) - first < MIN_ROWS or schedule.constant or float(lr.min()) < 0.0:
        return None
    looks = (_squared, _stepped, _short, _returning, _each_step, _drops)
    return next((found for look in looks if (found := look(steps, lr, first)) is not None), None)


def _squared(steps: FloatArray, lr: FloatArray, first: int) -> Decay | None:
    """Look for the square of a cosine, or a cosine times a line, down to the end of the run."""
    if lr[-1] > ENDED**2:
        return None
    course = _sample(steps[first:], lr[first:])
    rows = len(lr) - first
    ends = (EVENLY, EVENLY * (rows - 1) / rows)  # done at the last row, or one after it
    error = min(_distance(course, one) for share in ends for one in _twice(share, course))
    cosine, straight = _cosine(EVENLY), 1.0 - EVENLY
    usual = (course[-1] + (1.0 - course[-1]) * one for one in (cosine, straight, straight**2))
    if error > FITS or min(_distance(course, one) for one in usual) < PLAIN:
        return None
    return _make("squared", 2, steps, first, len(lr) - 1, error, FITS)


def _twice(share: FloatArray, course: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the square of a cosine that ends where the course does, and a cosine on a line."""
    cosine = _cosine(share)
    low = max(0.0, float((np.sqrt(course[-1]) - cosine[-1]) / (1.0 - cosine[-1])))
    return (low + (1.0 - low) * cosine) ** 2, (1.0 - share) * cosine


def _stepped(steps: FloatArray, lr: FloatArray, first: int) -> Decay | None:
    """Look for a cosine or a line over the whole run that drops at milestones besides."""
    rows = len(lr) - first
    for ends in (rows - 1, rows):  # done at the last row, or one after it
        share = np.arange(rows) / ends
        for whole in (_cosine(share), 1.0 - share):
            drops = _milestones(lr[first:][whole > SEEN] / whole[whole > SEEN])
            if drops is not None:
                return _make("stepped", 2, steps, first, first + drops[0], drops[1], STRAIGHT)
    return None


def _milestones(factor: FloatArray) -> tuple[int, float] | None:
    """Return the row of the last drop and the error, for a factor that is constant between drops.

    None where it never drops, or is not constant, or a decay of its own kind is not to be seen.
    """
    if len(factor) < MIN_ROWS // 2 or float(factor.min()) <= 0.0:
        return None
    at = np.flatnonzero(factor[1:] < FALL * factor[:-1]) + 1
    pieces = np.split(factor, at)
    if len(at) == 0 or min(map(len, pieces)) < PIECE:
        return None
    error = max(float(one.max() / one.min()) - 1.0 for one in pieces)
    return (int(at[-1]), error) if error <= STRAIGHT else None


def _short(steps: FloatArray, lr: FloatArray, first: int) -> Decay | None:
    """Look for a cosine or a line that is done at a half, a third ... of the run, and rests."""
    if lr[-1] > FLOOR:
        return None
    length = steps[-1] - steps[0]
    for times in range(2, MOST_TIMES + 1):
        whole = steps[0] + length / times  # a warmup that is passed as fast as the decay
        rest = steps[first] + (steps[-1] - steps[first]) / times
        for done in {float(whole), float(rest)}:
            end = int(np.searchsorted(steps, done))
            if end - first < FEWEST_ROWS or lr[end:].max() > lr[-1] + NEAR_FLOOR:
                continue
            share = (steps[first : end + 1] - steps[first]) / (done - steps[first])
            shapes = (_cosine(np.minimum(share, 1.0)), np.maximum(1.0 - share, 0.0))
            error = min(_distance(lr[first : end + 1], one) for one in shapes)
            if error <= 2.0 * FITS:
                return _make("short", times, steps, first, end, error, 2.0 * FITS)
    return None


def _returning(steps: FloatArray, lr: FloatArray, first: int) -> Decay | None:
    """Look for a cosine that goes on past its lowest rate and climbs as it fell."""
    course = _sample(steps[first:], lr[first:])
    low = float(course.min())
    for times in range(2, MOST_RETURNS + 1):
        error = _distance(course, low + (1.0 - low) * _cosine(times * EVENLY))
        if low <= ENDED and error <= 2.0 * FITS:
            end = first + int(np.argmin(lr[first:]))
            return _make("returning", times, steps, first, end, error, 2.0 * FITS)
    return None


def _each_step(steps: FloatArray, lr: FloatArray, first: int) -> Decay | None:
    """Look for a rate that falls by one factor a row and is a hundredth after a quarter."""
    down = np.flatnonzero(lr[first:] <= DOWN)
    if len(down) == 0 or lr[first + int(down[0])] <= 0.0:
        return None
    end = first + int(down[0])
    if _share(steps, end) > 1.0 / 4.0 or float(lr[: first + FEWEST_LEVELS].min()) <= 0.0:
        return None
    if len(np.unique(lr[first : max(end, first + FEWEST_LEVELS)])) < FEWEST_LEVELS:
        return None
    # An epoch log is down after a row or two: that it falls on by the same factor tells it there.
    part = slice(first, max(end + 1, first + FEWEST_LEVELS))
    x, y = steps[part] - steps[first], np.log(lr[part])
    if float(lr[end:].max()) > 2.0 * DOWN:
        return None
    error = _distance(y, np.polyval(np.polyfit(x, y, 1), x)) / max(float(y[0] - y[-1]), 1e-9)
    if error > GEOMETRIC:
        return None
    return _make("each-step", 2, steps, first, end, error, GEOMETRIC)


def _drops(steps: FloatArray, lr: FloatArray, first: int) -> Decay | None:
    """Look for two or more drops, each to a hundredth at once."""
    before, after = lr[first:-1], lr[first + 1 :]
    at = np.flatnonzero((after < FALL * before) & (after > 0.0))
    if len(at) < 2:
        return None
    error = float(np.abs(after[at] / before[at] - DROP).max()) / DROP
    if error > DROP_OFF:
        return None
    return _make("drops", 2, steps, first + int(at[0]), first + int(at[-1]) + 1, error, DROP_OFF)


def _make(
    kind: DecayKind,
    times: int,
    steps: FloatArray,
    first: int,
    end: int,
    error: float,
    limit: float,
) -> Decay:
    share = _share(steps, end)
    return Decay(kind, times, float(steps[first]), float(steps[end]), share, error, limit)


def _sample(steps: FloatArray, lr: FloatArray) -> FloatArray:
    """Return the rate at evenly spaced places of this part of the run."""
    course: FloatArray = np.interp(steps[0] + EVENLY * (steps[-1] - steps[0]), steps, lr)
    return course


def _cosine(share: FloatArray) -> FloatArray:
    return np.asarray(0.5 * (1.0 + np.cos(np.pi * share)), dtype=np.float64)


def _distance(course: FloatArray, formula: FloatArray) -> float:
    return float(np.sqrt(np.mean((course - formula) ** 2)))


def _share(steps: FloatArray, row: int) -> float:
    return float((steps[row] - steps[0]) / (steps[-1] - steps[0]))
