"""Every page, both themes, all widths: nothing sideways, nothing inaccessible, no complaint."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import Newcomer, Visitor

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "vendor" / "axe-4.14.1.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROW, WIDE = 390, 1440
README_PICTURE = {"x": 0.0, "y": 0.0, "width": 1440.0, "height": 1000.0}


def _home(visitor: Visitor) -> None:
    visitor.open_sample("spikes")
    visitor.open_sample("healthy")
    visitor.go("/")


def _rule(visitor: Visitor) -> None:
    visitor.go("/rules/spike-recovers")


def _shared(visitor: Visitor) -> None:
    path = visitor.open_sample("spikes").replace("/d/", "/api/diagnoses/")
    made = visitor.context.request.post(f"{visitor.base}{path}/shares", data={"days": 30})
    visitor.go(made.json()["url"].removeprefix(visitor.base))


def _error(visitor: Visitor) -> None:
    visitor.expect_status(404)
    visitor.go("/d/nothing")


def _refused(visitor: Visitor) -> None:
    rows = "".join(f"{i},{i * i % 11},{i % 7}\n" for i in range(200))
    visitor.go("/")
    visitor.page.fill("textarea", f"episode,reward,length\n{rows}")
    visitor.page.locator(".paste button").click()
    visitor.page.wait_for_url("**/d/*")


def _compare(visitor: Visitor) -> None:
    spikes = visitor.open_sample("spikes").removeprefix("/d/")
    healthy = visitor.open_sample("healthy").removeprefix("/d/")
    broken = visitor.open_sample("not-a-number").removeprefix("/d/")
    visitor.go(f"/compare?d={spikes}&d={healthy}&d={broken}")


PAGES: dict[str, Callable[[Visitor], object]] = {
    "home": _home,
    "diagnosis": lambda visitor: visitor.open_sample("spikes"),
    "not-a-number": lambda visitor: visitor.open_sample("not-a-number"),
    "healthy": lambda visitor: visitor.open_sample("healthy"),
    "refused": _refused,
    "rules": lambda visitor: visitor.go("/rules"),
    "rule": _rule,
    "api": lambda visitor: visitor.go("/api/docs"),
    "shared": _shared,
    "compare": _compare,
    "choose": lambda visitor: visitor.go("/compare"),
    "error": _error,
}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_stands(newcomer: Newcomer, name: str, dark: bool) -> None:
    visitor = newcomer(dark=dark)
    PAGES[name](visitor)
    for width in (WIDE, NARROW, 320):
        visitor.page.set_viewport_size({"width": width, "height": 900})
        visitor.page.wait_for_timeout(100)  # the chart fits itself to its box
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width
        _keep(visitor, f"{name}-{'dark' if dark else 'light'}-{width}")
    visitor.page.set_viewport_size({"width": WIDE, "height": 900})
    assert find_violations(visitor) == []


def test_dialogs_are_accessible(visitor: Visitor) -> None:
    visitor.open_sample("spikes")
    for name in ("share", "report", "delete", "keys"):
        visitor.page.locator(f"[data-dialog={name}]").first.click()
        assert find_violations(visitor, f"#{name}") == []
        _keep(visitor, f"dialog-{name}", whole=False)
        visitor.page.keyboard.press("Escape")


def test_the_picture_of_the_readme(visitor: Visitor) -> None:
    visitor.open_sample("spikes")
    visitor.page.mouse.move(0, 0)
    folder = os.environ.get("LRDIAG_SCREENSHOTS")
    if folder:
        path = Path(folder) / "readme.png"
        visitor.page.set_viewport_size({"width": WIDE, "height": 1000})
        visitor.page.screenshot(path=path, clip=README_PICTURE)  # type: ignore[arg-type]
        assert path.stat().st_size < 300_000


def find_violations(visitor: Visitor, within: str = "") -> list[str]:
    """Return what axe has to say, one line a node."""
    visitor.page.evaluate(AXE.read_text())
    found = visitor.page.evaluate(
        """async ([within, values]) =>
          (await axe.run(within || document, { runOnly: { type: "tag", values } })).violations""",
        [within, TAGS],
    )
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


def _keep(visitor: Visitor, name: str, *, whole: bool = True) -> None:
    folder = os.environ.get("LRDIAG_SCREENSHOTS")
    if folder:
        visitor.page.screenshot(path=Path(folder) / f"{name}.png", full_page=whole)
