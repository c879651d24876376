"""A real browser before a real server; every complaint of the browser fails the test."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from app.settings import STATIC, Settings
from tests.app.conftest import running

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
TELL_VIOLATIONS = """document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));"""
PATIENCE = 20_000  # milliseconds; two cores shared with everything else


@dataclass(slots=True)
class Visitor:
    """A person at a browser that nobody has seen before.

    Attributes:
        page: The open tab.
        base: The server's address.
        complaints: What the console said in red, or the policy refused, in this browser.
        forgiven: Parts of complaints that a test brings about on purpose.
    """

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)
    forgiven: list[str] = field(default_factory=list)

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def go(self, path: str) -> int:
        """Open a path, wait for its chart if it has one, and return the status."""
        answer = self.page.goto(self.base + path)
        assert answer is not None
        self.settle()
        return answer.status

    def settle(self) -> None:
        """Wait until the chart stands, where there is one."""
        if self.page.locator("[data-chart]").count():
            self.page.wait_for_selector(".chart.drawn")

    def open_sample(self, name: str) -> str:
        """Open a sample from the home page and return the path of its diagnosis."""
        self.go("/")
        self.page.locator(f"form[action='/samples/{name}'] button").click()
        self.page.wait_for_url("**/d/*")
        self.settle()
        return self.path

    @property
    def path(self) -> str:
        """The path of the open page, without query and fragment."""
        return str(self.page.evaluate("location.pathname"))

    def expect_status(self, status: int) -> None:
        """Allow the console to tell of an answer that the test asks for."""
        self.forgiven.append(f"status of {status}")

    @property
    def unforgiven(self) -> list[str]:
        """What is left to complain about."""
        return [c for c in self.complaints if not any(part in c for part in self.forgiven)]


Newcomer = Callable[..., Visitor]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("LRDIAG_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        tell = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        tell("There is no Chromium; set LRDIAG_CHROMIUM to its path.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(Settings(data=tmp_path_factory.mktemp("data"))) as site:
        yield site.url


@pytest.fixture
def newcomer(browser: Browser, base: str) -> Iterator[Newcomer]:
    """Makes visitors; at the end none of them may have anything to complain about."""
    visitors: list[Visitor] = []

    def come(*, width: int = 1440, dark: bool = False, scripts: bool = True) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            accept_downloads=True,
        )
        context.set_default_timeout(PATIENCE)
        context.add_init_script(TELL_VIOLATIONS)
        visitor = Visitor(context.new_page(), base)
        page = visitor.page
        page.on(
            "console",
            lambda said: visitor.complaints.append(said.text) if said.type == "error" else None,
        )
        page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        page.on("dialog", lambda dialog: _refuse(visitor, dialog.message, dialog.dismiss))
        visitors.append(visitor)
        return visitor

    yield come
    complaints = [one for visitor in visitors for one in visitor.unforgiven]
    for visitor in visitors:
        visitor.context.close()
    assert complaints == []


def _refuse(visitor: Visitor, message: str, dismiss: Callable[[], None]) -> None:
    visitor.complaints.append(f"dialog: {message}")
    dismiss()


@pytest.fixture
def visitor(newcomer: Newcomer) -> Visitor:
    return newcomer()


@pytest.fixture(scope="session")
def log() -> Path:
    """A log whose rate is too high."""
    return STATIC / "samples" / "gpt-three-spikes.csv"
