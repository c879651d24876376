"""The sweep: one step a rate, each higher than the one before. It draws the classical curve."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite, log10

import numpy as np
from torch import Tensor

from lrdiag.finder.monitor import Monitor
from lrdiag.finder.result import Stop
from lrdiag.finder.stepper import Stepper
from lrdiag.numerics import FloatArray

MEMORY = 0.9  # share of the running average that a step keeps
LEAST_SCALE = 0.05  # of the start: the threshold multiplies no best loss below this


@dataclass(frozen=True, slots=True)
class Sweep:
    """The curve up to the step that ended it.

    Attributes:
        lr: The rate of each step.
        loss: Its loss.
        stop: Why it ended.
    """

    lr: tuple[float, ...]
    loss: tuple[float, ...]
    stop: Stop

    @property
    def blew_up(self) -> float | None:
        """The rate at which the loss did not come back; None if it always did."""
        return self.lr[-1] if self.lr and self.stop in {Stop.DIVERGED, Stop.NOT_FINITE} else None


class Divergence:
    """Judges a sweep step by step.

    The running average must not pass ``threshold`` times its best. A loss that may be negative
    is counted from the level before the test.
    """

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold
        self._mean, self._weight = 0.0, 1.0
        self._start: float | None = None
        self._best = float("inf")

    def passed(self, loss: float) -> bool:
        """Take in a loss and return whether it ends the sweep."""
        self._weight *= MEMORY
        self._mean = MEMORY * self._mean + (1.0 - MEMORY) * loss
        smooth = self._mean / (1.0 - self._weight)
        if self._start is None:
            self._start = smooth
        self._best = min(self._best, smooth)
        if self._best > 0.0:
            scale = max(self._best, LEAST_SCALE * self._start)
        else:
            scale = max(abs(self._start), self._start - self._best)
        return smooth > self._best + (self._threshold - 1.0) * scale


def run_sweep(
    stepper: Stepper,
    rates: FloatArray,
    threshold: float,
    monitor: Monitor,
    *,
    shown: bool = True,
) -> Sweep:
    """Train one step at every rate, from the lowest up.

    Args:
        stepper: Takes the steps.
        rates: Shape (steps,), rising.
        threshold: Of the smooth loss over its best, above which the sweep ends.
        monitor: Reads the losses.
        shown: Whether this is the curve that the monitor tells.
    """
    lrs = [float(one) for one in rates]

    def take() -> Iterator[Tensor]:
        for k, lr in enumerate(lrs):
            yield stepper.step(lr, k)

    judge = Divergence(threshold)
    losses: list[float] = []
    for values in monitor.read(take()):
        for value in values:
            losses.append(value)
            stop = Stop.SWEPT
            if not isfinite(value):
                stop = Stop.NOT_FINITE
            elif judge.passed(value):
                stop = Stop.DIVERGED
            if stop is not Stop.SWEPT:
                return Sweep(tuple(lrs[: len(losses)]), tuple(losses), stop)
        if shown:
            monitor.lrs, monitor.losses = lrs[: len(losses)], losses
    return Sweep(tuple(lrs[: len(losses)]), tuple(losses), Stop.SWEPT if lrs else Stop.SKIPPED)


def sweep_rates(lr_min: float, lr_max: float, steps: int) -> FloatArray:
    """Return the rates of a sweep, evenly apart in log rate; shape (steps,)."""
    rates: FloatArray = np.logspace(log10(lr_min), log10(lr_max), steps)
    return rates
