"""The one piece of work that the server does: bytes to a kept diagnosis."""

import logging
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from app.errors import ChangedError, NotFoundError, NothingReadError, UnforeseenError
from app.settings import Settings
from app.store import Draft, RunCharts, Store, Stored
from app.views import worst_run
from lrdiag.charts import (
    Curves,
    curves_from_bytes,
    curves_to_bytes,
    loss_chart,
    measure_curves,
    sparkline,
)
from lrdiag.diagnosis import Diagnosis, diagnose
from lrdiag.errors import LimitError, LrdiagError, UnknownNameError
from lrdiag.readers import Limits, Source, read_runs, unpack
from lrdiag.report.json import SourceError, document
from lrdiag.run import ROLES, Config, Role

SPARK_WIDTH, SPARK_HEIGHT = 300, 72
MAX_RUNS = 200  # in one diagnosis; beyond it the page is no help to anyone
MAX_COLUMNS = 20_000  # of all runs of a diagnosis; each is 150 bytes in every answer
ATTEMPTS = 5  # of putting a correction on top of somebody else's

log = logging.getLogger("uvicorn.lrdiag")


@dataclass(slots=True)
class _Outcome:
    """What came of the files, in their order."""

    diagnoses: list[Diagnosis] = field(default_factory=list)
    charts: list[RunCharts] = field(default_factory=list)
    sparks: list[str] = field(default_factory=list)
    columns: int = 0
    errors: list[SourceError] = field(default_factory=list)
    causes: list[Exception] = field(default_factory=list)


def diagnose_sources(
    store: Store, settings: Settings, owner: str, sources: Sequence[Source], *, title: str = ""
) -> Stored:
    """Diagnose logs and keep what came of it.

    A file that cannot be read is told of in the result's errors while the others go on.

    Args:
        store: Where to keep it.
        settings: The limits.
        owner: Whose it is.
        sources: The files as uploaded, packed or not.
        title: What lists call it; the file's name, or how many there are, unless told.

    Raises:
        NothingReadError: None of the files gave a run; nothing is kept.
    """
    draft = _draft(sources, settings, roles={}, config={})
    uploads = [(source.name, source.data) for source in sources]
    return store.add(owner, title or title_of(sources), uploads, draft)


def diagnose_again(
    store: Store,
    settings: Settings,
    stored: Stored,
    *,
    roles: Mapping[str, str | None],
    config: Mapping[str, Any],
) -> Stored:
    """Read the stored upload again with corrections, and put the diagnosis in its place.

    Args:
        store: Where it is kept.
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
    current: Stored | None = stored
    for _ in range(ATTEMPTS):
        if current is None:
            raise NotFoundError("There is no such diagnosis.")
        _check_roles(current, roles)
        merged = _merge(current.config, config)
        draft = _draft(
            _stored_sources(store, current),
            settings,
            roles=_merge(current.roles, roles),
            config=Config.from_mapping(merged).to_mapping(),
        )
        done = store.replace(current, draft)
        if done is not None:
            return done
        current = store.get(current.owner, current.id)
    raise ChangedError(
        "This diagnosis is being changed by another request.", hint="Try again in a moment."
    )


def diagnose_stored(store: Store, settings: Settings, stored: Stored, k: int) -> Diagnosis:
    """Diagnose run ``k`` anew from its upload, for what a kept result cannot be turned into.

    Raises:
        NotFoundError: There is no such run, or its upload is gone.
    """
    sources = _stored_sources(store, stored)
    outcome = _read(sources, settings, stored.roles, Config.from_mapping(stored.config))
    if not 0 <= k < len(outcome.diagnoses):
        raise NotFoundError(f"This diagnosis has no run {k}.")
    return outcome.diagnoses[k]


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
    """Return what lists call these logs."""
    first = sources[0].name
    return first if len(sources) == 1 else f"{first} and {len(sources) - 1} more"


def _draft(
    sources: Sequence[Source],
    settings: Settings,
    *,
    roles: Mapping[str, str],
    config: Mapping[str, Any],
) -> Draft:
    outcome = _read(sources, settings, roles, Config.from_mapping(config))
    if not outcome.diagnoses:
        raise _nothing_read(outcome)
    result = document(outcome.diagnoses, outcome.errors)
    spark = outcome.sparks[worst_run(result["runs"])]  # lists say that run's verdict beside it
    return Draft(result, tuple(outcome.charts), dict(roles), dict(config), spark)


def _read(
    sources: Sequence[Source], settings: Settings, roles: Mapping[str, str], config: Config
) -> _Outcome:
    outcome = _Outcome()
    left = settings.max_upload_bytes
    for source in sources:
        try:
            for part in _unpack(source, left):
                left -= len(part.data)
                _read_one(part, roles, config, outcome)
        except Exception as error:
            _note(outcome, source.name, error)
    return outcome


def _unpack(source: Source, left: int) -> Iterator[Source]:
    if left <= 0:
        raise LimitError(
            "The files before this one used up what one request may unpack to.",
            hint="Send it in a request of its own.",
        )
    yield from unpack(source, limits=replace(Limits(), max_bytes=left))


def _read_one(source: Source, roles: Mapping[str, str], config: Config, outcome: _Outcome) -> None:
    try:
        given: Mapping[str, Role] = {c: role for c, role in roles.items() if role in ROLES}
        for run in read_runs(source, roles=given or None):
            if len(outcome.diagnoses) >= MAX_RUNS:
                raise LimitError(
                    f"The request holds more than {MAX_RUNS} runs.",
                    hint="Send the others in a request of their own.",
                )
            outcome.columns += len(run.columns)
            if outcome.columns > MAX_COLUMNS:
                raise LimitError(
                    f"The logs of the request have more than {MAX_COLUMNS:,} columns.",
                    hint="Send this one in a request of its own.",
                )
            _add(outcome, diagnose(run, config))
    except Exception as error:
        _note(outcome, source.name, error)


def _add(outcome: _Outcome, diagnosis: Diagnosis) -> None:
    """Add a run and what the browser draws of it: both or neither."""
    curves = measure_curves(diagnosis)
    chart = orjson.dumps(loss_chart(diagnosis, curves), option=orjson.OPT_SERIALIZE_NUMPY)
    charts = RunCharts(chart, curves_to_bytes(curves))
    spark = sparkline(curves, SPARK_WIDTH, SPARK_HEIGHT)
    outcome.diagnoses.append(diagnosis)
    outcome.charts.append(charts)
    outcome.sparks.append(spark)


def _note(outcome: _Outcome, name: str, error: Exception) -> None:
    """Write down why a file gave no run; a mistake of ours too, for the others must go on."""
    outcome.causes.append(error)
    if isinstance(error, LrdiagError):
        outcome.errors.append(SourceError(name, error.message, error.hint))
        return
    number = secrets.token_hex(4)
    log.error("error %s while reading an upload", number, exc_info=error)
    outcome.errors.append(
        SourceError(
            name,
            f"lrdiag met an error of its own in this file, number {number}.",
            "Please report it with the number and, if you may, the file.",
        )
    )


def _nothing_read(outcome: _Outcome) -> LrdiagError:
    if not any(isinstance(cause, LrdiagError) for cause in outcome.causes):
        return UnforeseenError(outcome.errors[0].error, hint=outcome.errors[0].hint)
    too_large = all(isinstance(cause, LimitError) for cause in outcome.causes)
    return NothingReadError(outcome.errors, too_large=too_large)


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
