"""Ridge-penalised fits in plain numpy: a multinomial logistic card and a linear factor line."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lrdiag.numerics import BoolArray, FloatArray
from lrdiag.scorecard import FactorLine, Points, Scorecard, Trust, Weight, log_odds

RIDGE = 3.0  # on standardised measurements; 1, 10 and 30 were no better on problems left out
RIDGE_BENT = 10.0  # the same for cards; 3 and 30 were no better
KNOTS = (1 / 3, 2 / 3)
"""Quantiles at which a measurement bends. On 28 problems that no weight saw, none / one at the
median / thirds / quarters gave 85 / 88 / 87 / 87 % right and 12 / 6 / 5 / 6 % false alarms."""
TRUST_RIDGE = 3.0  # advices; how many it takes to move a stated confidence
EMPTY = 1e-6  # a part of a range no wider is none
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


def bend(names: Sequence[str], values: FloatArray) -> tuple[tuple[str, ...], FloatArray, Ranges]:
    """Split the range of each measurement at its thirds, so that each part has its own slope.

    Overshoot below the start says next to nothing and above it a lot; with one slope, a card
    fitted to many problems does justice to neither. Returns names and columns once a part, with
    the ranges of the parts.
    """
    whole = find_ranges(values)
    knots = np.quantile(whole.apply(values), KNOTS, axis=0)
    parts: list[tuple[int, float, float]] = []
    for place in range(len(names)):
        inner = np.unique(np.clip(knots[:, place], whole.low[place], whole.high[place]))
        edges = (whole.low[place], *inner, whole.high[place])
        parts += [(place, low, high) for low, high in pairwise(edges) if high - low > EMPTY]
    places = np.array([place for place, _, _ in parts])
    low, high = np.array([(low, high) for _, low, high in parts]).T
    ranges = Ranges(low, high, np.clip(whole.usual[places], low, high))
    return tuple(names[place] for place in places), values[:, places], ranges


def fit_trust(stated: FloatArray, right: BoolArray, weights: FloatArray) -> Trust:
    """Fit how often advice is right by the confidence it states, on runs that are unseen.

    Two numbers (Platt 1999), drawn towards taking the confidence at its word.
    """
    odds = np.array([log_odds(value) for value in stated])
    design = np.column_stack((np.ones(len(odds)), odds))
    word = np.array([0.0, 1.0])
    terms = word.copy()
    for _ in range(25):
        share = 1.0 / (1.0 + np.exp(-design @ terms))
        gradient = design.T @ (weights * (share - right)) + TRUST_RIDGE * (terms - word)
        inner = (design * (weights * share * (1.0 - share))[:, None]).T @ design
        terms -= np.linalg.solve(inner + TRUST_RIDGE * np.eye(2), gradient)
    return Trust(_tidy(terms[0]), max(_tidy(terms[1]), 0.0))


def fit_card(
    names: Sequence[str],
    values: FloatArray,
    classes: NDArray[np.int_],
    ranges: Ranges,
    weights: FloatArray,
) -> Scorecard:
    """Fit a multinomial logistic regression by Newton's method.

    Args:
        names: The measurements, one a column.
        values: One row a view.
        classes: 0 for too high, 1 for right, 2 for too slow.
        ranges: From ``bend``.
        weights: How much each view counts.
    """
    design, mean, scale = _standardise(ranges.apply(values))
    design = np.column_stack((np.ones(len(design)), design))
    wanted = np.column_stack((classes == 0, classes == 2)).astype(float)
    penalty = RIDGE_BENT * np.eye(design.shape[1])
    penalty[0, 0] = 1e-6
    points = np.zeros((design.shape[1], 2))
    for _ in range(25):
        step = _newton_step(design, wanted, points, penalty, weights)
        points -= step
        if np.abs(step).max() < 1e-6:
            break
    slopes = points[1:] / scale[:, None]
    start = points[0] - mean @ slopes
    columns = (ranges.low, ranges.high, ranges.usual, *slopes.T)
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
    design: FloatArray,
    wanted: FloatArray,
    points: FloatArray,
    penalty: FloatArray,
    weights: FloatArray,
) -> FloatArray:
    scores = design @ points
    top = np.maximum(scores.max(axis=1), 0.0)
    powers = np.exp(scores - top[:, None])
    odds = powers / (powers.sum(axis=1) + np.exp(-top))[:, None]
    gradient = design.T @ ((odds - wanted) * weights[:, None]) + penalty @ points
    blocks = [
        [
            (design * (weights * odds[:, a] * ((a == b) - odds[:, b]))[:, None]).T @ design
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
