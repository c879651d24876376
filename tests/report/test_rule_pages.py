import re
from pathlib import Path

from lrdiag.report.rule_facts import list_families, read_limits
from lrdiag.report.rule_pages import INDEX, make_pages, rule_page, write_pages
from lrdiag.rules import RULES, find_rule

DOCS = Path(__file__).parents[2] / "docs" / "rules"


def test_the_committed_pages_are_those_of_the_rules() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")}
    made = make_pages()
    stale = sorted(name for name in made | committed if made.get(name) != committed.get(name))
    assert not stale, "run `make docs`, or python -m lrdiag rule --write docs/rules"


def test_the_index_leads_to_every_rule_and_every_link_leads_somewhere() -> None:
    pages = make_pages()
    assert set(re.findall(r"\((\w+\.md)\)", pages[INDEX])) == set(pages) - {INDEX}
    for text in pages.values():
        assert set(re.findall(r"\]\(([^)]+\.md)\)", text)) <= set(pages)


def test_a_page_holds_the_docstring_and_the_limits() -> None:
    rule = find_rule("LR104")
    page = rule_page(rule)
    assert page.startswith("# LR104 spike-recovers\n\nLoss spikes once or twice, then recovers.\n")
    assert "needs `train_loss`" in page
    assert "(LR114.md)" in page  # another rule that the text names
    assert "(LR104.md)" not in page
    assert "    300,0.41\n" in page
    for limit in read_limits(rule):
        assert f"| {limit.name} | {limit.value} |" in page


def test_every_rule_stands_in_one_family() -> None:
    listed = [rule.code for family in list_families() for rule in family.rules]
    assert listed == [rule.code for rule in RULES]


def test_writing_again_changes_nothing_and_deletes_what_is_no_rule(tmp_path: Path) -> None:
    assert write_pages(tmp_path) == len(RULES) + 1
    (tmp_path / "LR999.md").write_text("gone")
    (tmp_path / "notes.md").write_text("mine")
    write_pages(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {*make_pages(), "notes.md"}
