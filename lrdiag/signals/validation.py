"""How the validation loss went, and what the training loss did meanwhile."""

from dataclasses import dataclass

import numpy as np

from lrdiag.numerics import FloatArray
from lrdiag.run import Series
from lrdiag.signals.curve import Curve
from lrdiag.signals.robust import kendall_tau, running_median, step_noise

SMOOTHED_FROM = 5  # values; fewer are taken as they are
TINY = np.finfo(np.float64).tiny


@dataclass(frozen=True, slots=True, eq=False)
class Validation:
    """A validation loss, measured.

    Attributes:
        steps: The steps of its finite values; shape (n,).
        raw: As logged; shape (n,).
        smooth: Medians of three; shape (n,).
        best: The index of the lowest smooth value.
        noise: What neighbours differ by, as the standard deviation of white noise.
        tau: The trend from the best value on: 1 if every later value is higher.
        train_then: The training loss around the best step; NaN without a training loss.
        train_end: The training loss at the end; NaN without one.
        train_noise: One noise of those two.
    """

    steps: FloatArray
    raw: FloatArray
    smooth: FloatArray
    best: int
    noise: float
    tau: float
    train_then: float
    train_end: float
    train_noise: float

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def lowest(self) -> int:
        """The index of the lowest logged value: the checkpoint that people look up."""
        return int(np.argmin(self.raw))

    @property
    def best_step(self) -> float:
        """Where the validation loss was lowest, as logged."""
        return float(self.steps[self.lowest])

    @property
    def best_value(self) -> float:
        """How low it was, as logged."""
        return float(self.raw[self.lowest])

    @property
    def best_level(self) -> float:
        """How low it was, averaged: what a rise is measured from."""
        return float(self.smooth[self.best])

    @property
    def end(self) -> float:
        """The last smooth value."""
        return float(self.smooth[-1])

    @property
    def rise(self) -> float:
        """How far it rose since, as a share of the best (Prechelt's generalization loss)."""
        return (self.end - self.best_level) / max(abs(self.best_level), float(TINY))

    @property
    def kept_rise(self) -> float:
        """How far above its best it stays: the lowest smooth value of the later half since."""
        since = self.smooth[self.best :]
        return float(since[len(since) // 2 :].min() - self.best_level)

    @property
    def drop(self) -> float:
        """How far it fell from its first value to its best."""
        return float(self.raw[0] - self.best_level)

    @property
    def moved(self) -> float:
        """How far the smooth values reach from lowest to highest."""
        return float(self.smooth.max() - self.smooth.min())

    @property
    def late_noise(self) -> float:
        """What neighbours of the second half differ by, as the spread of white noise."""
        return step_noise(self.raw[len(self) // 2 :])

    @property
    def late_level(self) -> float:
        """The median size of the second half."""
        return float(np.median(np.abs(self.raw[len(self) // 2 :])))

    @property
    def train_fell(self) -> bool:
        """Whether the training loss stands no higher at the end than at the best step."""
        return self.train_end <= self.train_then + self.train_noise


def measure_validation(series: Series, train: Curve | None) -> Validation | None:
    """Measure a validation loss; None where no value is finite."""
    points = series.finite()
    if len(points) == 0:
        return None
    smooth = running_median(points.values, 3) if len(points) >= SMOOTHED_FROM else points.values
    best = int(np.argmin(smooth))
    then = end = unit = float("nan")
    if train is not None:
        bins = train.bins
        at = int(np.argmin(np.abs(bins.steps - points.steps[best])))
        near = slice(max(0, at - 1), at + 2)
        then, end = float(np.median(bins.level[near])), train.end
        unit = float(np.median(bins.noise[near])) / np.sqrt(max(1.0, bins.rows))
    return Validation(
        steps=points.steps,
        raw=points.values,
        smooth=smooth,
        best=best,
        noise=step_noise(points.values),
        tau=kendall_tau(smooth[best:]),
        train_then=then,
        train_end=end,
        train_noise=unit,
    )
