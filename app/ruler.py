"""The ruler under the advice: today's rate and the range to try, on a logarithmic axis.

Geometry only, in the units of the template's viewBox (400 wide); no colour and no style.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from lrdiag.wording import say_range, say_rate, say_times

Say = Callable[[float], str]

LEFT, RIGHT = 8.0, 392.0
LABEL_ROOM = 62.0  # half the width of the longest label, in units of the viewBox
MARGIN = 0.15  # decades kept free outside today's rate and the range
MOST_LABELS = 6  # a wider axis labels every second or third decade


@dataclass(frozen=True, slots=True)
class Tick:
    """A stroke of the axis; a decade also has a text."""

    x: float
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Ruler:
    """Where to draw what; ``low`` or ``today`` is None where there is none to draw.

    Attributes:
        label: The same in one sentence, for those who do not see it.
        covered: Whether today's rate lies inside the range.
    """

    label: str
    ticks: tuple[Tick, ...]
    today: float | None
    low: float | None
    width: float
    text: str
    text_x: float
    covered: bool


def rate_ruler(today: float, lr: tuple[float, float] | None) -> Ruler | None:
    """Draw today's rate, and the range to try where there is one; None below zero."""
    values = (today, *(lr or ()))
    if not all(math.isfinite(value) and value > 0.0 for value in values):
        return None
    text = say_range(say_rate(lr[0], 2), say_rate(lr[1], 2)) if lr else ""
    label = f"today {say_rate(today)}" + (f", to try {text}" if lr else "")
    return _draw(today, lr, f"try {text}" if lr else "", label, say_rate)


def factor_ruler(factor: tuple[float, float], move: str) -> Ruler | None:
    """Draw the range of multipliers about today's rate, whatever that is."""
    if not all(math.isfinite(value) and value > 0.0 for value in factor):
        return None
    return _draw(1.0, factor, move, f"today × 1, to try {move}", _say_multiplier)


def _say_multiplier(value: float) -> str:
    return f"÷ {say_times(1.0 / value)}" if value < 0.999 else f"× {say_times(value)}"


def _draw(
    today: float,
    span: tuple[float, float] | None,
    text: str,
    label: str,
    say: Say,
) -> Ruler:
    low, high = sorted(span) if span else (today, today)
    first = math.floor(math.log10(min(low, today)) - MARGIN)
    last = math.ceil(math.log10(max(high, today)) + MARGIN)

    def x(value: float) -> float:
        share = (math.log10(value) - first) / (last - first)
        return round(LEFT + share * (RIGHT - LEFT), 1)

    middle = math.sqrt(low * high)
    return Ruler(
        label=f"Log scale from {say(10.0**first)} to {say(10.0**last)}: {label}",
        ticks=_ticks(first, last, x, say),
        today=x(today),
        low=x(low) if span else None,
        width=max(2.0, round(x(high) - x(low), 1)) if span else 0.0,
        text=text,
        text_x=min(max(x(middle), LABEL_ROOM), 400.0 - LABEL_ROOM),
        covered=span is not None and low <= today <= high,
    )


def _ticks(first: int, last: int, x: Callable[[float], float], say: Say) -> tuple[Tick, ...]:
    """Return a stroke for 1, 2 … 9 of every decade; labels thin out on a wide axis."""
    every = math.ceil((last - first + 1) / MOST_LABELS)
    ticks = []
    for decade in range(first, last + 1):
        for digit in range(1, 10 if decade < last else 2):
            labelled = digit == 1 and (decade - first) % every == 0
            anchor = "first" if decade == first else "last" if decade == last else ""
            value = digit * 10.0**decade
            ticks.append(Tick(x(value), say(value) if labelled else "", anchor))
    return tuple(ticks)
