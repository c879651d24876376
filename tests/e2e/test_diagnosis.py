"""The diagnosis page: chart and list linked, corrections, downloads, deletion, keys."""

import math
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Newcomer, Visitor

pytestmark = pytest.mark.browser

SPIKES = (150, 200, 250)  # steps


def make_troubled_log() -> str:
    """Return a log with an overshoot, spikes, overfitting and a restart: four findings."""
    noise = np.random.default_rng(1).normal(0.0, 0.02, 400)
    rows = []
    for i in range(400):
        loss = 0.3 + 2.0 * math.exp(-i / 40) + noise[i]
        loss += 8.0 * math.exp(-(i - 2) / 6) if 2 <= i < 40 else 0.0
        loss += sum(1.5 * math.exp(-(i - at) / 4) for at in SPIKES if at <= i < at + 12)
        val = 0.5 + 1.5 * math.exp(-i / 30) + max(0, i - 150) / 400
        rows.append(f"{i},{loss:.5f},{f'{val:.5f}' if i % 10 == 9 else ''},0.01")
    return "\n".join(["step,loss,val_loss,lr", *rows, *rows[380:]])


CONFIG = {"lr": "0.003", "optimizer": "adamw", "batch_size": "16", "precision": "bfloat16"}


def test_a_role_is_corrected_and_the_diagnosis_made_again(visitor: Visitor) -> None:
    visitor.open_sample("spikes")
    role = visitor.page.locator("select[data-column=val_loss]")
    with visitor.page.expect_navigation():
        role.select_option("ignore")
    visitor.settle()
    expect(role).to_have_value("ignore")
    expect(visitor.page.locator("#columns [role=status]")).to_contain_text(
        "val_loss read as ignore"
    )
    expect(visitor.page.locator(".k-val")).to_have_count(0)
    expect(visitor.page.locator("[data-out=val]")).to_have_count(0)


def test_a_log_without_a_known_loss_asks_for_its_column(visitor: Visitor) -> None:
    rows = "".join(f"{i},{5.0 - i / 100:.3f},{i * i % 7}\n" for i in range(200))
    visitor.go("/")
    visitor.page.fill("textarea", f"episode,reward,length\n{rows}")
    visitor.page.locator(".paste button").click()
    visitor.page.wait_for_url("**/d/*")
    expect(visitor.page.locator(".verdict svg")).to_have_attribute("aria-label", "cannot tell")
    assert visitor.page.locator("[data-chart]").count() == 0
    with visitor.page.expect_navigation():
        visitor.page.locator("select[data-column=reward]").select_option("train_loss")
    visitor.settle()
    expect(visitor.page.locator(".chart.drawn")).to_be_visible()


def test_what_is_told_is_kept_and_what_makes_no_sense_is_said_in_place(visitor: Visitor) -> None:
    visitor.open_sample("spikes")
    form = visitor.page.locator("[data-config]")
    for name, value in CONFIG.items():
        field = form.locator(f"[name={name}]")
        if name in ("optimizer", "precision"):
            field.select_option(value)
        else:
            field.fill(value)
    with visitor.page.expect_navigation():
        form.get_by_role("button").click()
    visitor.settle()
    for name, value in CONFIG.items():
        expect(form.locator(f"[name={name}]")).to_have_value(value)
    expect(visitor.page.locator(".ruler .now")).to_be_visible()
    expect(visitor.page.locator("#config [role=status]")).to_have_text(
        "Diagnosed again with your answers."
    )

    visitor.expect_status(422)
    form.locator("[name=batch_size]").fill("many")
    form.get_by_role("button").click()
    alert = visitor.page.locator("#config [role=alert]")
    expect(alert).to_contain_text("Batch size, samples is 'many', which is no whole number.")
    assert "batch_size" not in alert.inner_text()
    expect(form.locator("[name=batch_size]")).to_have_value("many")


def test_without_scripts_settings_go_through_a_form(newcomer: Newcomer, log: Path) -> None:
    plain = newcomer(scripts=False)
    plain.page.goto(plain.base)
    plain.page.fill("textarea", log.read_text())
    plain.page.locator(".paste button").click()
    plain.page.fill("#c-lr", "0.003")
    plain.page.locator("#config button").click()
    expect(plain.page.locator("#c-lr")).to_have_value("0.003")
    plain.expect_status(422)
    plain.page.fill("#c-lr", "fast")
    plain.page.locator("#config button").click()
    expect(plain.page.locator("#outcome [role=alert]")).to_be_visible()
    expect(plain.page.locator("#c-lr")).to_have_value("fast")


def paste(visitor: Visitor, text: str) -> None:
    visitor.go("/")
    visitor.page.fill("textarea", text)
    visitor.page.locator(".paste button").click()
    visitor.page.wait_for_url("**/d/*")
    visitor.settle()


def test_words_beside_the_chart_follow_what_is_drawn(visitor: Visitor) -> None:
    epochs = "".join(f"{i},{0.3 + 2 * math.exp(-i / 6):.4f},0.01\n" for i in range(30))
    paste(visitor, f"epoch,loss,lr\n{epochs}")
    plot = visitor.page.locator(".plot")
    expect(plot.locator(".legend .k-train")).to_have_text("train")  # few points, no smoothing
    for part in (".legend .k-raw", "[data-out=smooth]", "[data-raw]"):
        expect(plot.locator(part)).to_be_hidden()
    assert "step" not in " ".join(plot.locator(".legend, .tools, .readout").all_inner_texts())
    plot.locator("[data-smooth]").press("End")
    expect(plot.locator(".legend .k-train")).to_have_text("train, smooth")
    expect(plot.locator(".legend .k-raw")).to_have_text("train, each epoch")
    expect(plot.locator("label.check")).to_have_text("Each epoch")
    expect(plot.locator("[data-out=smooth]")).to_be_visible()

    sparse = "".join(f"{10 * i},{0.3 + 2 * math.exp(-i / 60):.4f}\n" for i in range(300))
    paste(visitor, f"step,loss\n{sparse}")
    expect(plot.locator(".legend .k-raw")).to_have_text("train, each value")


