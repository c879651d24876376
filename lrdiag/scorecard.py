"""Scorecards and factor lines: how measurements become odds and decades.

A scorecard adds points for "the rate is too high" and for "the rate is too slow"; each
measurement is clipped to the range seen in calibration, and a missing one takes its usual
value. A measurement has several rows with adjoining ranges where it counts more in one part of
its range than in another. Odds are those of a multinomial logistic regression with "keep" at
zero points, and a trust tells how often such odds came true. Every number of them stands in
``lrdiag.advice.weights`` and is fitted by ``benchmarks/calibrate.py``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, isfinite, log
from typing import Literal


@dataclass(frozen=True, slots=True)
class Points:
    """One row of a scorecard.

    Attributes:
        name: The measurement, a field of a record in ``lrdiag.signals.shape``.
        low: Smaller values count as this.
        high: Larger values count as this.
        usual: What counts where the log does not allow the measurement.
        too_high: Points for a rate that is too high, for each unit of the measurement.
        too_slow: Points for a rate that is too low, for each unit of the measurement.

    Raises:
        ValueError: The range is empty.
    """

    name: str
    low: float
    high: float
    usual: float
    too_high: float
    too_slow: float

    def __post_init__(self) -> None:
        _check_range(self.name, self.low, self.high)


@dataclass(frozen=True, slots=True)
class Weight:
    """One term of a factor line: decades for each unit of the measurement.

    Attributes:
        name: The measurement, a field of a record in ``lrdiag.signals.shape``.
        low: Smaller values count as this.
        high: Larger values count as this.
        usual: What counts where the log does not allow the measurement.
        decades: Decades of the rate for each unit.

    Raises:
        ValueError: The range is empty.
    """

    name: str
    low: float
    high: float
    usual: float
    decades: float

    def __post_init__(self) -> None:
        _check_range(self.name, self.low, self.high)


@dataclass(frozen=True, slots=True)
class Odds:
    """How likely each direction is; the three add up to 1."""

    too_high: float
    right: float
    too_slow: float


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Points for too high and too slow, from a start and one row a measurement."""

    too_high: float
    too_slow: float
    rows: tuple[Points, ...]

    def odds(self, values: Mapping[str, float]) -> Odds:
        """Add up the points of ``values`` and turn them into odds."""
        high, slow = self.too_high, self.too_slow
        for row in self.rows:
            value = _clipped(row, values)
            high += row.too_high * value
            slow += row.too_slow * value
        top = max(high, slow, 0.0)
        parts = exp(high - top), exp(-top), exp(slow - top)
        return Odds(*(part / sum(parts) for part in parts))


@dataclass(frozen=True, slots=True)
class FactorLine:
    """Decades from today's rate to the best one, from a start and one term a measurement."""

    start: float
    rows: tuple[Weight, ...]

    def decades(self, values: Mapping[str, float]) -> float:
        """Return log10 of the factor that ``values`` ask for."""
        return self.start + sum(row.decades * _clipped(row, values) for row in self.rows)


LEAST_DOUBT = 0.005  # no measurement of one run says more than 99.5 %


@dataclass(frozen=True, slots=True)
class Trust:
    """How often advice of one kind is right, from the odds that the card gave it."""

    start: float
    slope: float

    def share_right(self, stated: float) -> float:
        """Return the share of advices stated with such a confidence that are right."""
        return 1.0 / (1.0 + exp(-self.start - self.slope * log_odds(stated)))


def log_odds(share: float) -> float:
    """Return the logarithm of the odds of a share from 0 to 1."""
    share = min(max(share, LEAST_DOUBT), 1.0 - LEAST_DOUBT)
    return log(share / (1.0 - share))


Rows = Literal["steps", "means"]
"""What the rows of a log are: single steps, or means over many."""

Sight = Literal["steps", "steps+val", "steps+grad", "steps+val+grad", "means", "means+val"]
"""What a log lets one see: its rows, validation loss, gradient norm."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """All that was fitted to runs whose best rate is known.

    Attributes:
        cards: The scorecard for each sight.
        up: Decades up to the best rate, by kind of rows.
        down: Decades to the best rate, negative, by kind of rows.
        trust: How often advice is right that the odds alone decide, by action.
    """

    cards: Mapping[Sight, Scorecard]
    up: Mapping[Rows, FactorLine]
    down: Mapping[Rows, FactorLine]
    trust: Mapping[str, Trust]

    def share_right(self, action: str, stated: float) -> float:
        """Return how often ``action`` is right when the odds state such a confidence."""
        trust = self.trust.get(action)
        return stated if trust is None else trust.share_right(stated)


def _clipped(row: Points | Weight, values: Mapping[str, float]) -> float:
    value = values.get(row.name, row.usual)
    return min(max(value if isfinite(value) else row.usual, row.low), row.high)


def _check_range(name: str, low: float, high: float) -> None:
    if not low < high:
        raise ValueError(f"The range of {name} is empty: {low} to {high}.")
