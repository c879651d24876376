"""The chart in a real Chromium, under the product's content security policy."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from lrdiag.charts import loss_window, measure_curves
from lrdiag.diagnosis import Diagnosis
from lrdiag.finding import Evidence
from lrdiag.wording import say_loss, say_number, say_rate, say_step
from tests.charts.runs import broken, diagnosed, finding, series, spikes, spiky_loss
from tests.charts.site import served

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium at /usr/bin/chromium"),
]
SWITCHES = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WIDE = (1440, 900)
NARROW = (390, 844)
Y_RANGE = "layout.yaxis.range"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=SWITCHES)
        yield browser
        browser.close()


@contextmanager
def opened(
    chromium: Browser,
    diagnosis: Diagnosis,
    *,
    size: tuple[int, int] = WIDE,
    theme: Literal["light", "dark"] = "light",
) -> Iterator[Page]:
    """Open the chart of a diagnosis; on leaving, check that the browser had nothing to say."""
    said: list[str] = []
    with served(diagnosis) as url:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=theme
        )
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(url)
        page.wait_for_selector(".chart.drawn")
        yield page
        context.close()
    assert said == []


def number(page: Page, expression: str) -> float:
    return float(page.evaluate(f"(gd => gd.{expression})(document.querySelector('.canvas'))"))


def word(page: Page, expression: str) -> str:
    return str(page.evaluate(f"(gd => gd.{expression})(document.querySelector('.canvas'))"))


def numbers(page: Page, expression: str) -> list[float | None]:
    items = page.evaluate(f"(gd => gd.{expression})(document.querySelector('.canvas'))")
    return [None if item is None else float(item) for item in items]


def line(page: Page, role: str, axis: str) -> list[float | None]:
    return numbers(page, f"data.find(t => t.meta === '{role}').{axis}")


def roughness(values: list[float | None]) -> float:
    return sum(abs(b - a) for a, b in pairwise(values) if a is not None and b is not None)


def until(page: Page, condition: str) -> None:
    page.wait_for_function(f"() => {{ const gd = document.querySelector('.canvas'); {condition} }}")


def view(page: Page) -> tuple[float, float]:
    return number(page, "layout.xaxis.range[0]"), number(page, "layout.xaxis.range[1]")


def flags(page: Page) -> list[str]:
    shown = "layout.annotations.filter(a => a.name.startsWith('flag:')).map(a => a.text).join('|')"
    return word(page, shown).split("|")


def drag(page: Page, start: float, end: float, *, down: float = 1.0) -> None:
    """Drag over the plot, from one share of its width to another and some px down."""
    box = page.locator(".canvas").bounding_box()
    assert box is not None
    left, width = box["x"] + 60, box["width"] - 152
    middle = box["y"] + box["height"] / 2
    page.mouse.move(left + start * width, middle)
    page.mouse.down()
    page.mouse.move(left + end * width, middle + down, steps=4)
    page.mouse.up()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("diagnosis", [spikes(), broken()], ids=["spikes", "broken"])
def test_draws_without_a_word_from_the_browser(
    chromium: Browser, diagnosis: Diagnosis, theme: Literal["light", "dark"], size: tuple[int, int]
) -> None:
    with opened(chromium, diagnosis, size=size, theme=theme) as page:
        drawn = page.eval_on_selector_all(
            ".scatterlayer .trace path.js-line", "paths => paths.map(p => p.getAttribute('d'))"
        )
        assert len(drawn) == 4  # raw, smooth, validation and rate
        assert all(path.startswith("M") and len(path) > 10 for path in drawn)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert not page.is_visible(".fallback")


def test_a_theme_change_repaints_and_keeps_the_view(chromium: Browser) -> None:
    with opened(chromium, spikes()) as page:
        drag(page, 0.3, 0.6)
        until(page, "return gd.layout.xaxis.range[0] > 100")
        before, colour = view(page), word(page, "data[1].line.color")
        page.evaluate(
            "document.documentElement.dataset.theme = 'dark';"
            "document.dispatchEvent(new Event('themechange'))"
        )
        until(page, f"return gd.data[1].line.color !== '{colour}'")
        assert view(page) == before


@pytest.mark.parametrize("scale", ["linear", "log"])
@pytest.mark.parametrize("down", [-90.0, 140.0], ids=["up", "down"])
def test_a_slanted_drag_zooms_the_steps_alone(
    chromium: Browser, down: float, scale: Literal["linear", "log"]
) -> None:
    loss = "data.find(t => t.meta === 'raw')"
    with opened(chromium, spikes()) as page:
        page.click(f"[data-y={scale}]")
        until(page, f"return gd.layout.yaxis.type === '{scale}'")
        whole = numbers(page, "layout.yaxis.range")
        drag(page, 0.35, 0.55, down=down)
        until(page, "return gd.layout.xaxis.range[0] > 100")
        low, high = view(page)
        inside = f"{loss}.y.filter((_, i) => gd.{loss}.x[i] >= {low} && gd.{loss}.x[i] <= {high})"
        values = [v for v in numbers(page, inside) if v is not None]
        bottom, top = (v if scale == "linear" else 10**v for v in numbers(page, Y_RANGE) if v)
        assert bottom < min(values) < max(values) < top  # everything in view is in the frame
        assert max(values) - min(values) > 0.6 * (top - bottom)  # and fills it
        page.focus("[data-chart]")
        page.keyboard.press("0")
        until(page, "return gd.layout.xaxis.range[0] < 0")
        assert numbers(page, Y_RANGE) == whole


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_flag_at_the_left_edge_leaves_the_axis_its_name(
    chromium: Browser, size: tuple[int, int]
) -> None:
    early = Evidence("height", 9.0, None, "noises", "train_loss", (0.0, 90.0), 3.0)
    run = diagnosed(
        {"train_loss": series(np.geomspace(900.0, 0.5, 500))}, {"LR103": finding(early)}
    )
    with opened(chromium, run, size=size) as page:
        assert word(page, "layout.yaxis.type") == "log"
        name, flag = box_of(page, "loss,"), box_of(page, "▲ 1")
        assert not overlap(name, flag)
        page.click(".finding[data-n='1'] summary")
        page.click(".finding[data-n='1'] [data-zoom]")
        until(page, "return gd.layout.xaxis.range[1] < 400")
        assert not overlap(box_of(page, "loss,"), box_of(page, "▲ 1"))


def test_a_number_at_the_curve_stands_on_no_line(chromium: Browser) -> None:
    """A flat validation runs where the number of the last peak would stand by itself."""
    loss = spiky_loss()
    peak = int(loss[300:].argmax()) + 300
    high = float(loss[peak])
    bad = Evidence("peak", 24.0, 8.0, "noises", "train_loss", (295.0, 320.0), float(peak))
    run = diagnosed(
        {"train_loss": series(loss), "val_loss": series([high] * 50, np.arange(9, 500, 10))},
        {"LR105": finding(bad)},
    )
    with opened(chromium, run) as page:
        number_box = box_of(page, say_loss(high))
        line = page.evaluate(
            """() => { const path = [...document.querySelectorAll(".scatterlayer .js-line")].at(2);
              const box = path.getBoundingClientRect(); return [box.top, box.bottom]; }"""
        )
        assert number_box["y"] > line[1] or number_box["y"] + number_box["height"] < line[0]


def box_of(page: Page, text: str) -> dict[str, float]:
    """Return where an annotation stands."""
    box = page.locator(".annotation-text-g").filter(has_text=text).first.bounding_box()
    assert box is not None
    return dict(box)  # type: ignore[arg-type]


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    return (
        one["x"] < other["x"] + other["width"]
        and other["x"] < one["x"] + one["width"]
        and one["y"] < other["y"] + other["height"]
        and other["y"] < one["y"] + one["height"]
    )


def test_linear_and_log(chromium: Browser) -> None:
    with opened(chromium, spikes()) as page:
        assert word(page, "layout.yaxis.type") == "linear"
        page.click("[data-y=log]")
        until(page, "return gd.layout.yaxis.type === 'log'")
        assert page.get_attribute("[data-y=log]", "aria-pressed") == "true"
        assert page.get_attribute("[data-y=linear]", "aria-pressed") == "false"
        low, high = number(page, "layout.yaxis.range[0]"), number(page, "layout.yaxis.range[1]")
        assert (
            low < number(page, "layout.annotations.find(a => a.name === 'point:1').y") < high
        )  # in decades, as Plotly wants an annotation on a log axis


def test_epochs_and_back(chromium: Browser) -> None:
    with opened(chromium, spikes()) as page:
        page.click("[data-x=epoch]")
        until(page, "return gd.layout.xaxis.title.text === 'epoch'")
        assert view(page) == pytest.approx((-0.05, 5.04), abs=0.02)
        assert number(page, "layout.shapes[0].x0") == pytest.approx(1.96, abs=0.01)
        drag(page, 0.5, 0.75)
        until(page, "return gd.layout.xaxis.range[0] > 2")
        page.click("[data-x=step]")
        until(page, "return gd.layout.xaxis.title.text === 'step'")
        assert view(page) == pytest.approx((250, 377), abs=6)


def test_smoothing_by_the_slider_is_the_servers_own(chromium: Browser) -> None:
    diagnosis = broken()
    wanted = loss_window(measure_curves(diagnosis), 0, 799, smooth=19)["columns"]["smooth"]
    with opened(chromium, diagnosis) as page:
        slider = page.locator("[data-smooth]")
        widths = page.evaluate(
            "fetch('/chart.json').then(a => a.json()).then(p => p.smooth.widths)"
        )
        slider.fill(str(widths.index(19)))
        until(page, "return document.querySelector('[data-smooth-out]').textContent === '19 steps'")
        until(page, f"return Math.abs(gd.data[1].y[100] - {wanted[100]}) < 1e-4")
        drawn = line(page, "smooth", "y")
        assert [value is None for value in drawn] == [value is None for value in wanted]
        pairs = [(a, b) for a, b in zip(drawn, wanted, strict=True) if b is not None]
        assert all(a == pytest.approx(b, rel=1e-3) for a, b in pairs)


def test_zoom_fetches_the_full_log_and_keeps_its_range(chromium: Browser) -> None:
    with opened(chromium, spikes(50_000)) as page:
        thinned = len(line(page, "raw", "x"))
        drag(page, 0.41, 0.44)
        until(page, "return document.querySelector('.chart').dataset.detail === 'all'")
        low, high = view(page)
        assert 20_200 < low < high < 22_200
        until(page, f"return gd.data[0].x.filter(x => x >= {low} && x <= {high}).length > 1400")
        inside = [x for x in line(page, "raw", "x") if x is not None and low <= x <= high]
        assert inside == list(range(int(low) + 1, int(high) + 1))
        assert view(page) == (low, high)
        page.click("[data-reset]")
        until(page, f"return gd.data[0].x.length === {thinned}")
        assert view(page) == pytest.approx((-500, 50_500), abs=2)


def test_a_wider_line_comes_from_the_full_log(chromium: Browser) -> None:
    with opened(chromium, spikes(200_000)) as page:
        before = line(page, "smooth", "y")
        page.locator("[data-smooth]").press("End")
        until(page, "return !document.querySelector('[data-smooth-out]').textContent.endsWith('…')")
        until(page, f"return gd.data[1].y[700] !== {before[700]}")
        assert roughness(line(page, "smooth", "y")) < 0.7 * roughness(before)


def test_the_list_and_the_chart_are_linked_both_ways(chromium: Browser) -> None:
    with opened(chromium, spikes()) as page:
        widths = "layout.shapes.filter(s => s.name === 'bar:1').map(s => s.line.width)"
        page.hover(".finding[data-n='1']")
        until(page, "return gd.layout.shapes.some(s => s.name === 'bar:1' && s.line.width === 5)")
        assert numbers(page, widths) == [5, 5, 5]
        page.mouse.move(5, 5)
        until(page, "return gd.layout.shapes.every(s => s.line.width !== 5)")
        page.locator(".annotation").filter(has_text="▲ 1b").locator("text").click()
        until(page, "return gd.layout.shapes.some(s => s.name === 'bar:1' && s.line.width === 5)")
        assert page.evaluate("document.activeElement.closest('.finding').dataset.n") == "1"
        assert page.locator(".finding[data-n='1'] details").get_attribute("open") is not None
        page.click(".finding[data-n='1'] [data-zoom]")
        until(page, "return gd.layout.xaxis.range[0] > 100")


def test_next_and_previous_finding_by_key(chromium: Browser) -> None:
    with opened(chromium, spikes()) as page:
        lit = "[...document.querySelectorAll('.finding.lit')].map(f => f.dataset.n).join()"
        for key, expected in (("n", "1"), ("n", "2"), ("n", "3"), ("n", "1"), ("p", "3")):
            page.keyboard.press(key)
            assert page.evaluate(lit) == expected
        # a note has no fill until it is chosen
        until(page, "return gd.layout.shapes.find(s => s.name === 'tint:3').opacity > 0")


def test_the_browser_says_numbers_as_the_library_does(chromium: Browser) -> None:
    numbers = [2.3, 0.0, 12345.6, 4.0217e-4, -3.0, 163204.0, 3.2e6, 99.996, 0.000316227, 4.987]
    script = """async numbers => {
        const said = await import("/static/js/chart/numbers.js");
        const by = [said.sayLoss, said.sayNumber, said.sayRate, said.sayStep];
        return numbers.map(one => by.map(say => say(one)));
    }"""
    with opened(chromium, spikes()) as page:
        assert page.evaluate(script, numbers) == [
            [say_loss(v, 4), say_number(v, 6), say_rate(v), say_step(v, "epoch")] for v in numbers
        ]


def test_reading_by_keys(chromium: Browser) -> None:
    loss = spiky_loss()
    with opened(chromium, spikes()) as page:
        page.focus("[data-chart]")
        page.keyboard.press("Home")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Shift+ArrowRight")
        until(page, "return document.querySelector('.live').textContent.startsWith('step 11,')")
        assert page.inner_text("[data-out=train]") == say_loss(loss[11], 4)
        assert page.inner_text("[data-out=lr]") == "0.003"
        assert page.inner_text("[data-out=val]") == "–"  # the first is logged at step 99
        page.keyboard.press("End")
        assert page.inner_text("[data-out=x]") == "499"
        page.keyboard.press("l")
        until(page, "return gd.layout.yaxis.type === 'log'")
        page.keyboard.press("s")
        until(page, "return document.querySelector('[data-smooth-out]').textContent === 'off'")
        page.keyboard.press("+")
        until(page, "return gd.layout.xaxis.range[0] > 100")
        page.keyboard.press("0")
        until(page, "return gd.layout.xaxis.range[0] < 0")


def test_hovering_reads_the_nearest_step(chromium: Browser) -> None:
    with opened(chromium, spikes()) as page:
        box = page.locator(".canvas").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 60 + 0.41 * (box["width"] - 152), box["y"] + 200)
        until(page, "return +document.querySelector('[data-out=x]').textContent < 230")
        assert 170 < int(page.inner_text("[data-out=x]")) < 230
        assert page.locator(".hovertext").count() == 0  # the readout says it


def test_a_resting_pointer_does_not_overrule_the_keys(chromium: Browser) -> None:
    with opened(chromium, spikes()) as page:
        box = page.locator(".canvas").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 300, box["y"] + 200)
        page.focus("[data-chart]")
        page.keyboard.press("Home")
        page.keyboard.press("ArrowRight")
        until(page, "return gd.layout.xaxis.showspikes === false")
        page.wait_for_timeout(200)  # as long as Plotly takes to hover again after a redraw
        assert page.inner_text("[data-out=x]") == "1"
        page.mouse.move(box["x"] + 320, box["y"] + 200)
        until(page, "return document.querySelector('[data-out=x]').textContent !== '1'")


def test_saving_a_picture(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, broken()) as page:
        with page.expect_download() as download:
            page.click("[data-png]")
        picture = tmp_path / "loss.png"
        download.value.save_as(picture)
    data = picture.read_bytes()
    assert data.startswith(b"\x89PNG")
    assert int.from_bytes(data[16:20], "big") == 2400  # px: 1200, twice as fine


def test_crowded_flags_share_one_until_zoomed(chromium: Browser) -> None:
    steps = range(100, 1000, 60)
    evidence = [
        Evidence("peak", 9.0, None, "noises", "train_loss", (at - 2.0, at + 6.0), at)
        for at in steps
    ]
    run = diagnosed({"train_loss": series(spiky_loss(1000))}, {"LR105": finding(*evidence)})
    with opened(chromium, run, size=NARROW) as page:
        crowded = flags(page)
        assert 1 < len(crowded) < len(steps)
        assert crowded[0].startswith("▲ 1a–")
        page.focus("[data-chart]")
        for _ in range(4):
            page.keyboard.press("+")
        until(page, "return gd.layout.annotations.some(a => /^▲ 1[a-z]$/.test(a.text))")


def test_a_chart_that_cannot_be_drawn_leaves_words(chromium: Browser) -> None:
    refused = diagnosed({})
    with served(refused) as url:
        page = chromium.new_page()
        page.goto(url)
        page.wait_for_selector(".chart.failed")
        assert "tables" in page.inner_text(".fallback")
        page.close()
