"""Ridge-penalised fits in plain numpy: a multinomial logistic card and a linear factor line."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lrdiag.numerics import FloatArray
from lrdiag.scorecard import FactorLine, Points, Scorecard, Weight

RIDGE = 3.0  # on standardised measurements; 1, 10 and 30 were no better on problems left out
CLIP = 0.005  # quantile at each end beyond which a measurement counts no more


@dataclass(frozen=True, slots=True, eq=False)
class Ranges:
    """Clip range and usual value of each measurement, from all views and no label."""

    low: FloatArray
    high: FloatArray
    usual: FloatArray

    def apply(self, values: FloatArray) -> FloatArray:
        """Clip the columns of ``values`` and fill what is missing."""
        return np.clip(np.where(np.isfinite(values), values, self.usual), self.low, self.high)


def find_ranges(values: FloatArray) -> Ranges:
    """Return the ranges of the columns of ``values``."""
    low, usual, high = np.nanquantile(values, (CLIP, 0.5, 1.0 - CLIP), axis=0)
    return Ranges(low, np.maximum(high, low + 1e-6), usual)


def fit_card(
    names: Sequence[str], values: FloatArray, classes: NDArray[np.int_], ranges: Ranges
) -> Scorecard:
    """Fit a multinomial logistic regression by Newton's method.

    Args:
        names: The measurements, one a column.
        values: One row a view.
        classes: 0 for too high, 1 for right, 2 for too slow.
        ranges: From ``find_ranges``.
    """
    design, mean, scale = _standardise(ranges.apply(values))
    design = np.column_stack((np.ones(len(design)), design))
    wanted = np.column_stack((classes == 0, classes == 2)).astype(float)
    penalty = RIDGE * np.eye(design.shape[1])
    penalty[0, 0] = 1e-6
    points = np.zeros((design.shape[1], 2))
    for _ in range(25):
        step = _newton_step(design, wanted, points, penalty)
        points -= step
        if np.abs(step).max() < 1e-6:
            break
    weights = points[1:] / scale[:, None]
    start = points[0] - mean @ weights
    columns = (ranges.low, ranges.high, ranges.usual, *weights.T)
    rows = tuple(
        Points(name, *(_tidy(number) for number in numbers))
        for name, *numbers in zip(names, *columns, strict=True)
    )
    return Scorecard(_tidy(start[0]), _tidy(start[1]), rows)


def fit_line(
    names: Sequence[str], values: FloatArray, decades: FloatArray, ranges: Ranges
) -> FactorLine:
    """Fit a linear regression of the decades to the best rate."""
    design, mean, scale = _standardise(ranges.apply(values))
    inner = design.T @ design + RIDGE * np.eye(len(names))
    weights = np.linalg.solve(inner, design.T @ (decades - decades.mean())) / scale
    columns = (ranges.low, ranges.high, ranges.usual, weights)
    rows = tuple(
        Weight(name, *(_tidy(number) for number in numbers))
        for name, *numbers in zip(names, *columns, strict=True)
    )
    return FactorLine(_tidy(float(decades.mean() - mean @ weights)), rows)


def _standardise(inputs: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    mean, scale = inputs.mean(axis=0), np.maximum(inputs.std(axis=0), 1e-9)
    return (inputs - mean) / scale, mean, scale


def _newton_step(
    design: FloatArray, wanted: FloatArray, points: FloatArray, penalty: FloatArray
) -> FloatArray:
    scores = design @ points
    top = np.maximum(scores.max(axis=1), 0.0)
    powers = np.exp(scores - top[:, None])
    odds = powers / (powers.sum(axis=1) + np.exp(-top))[:, None]
    gradient = design.T @ (odds - wanted) + penalty @ points
    blocks = [
        [
            (design * (odds[:, a] * ((a == b) - odds[:, b]))[:, None]).T @ design
            + (penalty if a == b else 0.0)
            for b in range(2)
        ]
        for a in range(2)
    ]
    step: FloatArray = np.linalg.solve(np.block(blocks), gradient.T.ravel())
    return step.reshape(2, -1).T


def _tidy(value: float) -> float:
    """Return four significant digits, enough for a weight and short enough to read."""
    return float(f"{value:.4g}")
