"""Everything that the server keeps, behind one door.

Order of writing: blobs, then the row that names them; so a row never points at nothing. Order of
deleting: the row, then its charts. An upload's blob may serve many diagnoses; whether it is still
needed is decided inside the transaction that inserts or deletes a user of it, one at a time.
"""

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from app.store.blobs import Blobs
from app.store.engine import Engines, create_engines, lock_files
from app.store.memory import recall, recalls, remember
from app.store.migrate import migrate
from app.store.reader_view import reader_view
from app.store.records import (
    Draft,
    Ended,
    NewShare,
    RunCharts,
    Share,
    Shared,
    Stored,
    StoredFile,
)
from app.store.rows import (
    draft_to_fields,
    hash_token,
    plain_id,
    row_to_share,
    row_to_stored,
    select_owned,
)
from app.store.sweep import sweep
from app.store.tables import DiagnosisRow, FileRow, ShareRow

TOKEN_BYTES = 16  # 128 random bits
LONGEST_NAME = 300


class Store:
    """Diagnoses, their uploads and charts, and the links to them.

    Every method is safe to call from many threads and from many processes at once.
    """

    def __init__(self, engines: Engines, blobs: Blobs) -> None:
        self._engines = engines
        self._blobs = blobs

    @classmethod
    def open(cls, *, database_url: str, folder: Path, blob_url: str | None = None) -> "Store":
        """Open a store and bring its tables up to date.

        Args:
            database_url: SQLAlchemy's URL of the database.
            folder: Where blobs lie unless ``blob_url`` says otherwise; made if need be.
            blob_url: An object store, as in ``s3://bucket/prefix``.
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        engines = create_engines(database_url)
        migrate(engines)
        return cls(engines, Blobs.open(folder / "blobs", blob_url))

    def close(self) -> None:
        """Close the connections."""
        self._engines.dispose()

    def sweep(self) -> int:
        """Delete the blobs that a crash left without a row; return how many."""
        return sweep(self._engines, self._blobs)

    def check(self) -> None:
        """Raise if the database does not answer."""
        with self._engines.read.connect() as connection:
            connection.execute(text("SELECT 1"))

    # Diagnoses

    def add(
        self, owner: str, title: str, uploads: Sequence[tuple[str, bytes]], draft: Draft
    ) -> Stored:
        """Keep a new diagnosis and the files it was made from, each as (name, bytes)."""
        row = DiagnosisRow(
            id=secrets.token_hex(8),
            owner=owner,
            title=title[:LONGEST_NAME],
            created_at=datetime.now(UTC),
            **draft_to_fields(draft),
        )
        keys = [hashlib.sha256(data).hexdigest() for _, data in uploads]
        row.files = [
            FileRow(position=i, name=name[:LONGEST_NAME], key=key, size=len(data))
            for i, (key, (name, data)) in enumerate(zip(keys, uploads, strict=True))
        ]
        contents = {key: data for key, (_, data) in zip(keys, uploads, strict=True)}
        for key, data in contents.items():
            if not self._blobs.has(_upload(key)):
                self._blobs.put(_upload(key), data)
        self._put_charts(row.id, row.edition, draft.charts)
        with Session(self._engines.write, expire_on_commit=False) as session, session.begin():
            lock_files(session.connection())
            session.add(row)
            session.flush()
            for key, data in contents.items():  # its last other user may just have left
                if not self._blobs.has(_upload(key)):
                    self._blobs.put(_upload(key), data)
        return row_to_stored(row)

    def get(self, owner: str, diagnosis_id: str) -> Stored | None:
        """Return a diagnosis to its owner; None to everyone else."""
        with Session(self._engines.read) as session:
            row = session.scalar(select_owned(owner, diagnosis_id))
            return row_to_stored(row) if row else None

    def recent(self, owner: str, limit: int) -> list[Stored]:
        """Return the owner's last diagnoses, the newest first."""
        newest = (
            select(DiagnosisRow)
            .where(DiagnosisRow.owner == owner)
            .order_by(DiagnosisRow.created_at.desc(), DiagnosisRow.id)
            .limit(limit)
        )
        with Session(self._engines.read) as session:
            return [row_to_stored(row) for row in session.scalars(newest)]

    def replace(self, stored: Stored, draft: Draft) -> Stored | None:
        """Put a new draft in the place of ``stored``.

        Returns:
            The new record, or None if the diagnosis has changed or gone since it was read; then
            nothing is written and the caller reads it again.
        """
        fields = draft_to_fields(draft)
        self._put_charts(stored.id, fields["edition"], draft.charts)
        same = select_owned(stored.owner, stored.id).where(DiagnosisRow.edition == stored.edition)
        with Session(self._engines.write, expire_on_commit=False) as session, session.begin():
            row = session.scalar(same.with_for_update())
            if row is not None:
                for name, value in fields.items():
                    setattr(row, name, value)
        lost = fields["edition"] if row is None else stored.edition
        self._blobs.delete_under(_folder(stored.id, lost))
        return row_to_stored(row) if row else None

    def delete(self, owner: str, diagnosis_id: str) -> bool:
        """Delete a diagnosis, its charts and whatever upload nobody else uses.

        Its links stay as ended links, without any content.
        """
        with Session(self._engines.write) as session, session.begin():
            lock_files(session.connection())
            row = session.scalar(select_owned(owner, diagnosis_id).with_for_update())
            if row is None:
                return False
            keys = {file.key for file in row.files}
            session.execute(
                update(ShareRow)
                .where(ShareRow.diagnosis_id == diagnosis_id)
                .values(diagnosis_id=None, ended_at=datetime.now(UTC))
            )
            session.execute(delete(FileRow).where(FileRow.diagnosis_id == diagnosis_id))
            session.execute(delete(DiagnosisRow).where(DiagnosisRow.id == diagnosis_id))
            used = set(session.scalars(select(FileRow.key).where(FileRow.key.in_(keys))))
            self._blobs.delete(_upload(key) for key in keys - used)
        self._blobs.delete_under(f"diagnoses/{diagnosis_id}")
        return True

    # Blobs of a diagnosis

    def upload(self, file: StoredFile) -> bytes | None:
        """Return the bytes of an upload as they came, or None if the blob has gone."""
        return self._blobs.get(_upload(file.key))

    def chart(self, stored: Stored, k: int) -> bytes | None:
        """Return the chart JSON of run ``k``, or None if there is no such run."""
        return self._blob(stored, k, "chart.json")

    def curves(self, stored: Stored, k: int) -> bytes | None:
        """Return the full curves of run ``k``, or None if there is no such run."""
        return self._blob(stored, k, "curves.npz")

    def spark(self, stored: Stored) -> str:
        """Return SVG path data of the first run's curve, empty if it has none."""
        return stored.spark

    def _blob(self, stored: Stored, k: int, name: str) -> bytes | None:
        data = self._blobs.get(f"{_folder(stored.id, stored.edition)}/{k}/{name}")
        if data is not None:
            return data
        with Session(self._engines.read) as session:  # diagnosed again since it was read?
            edition = session.scalar(
                select(DiagnosisRow.edition).where(DiagnosisRow.id == stored.id)
            )
        if edition in (None, stored.edition):
            return None
        return self._blobs.get(f"{_folder(stored.id, edition)}/{k}/{name}")

    def _put_charts(self, diagnosis_id: str, edition: str, charts: Iterable[RunCharts]) -> None:
        folder = _folder(diagnosis_id, edition)
        for k, one in enumerate(charts):
            self._blobs.put(f"{folder}/{k}/chart.json", one.chart)
            self._blobs.put(f"{folder}/{k}/curves.npz", one.curves)

    # Corrections, by the shape of a log

    def recall(self, owner: str) -> dict[str, dict[str, str]]:
        """Return what the owner corrected: roles by column, by shape."""
        return recall(self._engines, owner)

    def recalls(self, owner: str, shape: str) -> bool:
        """Say whether the owner corrected a log of this shape."""
        return recalls(self._engines, owner, shape)

    def remember(self, owner: str, corrected: Mapping[str, Mapping[str, str]]) -> None:
        """Remember the roles of some shapes in the place of what was; none forgets the shape."""
        remember(self._engines, owner, corrected)

    # Links

    def create_share(
        self, owner: str, diagnosis_id: str, days: int | None, hide_name: bool
    ) -> NewShare | None:
        """Make a link to a diagnosis, or return None if the owner has no such diagnosis.

        Args:
            owner: Who asks.
            diagnosis_id: What to show.
            days: How long the link works; None for good.
            hide_name: Call the runs "Training run".
        """
        now, token = datetime.now(UTC), secrets.token_urlsafe(TOKEN_BYTES)
        share = ShareRow(
            id=secrets.token_hex(8),
            diagnosis_id=diagnosis_id,
            owner=owner,
            token_hash=hash_token(token),
            created_at=now,
            expires_at=None if days is None else now + timedelta(days=days),
            ended_at=None,
            hide_name=hide_name,
        )
        with Session(self._engines.write, expire_on_commit=False) as session, session.begin():
            if session.scalar(select_owned(owner, diagnosis_id).with_for_update()) is None:
                return None
            session.add(share)
        return NewShare(share.id, token, share.expires_at)

    def list_shares(self, owner: str, diagnosis_id: str) -> list[Share]:
        """Return the links to a diagnosis, the newest first; they hold no token."""
        mine = (
            select(ShareRow)
            .where(ShareRow.owner == owner, ShareRow.diagnosis_id == plain_id(diagnosis_id))
            .order_by(ShareRow.created_at.desc(), ShareRow.id)
        )
        with Session(self._engines.read) as session:
            return [row_to_share(row) for row in session.scalars(mine)]

    def end_share(self, owner: str, share_id: str) -> bool:
        """End a link at once; False if the owner has no such link that still works."""
        ending = (
            update(ShareRow)
            .where(ShareRow.id == plain_id(share_id), ShareRow.owner == owner)
            .where(ShareRow.ended_at.is_(None))
            .values(ended_at=datetime.now(UTC))
            .returning(ShareRow.id)
        )
        with Session(self._engines.write) as session, session.begin():
            return session.scalar(ending) is not None

    def find_shared(self, token: str) -> Shared | Ended | None:
        """Return what a link shows, Ended if it no longer does, None if there never was one."""
        with Session(self._engines.read) as session:
            share = session.scalar(select(ShareRow).where(ShareRow.token_hash == hash_token(token)))
            if share is None:
                return None
            expired = share.expires_at is not None and share.expires_at <= datetime.now(UTC)
            if share.ended_at is not None or expired or share.diagnosis_id is None:
                return Ended()
            row = session.get(DiagnosisRow, share.diagnosis_id)
            if row is None:
                return Ended()
            return Shared(
                reader_view(row_to_stored(row), hide_name=share.hide_name),
                share.expires_at,
                share.hide_name,
            )


def _upload(key: str) -> str:
    return f"uploads/{key}"


def _folder(diagnosis_id: str, edition: str) -> str:
    return f"diagnoses/{diagnosis_id}/{edition}"
