"""The one piece of work that the server does: bytes to a kept diagnosis."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.errors import ChangedError, NotFoundError, NothingReadError, UnforeseenError
from app.reading import Order, Reading, read_order, report_run
from app.settings import Settings
from app.shapes import Memory, correct_memory, merge_roles, shape_of_entry
from app.store import Draft, RunCharts, Store, Stored
from app.views import worst_run
from app.workers import Workers
from lrdiag.charts import Curves, curves_from_bytes
from lrdiag.errors import LrdiagError, UnknownNameError
from lrdiag.readers import Source
from lrdiag.report.json import SourceError
from lrdiag.run import ROLES, Config

ATTEMPTS = 5  # of putting a correction on top of somebody else's

log = logging.getLogger("uvicorn.lrdiag")


def diagnose_sources(
    store: Store,
    workers: Workers,
    settings: Settings,
    owner: str,
    sources: Sequence[Source],
    *,
    title: str = "",
) -> Stored:
    """Diagnose logs and keep what came of it.

    A file that cannot be read is told of in the result's errors while the others go on.

    Args:
        store: Where to keep it.
        workers: Who reads it.
        settings: The limits.
        owner: Whose it is.
        sources: The files as uploaded, packed or not.
        title: What lists call it; the file's name, or how many there are, unless told.

    Raises:
        NothingReadError: None of the files gave a run; nothing is kept.
        LimitError: All of it took longer or more memory than one upload may.
    """
    draft = _draft(workers, _order(sources, settings, memory=store.recall(owner)))
    uploads = [(source.name, source.data) for source in sources]
    return store.add(owner, title or title_of(sources), uploads, draft)


def diagnose_again(
    store: Store,
    workers: Workers,
    settings: Settings,
    stored: Stored,
    *,
    roles: Mapping[str, str | None],
    config: Mapping[str, Any],
) -> Stored:
    """Read the stored upload again with corrections, and put the diagnosis in its place.

    Corrected roles are remembered for the owner's next logs with the same columns.

    Args:
        store: Where it is kept.
        workers: Who reads it.
        settings: The limits.
        stored: The diagnosis as it was read.
        roles: The roles to change, by column; None takes a correction back.
        config: The settings to change, by name; None takes one back.

    Raises:
        UnknownNameError: No column or no role bears that name.
        ConfigError: A setting is unknown or out of its range.
        NothingReadError: With these corrections no file gives a run; nothing is changed.
        NotFoundError: It was deleted meanwhile, or its upload is gone.
        ChangedError: It kept changing meanwhile.
    """

    def correct(current: Stored) -> Correction:
        _check_roles(current, roles)
        runs = current.result["runs"]
        columns = [{one["column"] for one in run["columns"]} for run in runs]
        return Correction(
            roles=merge_roles(current.roles, roles, columns),
            config=Config.from_mapping(_merge(current.config, config)).to_mapping(),
            memory=correct_memory(store.recall(current.owner), runs, roles),
        )

    return _put_anew(store, workers, settings, stored, correct)


def forget_shape(
    store: Store, workers: Workers, settings: Settings, stored: Stored, k: int
) -> Stored:
    """Forget what was corrected in logs with the columns of run ``k``, and read it without that.

    What was corrected in this diagnosis itself stands.

    Raises:
        NotFoundError: There is no such run, it was deleted meanwhile, or its upload is gone.
        ChangedError: It kept changing meanwhile.
    """
    runs = stored.result["runs"]
    if not 0 <= k < len(runs):
        raise NotFoundError(f"This diagnosis has no run {k}.")
    shape = shape_of_entry(runs[k])

    def correct(current: Stored) -> Correction:
        return Correction(current.roles, current.config, memory={shape: {}})

    return _put_anew(store, workers, settings, stored, correct)


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to be known of a diagnosis when it is read again.

    Attributes:
        roles: Corrections of this diagnosis, by column.
        config: The settings that the user told.
        memory: What to remember from now on, of the shapes that change.
    """

    roles: Mapping[str, str]
    config: Mapping[str, Any]
    memory: Memory


