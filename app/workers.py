"""Processes that read uploads: a log can be anything, and what reads it may hang, swell or die.

Each worker is a process pool of one, so that what ends one process ends nobody else's work.
"""

import importlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.context import BaseContext
from pathlib import Path
from queue import SimpleQueue
from typing import ParamSpec, TypeVar

from lrdiag.errors import LimitError, LrdiagError

P = ParamSpec("P")
T = TypeVar("T")

PRELOADED = ("app.reading", "pandas")  # else the first upload takes 0.24 s instead of 0.07 s
GRACE = 5.0  # seconds after which a worker ends itself where nobody is left to end it
START_SECONDS = 60.0  # a worker stands after 0.1 s, the first one after 1 s
MEMORY = Path("/proc/self/statm")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one upload may take.

    Attributes:
        seconds: From handing it over to the answer.
        memory: Bytes of address space beyond what an idle worker has.
    """

    seconds: float
    memory: int


class Workers:
    """A few processes that wait for uploads; safe to call from many threads."""

    def __init__(self, number: int, bounds: Bounds) -> None:
        self._number = number
        self._bounds = bounds
        self._free: SimpleQueue[_Worker] = SimpleQueue()
        self._all: list[_Worker] = []

    def start(self) -> None:
        """Begin to start the processes, without waiting for them."""
        context = _context()
        self._all = [_Worker(context, self._bounds) for _ in range(self._number)]
        for worker in self._all:
            self._free.put(worker)

    def close(self) -> None:
        """End the processes, also those that are at work."""
        for worker in self._all:
            worker.end()

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes, each as soon as it stands."""
        return tuple(worker.pid for worker in self._all)

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function of a module in a free process and return what it returns.

        What it raises arrives as itself.

        Raises:
            LimitError: It took too long or too much memory, or its process died; another one has
                taken its place.
        """
        worker = self._free.get()
        try:
            return worker.run(function, *args, **kwargs)
        finally:
            self._free.put(worker)


class _Worker:
    """One process, and the next one when it is gone."""

    def __init__(self, context: BaseContext, bounds: Bounds) -> None:
        self._context = context
        self._bounds = bounds
        self._ended = False
        self._begin()

    @property
    def pid(self) -> int:
        return self._pid.result(START_SECONDS)

    def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        future = self._submit(partial(_call, self._bounds.seconds, function, *args, **kwargs))
        try:
            return future.result(self._bounds.seconds)
        except TimeoutError:
            said = f"Reading this took longer than {self._bounds.seconds:g} s and was stopped."
        except MemoryError:
            said = "Reading this takes more memory than the server allows."
        except BrokenProcessPool:
            said = "The process that read this ended without an answer; likely for lack of memory."
        self._replace()
        raise LimitError(said, hint="Send fewer files at once, or keep every tenth row.")

    def end(self) -> None:
        self._ended = True
        self._stop()

    def _submit(self, call: Callable[[], T]) -> Future[T]:
        """Hand over to a process that stands; one that died while idle is nobody's fault."""
        if self._ended:
            raise LrdiagError("The server is being stopped.", hint="Try again in a moment.")
        try:
            self._pid.result(START_SECONDS)
            return self._pool.submit(call)
        except (BrokenProcessPool, TimeoutError):
            self._replace()
            self._pid.result(START_SECONDS)
            return self._pool.submit(call)

    def _begin(self) -> None:
        self._pool = ProcessPoolExecutor(
            1, self._context, initializer=_prepare, initargs=(self._bounds.memory,)
        )
        self._pid = self._pool.submit(os.getpid)

    def _replace(self) -> None:
        self._stop()
        if not self._ended:
            self._begin()

    def _stop(self) -> None:
        if self._pid.done() and not self._pid.exception():
            pid = self._pid.result()
            for child in multiprocessing.active_children():
                if child.pid == pid:
                    child.kill()
        self._pool.shutdown(wait=False, cancel_futures=True)


def _context() -> BaseContext:
    """Return how processes are started.

    Never by a fork of the web process, whose threads may hold locks at that moment: a server of
    its own is forked, which has loaded what reading needs; where there is none, a new interpreter.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    return context


def _prepare(memory: int) -> None:
    """Make a new process ready: loaded, bounded, and ending with the one that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the web process's to answer
    for name in PRELOADED:
        importlib.import_module(name)
    _bound_memory(memory)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _bound_memory(memory: int) -> None:
    if sys.platform == "win32" or not MEMORY.exists():
        return  # macOS keeps no such limit
    import resource

    pages = int(MEMORY.read_text().split()[0])
    limit = pages * resource.getpagesize() + memory
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _call(seconds: float, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    with _alarm(seconds + GRACE):
        return function(*args, **kwargs)


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Have the kernel end this process after a time, whatever it is stuck in."""
    if sys.platform == "win32":
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
