"""The web application, put together."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from app import assets
from app.comparing import Comparisons
from app.curves import CurveCache
from app.errors import CatchErrors, add_error_handlers
from app.examples import warm_examples
from app.requestlog import DropAccessLog, RequestLog
from app.routes import apidocs, compare, diagnoses, health, login, pages, shares
from app.security import HeadAsGet, Owners, SameSite, SecurityHeaders, load_key
from app.settings import Settings
from app.slots import Slots
from app.store import Store
from app.uploads import FRAME_BYTES, BodyLimit
from app.workers import Bounds, Workers
from lrdiag import __version__

SHORT_TOKEN = 16  # characters; 16 hex digits take 10 ** 9 years at 500 guesses a second
log = logging.getLogger("uvicorn.lrdiag")
GZIP_LEVEL = 6  # a chart of 4,000 points: 9 saves 1 % more and takes three times as long


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return an application that shares nothing with any other.

    Nothing is opened before it starts; then it makes its data folder, brings the tables up to
    date, opens the store and starts its workers.
    """
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        quiet = DropAccessLog()
        logging.getLogger("uvicorn.access").addFilter(quiet)
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        tokens = tuple(token.get_secret_value() for token in settings.tokens)
        _warn_of_short_tokens(tokens)
        secure = (settings.public_url or "").startswith("https://")
        app.state.owners = Owners(load_key(settings.data), tokens, secure)
        app.state.store = Store.open(
            database_url=settings.sqlalchemy_url,
            folder=settings.data,
            blob_url=settings.blob_url,
        )
        _sweep(app.state.store)
        app.state.curves = CurveCache(app.state.store)
        app.state.comparisons = Comparisons(app.state.store)
        app.state.slots = Slots(settings.max_diagnoses)
        app.state.workers = _start_workers(settings)
        Thread(target=warm_examples, daemon=True).start()  # 0.9 s that no first view waits for
        try:
            yield
        finally:
            app.state.workers.close()
            app.state.store.close()
            logging.getLogger("uvicorn.access").removeFilter(quiet)

    app = FastAPI(
        title="lrdiag",
        version=__version__,
        summary="Send the log of a training run, get what is wrong and the next learning rate.",
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,  # FastAPI's page takes its scripts from another host
        redoc_url=None,
        middleware=_middleware(settings),
    )
    app.state.settings = settings
    add_error_handlers(app)
    for one in (diagnoses, shares, health, assets, compare, login, apidocs, pages):
        app.include_router(one.router)
    return app


def _start_workers(settings: Settings) -> Workers:
    bounds = Bounds(settings.read_seconds, settings.read_memory)
    workers = Workers(settings.max_diagnoses, bounds)
    workers.start()
    return workers


def _sweep(store: Store) -> None:
    try:
        if swept := store.sweep():
            log.info("deleted %d files that a crash had left behind", swept)
    except Exception:  # an object store that cannot be listed still serves what is known
        log.warning("files that a crash may have left behind were not looked for", exc_info=True)


def _warn_of_short_tokens(tokens: tuple[str, ...]) -> None:
    """Say so where a token can be guessed: the server answers guesses as fast as it can."""
    if short := sum(len(token) < SHORT_TOKEN for token in tokens):
        log.warning(
            "%d of the tokens can be guessed: use %d characters or more, as from "
            "openssl rand -hex 16",
            short,
            SHORT_TOKEN,
        )


def _middleware(settings: Settings) -> list[Middleware]:
    """Return the layers around every route, the outermost first."""
    return [
        Middleware(SecurityHeaders),
        Middleware(RequestLog),
        Middleware(CatchErrors),
        Middleware(SameSite, hosts=settings.hosts, public_url=settings.public_url),
        Middleware(HeadAsGet),
        Middleware(BodyLimit, limit=settings.max_upload_bytes + FRAME_BYTES),
        Middleware(GZipMiddleware, minimum_size=1000, compresslevel=GZIP_LEVEL),
    ]
