"""Two scorecards and two factor lines: how measurements become odds and decades.

A scorecard adds points for "the rate is too high" and for "the rate is too slow"; each
measurement is clipped to the range seen in calibration, and a missing one takes its usual
value. Odds are those of a multinomial logistic regression with "keep" at zero points. Every
number below is printed by ``python benchmarks/calibrate.py DATA``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, isfinite


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


def _clipped(row: Points | Weight, values: Mapping[str, float]) -> float:
    value = values.get(row.name, row.usual)
    return min(max(value if isfinite(value) else row.usual, row.low), row.high)


def _check_range(name: str, low: float, high: float) -> None:
    if not low < high:
        raise ValueError(f"The range of {name} is empty: {low} to {high}.")


LOSS = Scorecard(
    too_high=1.297,
    too_slow=1.573,
    rows=(
        Points("late_overshoot", -1.404, 1.0, -0.01321, 3.222, 2.138),
        Points("early_overshoot", 0.0, 1.0, 0.04124, 0.5915, -4.085),
        Points("overshoot", 0.001118, 1.0, 0.05269, 0.8814, -4.088),
        Points("slope_per_noise", -1.78, 11.72, 0.9976, -0.5524, 0.398),
        Points("time_to_35", -2.061, 3.0, 0.02, 0.1061, 0.9684),
        Points("time_to_20", -2.186, 3.0, -0.3123, 0.606, 0.8918),
        Points("best", 0.000497, 10.0, 0.6788, 0.5688, -0.07342),
        Points("half_gain", -1.0, 2.0, 0.07996, -1.12, 0.9687),
        Points("quarters_gain", -1.0, 2.0, 0.1993, -0.6264, 1.023),
        Points("slope_per_level", -0.4451, 6.0, 0.1165, 0.1341, -0.9469),
        Points("late_skew", -1.0, 2.0, 0.005227, 1.31, -1.116),
    ),
)

LOSS_VAL = Scorecard(
    too_high=-0.2939,
    too_slow=-0.7952,
    rows=(
        Points("late_overshoot", -1.404, 1.0, -0.01321, 2.966, 2.444),
        Points("early_overshoot", 0.0, 1.0, 0.04124, 0.6121, -3.364),
        Points("overshoot", 0.001118, 1.0, 0.05269, 0.7885, -3.349),
        Points("slope_per_noise", -1.78, 11.72, 0.9976, -0.3999, 0.2819),
        Points("time_to_35", -2.061, 3.0, 0.02, 0.223, 1.026),
        Points("time_to_20", -2.186, 3.0, -0.3123, 0.6216, 1.117),
        Points("best", 0.000497, 10.0, 0.6788, 0.5296, 0.03215),
        Points("half_gain", -1.0, 2.0, 0.07996, -0.864, 0.7941),
        Points("quarters_gain", -1.0, 2.0, 0.1993, -0.4331, 0.9651),
        Points("slope_per_level", -0.4451, 6.0, 0.1165, 0.08546, -0.675),
        Points("late_skew", -1.0, 2.0, 0.005227, 0.9894, -0.3792),
        Points("val_best_place", 0.04, 1.0, 1.0, 0.4707, 3.241),
        Points("val_reversals", 0.0, 0.6448, 0.0, 4.138, -5.518),
        Points("val_swing", 0.0, 3.0, 0.06867, -0.0959, -0.9129),
    ),
)

LOSS_GRAD = Scorecard(
    too_high=0.8027,
    too_slow=2.106,
    rows=(
        Points("late_overshoot", -1.404, 1.0, -0.01321, 2.164, 1.893),
        Points("early_overshoot", 0.0, 1.0, 0.04124, -0.4788, -3.951),
        Points("overshoot", 0.001118, 1.0, 0.05269, -0.2134, -3.992),
        Points("slope_per_noise", -1.78, 11.72, 0.9976, -0.4687, 0.3645),
        Points("time_to_35", -2.061, 3.0, 0.02, 0.1439, 0.8711),
        Points("time_to_20", -2.186, 3.0, -0.3123, 0.6579, 1.053),
        Points("best", 0.000497, 10.0, 0.6788, 0.3256, -0.0394),
        Points("half_gain", -1.0, 2.0, 0.07996, -1.12, 0.8235),
        Points("quarters_gain", -1.0, 2.0, 0.1993, -0.5359, 0.9982),
        Points("slope_per_level", -0.4451, 6.0, 0.1165, 0.2049, -0.5054),
        Points("late_skew", -1.0, 2.0, 0.005227, 1.088, -1.17),
        Points("grad_jump", 0.009913, 7.093, 0.3277, 1.208, -0.9202),
        Points("grad_per_loss", -1.234, 2.461, 0.1221, -1.771, -1.125),
        Points("grad_peak", 0.0, 8.883, 0.2591, 1.007, -0.344),
    ),
)

LOSS_VAL_GRAD = Scorecard(
    too_high=-0.1123,
    too_slow=-0.4427,
    rows=(
        Points("late_overshoot", -1.404, 1.0, -0.01321, 2.225, 2.203),
        Points("early_overshoot", 0.0, 1.0, 0.04124, -0.4387, -3.291),
        Points("overshoot", 0.001118, 1.0, 0.05269, -0.2956, -3.277),
        Points("slope_per_noise", -1.78, 11.72, 0.9976, -0.3321, 0.2798),
        Points("time_to_35", -2.061, 3.0, 0.02, 0.1986, 0.9201),
        Points("time_to_20", -2.186, 3.0, -0.3123, 0.6506, 1.168),
        Points("best", 0.000497, 10.0, 0.6788, 0.3259, 0.01892),
        Points("half_gain", -1.0, 2.0, 0.07996, -0.9104, 0.8641),
        Points("quarters_gain", -1.0, 2.0, 0.1993, -0.3613, 1.084),
        Points("slope_per_level", -0.4451, 6.0, 0.1165, 0.1624, -0.4354),
        Points("late_skew", -1.0, 2.0, 0.005227, 0.8113, -0.5122),
        Points("val_best_place", 0.04, 1.0, 1.0, -0.06558, 2.972),
        Points("val_reversals", 0.0, 0.6448, 0.0, 3.545, -4.702),
        Points("val_swing", 0.0, 3.0, 0.06867, -0.1313, -0.8354),
        Points("grad_jump", 0.009913, 7.093, 0.3277, 0.9239, -0.4496),
        Points("grad_per_loss", -1.234, 2.461, 0.1221, -1.626, -0.8574),
        Points("grad_peak", 0.0, 8.883, 0.2591, 0.9624, -0.06299),
    ),
)

RAISE = FactorLine(
    start=1.673,
    rows=(
        Weight("time_to_5", -2.311, 2.699, -0.937, -0.4697),
        Weight("time_to_20", -2.186, 3.0, -0.3123, 1.116),
        Weight("time_to_35", -2.061, 3.0, 0.02, 0.04422),
        Weight("time_to_50", -1.812, 3.0, 0.08421, -0.05727),
        Weight("best", 0.000497, 10.0, 0.6788, 0.29),
        Weight("slope_per_level", -0.4451, 6.0, 0.1165, -0.05216),
        Weight("half_gain", -1.0, 2.0, 0.07996, 0.3865),
        Weight("slope_change", -1.0, 1.0, -0.05218, 0.02068),
    ),
)

LOWER = FactorLine(
    start=-0.7446,
    rows=(
        Weight("late_overshoot", -1.404, 1.0, -0.01321, -0.4592),
        Weight("early_overshoot", 0.0, 1.0, 0.04124, 0.01185),
        Weight("overshoot", 0.001118, 1.0, 0.05269, -0.27),
        Weight("jump", 0.001215, 9.0, 0.06009, -0.08308),
        Weight("end", 0.000497, 10.0, 0.696, 0.08426),
        Weight("best", 0.000497, 10.0, 0.6788, -0.06203),
        Weight("late_noise", 0.0, 3.0, 0.08511, -0.2005),
        Weight("reversals", 0.0, 0.9804, 0.05038, -0.5648),
        Weight("rise", 0.0, 225.0, 0.0, 0.002817),
    ),
)

LOWER_GRAD = FactorLine(
    start=-0.741,
    rows=(
        Weight("late_overshoot", -1.404, 1.0, -0.01321, -0.5521),
        Weight("early_overshoot", 0.0, 1.0, 0.04124, 0.06466),
        Weight("overshoot", 0.001118, 1.0, 0.05269, -0.2544),
        Weight("jump", 0.001215, 9.0, 0.06009, -0.06687),
        Weight("end", 0.000497, 10.0, 0.696, 0.07214),
        Weight("best", 0.000497, 10.0, 0.6788, -0.05814),
        Weight("late_noise", 0.0, 3.0, 0.08511, -0.2116),
        Weight("reversals", 0.0, 0.9804, 0.05038, -0.5144),
        Weight("rise", 0.0, 225.0, 0.0, 0.002608),
        Weight("grad_jump", 0.009913, 7.093, 0.3277, -0.006199),
        Weight("grad_highest", 0.02231, 11.05, 0.5436, 0.01502),
        Weight("grad_end", -2.364, 2.22, -0.09893, 0.1175),
        Weight("grad_peak", 0.0, 8.883, 0.2591, -0.0259),
    ),
)

CARDS: Mapping[tuple[bool, bool], Scorecard] = {
    (False, False): LOSS,
    (True, False): LOSS_VAL,
    (False, True): LOSS_GRAD,
    (True, True): LOSS_VAL_GRAD,
}
"""The card for a log, by whether it holds a validation loss and a gradient norm."""
