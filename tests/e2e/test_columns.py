"""The columns of a log: what was chosen, what else was there, and one click to choose it."""

import math

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Newcomer, Visitor

pytestmark = pytest.mark.browser


def make_rivals() -> str:
    """Return a log with two training losses, two validation losses and a rate."""
    rows = ["step,train/loss,loss_ema,val/loss_a,val/loss_b,lr"]
    for i in range(200):
        loss = 2.0 * math.exp(-i / 40) + 0.3 + 0.004 * (i * 7919 % 13)
        rows.append(f"{i},{loss:.4f},{loss * 1.01:.4f},{loss + 0.1:.4f},{loss + 0.2:.4f},0.003")
    return "\n".join(rows)


def paste(visitor: Visitor, log: str) -> None:
    visitor.go("/")
    visitor.page.fill("textarea", log)
    visitor.page.locator(".paste button").click()
    visitor.page.wait_for_url("**/d/*")
    visitor.settle()


def chosen(page: Page) -> list[str]:
    return page.locator(".choices dd:not(.others) code").all_inner_texts()


def test_another_training_loss_is_one_click_away_and_remembered(visitor: Visitor) -> None:
    paste(visitor, make_rivals())
    page = visitor.page
    assert chosen(page) == ["train/loss", "val/loss_a", "lr"]
    with page.expect_navigation():
        page.get_by_role("button", name="Read loss_ema as the training loss").click()
    visitor.settle()
    assert chosen(page) == ["loss_ema", "val/loss_a", "lr"]
    expect(page.locator("select[data-column='train/loss']")).to_have_value("ignore")
    expect(page.locator("#columns [role=status]")).to_contain_text("loss_ema read as train_loss")
    expect(page.locator(".recalled")).to_contain_text("holds for your next logs")

    paste(visitor, make_rivals().replace("0.003", "0.001"))
    assert chosen(page) == ["loss_ema", "val/loss_a", "lr"]
    expect(page.locator(".recalled")).to_contain_text("as you corrected them in an earlier log")
    page.get_by_role("button", name="Forget").click()
    page.wait_for_url("**#columns")
    visitor.settle()
    assert chosen(page) == ["train/loss", "val/loss_a", "lr"]
    expect(page.locator(".recalled")).to_have_count(0)


def test_two_keys_choose_another_loss(visitor: Visitor) -> None:
    paste(visitor, make_rivals())
    visitor.page.locator("select[data-column=loss_ema]").focus()
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("t")
    visitor.settle()
    assert chosen(visitor.page)[0] == "loss_ema"


def test_a_log_without_a_known_loss_offers_its_columns(visitor: Visitor) -> None:
    rows = "".join(f"{i},{5.0 - i / 100:.3f},{i * i % 7}\n" for i in range(200))
    paste(visitor, f"episode,reward,length\n{rows}")
    with visitor.page.expect_navigation():
        visitor.page.get_by_role("button", name="Read reward as the training loss").click()
    visitor.settle()
    expect(visitor.page.locator(".chart.drawn")).to_be_visible()


def test_without_scripts_the_same_button_works(newcomer: Newcomer) -> None:
    plain = newcomer(scripts=False)
    plain.page.goto(plain.base)
    plain.page.fill("textarea", make_rivals())
    plain.page.locator(".paste button").click()
    plain.page.get_by_role("button", name="Read val/loss_b as the validation loss").click()
    expect(plain.page.locator("select[data-column='val/loss_b']")).to_have_value("val_loss")
    expect(plain.page.locator("select[data-column='train/loss']")).to_have_value("train_loss")
    plain.page.get_by_role("button", name="Forget").click()
    expect(plain.page.locator(".recalled")).to_have_count(0)
    expect(plain.page.locator("select[data-column='val/loss_b']")).to_have_value("val_loss")
