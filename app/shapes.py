"""The shape of a log, by which corrections of its columns are remembered."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

Memory = Mapping[str, Mapping[str, str]]  # by shape: the corrected roles, by column
REMEMBERED = "so corrected in an earlier log with these columns"


def shape_of(format: str, columns: Iterable[str]) -> str:
    """Return what logs of one format with the same columns share, whatever their values.

    Columns that lrdiag adds up itself are left out: they come and go with the roles.
    """
    names = set(columns)
    own = sorted(name for name in names if not _is_sum(name, names))
    text = "\0".join([format, *own])
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def shape_of_entry(entry: Mapping[str, Any]) -> str:
    """Return the shape of a run as the contract object tells it."""
    return shape_of(entry["format"], (one["column"] for one in entry["columns"]))


def _is_sum(name: str, names: set[str]) -> bool:
    parts = name.split(" + ")
    return len(parts) > 1 and all(part in names for part in parts)


def correct_memory(
    memory: Memory, entries: Iterable[Mapping[str, Any]], changes: Mapping[str, str | None]
) -> dict[str, dict[str, str]]:
    """Return what is to be remembered of the shapes of a diagnosis once it is corrected.

    Args:
        memory: What the owner corrected before.
        entries: The runs of the diagnosis, as the contract object tells them.
        changes: The roles to change, by column; None takes a correction back.
    """
    corrected = {}
    for entry in entries:
        shape, names = shape_of_entry(entry), {one["column"] for one in entry["columns"]}
        mine = {name: role for name, role in changes.items() if name in names}
        if mine and shape not in corrected:
            corrected[shape] = merge_roles(memory.get(shape, {}), mine, [names])
    return corrected


def merge_roles(
    roles: Mapping[str, str], changes: Mapping[str, str | None], runs: Iterable[set[str]]
) -> dict[str, str]:
    """Return roles with changes made; who gives a role anew takes it from who had it before.

    Args:
        roles: Corrections so far, by column.
        changes: The roles to change; None takes a correction back.
        runs: The columns of each run: two of different runs may have the same role.
    """
    given = {role: name for name, role in changes.items() if role and role != "ignore"}
    together = list(runs)

    def yields(name: str, role: str) -> bool:
        rival = given.get(role)
        return rival is not None and any(name in one and rival in one for one in together)

    kept = {name: role for name, role in roles.items() if not yields(name, role)}
    return {name: role for name, role in {**kept, **changes}.items() if role}
