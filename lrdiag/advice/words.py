"""Counts, losses and rates of one run as people write them."""

from math import ceil

import numpy as np

from lrdiag.signals import Signals


class RunInWords:
    """The numbers of one run, ready for a sentence."""

    def __init__(self, signals: Signals, today: float | None) -> None:
        self.signals = signals
        self._today = today
        self._unit = {"index": "row"}.get(signals.run.x.unit, signals.run.x.unit)

    def rows(self) -> str:
        """Return how many rows of training loss the log holds."""
        return count(self.signals.shape.rows, "row")

    def span(self, share: float) -> str:
        """Return that share of the run's steps, at least 20 steps or one epoch."""
        steps = self.signals.run["train_loss"].steps
        spacing = float(np.median(np.diff(steps))) if len(steps) > 1 else 1.0
        length = float(steps[-1] - steps[0]) + spacing
        least = 1 if self._unit == "epoch" else 20
        number = min(max(ceil(share * length - 1e-9), least), max(ceil(length), 1))
        return count(number, self._unit)

    def at(self, step: float) -> str:
        """Return the name of one step, as in "step 561"."""
        return f"{self._unit} {number(step)}"

    def first_loss(self) -> str:
        """Return the first finite training loss of the log."""
        return number(float(self._losses()[0]))

    def end_loss(self) -> str:
        """Return the mean training loss of the last tenth of the rows."""
        return self.loss_after(1.0)

    def loss_after(self, share: float) -> str:
        """Return the loss that the run had after that share of its rows."""
        losses = self._losses()
        end = max(1, round(share * len(losses)))
        first = min(end - 1, int(max(0.8 * share, share - 0.1) * len(losses)))
        return number(float(losses[first:end].mean()))

    def first_level(self) -> float:
        """Return the first row in start levels; above 1 where the first rows already fall."""
        return float(self._losses()[0]) / self.signals.shape.start

    def rate(self, factor: float) -> str:
        """Return the rate to set, or how to change it where today's is not known."""
        if self._today is not None:
            return rate(self._today * factor)
        if factor >= 1.0:
            return f"{rate(factor)} times the rate"
        return f"the rate divided by {rate(1.0 / factor)}"

    def first_nonfinite(self) -> str:
        """Return the first step whose loss is not a number."""
        series = self.signals.run["train_loss"]
        return self.at(float(series.steps[~np.isfinite(series.values)][0]))

    def best_validation(self) -> tuple[str, str]:
        """Return the step of the lowest validation loss, and that loss."""
        series = self.signals.run["val_loss"].finite()
        best = int(series.values.argmin())
        return self.at(float(series.steps[best])), number(float(series.values[best]))

    def _losses(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return self.signals.run["train_loss"].finite().values


def times(decades: float) -> str:
    """Return a factor given by its logarithm, as in "3.1 times"."""
    factor = 10.0**decades
    return f"{factor:.2g} times" if factor < 100.0 else f"{number(factor)} times"


def share(value: float) -> str:
    """Return a share as a percentage, as in "0.4 %"."""
    percent = 100.0 * max(value, 0.0)
    return f"{percent:.0f} %" if percent >= 0.95 else f"{percent:.1g} %"


def count(amount: int, unit: str) -> str:
    """Return an amount with its unit, as in "1,200 steps"."""
    return f"{amount:,} {unit}{'' if amount == 1 else 's'}"


def number(value: float) -> str:
    """Return three digits: 2.31, 0.0107, 1,204, 2.8e-5."""
    if 0.0 < abs(value) < 1e-3 or abs(value) >= 1e6:
        return rate(value)
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.3g}"


def rate(value: float) -> str:
    """Return two digits as code has them: 0.003, 2.8e-5, 320."""
    if 100.0 <= abs(value) < 1e6:
        return f"{float(f'{value:.2g}'):,.0f}"
    text = f"{value:.2g}"
    if "e" not in text:
        return text
    digits, exponent = text.split("e")
    return f"{digits}e{int(exponent)}"
