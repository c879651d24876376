"""Counts, losses and rates of one run as people write them."""

from math import ceil

import numpy as np

from lrdiag.signals import Signals
from lrdiag.wording import (
    say_length,
    say_loss,
    say_number,
    say_place,
    say_rate,
    say_share,
    say_times,
)


class RunInWords:
    """The numbers of one run, ready for a sentence."""

    def __init__(self, signals: Signals, today: float | None) -> None:
        self.signals = signals
        self._today = today
        self._unit = signals.run.x.unit

    @property
    def below_zero(self) -> bool:
        """Whether the loss is of a kind that has no zero to fall to, as a log-likelihood."""
        return bool(self.signals.rows) and float(self.signals.loss.raw.min()) < 0.0

    def rows(self) -> str:
        """Return how many rows of training loss the log holds."""
        return say_length(self.signals.shape.rows, "index")

    def span(self, share: float) -> str:
        """Return that share of the run's steps, at least 20 steps or one epoch."""
        steps = self.signals.run["train_loss"].steps
        spacing = float(np.median(np.diff(steps))) if len(steps) > 1 else 1.0
        length = float(steps[-1] - steps[0]) + spacing
        least = 1 if self._unit == "epoch" else 20
        number = min(max(ceil(share * length - 1e-9), least), max(ceil(length), 1))
        return say_length(number, self._unit)

    def at(self, step: float) -> str:
        """Return the name of one step, as in "step 561"."""
        return say_place(step, self._unit)

    def first_loss(self) -> str:
        """Return the first finite training loss of the log."""
        return say_loss(float(self._losses()[0]))

    def end_loss(self) -> str:
        """Return the mean training loss of the last tenth of the rows."""
        return self.loss_after(1.0)

    def loss_after(self, share: float) -> str:
        """Return the loss that the run had after that share of its rows."""
        losses = self._losses()
        end = max(1, round(share * len(losses)))
        first = min(end - 1, int(max(0.8 * share, share - 0.1) * len(losses)))
        return say_loss(float(losses[first:end].mean()))

    def stands_above_first(self, after: float) -> bool:
        """Whether the loss after that share of the rows is no lower than the first one."""
        losses = self._losses()
        return bool(losses[max(0, round(after * len(losses)) - 1)] >= losses[0])

    def unfinished(self) -> str:
        """Return what shows that the run is not over."""
        planned, schedule = self.signals.config.planned_steps, self.signals.schedule
        if planned is not None:
            return f"the log holds {self.span(1.0)} of {say_number(planned)} planned"
        left = 1.0 if schedule is None else schedule.left
        return f"the rate still falls and stands at {share(left)} of its peak"

    def first_level(self) -> float:
        """Return the first row in start levels; above 1 where the first rows already fall."""
        return float(self._losses()[0]) / self.signals.shape.start

    def rate(self, factor: float) -> str:
        """Return the rate to set, or how to change it where today's is not known."""
        if self._today is not None:
            return say_rate(self._today * factor, 2)
        if factor >= 1.0:
            return f"{say_times(factor)} times the rate"
        return f"the rate divided by {say_times(1.0 / factor)}"

    def first_nonfinite(self) -> str:
        """Return the first step whose loss is not a number."""
        series = self.signals.run["train_loss"]
        return self.at(float(series.steps[~np.isfinite(series.values)][0]))

    def best_validation(self) -> tuple[str, str]:
        """Return the step of the lowest validation loss, and that loss."""
        val = self.signals.validation
        if val is None:
            raise ValueError("A run without a finite validation loss has no best one.")
        return self.at(val.best_step), say_loss(val.best_value)

    def _losses(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return self.signals.run["train_loss"].finite().values


def times(decades: float) -> str:
    """Return a factor given by its logarithm, as in "3.1 times"."""
    return f"{say_times(10.0**decades)} times"


def share(value: float) -> str:
    """Return a share as a percentage, as in "0.4 %"; less than nothing is nothing."""
    return say_share(max(value, 0.0))
