"""The loss axis: linear or logarithmic, from where to where, and where its ticks stand."""

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from lrdiag.charts.curves import Curves
from lrdiag.numerics import FloatArray
from lrdiag.wording import say_number, say_rate

Range = tuple[float, float]

WIDE = 2.0  # decades; beyond, a linear axis shows the start and nothing else
HEADROOM = 0.16  # of the axis: room for the marks of values that are no number, and their count
LOW = 0.004  # quantile at the foot of a log axis: lone values near zero would squash the curve


@dataclass(frozen=True, slots=True)
class LossScale:
    """How the loss axis can be shown.

    Attributes:
        default: The scale to start with.
        possible: Whether a logarithmic axis shows anything.
        hidden: How many logged losses are not positive and so miss on a logarithmic axis.
        linear: The range of the linear axis.
        logarithmic: The range of the logarithmic axis, in decades.
    """

    default: Literal["linear", "log"]
    possible: bool
    hidden: int
    linear: Range
    logarithmic: Range

    def height_of(self, loss: float) -> float:
        """Return where on the axis a loss stands, from 0 at the foot to 1 at the top."""
        low, high = self.linear
        if self.default == "log":
            (low, high), loss = self.logarithmic, math.log10(loss) if loss > 0.0 else -math.inf
        return min(1.0, max(0.0, (loss - low) / (high - low)))

    def to_plain(self) -> dict[str, Any]:
        """Return the scale as plain data."""
        return {
            "scale": self.default,
            "log": self.possible,
            "hidden": self.hidden,
            "linear": [float(f"{v:.6g}") for v in self.linear],
            "logarithmic": [round(v, 4) for v in self.logarithmic],
        }


def choose_scale(curves: Curves) -> LossScale:
    """Choose the axis on which both losses can be read."""
    parts = [one.values for one in (curves.train, curves.val) if one is not None]
    values = np.concatenate(parts) if parts else np.empty(0)
    return scale_for(values, marked=len(curves.nonfinite) > 0)


def scale_for(values: FloatArray, *, marked: bool = False) -> LossScale:
    """Choose the axis on which values can be read.

    Args:
        values: What is drawn; only finite ones count.
        marked: Whether marks of values that are no number need room above.
    """
    values = values[np.isfinite(values)]
    positive = values[values > 0.0]
    room = HEADROOM if marked else 0.0
    linear = _linear(values, room)
    if len(positive) == 0:
        return LossScale("linear", False, len(values), linear, (-1.0, 1.0))
    hidden = len(values) - len(positive)
    low = math.log10(float(np.quantile(positive, LOW)))
    high = math.log10(float(positive.max()))
    wide = high - low > WIDE and values.min() >= 0.0
    if high - low < 0.1:  # a flat loss fills the axis as a band, not as a wall
        low, high = low - 0.1, high + 0.1
    pad = 0.04 * (high - low)
    logarithmic = (low - pad, high + max(pad, room * (high - low)))
    return LossScale("log" if wide else "linear", True, hidden, linear, logarithmic)


def _linear(values: FloatArray, room: float) -> Range:
    if len(values) == 0:
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    if low == high:
        pad = 0.1 * abs(low) or 1.0
        return low - pad, high + pad
    foot = 0.0 if 0.0 <= low < 0.25 * high else low - 0.08 * (high - low)
    return foot, high + max(0.05, room) * (high - low)


def log_ticks(low: float, high: float) -> dict[str, Any]:
    """Return the ticks of a logarithmic axis from ``low`` to ``high`` decades, as arrays.

    Plotly's own are raised powers, which it writes with a style attribute that a strict
    content security policy refuses. Below three decades 2 and 5 get a tick, and below one the
    ticks are those of a linear axis.
    """
    if high - low < 0.8:
        gap = 10.0 ** math.floor(math.log10((10.0**high - 10.0**low) / 2.0))
        first = math.ceil(10.0**low / gap)
        last = math.floor(10.0**high / gap)
        thin = max(1, -(-(last - first) // 6))
        values = [k * gap for k in range(first, last + 1, thin)]
        return _tick_array([float(f"{v:.6g}") for v in values], exact=True)
    digits = (1,) if high - low > 3.0 else (1, 2, 5)
    thin = max(1, math.ceil((high - low) / 8.0))
    decades = range(math.floor(low), math.ceil(high) + 1)
    values = [d * 10.0**k for k in decades if k % thin == 0 for d in digits]
    inside = [v for v in values if low <= math.log10(v) <= high]
    return _tick_array(inside)


def _tick_array(values: list[float], *, exact: bool = False) -> dict[str, Any]:
    words = [say_number(v, 6) if exact else say_rate(v) for v in values]
    return {"tickmode": "array", "tickvals": [float(f"{v:.6g}") for v in values], "ticktext": words}
