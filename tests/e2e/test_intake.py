"""Every way in: drop, file dialog, paste, sample; and what is said when nothing can be read."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from app.settings import STATIC
from tests.e2e.conftest import Newcomer, Visitor

pytestmark = pytest.mark.browser

SAMPLES = Path(__file__).parents[1] / "readers" / "samples"

DROP = """(files) => {
  const transfer = new DataTransfer();
  for (const [name, text] of files) transfer.items.add(new File([text], name));
  return transfer;
}"""
EVIL = "<img src=x onerror=alert(1)>{{7*7}}.csv"


def drop(visitor: Visitor, *files: tuple[str, str]) -> None:
    transfer = visitor.page.evaluate_handle(DROP, [list(file) for file in files])
    visitor.page.dispatch_event("#drop", "dragenter", {"dataTransfer": transfer})
    expect(visitor.page.locator("#drop")).to_have_class("drop over")
    visitor.page.dispatch_event("#drop", "drop", {"dataTransfer": transfer})


def drop_from_disk(visitor: Visitor, *paths: Path) -> None:
    """Drop files and folders as the system does: a script can make no folder."""
    box = visitor.page.locator("#drop").bounding_box()
    assert box is not None
    at = {"x": box["x"] + 20, "y": box["y"] + 20}
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    devtools = visitor.context.new_cdp_session(visitor.page)
    for kind in ("dragEnter", "dragOver", "drop"):
        devtools.send("Input.dispatchDragEvent", {"type": kind, **at, "data": data})


def arrive(visitor: Visitor) -> None:
    visitor.page.wait_for_url("**/d/*")
    visitor.settle()


def test_a_dropped_log_becomes_a_diagnosis(visitor: Visitor, log: Path) -> None:
    visitor.go("/")
    drop(visitor, ("run one.csv", log.read_text()))
    arrive(visitor)
    expect(visitor.page.locator(".runhead .file")).to_have_text("run one.csv")
    expect(visitor.page.locator("h1")).to_contain_text("too high")
    visitor.go("/")
    expect(visitor.page.locator(".recent a")).to_have_text("run one.csv")


def test_several_dropped_logs_become_one_diagnosis_with_a_run_each(
    visitor: Visitor, log: Path
) -> None:
    nan = (STATIC / "samples" / "digits-not-a-number.csv").read_text()
    visitor.go("/")
    drop(visitor, ("a.csv", log.read_text()), ("b.csv", nan), ("c.csv", "not,a\nlog,at all\n"))
    arrive(visitor)
    tabs = visitor.page.locator(".runs a")
    expect(visitor.page.locator(".unread")).to_contain_text("c.csv was not read")
    expect(visitor.page.locator("h1")).to_contain_text("NaN")  # the most urgent run comes first
    expect(tabs.filter(has_text="b")).to_have_attribute("aria-current", "page")
    tabs.filter(has_text="a").first.click()
    visitor.page.wait_for_url("**run=0")
    expect(visitor.page.locator("h1")).to_contain_text("too high")


def test_a_dropped_folder_of_a_run_becomes_one_run(visitor: Visitor) -> None:
    visitor.go("/")
    drop_from_disk(visitor, SAMPLES / "keras-tensorboard" / "fit")
    arrive(visitor)
    expect(visitor.page.locator(".runhead .file")).to_have_text("fit")
    expect(visitor.page.locator(".runs")).to_have_count(0)
    expect(visitor.page.locator(".k-val")).to_be_visible()


def test_out_of_a_folder_only_what_may_be_a_log_is_sent(
    visitor: Visitor, log: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "exp 1"
    for name in ("weights.pt", ".git/config", "__pycache__/a.log", "a/config.yaml"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"step,loss\n1,2\n")
    visitor.go("/")
    drop_from_disk(visitor, folder)
    outcome = visitor.page.locator("#outcome [role=alert]")
    expect(outcome).to_contain_text("No log in this folder")
    expect(outcome).to_contain_text("4 files and folders")
    (folder / "a" / "train_log").write_text(log.read_text())
    drop_from_disk(visitor, folder)
    arrive(visitor)
    expect(visitor.page.locator(".runhead .file")).to_have_text("exp 1/a/train_log")
    expect(visitor.page.locator(".unread")).to_have_count(0)


def test_a_folder_of_too_many_files_is_not_even_sent(visitor: Visitor, tmp_path: Path) -> None:
    for k in range(4):
        (tmp_path / f"{k}.csv").write_text("step,loss\n1,2\n")
    visitor.go("/")
    visitor.page.locator("[data-intake]").evaluate("(intake) => { intake.dataset.files = '3'; }")
    drop_from_disk(visitor, tmp_path)
    expect(visitor.page.locator("#outcome [role=alert]")).to_contain_text("Too many files")


def test_the_file_dialog_takes_a_log(visitor: Visitor, log: Path) -> None:
    visitor.go("/")
    with visitor.page.expect_file_chooser() as chosen:
        visitor.page.get_by_text("Choose files").click()
    chosen.value.set_files(log)
    arrive(visitor)
    expect(visitor.page.locator(".runhead .file")).to_have_text(log.name)


def test_pasting_anywhere_fills_the_box_and_enter_diagnoses(visitor: Visitor, log: Path) -> None:
    visitor.go("/")
    visitor.page.evaluate(
        """(text) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", text);
          const event = new ClipboardEvent("paste", { clipboardData, bubbles: true });
          document.body.dispatchEvent(event);
        }""",
        log.read_text(),
    )
    expect(visitor.page.locator("textarea")).to_have_value(log.read_text())
    visitor.page.keyboard.press("Enter")
    arrive(visitor)
    expect(visitor.page.locator("h1")).to_contain_text("too high")


def test_what_cannot_be_read_is_said_in_place_and_nothing_typed_is_lost(visitor: Visitor) -> None:
    visitor.expect_status(422)
    visitor.go("/")
    visitor.page.fill("textarea", "The quick brown fox jumps over the lazy dog.")
    visitor.page.locator(".paste button").click()
    message = visitor.page.locator("#outcome [role=alert]")
    expect(message).to_be_visible()
    expect(message.locator("h3")).not_to_be_empty()
    assert message.locator("p").count() >= 1
    expect(visitor.page.locator("textarea")).to_have_value(
        "The quick brown fox jumps over the lazy dog."
    )
    assert visitor.path == "/"


def test_an_empty_box_is_said(visitor: Visitor) -> None:
    visitor.go("/")
    visitor.page.locator(".paste button").click()
    expect(visitor.page.locator("#outcome [role=alert]")).to_contain_text("Nothing was pasted")


def test_a_file_beyond_the_limit_is_not_even_sent(visitor: Visitor) -> None:
    visitor.go("/")
    sent: list[str] = []
    visitor.page.on("request", lambda request: sent.append(request.method))
    visitor.page.locator("[data-intake]").evaluate("(intake) => { intake.dataset.limit = '10'; }")
    drop(visitor, ("big.csv", "step,loss\n" * 10))
    expect(visitor.page.locator("#outcome [role=alert]")).to_contain_text("Too large")
    assert sent == []


@pytest.mark.parametrize(
    ("sample", "word"), [("spikes", "too high"), ("not-a-number", "NaN"), ("healthy", "normal")]
)
def test_a_sample_opens_its_whole_diagnosis(visitor: Visitor, sample: str, word: str) -> None:
    visitor.open_sample(sample)
    expect(visitor.page.locator("h1")).to_contain_text(word)
    expect(visitor.page.locator(".chart.drawn")).to_be_visible()


def test_names_with_markup_and_template_code_stay_text(visitor: Visitor) -> None:
    rows = "".join(f"{i},{2.0 / (1 + i / 20):.4f},{i % 3}\n" for i in range(120))
    log = f"step,loss,<script>alert(2)</script>{{{{7*7}}}}\n{rows}"
    visitor.go("/")
    visitor.page.set_input_files(
        "#files", {"name": EVIL, "mimeType": "text/csv", "buffer": log.encode()}
    )
    arrive(visitor)
    expect(visitor.page.locator(".runhead .file")).to_have_text(EVIL)
    expect(visitor.page.locator("#columns")).to_contain_text("<script>alert(2)</script>{{7*7}}")
    assert visitor.page.locator("img").count() == 0
    assert "49" not in visitor.page.title()
    visitor.go("/")
    expect(visitor.page.locator(".recent a")).to_have_text(EVIL)


def test_without_scripts_a_form_leads_to_the_same_verdict(newcomer: Newcomer, log: Path) -> None:
    plain = newcomer(scripts=False)
    plain.page.goto(plain.base)
    assert plain.page.locator(".theme").is_hidden()
    plain.page.fill("textarea", log.read_text())
    plain.page.locator(".paste button").click()
    expect(plain.page.locator("h1")).to_contain_text("too high")
    expect(plain.page.locator(".symptoms tr.lit").first).to_be_visible()
    expect(plain.page.locator("#share, #report, #delete").first).to_be_hidden()
    assert plain.page.get_by_role("button", name="Share").count() == 0
    plain.page.locator("select[data-column=loss]").select_option("val_loss")
    plain.page.locator("#columns").get_by_role("button", name="Diagnose again").click()
    expect(plain.page.locator("select[data-column=loss]")).to_have_value("val_loss")


def test_without_scripts_a_failed_form_keeps_what_was_typed(newcomer: Newcomer) -> None:
    plain = newcomer(scripts=False)
    plain.expect_status(422)
    plain.page.goto(plain.base)
    plain.page.fill("textarea", "no log at all")
    plain.page.locator(".paste button").click()
    expect(plain.page.locator("#outcome [role=alert]")).to_be_visible()
    expect(plain.page.locator("textarea")).to_have_value("no log at all")
