"""The examples of the rules as pages show them: a chart with a sentence, and a small curve."""

from functools import cache
from time import sleep

from markupsafe import Markup

from app.pages import ExampleBox, Spark
from app.sparks import spark_of
from lrdiag.examples import EXAMPLES, show_example
from lrdiag.report.svg import draw_svg
from lrdiag.rules import find_rule

WIDTH, HEIGHT = 120, 32
PAUSE = 0.02  # s; as long as one example takes


@cache
def example_box(code: str) -> ExampleBox | None:
    """Return what the page of a rule shows of its example; None where it has none."""
    shown = show_example(code)
    if shown is None:
        return None
    drawing = draw_svg(shown.diagnosis, label=find_rule(code).name, beneath=shown.beneath)
    run = shown.diagnosis.run
    return ExampleBox(
        title=shown.example.title,
        summary=shown.finding.summary,
        severity=shown.finding.severity.word,
        drawing=Markup(drawing),  # made as a tree: every text in it is escaped
        smoothed='class="smooth"' in drawing,
        validated="val_loss" in run,
    )


@cache
def example_spark(code: str) -> Spark | None:
    """Return the small curve of a rule's example; None where it has none."""
    shown = show_example(code)
    return None if shown is None else spark_of(shown.diagnosis, WIDTH, HEIGHT, notes=True)


def example_sparks() -> dict[str, Spark]:
    """Return the small curves of all examples by the codes of their rules."""
    found = {one.code: example_spark(one.code) for one in EXAMPLES}
    return {code: one for code, one in found.items() if one is not None}


def warm_examples() -> None:
    """Make the small curves before someone asks, leaving room for whoever asks for something."""
    for one in EXAMPLES:
        example_spark(one.code)
        sleep(PAUSE)
