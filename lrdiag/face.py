"""The Python face: read a log, diagnose a run, and see it in a script or a notebook."""

import io
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol, Self, runtime_checkable

from lrdiag import comparison as compared
from lrdiag import diagnosis as record
from lrdiag.errors import ReadError
from lrdiag.frames import frame_to_table, mapping_to_table
from lrdiag.readers import Limits, Source, read_logs, read_path
from lrdiag.readers.columns import runs_from_table
from lrdiag.rules import RULES, Rule
from lrdiag.run import Config, Role, Run

if TYPE_CHECKING:
    from plotly.graph_objects import Figure
    from rich.console import RenderableType


@runtime_checkable
class DataFrame(Protocol):
    """What is asked of a table of pandas, polars or the like."""

    @property
    def columns(self) -> Iterable[Any]:
        """The names of the columns."""

    def __getitem__(self, name: Any, /) -> Any: ...  # noqa: ANN401 - columns of any library


Log = str | os.PathLike[str] | bytes | IO[bytes] | IO[str] | DataFrame | Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Diagnosis(record.Diagnosis):
    """What the rules say of one run, with ways to see it; a notebook shows it by itself."""

    @classmethod
    def of(cls, one: record.Diagnosis) -> Self:
        """Dress a bare diagnosis."""
        return cls(**{field.name: getattr(one, field.name) for field in fields(one)})

    def figure(self) -> "Figure":
        """Return the chart as a plotly figure."""
        from plotly.graph_objects import Figure

        from lrdiag.charts import static_figure

        figure = static_figure(self)
        return figure if isinstance(figure, Figure) else Figure(figure)

    def to_json(self, *, pretty: bool = False) -> str:
        """Return one entry of the contract's ``runs`` as JSON text; NaN is null in it."""
        from lrdiag.report.json import run_to_json, to_bytes

        return to_bytes(run_to_json(self), pretty=pretty).decode()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a report: a web page that needs no network (.html), or JSON (.json).

        Raises:
            ValueError: The ending is neither.
        """
        target = Path(path)
        if target.suffix.lower() == ".json":
            from lrdiag.report.json import document, to_bytes

            target.write_bytes(to_bytes(document([self]), pretty=True))
        elif target.suffix.lower() in {".html", ".htm"}:
            from lrdiag.report.html import diagnosis_to_page

            target.write_text(diagnosis_to_page(self), "utf-8")
        else:
            raise ValueError(f"A report ends in .html or .json; {target.name!r} does not.")

    def __str__(self) -> str:
        from lrdiag.report.text import diagnosis_to_renderable, to_text

        return to_text(diagnosis_to_renderable(self))

    def __repr__(self) -> str:
        from lrdiag.report.words import advice_move

        codes = ", ".join(self.findings) or "no findings"
        move = advice_move(self.advice)
        return f"<Diagnosis of {self.run.name!r}: {self.status}, {codes}; {move}>"

    def __rich__(self) -> "RenderableType":
        from lrdiag.report.text import diagnosis_to_renderable

        return diagnosis_to_renderable(self)

    def _repr_html_(self) -> str:
        from lrdiag.report.html import diagnosis_to_fragment

        return diagnosis_to_fragment(self)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Comparison(compared.Comparison):
    """What several runs say together, with ways to see it."""

    @classmethod
    def of(cls, one: compared.Comparison) -> Self:
        """Dress a bare comparison."""
        return cls(**{field.name: getattr(one, field.name) for field in fields(one)})

    def to_json(self, *, pretty: bool = False) -> str:
        """Return the contract's ``comparison`` as JSON text; runs are named by their place."""
        from lrdiag.report.comparison_json import comparison_to_json
        from lrdiag.report.json import to_bytes

        return to_bytes(comparison_to_json(self), pretty=pretty).decode()

    def __str__(self) -> str:
        from lrdiag.report.comparison_text import comparison_to_renderable
        from lrdiag.report.text import to_text

        return to_text(comparison_to_renderable(self))

    def __repr__(self) -> str:
        from lrdiag.report.comparison_words import tell

        return f"<Comparison of {len(self.members)} runs: {tell(self).headline}>"

    def __rich__(self) -> "RenderableType":
        from lrdiag.report.comparison_text import comparison_to_renderable

        return comparison_to_renderable(self)


