"""Several runs together: from the upload to the best rate, with and without scripts."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.cli.command import csv_of
from tests.comparison.runs import falling
from tests.e2e.conftest import Newcomer, Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def sweep(tmp_path: Path) -> list[Path]:
    """Four logs whose names tell the rate; the highest diverges."""
    paths = []
    ends = {"1e-3": 1.2, "1e-2": 0.3, "1e-1": 0.9, "1": 0.5}
    for k, (rate, end) in enumerate(ends.items()):
        loss = falling(end, seed=k, noise=0.05)
        if rate == "1":
            loss[100:] = np.nan
        path = tmp_path / f"lr{rate}.csv"
        path.write_bytes(csv_of(step=np.arange(300.0), train_loss=loss))
        paths.append(path)
    return paths


def upload(visitor: Visitor, *paths: Path) -> None:
    visitor.go("/")
    visitor.page.set_input_files("#files", list(paths))
    visitor.page.wait_for_url("**/d/*")
    visitor.settle()


def drawn(visitor: Visitor) -> int:
    """Return how many lines stand in the overlay."""
    return int(visitor.page.locator("[data-chart=overlay] .scatterlayer .trace").count())


def test_a_sweep_is_compared_and_its_lines_follow_the_pointer(
    visitor: Visitor, sweep: list[Path]
) -> None:
    upload(visitor, *sweep)
    visitor.page.get_by_role("link", name="Compare the 4 runs").click()
    visitor.page.wait_for_url("**/compare?d=*")
    expect(visitor.page.locator(".chart.drawn")).to_have_count(2)
    expect(visitor.page.locator("h1")).to_contain_text("The best of 4 rates is 0.01;")
    expect(visitor.page.locator("tr.best")).to_contain_text("lr1e-2")
    assert drawn(visitor) == 5  # four lines, and the cross where one ends
    lines = visitor.page.locator(".lines button")
    expect(lines).to_have_count(4)
    assert len({one.get_attribute("stroke") for one in lines.locator("path").all()}) == 4

    visitor.page.locator("tr[data-run='2']").hover()
    expect(visitor.page.locator("tr.lit")).to_have_count(1)
    lines.nth(1).click()
    expect(lines.nth(1)).to_have_attribute("aria-pressed", "true")
    chart = visitor.page.locator("[data-chart=overlay]")
    chart.focus()
    chart.press("Home")
    expect(visitor.page.locator("[data-out=x]")).to_have_text("0")
    expect(visitor.page.locator(".live").first).to_contain_text("step 0, lr1e-2 2.")
    chart.press("l")
    expect(visitor.page.locator("[data-y=log]")).to_have_attribute("aria-pressed", "true")
    visitor.page.locator(".plot label", has_text="Each value").click()
    expect(visitor.page.locator("[data-chart=overlay] .scatterlayer .trace")).to_have_count(9)


def test_logs_are_chosen_by_boxes_also_without_scripts(
    newcomer: Newcomer, sweep: list[Path]
) -> None:
    plain = newcomer(scripts=False, width=390)
    for path in sweep[:2]:
        plain.page.goto(plain.base)
        plain.page.fill("textarea", path.read_text())
        plain.page.locator(".paste button").click()
    plain.page.goto(plain.base)
    for box in plain.page.locator(".recent input[type=checkbox]").all():
        box.check()
    plain.page.get_by_role("button", name="Compare the chosen").click()
    expect(plain.page.locator("h1")).to_contain_text("The second run ends lower")
    expect(plain.page.locator(".compared tbody tr")).to_have_count(2)
    plain.page.get_by_role("link", name="Swap before and after").click()
    expect(plain.page.locator("h1")).to_contain_text("The second run ends higher")
