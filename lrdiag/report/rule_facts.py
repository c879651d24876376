"""What a rule's own module tells beside its docstring: its limits and its severities.

A limit is a named number of the module with the measurement in the comment behind it, and a
severity is one that the module can give; so no page can disagree with the code.
"""

import ast
import inspect
import io
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from lrdiag.finding import Severity
from lrdiag.rules import RULES, Rule
from lrdiag.wording import say_number, say_rate

FAMILIES = {
    "LR": ("The curve and the rate", "what the training loss alone tells"),
    "FIT": ("Fit", "training against validation"),
    "SCH": ("Schedule", "the course of the rate"),
    "GRD": ("Gradients", "the gradient norm and the loss scale"),
    "CFG": ("Configuration", "what you told of the run"),
    "LOG": ("The log", "how the run was written down"),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of a rule: its name, its value with the unit, and where it comes from."""

    name: str
    value: str
    measured: str


@dataclass(frozen=True, slots=True)
class Family:
    """The rules whose codes share their letters."""

    name: str
    about: str
    rules: tuple[Rule, ...]


def list_families() -> tuple[Family, ...]:
    """Return the rules by the letters of their codes; families without a rule are left out."""
    members = {
        letters: tuple(rule for rule in RULES if rule.code.rstrip("0123456789") == letters)
        for letters in FAMILIES
    }
    return tuple(Family(*FAMILIES[letters], rules) for letters, rules in members.items() if rules)


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
def read_limits(rule: Rule) -> tuple[Limit, ...]:
    """Return the named numbers of the rule's module, each with the comment behind it."""
    source = _source(rule)
    comments = dict(_comments(source))
    limits = []
    for node in ast.parse(source).body:
        if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)):
            continue
        name, value = node.targets[0].id, _number(node.value)
        lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        told = " ".join(comments[line] for line in lines if line in comments)
        if name.isupper() and value is not None:
            unit, _, measured = told.rpartition(";") if ";" in told else ("", "", told)
            shown = f"{_say(value)} {unit.strip()}".strip()
            limits.append(Limit(name.lower().replace("_", " "), shown, measured.strip()))
    return tuple(limits)


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
