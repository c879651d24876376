"""Text for a chart, made harmless for Plotly."""

import html
import unicodedata

MAX_TEXT = 80  # characters; a longer column name pushes the plot out of its frame


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
