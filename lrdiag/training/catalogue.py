"""The tasks that can be trained here: lrdiag's own, and the operator's."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from importlib import import_module
from importlib.metadata import entry_points

from lrdiag.errors import UnknownNameError
from lrdiag.training.card import Task

ENTRY_POINTS = "lrdiag.tasks"
VARIABLE = "LRDIAG_TASKS"

# The smallest first.
TASKS: tuple[Task, ...] = ()


@dataclass(frozen=True, slots=True)
class BrokenTask:
    """A task that the operator offers and that cannot be used.

    Attributes:
        source: Where it was offered, as in "LRDIAG_TASKS mypackage.tasks".
        error: What happened.
        hint: What to do.
    """

    source: str
    error: str
    hint: str


@dataclass(frozen=True, slots=True)
class _Offer:
    """What a source offers, not yet looked at."""

    source: str
    found: object


def find_tasks() -> tuple[Task, ...]:
    """Return every task: lrdiag's own first, then the operator's.

    The operator offers tasks by entry points of the group ``lrdiag.tasks``, each naming a
    ``Task`` or several, and by the environment variable ``LRDIAG_TASKS``: modules, separated by
    commas, that hold ``TASKS`` or ``TASK``. What cannot be used is left out; see
    ``list_broken_tasks``. Looked up once a process.
    """
    return _survey(os.environ.get(VARIABLE, ""))[0]


def list_broken_tasks() -> tuple[BrokenTask, ...]:
    """Return what the operator offers and what cannot be used, with the reason."""
    return _survey(os.environ.get(VARIABLE, ""))[1]


def task(name: str) -> Task:
    """Return the task of that name.

    Raises:
        UnknownNameError: No task bears it.
    """
    tasks = {one.name: one for one in find_tasks()}
    wanted = name.strip().lower()
    if wanted in tasks:
        return tasks[wanted]
    near = get_close_matches(wanted, tasks, n=3, cutoff=0.5)
    raise UnknownNameError(
        f"No task is called {name!r}.",
        hint=f"Did you mean {' or '.join(near)}?" if near else "lrdiag tasks lists them.",
    )


@lru_cache(maxsize=4)
def _survey(modules: str) -> tuple[tuple[Task, ...], tuple[BrokenTask, ...]]:
    """Look at everything that is offered, and keep what can be used."""
    tasks = {one.name: one for one in TASKS}
    broken = []
    for offer in (*_from_entry_points(), *_from_modules(modules)):
        if isinstance(offer, BrokenTask):
            broken.append(offer)
            continue
        for one in _several(offer.found):
            fault = _find_fault(one, tasks)
            if fault:
                broken.append(BrokenTask(offer.source, *fault))
            elif isinstance(one, Task):
                tasks[one.name] = one
    return tuple(tasks.values()), tuple(broken)


def _several(found: object) -> tuple[object, ...]:
    return tuple(found) if isinstance(found, list | tuple) else (found,)


def _find_fault(one: object, taken: dict[str, Task]) -> tuple[str, str] | None:
    if not isinstance(one, Task):
        return (
            f"{type(one).__name__} is no Task.",
            "Offer a lrdiag.training.Task, or a list of them.",
        )
    if one.name in taken:
        return f"There is a task {one.name} already.", "Give it another name."
    return None


def _from_entry_points() -> Iterator[_Offer | BrokenTask]:
    for point in entry_points(group=ENTRY_POINTS):
        source = f"{point.dist.name} {point.name}" if point.dist else point.name
        try:
            yield _Offer(source, point.load())
        except (Exception, SystemExit) as error:  # an operator's module may do anything
            yield BrokenTask(source, _say(error), f"Mend {point.value}, or remove its package.")


def _from_modules(modules: str) -> Iterator[_Offer | BrokenTask]:
    for name in filter(None, (part.strip() for part in modules.split(","))):
        source = f"{VARIABLE} {name}"
        try:
            module = import_module(name)
        except (Exception, SystemExit) as error:
            hint = f"Mend {name}, or take it out of {VARIABLE}."
            yield BrokenTask(source, _say(error), hint)
            continue
        found = getattr(module, "TASKS", getattr(module, "TASK", None))
        if found is None:
            yield BrokenTask(source, "It holds neither TASKS nor TASK.", "Name its tasks TASKS.")
        else:
            yield _Offer(source, found)


def _say(error: BaseException) -> str:
    return f"It cannot be loaded: {type(error).__name__}: {error}"
