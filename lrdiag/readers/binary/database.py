"""An SQLite database from somebody else: opened in memory, and only its plain tables read.

SQLite's advice for files that may be made to do harm (sqlite.org/security.html) is kept: the
schema is not trusted, views, triggers, functions and computed columns never run, and lengths,
rows and work are bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lrdiag.errors import LimitError, MalformedLogError
from lrdiag.readers.limits import Limits

if TYPE_CHECKING:
    import sqlite3

MAGIC = b"SQLite format 3\x00"
# Bytes 18 and 19 of the header: 2 means that a write-ahead log may stand beside the file. A
# database in memory cannot have one, so that SQLite opens it only with 1: sqlite3_deserialize.
VERSIONS, LEGACY = slice(18, 20), b"\x01\x01"
LONGEST_CELL = 10_000_000  # bytes of a row or a cell; a row of Trackio with tables has megabytes
LONGEST_SQL = 200_000  # bytes of a table's definition; the longest of MLflow has 2,000
MOST_COLUMNS = 200  # of a table; MLflow's have 15
EXPRESSIONS = 50  # levels of an expression in the schema
STRIDE = 10_000  # instructions of SQLite's machine between two looks at the budget, 0.1 ms
LARGEST_SHARE = 2  # of the file that texts of one table may fill: UTF-16 is read as UTF-8
WORK = 4  # instructions a byte of the database; a row takes about ten, and has 30 bytes or more
LEAST_WORK = 1_000_000  # instructions, 10 ms
_PRAGMAS = (
    *("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON"),
    *("mmap_size = 0", "temp_store = MEMORY"),
)
_SCHEMA = "sqlite_master"
_COMPUTED = (2, 3)  # what table_xinfo calls hidden: virtual and stored generated columns

Cell = bytes | int | float | None


@dataclass(frozen=True, slots=True, eq=False)
class Database:
    """An open database.

    Attributes:
        tables: The names of its plain tables, in the order they were made.
    """

    tables: tuple[str, ...]
    _connection: sqlite3.Connection
    _size: int
    _limits: Limits
    _columns: dict[str, frozenset[str]] = field(default_factory=dict)

    def columns(self, table: str) -> frozenset[str]:
        """Return the names of the stored columns of a table; none where there is no such table.

        Args:
            table: A name that lrdiag knows, never one from the file.
        """
        if table not in self.tables:
            return frozenset()
        if table not in self._columns:
            found = self._connection.execute(f'PRAGMA table_xinfo("{table}")').fetchall()
            self._columns[table] = frozenset(
                name.decode("utf-8", "replace")
                for _, name, _, _, _, _, hidden in found
                if hidden not in _COMPUTED
            )
        return self._columns[table]

    def rows(self, table: str, columns: Sequence[str]) -> Iterator[tuple[Cell, ...]]:
        """Yield the rows of a table in the order they were written, texts as bytes.

        Args:
            table: A name that lrdiag knows.
            columns: Such names too; a column that the table lacks gives None.

        Raises:
            LimitError: There are more rows than a log may have.
            MalformedLogError: The rows hold more than the file: its pages lead in a circle.
        """
        has = self.columns(table)
        listed = ", ".join(f'"{name}"' if name in has else "NULL" for name in columns)
        # Without an index, so that the order is that of writing.
        most, room = self._limits.max_rows, LARGEST_SHARE * self._size
        cursor = self._connection.execute(f'SELECT {listed} FROM "{table}" NOT INDEXED')
        held = 0
        for count, row in enumerate(cursor, start=1):
            for cell in row:
                if type(cell) is bytes:
                    held += len(cell)
            if count > most:
                raise LimitError(
                    f"The database has more than {most:,} rows.",
                    hint="Export the losses of one run as CSV.",
                )
            if held > room:
                raise _damaged()
            yield row


@contextmanager
def open_database(data: bytes, limits: Limits) -> Iterator[Database]:
    """Open a database in memory; errors of SQLite become MalformedLogError.

    Args:
        data: The bytes of the file.
        limits: How many rows to read.
    """
    import sqlite3  # few logs are databases

    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        _bound(connection, len(data))
        connection.deserialize(data[: VERSIONS.start] + LEGACY + data[VERSIONS.stop :])
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        allowed: set[str] = {_SCHEMA}
        connection.set_authorizer(_guard(allowed))
        tables = _tables(connection, limits)
        allowed.update(tables)
        yield Database(tables, connection, len(data), limits)
    except sqlite3.Error as error:
        raise _damaged() from error
    finally:
        connection.close()


def _bound(connection: sqlite3.Connection, size: int) -> None:
    """Bound lengths and work; texts are given as bytes, whatever they hold."""
    import sqlite3

    connection.text_factory = bytes
    for what, most in (
        (sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_CELL),
        (sqlite3.SQLITE_LIMIT_SQL_LENGTH, LONGEST_SQL),
        (sqlite3.SQLITE_LIMIT_COLUMN, MOST_COLUMNS),
        (sqlite3.SQLITE_LIMIT_EXPR_DEPTH, EXPRESSIONS),
        (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
        (sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 1),
        (sqlite3.SQLITE_LIMIT_WORKER_THREADS, 0),
    ):
        connection.setlimit(what, most)
    left = [(WORK * size + LEAST_WORK) // STRIDE]

    def is_spent() -> bool:
        left[0] -= 1
        return left[0] < 0

    connection.set_progress_handler(is_spent, STRIDE)


def _guard(
    allowed: set[str],
) -> Callable[[int, str | None, str | None, str | None, str | None], int]:
    """Return the authorizer that lets plain tables be read and nothing else be done."""
    import sqlite3

    def authorize(
        action: int, first: str | None, second: str | None, base: str | None, inside: str | None
    ) -> int:
        """Say whether an action may be; ``inside`` is the view or trigger that asks for it."""
        del second, base
        may = inside is None and (
            action == sqlite3.SQLITE_SELECT
            or (action == sqlite3.SQLITE_READ and first in allowed)
            or (action == sqlite3.SQLITE_PRAGMA and first == "table_xinfo")
        )
        return sqlite3.SQLITE_OK if may else sqlite3.SQLITE_DENY

    return authorize


def _tables(connection: sqlite3.Connection, limits: Limits) -> tuple[str, ...]:
    """Return the names of the tables that hold rows of their own: no views, no modules."""
    found: list[str] = []
    for kind, name, page, sql in connection.execute(
        f"SELECT type, name, rootpage, sql FROM {_SCHEMA}"
    ):
        plain = kind == b"table" and isinstance(page, int) and page > 1
        if plain and isinstance(sql, bytes) and sql[:13].upper() == b"CREATE TABLE ":
            found.append(name.decode("utf-8", "replace") if isinstance(name, bytes) else "")
        if len(found) > limits.max_columns:
            raise LimitError(
                f"The database has more than {limits.max_columns:,} tables.",
                hint="Export the losses of one run as CSV.",
            )
    return tuple(name for name in found if name and not name.startswith("sqlite_"))


def _damaged() -> MalformedLogError:
    return MalformedLogError(
        "The SQLite database is damaged.",
        hint="Copy it again while no run writes to it, or export the losses of one run as CSV.",
    )
