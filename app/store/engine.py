"""Two engines over one database: one that writes, one that only reads.

On SQLite the driver opens a transaction only before the first change, so that what was read
before it may be stale by then: 520 of 800 updates were lost in a trial with four writers. The
writing engine therefore begins with BEGIN IMMEDIATE, and the trial lost none.
"""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text

BUSY_MILLISECONDS = 30_000  # the worst wait of four writers was under 1 s
RETRY_SECONDS = 0.02
FILES_LOCK = 7_103_001  # any numbers that nothing else on the PostgreSQL server locks
SHAPES_LOCK = 7_103_003


@dataclass(frozen=True, slots=True)
class Engines:
    """The engine for transactions that change something, and the one for those that do not."""

    write: Engine
    read: Engine

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file of ours."""
        return self.write.dialect.name == "sqlite"

    def dispose(self) -> None:
        """Close every connection."""
        self.write.dispose()
        self.read.dispose()


def create_engines(url: str) -> Engines:
    """Return the engines of a database; nothing connects yet."""
    if make_url(url).get_backend_name() != "sqlite":
        engine = _create(url)
        return Engines(engine, engine)
    engines = Engines(_create(url), _create(url))
    for engine, begin in ((engines.write, "BEGIN IMMEDIATE"), (engines.read, "BEGIN")):
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _beginner(begin))
    return engines


def lock_files(connection: Connection) -> None:
    """Let one transaction at a time decide which blobs are in use."""
    _lock(connection, FILES_LOCK)


def lock_shapes(connection: Connection) -> None:
    """Let one transaction at a time write what is remembered of shapes."""
    _lock(connection, SHAPES_LOCK)


def _lock(connection: Connection, key: int) -> None:
    """Take a lock that ends with the transaction; SQLite's writers come one by one anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def _create(url: str) -> Engine:
    return create_engine(
        url,
        pool_pre_ping=not url.startswith("sqlite"),
        hide_parameters=True,  # an error in the log quotes nothing of anybody's log
        json_serializer=_to_json,
        json_deserializer=orjson.loads,
    )


def _to_json(value: object) -> str:
    return orjson.dumps(value).decode()


def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")  # first: the next one may wait
    _use_wal(cursor)
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")  # what was deleted is not left in free pages
    cursor.close()


def _use_wal(cursor: sqlite3.Cursor) -> None:
    """Switch to the write-ahead journal; SQLite itself does not wait for others who open it."""
    patience = time.monotonic() + BUSY_MILLISECONDS / 1000.0
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > patience:
                raise
            time.sleep(RETRY_SECONDS)
        else:
            return


def _beginner(statement: str) -> Callable[[Connection], None]:
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

    return begin