def read_runs(
    log: Log,
    *,
    roles: Mapping[str, Role] | None = None,
    limits: Limits = Limits(),  # noqa: B008  frozen
) -> tuple[Run, ...]:
    """Read every run of a log.

    Args:
        log: The path of a log or of a folder of logs, the bytes of a log, an open file, a
            DataFrame or a dict of columns. In a dict None means that nothing was logged and NaN
            that the loss was none; a DataFrame has one sign for both, and lrdiag tells them
            apart by the other columns of the row.
        roles: What to take a column for, by its name, where lrdiag would be wrong.
        limits: How much of a file to take in.

    Raises:
        ReadError: Nothing in the log can be read.
    """
    if isinstance(log, bytes | bytearray | memoryview):
        return _read_all([Source("log", bytes(log))], roles, limits)
    if isinstance(log, str | os.PathLike):
        return _read_all(read_path(log, limits=limits), roles, limits)
    if isinstance(log, io.IOBase) or hasattr(log, "read"):
        data = log.read()
        name = str(getattr(log, "name", "log"))
        data = data.encode() if isinstance(data, str) else data
        return _read_all([Source(name, data)], roles, limits)
    if isinstance(log, Mapping):
        return runs_from_table(mapping_to_table(log), "dict", roles)
    if isinstance(log, DataFrame):
        return runs_from_table(frame_to_table(log), "DataFrame", roles)
    raise ReadError(
        f"A {type(log).__name__} is no log.",
        hint="Give a path, bytes, an open file, a DataFrame or a dict of columns.",
    )


def _read_all(
    sources: Iterable[Source], roles: Mapping[str, Role] | None, limits: Limits
) -> tuple[Run, ...]:
    reading = read_logs(sources, roles=roles, limits=limits)
    if not reading.runs:
        raise reading.left_out[0].error
    return reading.runs


def diagnose(
    run: Run | Log,
    config: Config | Mapping[str, Any] | None = None,
    *,
    rules: tuple[Rule, ...] | None = None,
) -> Diagnosis:
    """Diagnose one run.

    Args:
        run: A run, or a log that holds exactly one, in any form that ``read_runs`` takes.
        config: What the log does not tell, as far as you do: names and values of ``Config``.
        rules: The rules to ask; all by default.

    Raises:
        ReadError: The log cannot be read, or holds several runs.
        ConfigError: A setting makes no sense.
    """
    if not isinstance(config, Config):
        config = Config.from_mapping(config or {})
    one = run if isinstance(run, Run) else _only_run(read_runs(run))
    return Diagnosis.of(record.diagnose(one, config, rules=RULES if rules is None else rules))


def compare(
    runs: Iterable[Run | record.Diagnosis | Log],
    config: Config | Mapping[str, Any] | None = None,
) -> Comparison:
    """Say what several runs say together: the best rate, what chance does, what a change did.

    Of two runs the first is taken for the one before a change and the second for the one after.

    Args:
        runs: Runs, diagnoses of runs, or logs, of which each may hold several runs.
        config: What no log tells, as far as you do; for diagnoses it was told before.

    Raises:
        ReadError: A log cannot be read.
        ConfigError: A setting makes no sense.
    """
    if not isinstance(config, Config):
        config = Config.from_mapping(config or {})
    diagnoses: list[record.Diagnosis] = []
    for one in runs:
        if isinstance(one, record.Diagnosis):
            diagnoses.append(one)
        else:
            found = (one,) if isinstance(one, Run) else read_runs(one)
            diagnoses += [record.diagnose(run, config) for run in found]
    return Comparison.of(compared.compare_runs(diagnoses))


def _only_run(runs: tuple[Run, ...]) -> Run:
    if len(runs) == 1:
        return runs[0]
    names = ", ".join(run.name for run in runs[:5])
    raise ReadError(
        f"The log holds {len(runs)} runs: {names}.",
        hint="Diagnose them one by one: for run in lrdiag.read_runs(log): lrdiag.diagnose(run)",
    )
