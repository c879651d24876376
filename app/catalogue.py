"""The rules as pages list them: families, severities and limits, read from the rules themselves.

A limit is a named number of the rule's module with the measurement in the comment behind it, and
a severity is one that the module can give; so no page can disagree with the code.
"""

import ast
import inspect
import io
import sys
import tokenize
from collections.abc import Iterator
from functools import cache

from app.pages import LimitRow, RuleFamily, RuleLink, ToolRow
from app.uploads import megabytes
from app.views import SymptomRow
from lrdiag.finding import Severity
from lrdiag.readers import Limits, list_tools
from lrdiag.rules import RULES, SYMPTOMS, Rule
from lrdiag.wording import say_number, say_rate

FAMILIES = {
    "LR": ("The curve and the rate", "what the training loss alone tells"),
    "FIT": ("Fit", "training against validation"),
    "SCH": ("Schedule", "the course of the rate"),
    "GRD": ("Gradients", "the gradient norm and the loss scale"),
    "CFG": ("Configuration", "what you told of the run"),
    "LOG": ("The log", "how the run was written down"),
}


def list_families() -> tuple[RuleFamily, ...]:
    """Return the rules by the letters of their codes."""
    members = {
        letters: [rule for rule in RULES if _letters(rule) == letters] for letters in FAMILIES
    }
    return tuple(
        RuleFamily(*FAMILIES[letters], tuple(link_rule(rule) for rule in rules))
        for letters, rules in members.items()
        if rules
    )


def list_formats() -> tuple[ToolRow, ...]:
    """Return the tools whose logs are read."""
    return tuple(
        ToolRow(
            name,
            tuple(dict.fromkeys(tool.file for tool in tools)),
            "; ".join(dict.fromkeys(tool.note for tool in tools if tool.note)),
        )
        for name, tools in list_tools().items()
    )


def list_bounds(limits: Limits, upload: int) -> tuple[tuple[str, str], ...]:
    """Return how much of a log is taken in, as names and values to show.

    Args:
        limits: The bounds of one log.
        upload: The most bytes of one request.
    """
    return (
        ("One upload, and what it unpacks to", megabytes(upload)),
        ("One log, unpacked", megabytes(limits.max_bytes)),
        ("Rows of a table, or lines of a console log", f"{limits.max_rows:,}"),
        ("Columns of a table", f"{limits.max_columns:,}"),
        ("Length of a line of a table", megabytes(limits.max_line)),
        ("A JSON document (JSON lines may be longer)", megabytes(limits.max_json)),
        ("Logs in an archive or a folder, and runs of a log", f"{limits.max_members:,}"),
        ("Unpacked over packed", f"{limits.max_ratio:g} times"),
    )


def link_rule(rule: Rule) -> RuleLink:
    """Return a rule as an entry of a list, with the worst severity that it gives."""
    found = read_severities(rule)
    return RuleLink(rule.code, rule.name, rule.title, max(found).word if found else "note")


def list_symptoms() -> tuple[SymptomRow, ...]:
    """Return the symptom table, with no row lit."""
    return tuple(SymptomRow(one.observation, one.cause, one.action, "", ()) for one in SYMPTOMS)


@cache
def read_severities(rule: Rule) -> frozenset[Severity]:
    """Return the severities that the rule's module names."""
    return frozenset(
        Severity[node.attr]
        for node in ast.walk(ast.parse(_source(rule)))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Severity"
        and node.attr in Severity.__members__
    )


@cache
def read_limits(rule: Rule) -> tuple[LimitRow, ...]:
    """Return the named numbers of the rule's module, each with the comment behind it."""
    source = _source(rule)
    comments = dict(_comments(source))
    rows = []
    for node in ast.parse(source).body:
        if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)):
            continue
        name, value = node.targets[0].id, _number(node.value)
        lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        told = " ".join(comments[line] for line in lines if line in comments)
        if name.isupper() and value is not None:
            unit, _, measured = told.rpartition(";") if ";" in told else ("", "", told)
            shown = f"{_say(value)} {unit.strip()}".strip()
            rows.append(LimitRow(name.lower().replace("_", " "), shown, measured.strip()))
    return tuple(rows)


def _letters(rule: Rule) -> str:
    return rule.code.rstrip("0123456789")


def _source(rule: Rule) -> str:
    try:
        return inspect.getsource(sys.modules[rule.check.__module__])
    except (OSError, TypeError):  # installed without sources: the page goes without a table
        return ""


def _comments(source: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string.lstrip("# ").strip()


def _number(node: ast.expr) -> float | None:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    return float(value) if isinstance(value, int | float) else None


def _say(value: float) -> str:
    return say_number(value) if value == round(value) else say_rate(value)
