"""The rules as Markdown: one page a rule and an index, from the docstrings and the limits."""

import re
from pathlib import Path

from lrdiag.examples import Shown, show_example
from lrdiag.report.plot import Mark, Painted, draw_curve
from lrdiag.report.rule_facts import Limit, list_families, read_limits, read_severities
from lrdiag.rules import RULES, SYMPTOMS, Rule

INDEX = "README.md"
MARK = "▲"
_CODE = re.compile(rf"\b({'|'.join(rule.code for rule in RULES)})\b")


def write_pages(folder: Path) -> int:
    """Write every page into a folder, and return how many there are.

    Pages of rules that are no more are deleted; other files are left alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pages = make_pages()
    for path in folder.glob("*.md"):
        if path.name not in pages and re.fullmatch(r"[A-Z]+\d{3}", path.stem):
            path.unlink()
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return len(pages)


def make_pages() -> dict[str, str]:
    """Return the text of every page by the name of its file."""
    return {INDEX: _index()} | {f"{rule.code}.md": rule_page(rule) for rule in RULES}


def rule_page(rule: Rule) -> str:
    """Return the page of one rule."""
    doc = rule.doc.strip().partition("\n")[2].strip()
    parts = [f"# {rule.code} {rule.name}", f"{rule.title}.", _facts(rule), _link_codes(doc, rule)]
    shown = show_example(rule.code)
    if shown is not None:
        parts.append(_example(shown))
    limits = read_limits(rule)
    if limits:
        parts.append(_limits(limits))
    return "\n\n".join(parts) + "\n"


def draw_example(shown: Shown, columns: int = 60) -> list[Painted]:
    """Draw the example of a rule in characters, the finding marked beneath it."""
    finding = shown.finding
    spans = [one.span for one in finding.evidence if one.span is not None]
    spans += [(one.at, one.at) for one in finding.evidence if one.at is not None and not spans]
    marks = [Mark(MARK, finding.severity.word, *span) for span in dict.fromkeys(spans)]
    return draw_curve(shown.diagnosis.run, marks, columns=columns)


def say_example(shown: Shown) -> str:
    """Say which run it is and what the rule finds in it."""
    return f"{shown.example.title}. {shown.finding.summary}."


def _example(shown: Shown) -> str:
    lines = ["".join(text for text, _ in line).rstrip() for line in draw_example(shown)]
    drawn = "\n".join(["", "```text", *lines, "```"]) if lines else ""
    return f"## A run that shows it\n{say_example(shown)}\n{drawn}".rstrip()


def _index() -> str:
    parts = [
        "# Rules",
        "One page a rule, written by `lrdiag rule --write docs/rules` from the docstrings and "
        "limits in `lrdiag/rules/`: change those, and run it again.",
    ]
    for family in list_families():
        parts.append(f"## {family.name}: {family.about}")
        rows = [
            f"| [{rule.code}]({rule.code}.md) | {rule.name} | {_worst(rule)} | {rule.title} |"
            for rule in family.rules
        ]
        parts.append(
            "\n".join(["| Code | Name | At worst | What it is |", "|---|---|---|---|", *rows])
        )
    return "\n\n".join(parts) + "\n"


def _facts(rule: Rule) -> str:
    said = [", ".join(one.word for one in sorted(read_severities(rule), reverse=True))]
    if rule.needs:
        said.append(f"needs {', '.join(f'`{name}`' for name in rule.needs)}")
    said += [f'refines "{row.observation}"' for row in SYMPTOMS if row.key == rule.symptom]
    return " · ".join(one for one in said if one)


def _worst(rule: Rule) -> str:
    return max(read_severities(rule)).word


def _limits(limits: tuple[Limit, ...]) -> str:
    rows = [f"| {one.name} | {_cell(one.value)} | {_cell(one.measured)} |" for one in limits]
    return "\n".join(["## Limits", "", "| Limit | Value | Measured |", "|---|---|---|", *rows])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*")


def _link_codes(doc: str, rule: Rule) -> str:
    """Lead from the codes of other rules to their pages; code stays as it is."""
    others = [
        line if line.startswith("    ") else _CODE.sub(r"[\1](\1.md)", line)
        for line in doc.splitlines()
    ]
    return "\n".join(others).replace(f"[{rule.code}]({rule.code}.md)", rule.code)
