"""One line for each request, without what must not be in a log."""

import logging
import re
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("uvicorn.lrdiag")
SECRET = re.compile(r"(/s/)[^/]+")  # wherever, for an address that was pasted wrongly


class RequestLog:
    """Writes method, path, status and time; a link's token as /s/..., no query, no address."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start, status = time.perf_counter(), 0

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watch)
        finally:
            took = 1000 * (time.perf_counter() - start)
            path = scrub(scope["path"])
            level = logging.DEBUG if path.startswith(("/static/", "/health")) else logging.INFO
            log.log(level, "%s %s %d %.0f ms", scope["method"], path, status, took)


def scrub(path: str) -> str:
    """Return a path without the token of a link, and without line breaks."""
    return SECRET.sub(r"\1...", path).encode("unicode_escape").decode()


class DropAccessLog(logging.Filter):
    """Keeps uvicorn's own request lines out of the log: they hold whole paths."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Drop every line."""
        return False
