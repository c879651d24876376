"""How lrdiag says a number: one place, so that rules, charts, pages and a terminal agree.

A measurement has three digits that count; beyond 0.001 and a million it is written as people
type it, 2.8e-5. Rates drop trailing zeros, losses keep them: 0.003, but 2.30.
"""

import math
from collections.abc import Mapping

EN_DASH = "–"
MINUS = "−"
SMALL, HUGE = 1e-3, 1e6  # outside, a measurement is said with an exponent
LONG_STEP = 1e9  # steps below are said in full
FEW_EPOCHS = 10.0  # epochs below have decimals: there a tenth of one is a tenth of the run
MOST_SURE = 0.99  # a verdict that is read from a curve is never beyond doubt
SPELLED = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
X_NAMES: Mapping[str, str] = {"step": "step", "epoch": "epoch", "index": "row"}
"""What one place on the x axis is called, by the unit of the axis."""


def printable(text: str, instead: str = "\N{REPLACEMENT CHARACTER}") -> str:
    """Replace control codes and marks that turn the reading direction: logs name things freely."""
    return "".join(one if one.isprintable() else instead for one in text)


def say_loss(value: float | None, digits: int = 3) -> str:
    """Say a level: 2.30, 0.0107, 1,204, 4.4e-4; NaN as such and nothing as a dash.

    Args:
        value: A loss or another measured value; None where nothing was logged.
        digits: Digits that count; whole numbers are said in full below a million.
    """
    if value is None:
        return EN_DASH
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{MINUS if value < 0 else ''}infinite"
    size = abs(float(f"{value:.{digits}g}"))
    sign = MINUS if value < 0.0 and size else ""
    if size == 0.0:
        return "0"
    if not SMALL <= size < HUGE:
        return sign + _scientific(abs(value), min(digits, 3))
    places = max(0, digits - 1 - math.floor(math.log10(size)))
    return sign + f"{size if places else abs(value):,.{places}f}"


def say_number(value: float | None, digits: int = 3) -> str:
    """Say a measurement or a limit: as a loss, but without trailing zeros: 31.2, 0.5, 8."""
    if value is not None and math.isfinite(value) and value == round(value) and abs(value) < HUGE:
        return f"{value:,.0f}".replace("-", MINUS)
    text = say_loss(value, digits)
    return text if "e" in text else _trim(text)


def say_rate(value: float, digits: int = 3) -> str:
    """Say a learning rate as it is typed in code: 0.003, 2.8e-5, 320.

    Args:
        value: A rate.
        digits: Significant digits to keep at most; a suggested rate has two.
    """
    if not math.isfinite(value):
        return say_loss(value)
    rounded = float(f"{value:.{digits}g}")
    if rounded == 0.0 or SMALL <= abs(rounded) < 1e4:
        return _trim(f"{rounded:.{digits + 3}f}")
    return _scientific(value, digits)


def say_step(value: float, unit: str = "step") -> str:
    """Say a place on the x axis: 12,000; only the first ten epochs have decimals, 4.99.

    Args:
        value: The place.
        unit: What the axis counts: "step", "epoch" or "index".
    """
    if not math.isfinite(value) or abs(value) >= LONG_STEP:
        return say_number(value)
    decimals = unit == "epoch" and abs(value) < FEW_EPOCHS
    text = _trim(f"{value:.2f}") if decimals else f"{value:,.0f}"
    return "0" if text == "-0" else text.replace("-", MINUS)


def say_place(value: float, unit: str = "step") -> str:
    """Say a place with its name: "step 561", "epoch 4.99", "row 40"."""
    return f"{X_NAMES.get(unit, unit)} {say_step(value, unit)}"


def say_length(value: float, unit: str = "step") -> str:
    """Say a part of the x axis: "59 steps", "1 epoch", "40 rows"."""
    text = say_step(value, unit)
    return f"{text} {X_NAMES.get(unit, unit)}{'' if text == '1' else 's'}"


def say_span(first: float, last: float, unit: str = "step") -> str:
    """Say a part of the x axis by its ends: "197–241"; whole steps and rows hold all of it."""
    if unit != "epoch" and math.isfinite(first) and math.isfinite(last):
        first, last = math.floor(first), math.ceil(last)
    return say_range(say_step(first, unit), say_step(last, unit))


def say_quantity(value: float | None, unit: str) -> str:
    """Say a measurement with its unit, a space between them: "31.2 noises", "18 %"."""
    if value is not None and math.isfinite(value):
        if unit in {"lr", "rate"}:
            return say_rate(value)
        if unit in {"step", "epoch"}:
            return say_place(value, unit)
        if unit == "%":
            return say_percent(value)
    number = say_number(value)
    if number == "1":
        unit = unit.removesuffix("s")
    return f"{number} {unit}" if unit else number


def say_logged(value: float | None, role: str) -> str:
    """Say a logged value by the role of its column: a rate, a place on the axis, a level."""
    if value is None or role not in {"lr", "step", "epoch"}:
        return say_loss(value)
    return say_rate(value) if role == "lr" else say_step(value, role)


def say_limit(value: float, unit: str) -> str:
    """Say the limit of a measurement beside it; its unit stands there, but for per cent."""
    return say_percent(value) if unit == "%" else say_number(value)


def say_percent(percent: float) -> str:
    """Say a percentage: "30 %", "4.2 %", "99.5 %"; beyond 1,000 % as "12 times".

    One decimal is said below 10 and within 10 of 100, where it tells values apart.
    """
    if not math.isfinite(percent):
        return f"{say_loss(percent)} %"
    if abs(percent) >= 999.5:
        return f"{say_times(percent / 100.0)} times"
    if 0.0 < abs(percent) < 0.05:
        text = f"{percent:.1g}" if abs(percent) >= SMALL else "0"
    elif abs(percent) < 9.95 or abs(abs(percent) - 100.0) < 10.0:
        text = _trim(f"{percent:.1f}")
    else:
        text = f"{percent:.0f}"
    return f"{text} %".replace("-", MINUS)


def say_share(share: float) -> str:
    """Say a share as a percentage: 0.304 is "30 %"."""
    return say_percent(100.0 * share)


def say_times(value: float) -> str:
    """Say a multiplier with two digits: 2, 3.5, 15, 120, 4.6e18."""
    return say_number(float(f"{value:.2g}"), 2)


def say_range(low: str, high: str) -> str:
    """Join two said numbers with an en dash and no spaces; equal ones are said once."""
    return low if low == high else f"{low}{EN_DASH}{high}"


def say_confidence(value: float) -> str:
    """Say a confidence from 0 to 1 with two decimals, never as 1.00."""
    return f"{min(value, MOST_SURE):.2f}"


def count(number: int, noun: str, plural: str = "") -> str:
    """Say how many: "1 finding", "3 findings", "2 values are NaN"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def spell_count(number: int, noun: str, plural: str = "") -> str:
    """Begin a sentence with how many: "Three spikes", "One spike", "14 spikes"."""
    if 0 <= number < len(SPELLED):
        return f"{SPELLED[number]} {noun if number == 1 else plural or noun + 's'}"
    return count(number, noun, plural)


def join_words(words: list[str]) -> str:
    """Join words as a sentence does: "201", "201 and 303", "201, 303 and 401"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _trim(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _scientific(value: float, digits: int) -> str:
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{_trim(mantissa)}e{int(exponent)}"
