"""How lrdiag says a number: one place, so that a page and a terminal never disagree."""

import math

EN_DASH = "–"
MINUS = "−"


def say_rate(value: float, digits: int = 4) -> str:
    """Say a learning rate as it is typed in code: 0.003, 2.8e-5.

    Args:
        value: A finite rate.
        digits: Significant digits to keep at most; trailing zeros are dropped.
    """
    rounded = float(f"{value:.{digits}g}")
    if rounded == 0.0 or 1e-3 <= abs(rounded) < 1e4:
        return f"{rounded:.{digits + 3}f}".rstrip("0").rstrip(".")
    return _scientific(rounded, digits)


def say_loss(value: float | None) -> str:
    """Say a loss, a gradient norm or another measured value with three digits that count."""
    if value is None:
        return EN_DASH
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{MINUS if value < 0 else ''}infinite"
    size = abs(float(f"{value:.3g}"))
    sign = MINUS if value < 0.0 and size else ""
    if size == 0.0:
        return "0"
    if size >= 1e5 or size < 1e-4:
        return sign + _scientific(size, 3)
    places = max(0, 2 - math.floor(math.log10(size)))
    text = f"{size:.{places}f}" if size < 1000.0 else f"{abs(value):,.0f}"
    return sign + (text if size >= 0.01 else text.rstrip("0"))


def say_number(value: float | None) -> str:
    """Say a count or a limit: whole numbers whole, others with three digits at most."""
    if value is None or not math.isfinite(value):
        return say_loss(value)
    if value == round(value) and abs(value) < 1e15:
        return f"{value:,.0f}".replace("-", MINUS)
    text = say_loss(value)
    if "e" in text or "." not in text:
        return text
    return text.rstrip("0").rstrip(".")


def say_step(value: float) -> str:
    """Say where on the x axis: step 1,200, epoch 4.99."""
    return say_number(value) if value == round(value) else f"{value:,.2f}".replace("-", MINUS)


def say_quantity(value: float | None, unit: str) -> str:
    """Say a measurement with its unit, a space between them: ``31.2 noises``, ``18 %``."""
    if unit in {"lr", "rate"} and value is not None and math.isfinite(value):
        return say_rate(value, 3)
    if unit in {"step", "epoch"} and value is not None and math.isfinite(value):
        return f"{unit} {say_step(value)}"
    number = say_number(value)
    return f"{number} {unit}" if unit else number


def say_range(low: str, high: str) -> str:
    """Join two said numbers with an en dash and no spaces; equal ones are said once."""
    return low if low == high else f"{low}{EN_DASH}{high}"


def say_share(part: float, whole: float, of: str) -> str:
    """Say a share with its whole: ``30 % of 800 steps``."""
    percent = 100.0 * part / whole if whole else 0.0
    number = f"{percent:.0f}" if percent >= 10.0 or percent == 0.0 else f"{percent:.1g}"
    return f"{number} % of {say_number(whole)} {of}"


def say_times(value: float) -> str:
    """Say a multiplier with two digits: 2, 3.5, 15, 120."""
    rounded = float(f"{value:.2g}")
    return f"{rounded:,.0f}" if rounded == round(rounded) else f"{rounded:g}"


def count(number: int, noun: str, plural: str = "") -> str:
    """Say how many: ``1 finding``, ``3 findings``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def _scientific(value: float, digits: int) -> str:
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}"
