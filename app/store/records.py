"""What the store gives out: plain records that outlive their transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One uploaded file.

    Attributes:
        name: As the browser called it, from the dropped folder on.
        key: SHA-256 of the bytes in hex; where the blob is.
        size: In bytes, as uploaded.
    """

    name: str
    key: str
    size: int


@dataclass(frozen=True, slots=True)
class Stored:
    """One diagnosis as it was kept.

    Attributes:
        id: Ours, unguessable.
        owner: Who uploaded it; empty when read through a share.
        title: What lists call it.
        created_at: Aware, UTC.
        result: The contract object of ``lrdiag.report.json.document``.
        roles: The corrections of column roles, by column.
        config: The settings that the user told.
        files: What was uploaded; empty when read through a share.
        edition: Changes whenever the diagnosis does; names the folder of the charts.
        spark: SVG path data of the curve of the most urgent run, in a box of SPARK_BOX.
    """

    id: str
    owner: str
    title: str
    created_at: datetime
    result: Mapping[str, Any]
    roles: Mapping[str, str]
    config: Mapping[str, Any]
    files: tuple[StoredFile, ...]
    edition: str
    spark: str


@dataclass(frozen=True, slots=True)
class RunCharts:
    """The two blobs of one run: what the browser draws, and the full curves for a zoom."""

    chart: bytes
    curves: bytes


@dataclass(frozen=True, slots=True)
class Draft:
    """A diagnosis before it has an id: what ``Store.add`` and ``Store.replace`` write.

    Attributes:
        result: The contract object.
        charts: One for each run of the result, in its order.
        roles: The corrections of column roles, by column.
        config: The settings that the user told.
        spark: SVG path data of the curve of the most urgent run.
    """

    result: Mapping[str, Any]
    charts: tuple[RunCharts, ...]
    roles: Mapping[str, str]
    config: Mapping[str, Any]
    spark: str


@dataclass(frozen=True, slots=True)
class NewShare:
    """A link that was just made; the only time that its token is known.

    Attributes:
        id: What the owner ends it by.
        token: What the link holds, 128 random bits.
        expires_at: Aware, UTC; None for a link without an end.
    """

    id: str
    token: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Share:
    """A link as its owner sees it in a list, without the token."""

    id: str
    created_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    hide_name: bool


@dataclass(frozen=True, slots=True)
class Shared:
    """What a link shows: one diagnosis, stripped of what is not the reader's business."""

    stored: Stored
    expires_at: datetime | None
    hide_name: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """A link that once worked: revoked, expired, or its diagnosis deleted."""