def _put_anew(
    store: Store,
    workers: Workers,
    settings: Settings,
    stored: Stored,
    correct: Callable[[Stored], Correction],
) -> Stored:
    """Read a diagnosis again as corrected, once more where it has changed meanwhile."""
    current: Stored | None = stored
    for _ in range(ATTEMPTS):
        if current is None:
            raise NotFoundError("There is no such diagnosis.")
        new = correct(current)
        order = _order(
            _stored_sources(store, current),
            settings,
            roles=new.roles,
            config=new.config,
            memory={**store.recall(current.owner), **new.memory},
        )
        done = store.replace(current, _draft(workers, order))
        if done is not None:
            store.remember(current.owner, new.memory)
            return done
        current = store.get(current.owner, current.id)
    raise ChangedError(
        "This diagnosis is being changed by another request.", hint="Try again in a moment."
    )


def report_stored(
    store: Store, workers: Workers, settings: Settings, stored: Stored, k: int
) -> tuple[str, str]:
    """Diagnose run ``k`` anew from its upload, and return its name and its report as HTML.

    Raises:
        NotFoundError: There is no such run, or its upload is gone.
    """
    sources = _stored_sources(store, stored)
    memory = store.recall(stored.owner)
    order = _order(sources, settings, roles=stored.roles, config=stored.config, memory=memory)
    report = workers.run(report_run, order, k)
    if report is None:
        raise NotFoundError(f"This diagnosis has no run {k}.")
    return report


def read_curves(store: Store, stored: Stored, k: int) -> Curves:
    """Return the full curves of run ``k``.

    Raises:
        NotFoundError: There is no such run.
    """
    data = store.curves(stored, k)
    if data is None:
        raise NotFoundError(f"This diagnosis has no run {k}.")
    return curves_from_bytes(data)


def title_of(sources: Sequence[Source]) -> str:
    """Return what lists call these logs: the file, or the folder that holds them all."""
    if len(sources) == 1:
        return sources[0].name
    first, *others = dict.fromkeys(source.name.partition("/")[0] for source in sources)
    more = len(others) if "/" in sources[0].name else len(sources) - 1
    return f"{first} and {more} more" if more else first


def _order(
    sources: Sequence[Source],
    settings: Settings,
    *,
    roles: Mapping[str, str] | None = None,
    config: Mapping[str, Any] | None = None,
    memory: Memory,
) -> Order:
    return Order(
        tuple(sources),
        settings.limits(),
        settings.max_upload_bytes,
        roles=dict(roles or {}),
        config=dict(config or {}),
        memory=memory,
    )


def _draft(workers: Workers, order: Order) -> Draft:
    reading = workers.run(read_order, order)
    for fault in reading.faults:
        log.error("error %s while reading an upload", fault)
    if not reading.drawings:
        raise _nothing_read(reading)
    charts = tuple(RunCharts(one.chart, one.curves) for one in reading.drawings)
    # lists say that run's verdict beside it
    spark = reading.drawings[worst_run(reading.result["runs"])].spark
    return Draft(reading.result, charts, order.roles, order.config, spark)


def _nothing_read(reading: Reading) -> LrdiagError:
    errors = [SourceError(**one) for one in reading.result["errors"]]
    if len(reading.faults) == len(errors):
        return UnforeseenError(errors[0].error, hint=errors[0].hint)
    return NothingReadError(errors, too_large=reading.too_large)


def _stored_sources(store: Store, stored: Stored) -> list[Source]:
    sources = []
    for file in stored.files:
        data = store.upload(file)
        if data is None:
            raise NotFoundError(
                f"The upload {file.name!r} is no longer on the server.",
                hint="Send the log again.",
            )
        sources.append(Source(file.name, data))
    return sources


def _check_roles(stored: Stored, roles: Mapping[str, str | None]) -> None:
    columns = {one["column"] for run in stored.result["runs"] for one in run["columns"]}
    for column, role in roles.items():
        if column not in columns and column not in stored.roles:
            shown = ", ".join(sorted(columns)[:20])
            raise UnknownNameError(
                f"The log has no column {column[:80]!r}.", hint=f"Its columns: {shown}."
            )
        if role is not None and role not in ROLES:
            raise UnknownNameError(
                f"{role[:80]!r} is no role that a column can have.",
                hint=f"Choose one of {', '.join(ROLES)}.",
            )


def _merge(old: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**old, **changes}
    return {name: value for name, value in merged.items() if value is not None and value != ""}
