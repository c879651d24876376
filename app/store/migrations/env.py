"""How Alembic reaches the database.

Run by the server when it starts, on its own connection; or by hand, to write a migration:
``alembic -c app/store/migrations/alembic.ini revision --autogenerate -m "what changes"``.
"""

from alembic import context
from sqlalchemy import Connection, create_engine

from app.settings import Settings
from app.store.tables import Base


def run(connection: Connection) -> None:
    """Run the migrations inside the caller's transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,  # SQLite alters a table by copying it
        compare_type=True,
        transactional_ddl=True,  # our BEGIN holds DDL too, on both databases
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if isinstance(given, Connection):
    run(given)
else:
    with create_engine(Settings().sqlalchemy_url).begin() as opened:
        run(opened)
