"""Rows to records, and the conditions that every query of an owner's things shares."""

import hashlib
import secrets
from typing import Any

from sqlalchemy import Select, select

from app.store.records import Draft, Share, Stored, StoredFile
from app.store.tables import DiagnosisRow, ShareRow


def select_owned(owner: str, diagnosis_id: str) -> Select[DiagnosisRow]:
    """Return the query for a diagnosis that finds it only for its owner."""
    return select(DiagnosisRow).where(
        DiagnosisRow.id == plain_id(diagnosis_id), DiagnosisRow.owner == owner
    )


def draft_to_fields(draft: Draft) -> dict[str, Any]:
    """Return the columns that a draft fills, under a new edition."""
    return {
        "edition": secrets.token_hex(8),
        "result": dict(draft.result),
        "roles": dict(draft.roles),
        "config": dict(draft.config),
        "spark": draft.spark,
    }


def row_to_stored(row: DiagnosisRow) -> Stored:
    """Return the record of a row, free of its session."""
    return Stored(
        id=row.id,
        owner=row.owner,
        title=row.title,
        created_at=row.created_at,
        result=row.result,
        roles=row.roles,
        config=row.config,
        files=tuple(StoredFile(one.name, one.key, one.size) for one in row.files),
        edition=row.edition,
        spark=row.spark,
    )


def row_to_share(row: ShareRow) -> Share:
    """Return a link as its owner sees it."""
    return Share(row.id, row.created_at, row.expires_at, row.ended_at, row.hide_name)


def plain_id(given: str) -> str:
    """Return an id out of an address; one that cannot be ours, a NUL say, finds nothing."""
    return given if given.isascii() and given.isalnum() else ""


def hash_token(token: str) -> str:
    """Return what is kept of a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()
