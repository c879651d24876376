"""A link shows one diagnosis to anyone, until it is ended; a stranger sees nothing else."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Newcomer, Visitor

pytestmark = pytest.mark.browser


def share(owner: Visitor, *, hide_name: bool = True) -> str:
    """Make a link in the dialog and return it."""
    owner.page.get_by_role("button", name="Share").click()
    owner.page.get_by_label("Hide names").set_checked(hide_name)
    owner.page.get_by_role("button", name="Make a link").click()
    field = owner.page.locator("#sh-link")
    expect(field).to_be_visible()
    return field.input_value()


def test_a_stranger_sees_the_shared_diagnosis_and_nothing_else(newcomer: Newcomer) -> None:
    owner, stranger = newcomer(), newcomer()
    path = owner.open_sample("spikes")
    headline = owner.page.locator("h1").inner_text()
    link = share(owner)
    assert re.fullmatch(rf"{owner.base}/s/[\w-]{{22,}}", link)

    assert stranger.go(link.removeprefix(owner.base)) == 200
    expect(stranger.page.locator("h1")).to_have_text(headline)
    expect(stranger.page.locator(".chart.drawn")).to_be_visible()
    expect(stranger.page.locator(".banner")).to_contain_text("read-only")
    html = stranger.page.content()
    for secret in (
        "gpt-three-spikes",
        path.removeprefix("/d/"),
        "/api/",
        "<form",
        "Tell it more",
    ):
        body = html if secret != "<form" else html.replace('<form method="dialog"', "")
        assert secret not in body
    assert stranger.page.locator("nav[aria-label=Main]").count() == 0

    stranger.expect_status(404)
    assert stranger.go(path) == 404
    expect(stranger.page.locator("h1")).not_to_be_empty()
    assert (
        stranger.context.request.get(f"{owner.base}/api{path.replace('/d/', '/diagnoses/')}").status
        == 404
    )


def test_an_ended_link_says_so(newcomer: Newcomer) -> None:
    owner, stranger = newcomer(), newcomer()
    owner.open_sample("spikes")
    link = share(owner).removeprefix(owner.base)
    assert stranger.go(link) == 200
    owner.page.get_by_role("button", name="End this link").click()
    expect(owner.page.locator("[data-share-none]")).to_be_visible()
    expect(owner.page.locator("#sh-link")).to_be_hidden()
    stranger.expect_status(410)
    assert stranger.go(link) == 410
    expect(stranger.page.locator("h1")).to_contain_text("ended")


def test_links_are_listed_after_the_page_comes_back(visitor: Visitor) -> None:
    visitor.open_sample("spikes")
    link = share(visitor)
    visitor.page.reload()
    visitor.settle()
    visitor.page.get_by_role("button", name="Share").click()
    expect(visitor.page.locator("[data-share-links] li")).to_have_count(1)
    assert link.rsplit("/", 1)[1] not in visitor.page.content()  # the address is told only once


def test_a_link_may_show_the_name(newcomer: Newcomer) -> None:
    owner, stranger = newcomer(), newcomer()
    owner.open_sample("spikes")
    stranger.go(share(owner, hide_name=False).removeprefix(owner.base))
    expect(stranger.page.locator(".runhead .file")).to_have_text("gpt-three-spikes.csv")


def test_an_unknown_link_is_not_found(visitor: Visitor) -> None:
    visitor.expect_status(404)
    assert visitor.go("/s/Qm3vX0c2Rk8yTz5aLw7nPg") == 404
    assert visitor.page.locator("nav[aria-label=Main]").count() == 0
