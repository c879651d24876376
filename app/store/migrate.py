"""Bring the tables up to date."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from app.store.engine import Engines

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 7_103_002  # two servers that start at once migrate one after the other


def migrate(engines: Engines, *, revision: str = "head") -> None:
    """Apply the migrations that the database has not seen, all of them or none."""
    with engines.write.begin() as connection:
        if not engines.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        command.upgrade(alembic_config(connection), revision)


def alembic_config(connection: Connection) -> Config:
    """Return what Alembic needs to work on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
