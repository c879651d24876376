"""What a hostile upload may do to the process that reads it, by the name of its first file."""

import os
import time
from unittest.mock import patch

from app.reading import Order, Reading, read_order
from app.workers import Workers
from lrdiag.charts import Curves, measure_curves
from lrdiag.diagnosis import Diagnosis


def read_or_misbehave(order: Order) -> Reading:
    """Read an order as ever, unless its first file is called after a misdeed."""
    misdeed = order.sources[0].name.removesuffix(".csv")
    if misdeed == "loop":
        loop()
    if misdeed == "swell":
        swell(10_000_000_000)
    if misdeed == "die":
        os._exit(1)
    with patch("app.reading.measure_curves", measure_or_stumble):
        return read_order(order)


def measure_or_stumble(diagnosis: Diagnosis) -> Curves:
    """Measure, unless the run is called undrawable."""
    if diagnosis.run.name == "undrawable":
        raise ArithmeticError("a mistake of ours")
    return measure_curves(diagnosis)


def loop() -> None:
    """Never return."""
    while True:
        pass


def sleep(seconds: float) -> int:
    """Take a time."""
    time.sleep(seconds)
    return os.getpid()


def swell(size: int) -> int:
    """Ask for memory, a part at a time, and return how much."""
    parts = [bytes(50_000_000) for _ in range(size // 50_000_000)]
    return sum(map(len, parts))


def fail(error: Exception) -> None:
    """Raise what is given."""
    raise error


class Sabotaged:
    """Workers that know misdeeds; stands in for the ones of a server."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    def run(self, function: object, order: Order) -> Reading:
        """Read an order or misbehave."""
        assert function is read_order
        return self._workers.run(read_or_misbehave, order)

    def close(self) -> None:
        """End the processes."""
        self._workers.close()
