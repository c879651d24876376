"""Text and numbers for a chart: safe for Plotly, and said as people type them."""

import html
import math
import unicodedata

MAX_TEXT = 80  # characters; a longer column name pushes the plot out of its frame
MINUS = "−"


def plot_text(text: str, limit: int = MAX_TEXT) -> str:
    """Make text from a log harmless as Plotly text.

    Plotly reads a small HTML in names, titles and annotations (a column named as a link
    became a live link) and ``%{...}`` in templates, so both are escaped. Quotes are
    not: Plotly would show ``&quot;`` as it stands. Control characters and those that turn
    the reading direction go; white space becomes single spaces.

    Args:
        text: Anything.
        limit: Characters to keep, counted before escaping.
    """
    kept = "".join(
        " " if one.isspace() else one
        for one in text
        if one.isspace() or not unicodedata.category(one).startswith("C")
    )
    short = " ".join(kept.split())
    if len(short) > limit:
        short = short[: limit - 1].rstrip() + "…"
    return html.escape(short, quote=False).replace("%{", "%&#123;")


def say_value(value: float | None, digits: int = 4) -> str:
    """Say a loss or a norm: 2.243, 1,204, 4.02e-4; NaN as such, nothing as a dash."""
    if value is None:
        return "–"
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{MINUS if value < 0 else ''}infinite"
    size = abs(float(f"{value:.{digits}g}"))
    sign = MINUS if value < 0.0 and size else ""
    if size == 0.0 or 1e-3 <= size < 1e6:
        places = digits - 1 - math.floor(math.log10(size)) if size else 0
        return sign + _trim(f"{size:,.{max(0, places)}f}")
    return sign + _scientific(size, min(digits, 3))


def say_short(value: float) -> str:
    """Say a finite number that stands alone at a curve, with three digits: 3.10."""
    text = say_value(value, 3)
    size = abs(value)
    if "e" in text or not 1e-3 <= size < 100.0:
        return text
    places = 2 - math.floor(math.log10(float(f"{size:.3g}")))
    return f"{value:.{max(0, places)}f}".replace("-", MINUS)


def say_rate(value: float) -> str:
    """Say a learning rate as it is typed in code: 0.003, 2.8e-5."""
    size = float(f"{value:.2g}")
    return _trim(f"{size:.6f}") if size == 0.0 or 1e-3 <= size < 1e4 else _scientific(size, 2)


def say_step(value: float) -> str:
    """Say a place on the x axis: 12,000 or 4.99."""
    whole = value == round(value)
    return (f"{value:,.0f}" if whole else _trim(f"{value:,.2f}")).replace("-", MINUS)


def count(number: int, one: str, many: str) -> str:
    """Say how many: ``1 value is``, ``239 values are``."""
    return f"{number:,} {one if number == 1 else many}"


def _trim(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _scientific(size: float, digits: int) -> str:
    mantissa, exponent = f"{size:.{digits - 1}e}".split("e")
    return f"{_trim(mantissa)}e{int(exponent)}"
