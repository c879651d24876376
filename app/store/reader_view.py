"""What a link's reader may see of a diagnosis: the result, and nothing of the owner's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.store.records import Stored

HIDDEN = "Training run"
# "loss" or "train" is an ordinary word too: only names that hold one of these or a digit are looked
# for inside sentences; the others are replaced where they stand as a name.
MARKS_OF_A_NAME = frozenset("._-/\\ 0123456789")
NAMED = ("source", "name")
VERBATIM = ("column", "columns", "series", "code", "role", "unit", "symptom")


def reader_view(stored: Stored, *, hide_name: bool) -> Stored:
    """Return the diagnosis without owner, files, corrections and settings.

    Args:
        stored: The diagnosis as its owner sees it.
        hide_name: Call every run and file "Training run", inside sentences too.
    """
    result: dict[str, Any] = {
        **stored.result,
        "runs": [{**run, "config": {}} for run in stored.result["runs"]],
        # Files that gave no run are no part of what was shared; their names least of all.
        "errors": [],
    }
    title = stored.title
    if hide_name:
        result = hide_names(result, stored)
        title = HIDDEN
    return replace(stored, owner="", title=title, result=result, roles={}, config={}, files=())


def hide_names(data: dict[str, Any], stored: Stored) -> dict[str, Any]:
    """Return plain data of a diagnosis with the names of its runs and files replaced.

    Several runs stay apart: "Training run 1", "Training run 2".
    """
    aliases = _aliases(stored)
    return {key: _hide(value, aliases, key) for key, value in data.items()}


def _aliases(stored: Stored) -> dict[str, str]:
    """Return what to write in the place of each name, the longest name first."""
    runs: Sequence[Mapping[str, Any]] = stored.result["runs"]
    found: dict[str, str] = {}
    for number, run in enumerate(runs, start=1):
        alias = HIDDEN if len(runs) == 1 else f"{HIDDEN} {number}"
        found.setdefault(str(run["name"]), alias)
        found.setdefault(str(run["source"]), alias)
    for file in stored.files:
        found.setdefault(file.name, HIDDEN)
        found.setdefault(file.name.split(".")[0], HIDDEN)
    found.setdefault(stored.title, HIDDEN)
    found.pop("", None)
    return dict(sorted(found.items(), key=lambda pair: -len(pair[0])))  # "a.csv" before "a"


def _hide(value: object, aliases: Mapping[str, str], key: str) -> object:
    if isinstance(value, Mapping):
        return {name: _hide(inner, aliases, name) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_hide(inner, aliases, key) for inner in value]
    if not isinstance(value, str) or key in VERBATIM:
        return value
    if key in NAMED:
        return aliases.get(value, value)
    for name, alias in aliases.items():
        if MARKS_OF_A_NAME.intersection(name):
            value = value.replace(name, alias)
    return value
