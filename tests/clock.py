"""Bounds on what a call costs that hold on a busy machine too."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

LOOP = 500_000  # turns
USUAL = 0.03  # seconds of the processor that so many take on an idle machine


@contextmanager
def costs_less_than(seconds: float) -> Iterator[None]:
    """Check what a block costs this process, in seconds of the processor.

    Where others work on the same processor its seconds are worth less, so a loop of a known
    cost is measured beside the block.
    """
    start = time.process_time()
    yield
    spent = time.process_time() - start
    slowness = max(1.0, _measure_loop() / USUAL)
    assert spent < seconds * slowness, f"{spent:.1f} s, where a loop is {slowness:.1f} times slow"


def _measure_loop() -> float:
    start = time.process_time()
    total = 0
    for k in range(LOOP):
        total += k
    return time.process_time() - start
