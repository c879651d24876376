"""Losses that a tool logs in parts and never as a whole: what it trains on is their sum."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from lrdiag.readers.names import guess, stem_of
from lrdiag.readers.reader import Cells, Table
from lrdiag.run import Role

WHOLE = 0.85  # quality of a name from which a column is the whole loss; parts have up to 0.72


@dataclass(frozen=True, slots=True)
class Family:
    """The parts that one tool adds up, each with the weight it is logged with.

    Attributes:
        parts: What their names hold beside "loss" and the part of the data.
        core: Parts of which a log of the tool holds at least one.
    """

    parts: frozenset[str]
    core: frozenset[str]


FAMILIES = (
    Family(  # Ultralytics: detection, segmentation, poses, turned boxes, RT-DETR; YOLOv5
        frozenset("box cls dfl obj seg sem pose kobj rle angle giou l1".split()),  # noqa: SIM905
        frozenset({"box", "giou"}),
    ),
    Family(  # spaCy: one loss a component of the pipeline
        frozenset(
            """
            tok2vec transformer ner tagger parser senter morphologizer spancat textcat
            textcatmultilabel trainablelemmatizer entitylinker spanfinder
            """.split()  # noqa: SIM905
        ),
        frozenset({"tok2vec", "transformer"}),
    ),
)


def add_sums(table: Table, roles: Mapping[str, Role]) -> Table:
    """Add the sum of the parts of a loss as a column, for training and for validation.

    Both sums have the same parts, so that they can be compared: a part that only one of them
    has, or that the user ignores in one, is in neither.

    Args:
        table: What a reader made.
        roles: What the user says of columns.
    """
    ignored = {name for name, role in roles.items() if role == "ignore"}
    for family in FAMILIES:
        train, val = (_parts(table, family, phase) for phase in ("train", "val"))
        left_out = {part for one in (train, val) for part, name in one.items() if name in ignored}
        kept = [part for part in train or val if part not in left_out]
        if train and val:
            kept = [part for part in kept if part in val]
        if len(kept) < 2:
            continue
        names = [tuple(one[part] for part in kept) for one in (train, val) if one]
        sums = {" + ".join(parts): parts for parts in names}
        columns = {name: _add([table.columns[one] for one in sums[name]]) for name in sums}
        if not all(map(len, columns.values())):
            continue
        return replace(table, columns={**table.columns, **columns}, sums=sums)
    return table


def _parts(table: Table, family: Family, phase: str) -> dict[str, str]:
    """Return the columns of one part of the data by what they are a part of the loss of."""
    found: dict[str, str] = {}
    for name, cells in table.columns.items():
        said = guess(name)
        if said.role != f"{phase}_loss" or len(cells) == 0:
            continue
        if said.quality >= WHOLE:
            return {}
        part = "".join(stem_of(name))
        if part in family.parts:
            found.setdefault(part, name)
    return found if family.core & set(found) else {}


def _add(parts: list[Cells]) -> Cells:
    """Add up cells in the rows where each part was logged."""
    rows = parts[0].rows
    for part in parts[1:]:
        rows = np.intersect1d(rows, part.rows, assume_unique=True)
    with np.errstate(invalid="ignore", over="ignore"):
        values = sum(part.values[np.searchsorted(part.rows, rows)] for part in parts)
    return Cells(rows, np.asarray(values, dtype=np.float64))


def role_of_sum(name: str, table: Table) -> Role:
    """Return the role of a sum that ``add_sums`` made."""
    return guess(table.sums[name][0]).role
