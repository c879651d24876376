"""Places where the loss jumps out of its own noise, and what came of each."""

from dataclasses import dataclass

import numpy as np

from lrdiag.numerics import FloatArray, row_medians
from lrdiag.signals.curve import Bins, Curve, measure_bins
from lrdiag.signals.robust import running_median

OUTLIER = 6.0  # noises; from there on a row opens an event, and rules decide what it is
RAISED = 3.0  # noises, half of OUTLIER; a row that is looked at, or still belongs to a spike
CALM_ROWS = 5  # rows whose median must be back before a spike is over
START_SHARE = 0.02  # of the rows; what jumps there is judged as a start
START_ROWS = 20
BACK_NOISES = 2.0  # above the level before
BACK_HEIGHT = 0.05  # of the height; a tail that small takes as long again and costs nothing
BACK_DROP = 0.02  # of the drop
AGREEING_BINS = 11  # bins; a spread of 40 rows is off by 20 %, in a heavy-tailed loss by half
MOST_EVENTS = 5000
MOST_NOISES = 1e99  # of a height; a quotient stays finite
COARSE_FROM = 20_000  # rows; longer logs are also looked at in 2,000 means, for wide spikes
COARSE_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Spike:
    """One jump of the loss.

    Attributes:
        start: The first step of the jump.
        end: The first step that is back, or the last of the run.
        peak_step: Where it is highest.
        peak: The loss there.
        before: The level before.
        after: The level that follows: where it settles, or the end of the run.
        noise: One noise, there.
        rows: How many rows the loss stayed away.
        back: Whether it came back to the level before.
    """

    start: float
    end: float
    peak_step: float
    peak: float
    before: float
    after: float
    noise: float
    rows: int
    back: bool

    @property
    def height(self) -> float:
        """The peak above the level before."""
        return self.peak - self.before

    @property
    def noises(self) -> float:
        """The height in noises."""
        return min(self.height / self.noise, MOST_NOISES)


def find_spikes(curve: Curve) -> tuple[Spike, ...]:
    """Find every row that stands OUTLIER noises above what came before it, as events in order."""
    fine = _events(curve.steps, curve.raw, _row_noise(curve.bins), curve.drop)
    if len(curve) <= COARSE_FROM:
        return fine
    edges = np.linspace(0, len(curve), COARSE_ROWS + 1).astype(np.intp)
    means = np.add.reduceat(curve.raw, edges[:-1]) / np.diff(edges)
    steps = curve.steps[edges[:-1]]
    bins = measure_bins(steps, means)
    wide = _events(steps, means, _row_noise(bins), curve.drop)
    wide = tuple(one for one in wide if one.rows >= CALM_ROWS)
    alone = [one for one in fine if not any(w.start <= one.start <= w.end for w in wide)]
    return tuple(sorted((*wide, *alone), key=lambda one: one.start))


def _row_noise(bins: Bins) -> FloatArray:
    """Return the noise at each row; neighbouring bins agree on it, so that luck does not count."""
    return np.repeat(running_median(bins.noise, AGREEING_BINS), np.diff(bins.first))


def _events(
    steps: FloatArray, raw: FloatArray, noise: FloatArray, drop: float
) -> tuple[Spike, ...]:
    block = int(np.clip(len(raw) // 50, 5, 50))
    skip = max(START_ROWS, int(START_SHARE * len(raw)))
    if len(raw) < skip + 2 * block:
        return ()
    quiet = np.minimum(noise, _shift(noise, 3 * block))
    level = _level_before(raw, block)
    raised = np.flatnonzero(raw > level + RAISED * quiet)
    crowd = np.searchsorted(raised, raised + CALM_ROWS) - np.arange(len(raised))
    found: list[Spike] = []
    free = skip
    for row, among in zip(raised, crowd, strict=True):
        if row < free or len(found) == MOST_EVENTS:
            continue
        unit = float(quiet[row])
        if among <= CALM_ROWS // 2:
            if raw[row] - level[row] > OUTLIER * unit:
                found.append(_lone(steps, raw, int(row), float(level[row]), unit))
            continue
        before = float(np.median(raw[max(0, row - 2 * block) : row]))
        if raw[row] - before > OUTLIER * unit:
            spike, free = _follow(steps, raw, int(row), before, unit, drop)
            found.append(spike)
    return tuple(found)


def _lone(steps: FloatArray, raw: FloatArray, row: int, before: float, unit: float) -> Spike:
    """Return a jump of one or two rows among calm ones."""
    after = min(row + 1, len(raw) - 1)
    return Spike(
        start=float(steps[row]),
        end=float(steps[after]),
        peak_step=float(steps[row]),
        peak=float(raw[row]),
        before=before,
        after=float(raw[after]),
        noise=unit,
        rows=1,
        back=row < len(raw) - 1,
    )


def _shift(values: FloatArray, by: int) -> FloatArray:
    """Return the values ``by`` places earlier: the noise as it was before a spike began."""
    return np.concatenate((np.full(by, values[0]), values[:-by]))[: len(values)]


def _level_before(raw: FloatArray, block: int) -> FloatArray:
    """Return, for each row, the median of the two blocks before its own."""
    count = len(raw) // block
    blocks = raw[: count * block].reshape(count, block)
    pairs = np.concatenate((blocks[:-1], blocks[1:]), axis=1)
    medians = row_medians(pairs)
    level = np.concatenate(([medians[0]] * 2, medians))
    return np.repeat(level, block)[: len(raw)]


def _follow(
    steps: FloatArray, raw: FloatArray, row: int, before: float, unit: float, drop: float
) -> tuple[Spike, int]:
    """Walk from the first raised row to the first calm one."""
    top, length, end, back = raw[row], 32, len(raw), False
    while True:
        part = raw[row : row + length]
        top = part.max()
        calm = before + max(BACK_NOISES * unit, BACK_DROP * drop, BACK_HEIGHT * (top - before))
        ahead = running_median(part, CALM_ROWS)[CALM_ROWS // 2 :]
        quiet = np.flatnonzero(ahead[: len(part) - CALM_ROWS + 1] <= calm)
        if len(quiet):
            end, back = row + int(quiet[0]), True
            break
        if row + length >= len(raw):
            break
        length *= 2
    away = raw[row : max(end, row + 1)]
    peak = row + int(np.argmax(away))
    spike = Spike(
        start=float(steps[row]),
        end=float(steps[min(max(end, row + 1), len(raw) - 1)]),
        peak_step=float(steps[peak]),
        peak=float(raw[peak]),
        before=before,
        after=float(np.median(raw[end : end + 4 * CALM_ROWS] if back else raw[-CALM_ROWS:])),
        noise=unit,
        rows=int(np.count_nonzero(away > before + RAISED * unit)),
        back=back,
    )
    return spike, max(end, row + 1) + CALM_ROWS
