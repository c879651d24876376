"""Take away the blobs that no row names: what a crash between writing the two leaves behind."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.store.blobs import Blobs
from app.store.engine import Engines, lock_files
from app.store.tables import DiagnosisRow, FileRow

UNTOUCHED = timedelta(hours=1)  # a younger blob may be waiting for its row


def sweep(engines: Engines, blobs: Blobs, *, now: datetime | None = None) -> int:
    """Delete uploads and charts that belong to no diagnosis; return how many.

    Safe beside other servers: an upload is deleted under the lock under which ``Store.add``
    decides whether it has to be written again.
    """
    before = (now or datetime.now(UTC)) - UNTOUCHED
    uploads = {key.rpartition("/")[2]: key for key in blobs.older("uploads", before)}
    charts = list(blobs.older("diagnoses", before))
    with Session(engines.read) as session:
        editions = {f"diagnoses/{id_}/{edition}" for id_, edition in session.execute(_EDITIONS)}
        orphans = uploads.keys() - set(session.scalars(_KEYS))
    lost = [key for key in charts if "/".join(key.split("/")[:3]) not in editions]
    blobs.delete(lost)
    if orphans:
        with Session(engines.write) as session, session.begin():
            lock_files(session.connection())
            orphans -= set(session.scalars(_KEYS))
            blobs.delete(uploads[one] for one in orphans)
    return len(lost) + len(orphans)


_EDITIONS = select(DiagnosisRow.id, DiagnosisRow.edition)
_KEYS = select(FileRow.key)
