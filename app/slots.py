"""How many logs are diagnosed at once: each takes memory, and they share the processors anyway."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from app.errors import BusyError

WAIT_SECONDS = 30.0  # a log of a million rows takes about 3 s
MOST_WAITING = 20  # each holds its upload, on disk or as up to 32 MB of pasted text


class Slots:
    """Lets a few requests work and others wait for a moment.

    A slot is taken once the upload has arrived, so that a slow client holds none, and before a
    worker thread is, so that waiting takes no thread from the pages.
    """

    def __init__(self, at_once: int, *, wait: float = WAIT_SECONDS) -> None:
        self._free = anyio.Semaphore(at_once)
        self._wait = wait

    @asynccontextmanager
    async def take(self) -> AsyncIterator[None]:
        """Wait for a slot and hold it.

        Raises:
            BusyError: None came free in time, or too many wait already.
        """
        if self._free.statistics().tasks_waiting >= MOST_WAITING:
            raise _busy()
        with anyio.move_on_after(self._wait) as waiting:
            await self._free.acquire()
        if waiting.cancelled_caught:
            raise _busy()
        try:
            yield
        finally:
            self._free.release()


def _busy() -> BusyError:
    return BusyError(
        "The server is diagnosing as many logs as it can at once.",
        hint="Send it again in a moment.",
    )
