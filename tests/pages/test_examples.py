"""The example on a rule's page, in the list of rules, and opened as one's own."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest

from app.settings import Settings
from lrdiag.examples import EXAMPLES, show_example
from lrdiag.rules import find_rule
from tests.app.conftest import running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder: Path = tmp_path_factory.mktemp("data")
    with (
        running(Settings(data=folder)) as running_site,
        running_site.visitor(accept="text/html") as visitor,
    ):
        visitor.follow_redirects = True
        yield visitor


@pytest.mark.parametrize("code", [one.code for one in EXAMPLES])
def test_a_rule_shows_its_example_drawn_and_said(site: httpx.Client, code: str) -> None:
    page, shown = site.get(f"/rules/{code}").text, show_example(code)
    assert shown is not None
    section = page.split('<section class="example"')[1].split("</section>")[0]
    assert shown.finding.summary in unescape(section).replace("\N{NO-BREAK SPACE}", " ")
    drawing = re.search(r"<svg [^>]*class=\"chart\".*?</svg>", section, re.DOTALL)
    assert drawing is not None
    assert "style=" not in drawing[0]
    marked = any(one.span is not None for one in shown.finding.evidence)
    assert (f">{find_rule(code).name}</text>" in drawing[0]) == marked
    assert f'action="/samples/{code}"' in section


def test_what_a_finding_rests_on_is_drawn_beneath_the_loss(site: httpx.Client) -> None:
    assert ">loss scale</text>" in site.get("/rules/GRD503").text
    assert ">learning rate</text>" in site.get("/rules/SCH401").text
    assert 'class="strip"' not in site.get("/rules/LR104").text


def test_the_list_shows_a_small_curve_beside_each_rule(site: httpx.Client) -> None:
    rows = site.get("/rules").text.split('<a href="/rules/')[1:]
    for code in (one.code for one in EXAMPLES):
        row = next(row for row in rows if row.startswith(f'{code}"')).split("</li>")[0]
        assert '<svg class="spark"' in row
        assert re.search(r'<path d="M[\d.]+ [\d.]+L', row)
    assert 'class="hot warning"' in next(row for row in rows if row.startswith('LR104"'))


@pytest.mark.parametrize("code", ["LR104", "CFG603"])  # the second needs what its owner knows
def test_an_example_is_opened_as_a_log_of_ones_own(site: httpx.Client, code: str) -> None:
    opened = site.post(f"/samples/{code}")
    assert opened.url.path.startswith("/d/")
    assert f'href="/rules/{code}"' in opened.text
    assert opened.url.path in site.get(f"/rules/{code}").text


def test_there_is_no_example_of_what_is_no_rule(site: httpx.Client) -> None:
    assert site.post("/samples/LR999").status_code == 404