def test_n_and_p_walk_through_the_findings(visitor: Visitor) -> None:
    visitor.open_sample("not-a-number")
    total = visitor.page.locator(".finding").count()
    visitor.page.keyboard.press("n")
    expect(visitor.page.locator("#finding-1")).to_have_class("finding lit")
    expect(visitor.page.locator("#finding-1 summary").first).to_be_focused()
    visitor.page.keyboard.press("p")
    expect(visitor.page.locator(f"#finding-{total}").first).to_have_class("finding lit")
    expect(visitor.page.locator(f"#finding-{total} > details")).to_have_attribute("open", "")
    expect(visitor.page.locator(f"#finding-{total} summary").first).to_be_visible()


def test_a_folded_finding_opens_its_fold(visitor: Visitor) -> None:
    visitor.go("/")
    visitor.page.fill("textarea", make_troubled_log())
    visitor.page.locator(".paste button").click()
    visitor.page.wait_for_url("**/d/*")
    visitor.settle()
    fold = visitor.page.locator("details.more:has(.finding)")
    expect(fold).to_have_count(1)
    visitor.page.keyboard.press("p")  # from the first to the last
    expect(fold).to_have_attribute("open", "")
    expect(fold.locator(".finding.lit summary").first).to_be_focused()


def test_the_list_of_keys_opens_and_closes_by_keyboard(visitor: Visitor) -> None:
    visitor.open_sample("spikes")
    visitor.page.keyboard.press("?")
    expect(visitor.page.locator("#keys")).to_be_visible()
    visitor.page.keyboard.press("Escape")
    expect(visitor.page.locator("#keys")).to_be_hidden()


def test_the_skip_link_is_the_first_stop(visitor: Visitor) -> None:
    visitor.go("/")
    visitor.page.keyboard.press("Tab")
    expect(visitor.page.locator(".skip")).to_be_focused()
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator("#main")).to_be_focused()


def test_the_report_is_downloaded_in_every_form(visitor: Visitor, log: Path) -> None:
    visitor.open_sample("spikes")
    for name, ending in (
        ("HTML", ".html"),
        ("JSON", ".json"),
        ("CSV", ".csv"),
        ("PNG", ".png"),
    ):
        visitor.page.get_by_role("button", name="Report").click()
        with visitor.page.expect_download() as download:
            visitor.page.locator("#report .acts").get_by_text(name).click()
        path = download.value.path()
        assert download.value.suggested_filename.endswith(ending)
        assert path.stat().st_size > 1000
        if ending == ".html":
            assert "<script" not in (text := path.read_text())
            assert "Three spikes" in text
        if ending == ".csv":
            assert len(path.read_text().splitlines()) == len(log.read_text().splitlines())
        if visitor.page.locator("#report").is_visible():
            visitor.page.keyboard.press("Escape")


def test_a_diagnosis_is_deleted_only_after_a_second_word(visitor: Visitor) -> None:
    path = visitor.open_sample("healthy")
    visitor.page.get_by_role("button", name="Delete").click()
    visitor.page.get_by_role("button", name="Keep it").click()
    expect(visitor.page.locator("#delete")).to_be_hidden()
    visitor.page.get_by_role("button", name="Delete").first.click()
    visitor.page.get_by_role("button", name="Delete for good").click()
    visitor.page.wait_for_url("**/#recent")
    expect(visitor.page.locator(".recent")).to_have_count(0)
    visitor.expect_status(404)
    assert visitor.go(path) == 404


def test_the_theme_is_kept_from_page_to_page(visitor: Visitor) -> None:
    visitor.open_sample("spikes")
    visitor.page.locator(".theme").click()
    expect(visitor.page.locator("html")).to_have_attribute("data-theme", "dark")
    visitor.go("/rules")
    expect(visitor.page.locator("html")).to_have_attribute("data-theme", "dark")


def test_no_button_is_dead(visitor: Visitor) -> None:
    """Every button opens a dialog, sends a form, or is wired by a module through data-*."""
    visitor.open_sample("spikes")
    lonely = visitor.page.evaluate(
        """() => [...document.querySelectorAll("button")]
          .filter((b) => !b.form && !b.matches(".theme") && !Object.keys(b.dataset).length)
          .map((b) => b.outerHTML)"""
    )
    assert lonely == []
    opened = visitor.page.evaluate(
        """() => [...document.querySelectorAll("[data-dialog]")]
          .filter((b) => !document.getElementById(b.dataset.dialog)).length"""
    )
    assert opened == 0


def test_every_link_of_a_page_leads_somewhere(visitor: Visitor) -> None:
    visitor.open_sample("spikes")
    paths = {visitor.path, "/", "/rules", "/rules/LR104"}
    seen: dict[str, int] = {}
    for path in paths:
        visitor.go(path)
        links = visitor.page.evaluate("[...document.links].map((a) => a.href)")
        for link in {one.split("#")[0] for one in links if one.startswith(visitor.base)}:
            if link not in seen:
                seen[link] = visitor.context.request.get(link).status
    assert {link: status for link, status in seen.items() if status != 200} == {}
