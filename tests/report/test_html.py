"""The report in one file: it stands alone, and nothing in a log becomes markup."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest

from lrdiag.finding import CannotTell
from lrdiag.report.html import diagnosis_to_fragment, diagnosis_to_page
from lrdiag.report.svg import HEIGHT, WIDTH, draw_svg
from lrdiag.run import Column, Series
from tests.report.examples import (
    LOWER,
    SPIKES,
    STILL,
    TOO_SHORT,
    falling,
    make_diagnosis,
    make_run,
    refused,
)

EVIL = '"><script>alert(1)</script>{{ 7 * 7 }}{% raw %}<img src=x onerror=alert(2)>\x1b[2J'
VOID = {"meta", "br"}


class Reading(HTMLParser):
    """What a browser would make of a page: its elements, attributes and words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_a_page_holds_what_the_terminal_holds() -> None:
    page = diagnosis_to_page(make_diagnosis({"LR104": SPIKES, "LR115": STILL}, LOWER))
    words = " ".join(" ".join(Reading(page).words).split())
    for part in (
        "The learning rate is probably a little too high: three spikes",
        "0.003 → 0.001–0.0015",
        "divide by 2 to 3",
        "confidence 0.86",
        "LR104 spike-recovers, warning",
        "31.2 noises",
        "Clip the gradient at 0.6.",
        "Still falling when the log ends",
        "no divergence end 0.09 above best",
        "Say the number of classes.",
        "train_loss",
    ):
        assert part in words


def test_rules_that_lack_the_same_share_a_line() -> None:
    why = CannotTell(("50 rows of train_loss",), "It takes 50 values.")
    page = diagnosis_to_page(replace(make_diagnosis(), skipped={"LR104": why, "LR114": why}))
    line = "○ LR104 spike-recovers, LR114 hard-batches <span>It takes 50 values.</span>"
    assert page.count("It takes 50 values.") == page.count(line) == 1


def test_a_page_stands_alone() -> None:
    page = diagnosis_to_page(make_diagnosis({"LR104": SPIKES}, LOWER))
    assert "script" not in Reading(page).tags
    assert not re.search(r"""(?:src|href|url)\s*[=(]""", page)
    assert set(re.findall(r"https?://[^\s\"'<>]+", page)) == {"http://www.w3.org/2000/svg"}
    assert page.startswith("<!doctype html>")


@pytest.mark.parametrize("make", [diagnosis_to_page, diagnosis_to_fragment])
def test_nothing_in_a_log_becomes_markup(make: object) -> None:
    assert callable(make)
    plain_tags = Reading(make(make_diagnosis({"LR104": SPIKES}, LOWER))).tags
    run = replace(make_run(), name=EVIL, notes=(EVIL,))
    column = Column(EVIL, "ignore", 1.0, EVIL, 1, None, None, 0)
    run = replace(run, columns=(*run.columns, column))
    spikes = replace(
        SPIKES,
        summary=EVIL,
        cause=EVIL,
        evidence=tuple(replace(one, label=EVIL, unit=EVIL) for one in SPIKES.evidence),
        fixes=tuple(replace(one, action=EVIL, reason=EVIL) for one in SPIKES.fixes),
    )
    page = make(make_diagnosis({"LR104": spikes}, replace(LOWER, reason=EVIL), run=run))
    reading = Reading(page)
    assert reading.tags <= plain_tags | {"p"}
    assert not {name for name in reading.attributes if name.startswith("on")}
    assert "\x1b" not in page
    assert "{{ 7 * 7 }}" in "".join(reading.words)


def test_every_state_has_a_page() -> None:
    broken = falling()
    broken[:] = np.nan
    for one in (
        make_diagnosis(),
        refused(),
        make_diagnosis({"LOG901": TOO_SHORT}, run=make_run(18), status="inconclusive"),
        make_diagnosis(run=make_run(train_loss=broken)),
        make_diagnosis(run=replace(make_run(), series={})),
    ):
        assert Reading(diagnosis_to_page(one)).open == []
        assert Reading(diagnosis_to_fragment(one)).open == []


def test_the_picture_is_xml_with_curves_inside_its_frame() -> None:
    broken = falling()
    broken[200:220] = np.nan
    one = make_diagnosis({"LR104": SPIKES}, LOWER, run=make_run(train_loss=broken))
    svg = ElementTree.fromstring(draw_svg(one))
    space = "{http://www.w3.org/2000/svg}"
    title = svg.find(f"{space}title")
    assert title is not None
    assert title.text
    assert "style" not in draw_svg(one)
    roles = {element.get("class") for element in svg.iter(f"{space}path")}
    assert {"raw", "smooth", "val", "grid", "error"} <= roles
    for path in svg.iter(f"{space}path"):
        numbers = [float(one) for one in re.findall(r"-?[\d.]+", path.get("d") or "")]
        assert all(0 <= x <= WIDTH for x in numbers[::2])
        assert all(0 <= y <= HEIGHT for y in numbers[1::2])
    raw = next(one for one in svg.iter(f"{space}path") if one.get("class") == "raw")
    assert (raw.get("d") or "").count("M") == 2


def test_a_million_values_make_a_small_picture() -> None:
    steps = np.arange(1_000_000, dtype=np.float64)
    noise = np.random.default_rng(0).normal(1.0, 0.1, len(steps))
    run = replace(make_run(), series={"train_loss": Series(steps, noise)})
    assert len(draw_svg(make_diagnosis(run=run))) < 60_000


def test_no_loss_no_picture() -> None:
    assert draw_svg(make_diagnosis(run=replace(make_run(), series={}))) == ""
