"""How accuracy went while the losses went theirs, in points of 100."""

from dataclasses import dataclass

import numpy as np

from lrdiag.numerics import FloatArray
from lrdiag.run import Series
from lrdiag.signals.curve import HUGE
from lrdiag.signals.robust import step_noise

LATE = 0.5  # of the run; before, both accuracies still rise
FEWEST = 4  # values; fewer have no median worth the name
AROUND = 3  # values, whose median is the accuracy at a step or at the end
POINTS = 100.0  # of an accuracy that is logged as a share
SHARE_MAX = 1.5  # an accuracy above is logged in per cent


@dataclass(frozen=True, slots=True)
class AccuracyChange:
    """An accuracy at some step and at the end.

    Attributes:
        then: The median of the values around that step; points.
        now: The median of the last values; points.
        noise: What neighbours differ by, as the standard deviation of white noise; points.
    """

    then: float
    now: float
    noise: float


@dataclass(frozen=True, slots=True)
class AccuracyLevel:
    """Where an accuracy stood over the whole run.

    Attributes:
        usual: The median; points.
        highest: The highest value; points.
        rows: Number of values.
    """

    usual: float
    highest: float
    rows: int


def measure_level(accuracy: Series) -> AccuracyLevel | None:
    """Return where an accuracy stood; None with too few values."""
    points = accuracy.finite()
    if len(points) < FEWEST:
        return None
    values = np.clip(points.values, -HUGE, HUGE) * _to_points(points.values)
    return AccuracyLevel(float(np.median(values)), float(values.max()), len(points))


def measure_lead(val: Series, train: Series) -> float | None:
    """Return by how many points the first accuracy leads over the second half of its run.

    None where either has too few numbers.
    """
    ours, theirs = val.finite(), train.finite()
    if len(ours) < FEWEST or len(theirs) < FEWEST:
        return None
    late = ours.steps >= ours.steps[0] + LATE * (ours.steps[-1] - ours.steps[0])
    there = np.interp(ours.steps[late], theirs.steps, np.clip(theirs.values, -HUGE, HUGE))
    lead = float(np.median(np.clip(ours.values[late], -HUGE, HUGE) - there))
    return lead * _to_points(ours.values, theirs.values)


def measure_change(accuracy: Series, since: float) -> AccuracyChange | None:
    """Return an accuracy around the step ``since`` and at the end; None with too few values."""
    points = accuracy.finite()
    if len(points) < FEWEST:
        return None
    values = np.clip(points.values, -HUGE, HUGE) * _to_points(points.values)
    at = int(np.argmin(np.abs(points.steps - since)))
    near = values[max(0, at - AROUND // 2) : at + AROUND // 2 + 1]
    return AccuracyChange(
        then=float(np.median(near)),
        now=float(np.median(values[-AROUND:])),
        noise=step_noise(values),
    )


def _to_points(*logged: FloatArray) -> float:
    """Return what makes points of these accuracies, which are shares or already points."""
    return POINTS if max(float(np.abs(one).max()) for one in logged) <= SHARE_MAX else 1.0
