"""How the gradient norm goes on after the warmup: whether it grows, vanishes or is held."""

from dataclasses import dataclass

import numpy as np

from lrdiag.numerics import FloatArray
from lrdiag.signals.gradient import Gradient
from lrdiag.signals.robust import Slope, fit_slope
from lrdiag.signals.schedule import Schedule

FIRST_ROWS = 5  # rows; the norm before training changed it is theirs or the first one's
MIDDLE = (0.3, 0.5)  # of the rows; the norm of a run that has found its pace
MOST_ROWS = 20_000  # norms; medians and shares of so many are sure to 1 %
TREND_ROWS = 200  # of the stretch, evenly chosen; a trend of so many is sure to 0.02 decades
END = 0.1  # of the rows
LAST_FIFTH = 0.2  # of the rows; a norm that has vanished stays so
DECAYED = 0.3  # of the peak rate; while a rate decays further, a norm often rises
WARMUP = 0.3  # of the rows; a rate that peaks later than that had no longer warmup
EQUAL = 1e-3  # relative; norms that a clip cut are alike to the digits that are printed
CEILING = 0.95  # of the norms; what a few rows pass is no ceiling
MOST_DECADES = 300.0  # of a norm above or below another


@dataclass(frozen=True, slots=True)
class GradCourse:
    """The gradient norm from the end of the warmup to where the rate has decayed.

    Attributes:
        first: The norm before training changed it: the lower of its first value and the median
            of the first five.
        last_fifth: The median of the last fifth of the run, however small the rate is there.
        middle: The median from 30 to 50 % of this stretch.
        end: The median of its last tenth.
        trend: The trend of the norm from 30 % of it on, in decades over the stretch.
        zeros: The share of all norms that are exactly zero.
        span: The first and the last step of the stretch.
        rows: Norms in it, of very many only those looked at.
    """

    first: float
    last_fifth: float
    middle: float
    end: float
    trend: Slope
    zeros: float
    span: tuple[float, float]
    rows: int

    @property
    def growth(self) -> float:
        """The end over the middle; 0 where the middle is."""
        return _ratio(self.end, self.middle)

    @property
    def left(self) -> float:
        """The last fifth over the first norm; 1 where the first is zero."""
        return _ratio(self.last_fifth, self.first) if self.first > 0.0 else 1.0


@dataclass(frozen=True, slots=True)
class Clipping:
    """How the norms lie to the limit at which they are cut.

    Attributes:
        limit: The limit, as told or as the norms show it.
        share: The share of the norms after the warmup that reach it.
        usual: Their median.
        flat: Whether the log holds the norms after the cut.
        span: The first and the last step looked at.
    """

    limit: float
    share: float
    usual: float
    flat: bool
    span: tuple[float, float]


def measure_grad_course(gradient: Gradient, schedule: Schedule | None) -> GradCourse | None:
    """Measure how the norm goes on; None with fewer than ten norms at a full rate."""
    all_steps, norm = _thin(gradient)
    inside = _at_full_rate(all_steps, schedule)
    if inside.stop - inside.start < 1.0 / END:
        return None
    steps, part = all_steps[inside], norm[inside]
    rows = len(part)
    rest = np.linspace(int(MIDDLE[0] * rows), rows - 1, min(rows, TREND_ROWS)).astype(np.intp)
    rest = np.unique(rest)
    decades = np.log10(np.maximum(part[rest], 10.0**-MOST_DECADES))
    return GradCourse(
        first=float(min(norm[0], np.median(norm[:FIRST_ROWS]))),
        last_fifth=float(np.median(norm[-max(1, int(LAST_FIFTH * len(norm))) :])),
        middle=float(np.median(part[int(MIDDLE[0] * rows) : int(MIDDLE[1] * rows)])),
        end=float(np.median(part[-int(END * rows) :])),
        trend=fit_slope((steps[rest] - steps[0]) / (steps[-1] - steps[0]), decades),
        zeros=float(np.mean(norm == 0.0)),
        span=(float(steps[0]), float(steps[-1])),
        rows=rows,
    )


def measure_clipping(
    gradient: Gradient, schedule: Schedule | None, told: float | None
) -> Clipping | None:
    """Measure how many norms reach the limit; None without a limit or a norm after the warmup."""
    steps, norm = _thin(gradient)
    begin = 0 if schedule is None else int(np.searchsorted(steps, schedule.warmup_end))
    begin = min(begin, int(WARMUP * len(norm)))
    steps, norm = steps[begin:], norm[begin:]
    if len(norm) == 0:
        return None
    top = float(np.quantile(norm, CEILING))
    alike = np.abs(norm - top) <= EQUAL * abs(top)
    flat = bool(top > 0.0 and np.mean(alike) >= 0.5)
    limit = told or (top if flat else None)
    if limit is None:
        return None
    return Clipping(
        limit=limit,
        share=float(np.mean(norm >= (1.0 - EQUAL) * limit)),
        usual=float(np.median(norm)),
        flat=flat,
        span=(float(steps[0]), float(steps[-1])),
    )


def _thin(gradient: Gradient) -> tuple[FloatArray, FloatArray]:
    """Return steps and norms, of very many only every so many."""
    every = max(1, len(gradient.norm) // MOST_ROWS)
    return gradient.steps[::every], gradient.norm[::every]


def _at_full_rate(steps: FloatArray, schedule: Schedule | None) -> slice:
    if schedule is None:
        return slice(0, len(steps))
    high = schedule.steps[schedule.lr >= DECAYED * schedule.peak]
    begin = int(np.searchsorted(steps, schedule.warmup_end))
    return slice(begin, max(begin, int(np.searchsorted(steps, high[-1], side="right"))))


def _ratio(above: float, below: float) -> float:
    """Return a quotient that stays finite."""
    if above <= 0.0 or below <= 0.0:
        return 0.0
    decades = np.log10(above) - np.log10(below)
    return float(10.0 ** np.clip(decades, -MOST_DECADES, MOST_DECADES))
