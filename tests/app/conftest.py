"""Real servers on free ports, real databases, real HTTP."""

import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest
import uvicorn
from fastapi import FastAPI

from app.main import create_app
from app.settings import Settings

POSTGRES = "postgres@127.0.0.1:5432/test"


@dataclass(frozen=True, slots=True)
class Site:
    """A running server."""

    url: str
    app: FastAPI
    settings: Settings

    def visitor(self, **headers: str) -> httpx.Client:
        """Return a browser that nobody has seen before."""
        return httpx.Client(base_url=self.url, headers=headers, timeout=30.0, trust_env=False)


@contextmanager
def running(settings: Settings) -> Iterator[Site]:
    """Run a server in a thread until the block ends."""
    app = create_app(settings)
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, ws="none")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20.0
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < deadline, "the server took too long"
        time.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Site(f"http://127.0.0.1:{port}", app, settings)
    finally:
        server.should_exit = True
        thread.join(20.0)


def reachable_postgres() -> bool:
    """Say whether there is a PostgreSQL; where CI runs there has to be one."""
    try:
        psycopg.connect(f"postgresql://{POSTGRES}", connect_timeout=3).close()
    except psycopg.OperationalError:
        if os.environ.get("CI") == "true":
            raise
        return False
    return True


@contextmanager
def fresh_schema() -> Iterator[str]:
    """Make an empty schema and yield the URL under which it is the whole database."""
    if not reachable_postgres():
        pytest.skip(f"no PostgreSQL at {POSTGRES}")
    name = f"lrdiag_{secrets.token_hex(6)}"
    with psycopg.connect(f"postgresql://{POSTGRES}", autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        try:
            yield f"postgresql+psycopg://{POSTGRES}?options=-csearch_path%3D{name}"
        finally:
            connection.execute(f"DROP SCHEMA {name} CASCADE")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, of each kind."""
    if request.param == "sqlite":
        yield f"sqlite+pysqlite:///{tmp_path / 'app.sqlite'}"
        return
    with fresh_schema() as url:
        yield url


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A server with an empty folder."""
    with running(Settings(data=tmp_path / "data")) as one:
        yield one


@pytest.fixture
def anna(site: Site) -> Iterator[httpx.Client]:
    """Somebody who uploads."""
    with site.visitor() as client:
        yield client


@pytest.fixture
def bert(site: Site) -> Iterator[httpx.Client]:
    """Somebody else."""
    with site.visitor() as client:
        yield client
