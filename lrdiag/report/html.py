"""A diagnosis as HTML that needs no server, no network and no scripts.

``diagnosis_to_page`` is a whole file to keep or to mail, ``diagnosis_to_fragment`` what a
notebook shows. Both are filled from the JSON entry, so that they say what every face says; the
templates escape everything, for names of columns come from strangers' logs.
"""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from lrdiag.diagnosis import Diagnosis
from lrdiag.report.json import run_to_json
from lrdiag.report.svg import draw_svg
from lrdiag.report.words import group_reasons
from lrdiag.wording import (
    printable,
    say_confidence,
    say_limit,
    say_loss,
    say_number,
    say_quantity,
    say_rate,
    say_span,
    say_step,
)

TEMPLATES = Path(__file__).parent / "templates"
SIGNS = {"error": "◆", "warning": "▲", "note": "●", "ok": "✓", "unknown": "○"}


@cache
def environment() -> Environment:
    """Return the environment of the templates beside this file."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: printable(value) if type(value) is str else value,
    )
    made.globals["signs"] = SIGNS
    made.filters |= {
        "confidence": say_confidence,
        "limit": say_limit,
        "loss": say_loss,
        "number": say_number,
        "quantity": say_quantity,
        "rate": say_rate,
        "step": say_step,
        "span": say_span,
    }
    return made


def diagnosis_to_page(diagnosis: Diagnosis) -> str:
    """Return a whole page: chart, verdict, advice, findings, what was cleared and what not."""
    return _render("page.html", diagnosis)


def diagnosis_to_fragment(diagnosis: Diagnosis) -> str:
    """Return chart, verdict, advice and findings, for the inside of another page."""
    return _render("fragment.html", diagnosis)


def _render(name: str, diagnosis: Diagnosis) -> str:
    # The picture is made of numbers and escaped text by an XML writer: it is the one thing
    # that the templates take as it is.
    chart = Markup(draw_svg(diagnosis))
    run = run_to_json(diagnosis)
    unanswered = group_reasons(
        (f"{code} {one['name']}", one["why"]) for code, one in run["skipped_why"].items()
    )
    return environment().get_template(name).render(run=run, chart=chart, unanswered=unanswered)
