"""The catalogues as pages list them: rules, tools, bounds and the symptom table."""

from app.pages import RuleFamily, RuleLink, ToolRow
from app.uploads import megabytes
from app.views import SymptomRow
from lrdiag.readers import Limits, list_tools
from lrdiag.report.rule_facts import list_families, read_severities
from lrdiag.rules import SYMPTOMS, Rule


def rule_families() -> tuple[RuleFamily, ...]:
    """Return the rules by the letters of their codes."""
    return tuple(
        RuleFamily(family.name, family.about, tuple(link_rule(rule) for rule in family.rules))
        for family in list_families()
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
