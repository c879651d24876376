"""Whole pages as a browser without scripts gets them."""

import html
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import httpx
import numpy as np
import pytest

from app.pages import FIELD_LABELS
from app.settings import Settings
from lrdiag.readers import READERS
from lrdiag.run import Config
from tests.app.conftest import running
from tests.pages.entries import make_log

NBSP = "\N{NO-BREAK SPACE}"
Files = list[tuple[str, tuple[str, bytes]]]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder: Path = tmp_path_factory.mktemp("data")
    with (
        running(Settings(data=folder)) as running_site,
        running_site.visitor(accept="text/html") as visitor,
    ):
        visitor.follow_redirects = True
        yield visitor


def send(site: httpx.Client, *logs: tuple[str, bytes]) -> httpx.Response:
    return site.post("/diagnoses", files=[("files", one) for one in logs])


def text_of(answer: httpx.Response) -> str:
    """Return what stands on a page, tags and ends of lines taken away."""
    body = re.sub(r"<(script|svg|style)\b.*?</\1>", " ", answer.text, flags=re.DOTALL)
    return re.sub(r"[ \n]+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


GOOD, BAD = ("good.csv", make_log()), ("bad.csv", make_log(bad_from=200))


def test_of_several_runs_the_worst_is_opened_and_the_page_says_so(site: httpx.Client) -> None:
    opened = send(site, GOOD, BAD, ("calm.csv", make_log(seed=1)))
    assert "Run 2 of 3, shown first as the worst" in text_of(opened)
    picked = site.get(f"{opened.url.path}?run=0")
    assert "Run 1 of 3 " in text_of(picked)
    assert "as the worst" not in text_of(picked)
    alike = send(site, GOOD, ("calm.csv", make_log(seed=1)))
    assert "Run 1 of 2 " in text_of(alike)


def test_the_list_shows_the_curve_that_its_verdict_is_about(site: httpx.Client) -> None:
    def curve() -> str:
        row = site.get("/").text.split('class="recent')[1].split("<tr>")[2]
        assert "NaN" in row
        return row.split('<path d="')[1].split('"')[0]

    send(site, BAD)
    alone = curve()
    send(site, GOOD, BAD)
    assert curve() == alone


def test_columns_of_a_part_of_a_file_say_what_they_count(site: httpx.Client) -> None:
    noise = np.random.default_rng(0).normal(0.0, 0.02, (2, 200))
    loss = 0.5 + 2.0 * np.exp(-np.arange(200) / 60.0) + noise
    rows = [f"{name},{i},{loss[k, i]:.4f}" for k, name in enumerate("ab") for i in range(200)]
    two = send(site, ("two.csv", "\n".join(["run,step,loss", *rows]).encode()))
    assert "Run 1 of 2" in text_of(two)
    told = "Counted over the whole file, which holds 2 runs."
    assert told in text_of(two).replace(NBSP, " ")
    assert "Counted over" not in text_of(send(site, GOOD, ("good.csv", make_log(250))))


@pytest.mark.parametrize("odd", ["?run=abc", "?run=-1", "/data.csv?run=1e9"])
def test_an_odd_address_is_answered_in_our_words(site: httpx.Client, odd: str) -> None:
    answer = site.get(f"{send(site, GOOD).url.path}{odd}")
    told = text_of(answer)
    assert answer.status_code == 422
    assert f"In this address run is '{odd.split('=')[1]}'" in told
    assert not re.search("valid integer|greater than|openapi|query", told)


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("lr", "fast", "Peak learning rate is 'fast', which is no number."),
        ("lr", "0", "Peak learning rate is 0.0, which no training run has."),
        ("clip_norm", "1,000", "Gradient clip, norm is '1,000', which is no number."),
        ("batch_size", "many", "Batch size, samples is 'many', which is no whole number."),
    ],
)
def test_a_field_is_called_as_the_page_calls_it(
    site: httpx.Client, name: str, typed: str, told: str
) -> None:
    path = send(site, GOOD).url.path
    answer = site.post(f"{path}/config", data={name: typed})
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert re.search(rf'name="{name}"[^>]* value="{re.escape(typed)}"', answer.text)


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [("lr", "0,1", "0.1"), ("lr", "1,5e-4", "0.00015"), ("planned_steps", "10,000", "10000")],
)
def test_numbers_are_read_as_people_type_them(
    site: httpx.Client, name: str, typed: str, kept: str
) -> None:
    path = send(site, GOOD).url.path
    answer = site.post(f"{path}/config", data={name: typed})
    assert re.search(rf'name="{name}"[^>]* value="{re.escape(kept)}"', answer.text)


def test_every_setting_has_a_field_with_a_label(site: httpx.Client) -> None:
    page = send(site, GOOD).text
    for setting in fields(Config):
        assert f'for="c-{setting.name}"' in page
        assert re.search(rf'<(?:input|select) id="c-{setting.name}" name="{setting.name}"', page)
        assert FIELD_LABELS[setting.name] in page


def test_no_number_is_parted_from_its_unit(site: httpx.Client) -> None:
    for log in (GOOD, BAD):
        told = text_of(send(site, log))
        assert f"300{NBSP}steps" in told
        assert not re.findall(r"\d (?:%|steps?|noises?|values?|rows?|times|rules?)(?!\w)", told)


def test_the_report_is_the_diagnosis_as_it_is_kept(site: httpx.Client) -> None:
    path = send(site, GOOD, BAD).url.path
    site.post(f"{path}/config", data={"lr": "0.004"})
    report = f"/api{path.replace('/d/', '/diagnoses/')}/runs/1/report.html"
    answer = site.get(report)
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''bad.html"
    assert answer.text.startswith("<!doctype html>")
    assert "NaN from step 200" in text_of(answer).replace(NBSP, " ")
    assert site.get(report.replace("/1/", "/2/")).status_code == 404
    with httpx.Client(base_url=site.base_url, trust_env=False) as stranger:
        assert stranger.get(report).status_code == 404


def test_the_formats_are_listed_with_their_files_and_the_limits(site: httpx.Client) -> None:
    told = text_of(site.get("/formats")).replace(NBSP, " ")
    tools = [tool for reader in READERS for tool in reader.tools]
    said = [word for tool in tools for word in (tool.name, tool.file, tool.note)]
    assert [word for word in said if word not in told] == []
    assert "Columns of a table 2,000" in told
    assert f"{len({tool.name for tool in tools})} tools" in told
    assert f"{len({tool.name for tool in tools})} tools" in text_of(site.get("/"))
