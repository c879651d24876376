"""After how many rows a series repeats itself."""

from dataclasses import dataclass

import numpy as np

from lrdiag.numerics import FloatArray

SHORTEST = 8  # rows; a shorter cycle is an oscillation of steps, not a pass over the data
CYCLES = 6  # cycles in the series; in fewer, three spikes some way apart make an echo
FROM = 2  # rows; neighbours resemble each other in any course
CLOSE = 0.8  # of the highest peak; the first peak this high is the cycle, later ones repeat it
REFINED = 16  # cycles; over so many, a fraction of a row in the length of one is found


@dataclass(frozen=True, slots=True)
class Echo:
    """A series that resembles itself some rows later.

    Attributes:
        rows: The length of a cycle in rows; a fraction where a row holds several steps.
        likeness: The correlation of the series with itself, one cycle later.
    """

    rows: float
    likeness: float


def find_echo(rest: FloatArray) -> Echo | None:
    """Return the echo of a series without a course of its own; None where it has no cycle.

    A cycle comes back after the series has stopped resembling itself: where the correlation
    never falls to zero on the way, the resemblance is that of a slow course.

    Args:
        rest: What is left beside the course; shape (n,).
    """
    longest = len(rest) // CYCLES
    if longest <= SHORTEST:
        return None
    likeness = correlate(rest)
    inner = likeness[FROM : longest + 1]
    peak = np.flatnonzero((inner[1:-1] >= inner[:-2]) & (inner[1:-1] >= inner[2:])) + FROM + 1
    if len(peak) == 0:
        return None
    first = int(peak[np.argmax(likeness[peak] >= CLOSE * likeness[peak].max())])
    if first < SHORTEST or float(likeness[1:first].min()) > 0.0 or likeness[first] <= 0.0:
        return None
    return Echo(_refine(likeness[: len(rest) // 2], first), min(1.0, float(likeness[first])))


def correlate(rest: FloatArray) -> FloatArray:
    """Return the correlation of a series with itself at each lag; shape (n,), 1 at lag 0."""
    n = len(rest)
    spectrum = np.fft.rfft(rest - rest.mean(), 2 * n)
    product = np.fft.irfft(np.abs(spectrum) ** 2)[:n]
    if product[0] <= 0.0:
        return np.zeros(n)
    return np.asarray(product / product[0] * (n / np.arange(n, 0, -1)), dtype=np.float64)


def _refine(likeness: FloatArray, first: int) -> float:
    """Return the length of a cycle from the peaks after several of them."""
    rows, reach = float(first), max(1, first // 4)
    for times in range(2, REFINED + 1):
        near = round(rows * times)
        if near + reach >= len(likeness):
            break
        part = likeness[near - reach : near + reach + 1]
        rows = (near - reach + int(np.argmax(part))) / times
    return rows
