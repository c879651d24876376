"""Stored diagnoses to a comparison: which runs, and what they say together."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import orjson

from app.errors import BadRequestError, unknown_diagnosis
from app.store import Store, Stored
from app.work import read_curves
from lrdiag import __version__
from lrdiag.charts import Curves, Line, comparison_chart, points_a_line, take_line
from lrdiag.comparison import Comparison, Found, LossName, Member, compare_members, make_member
from lrdiag.finding import Severity
from lrdiag.report.comparison_json import comparison_to_json
from lrdiag.report.json import SCHEMA_VERSION
from lrdiag.report.names import label_runs
from lrdiag.run import Series, SeriesName

Json = dict[str, Any]

MOST_RUNS = 60  # of one comparison; more lines than that are no picture
KEPT = 8  # comparisons; the chart of thirteen runs takes 300 kB
LOSSES: tuple[LossName, ...] = ("train_loss", "val_loss")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A run to compare.

    Attributes:
        stored: The diagnosis that it belongs to.
        k: Its place there.
    """

    stored: Stored
    k: int

    @property
    def entry(self) -> Json:
        """What the contract object says of it."""
        entry: Json = self.stored.result["runs"][self.k]
        return entry


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """What came of comparing runs.

    Attributes:
        comparison: What they say together.
        chart: What the browser draws, as JSON.
    """

    comparison: Comparison
    chart: bytes


def choose_runs(store: Store, owner: str, ids: Sequence[str]) -> tuple[Chosen, ...]:
    """Return all runs of some diagnoses of one owner, in the order asked for.

    Raises:
        NotFoundError: One of them is not there, or not the owner's.
        BadRequestError: They are too many.
    """
    chosen: list[Chosen] = []
    for one in dict.fromkeys(ids):
        stored = store.get(owner, one)
        if stored is None:
            raise unknown_diagnosis()
        chosen += [Chosen(stored, k) for k in range(len(stored.result["runs"]))]
        if len(chosen) > MOST_RUNS:
            raise BadRequestError(
                f"More than {MOST_RUNS} runs are too many for one comparison.",
                hint="Choose fewer logs, or use the command line: lrdiag diagnose --compare LOG...",
            )
    return tuple(chosen)


class Comparisons:
    """Compares runs, and remembers the last answers: a page and its chart ask for the same.

    A diagnosis that was corrected has another edition and so another answer.
    """

    def __init__(self, store: Store, kept: int = KEPT) -> None:
        self._store = store
        self._kept = kept
        self._made: OrderedDict[tuple[tuple[str, int], ...], Compared] = OrderedDict()
        self._lock = Lock()

    def compare(self, chosen: Sequence[Chosen]) -> Compared:
        """Compare runs.

        Raises:
            NotFoundError: The curves of one are gone.
        """
        key = tuple((one.stored.edition, one.k) for one in chosen)
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        made = _compare(self._store, chosen)
        with self._lock:
            self._made[key] = made
            while len(self._made) > self._kept:
                self._made.popitem(last=False)
        return made


def _compare(store: Store, chosen: Sequence[Chosen]) -> Compared:
    """Read one run after the other: of a run of a million rows only some thousand stay."""
    members: list[Member] = []
    lines: dict[int, dict[LossName, Line]] = {}
    points = points_a_line(len(chosen))
    for place, one in enumerate(chosen):
        curves = read_curves(store, one.stored, one.k)
        members.append(_member_of(one.entry, curves))
        found = ((loss, take_line(curves, loss, points)) for loss in LOSSES)
        lines[place] = {loss: line for loss, line in found if line is not None}
    comparison = compare_members(members)
    chart = comparison_chart(comparison, lines, label_runs(members))
    return Compared(comparison, orjson.dumps(chart))


def _member_of(entry: Json, curves: Curves) -> Member:
    known: dict[SeriesName, Series | None] = {
        "train_loss": curves.train,
        "val_loss": curves.val,
        "lr": curves.lr,
    }
    refusal = entry.get("refusal")
    return make_member(
        entry["name"],
        source=entry["source"],
        unit=entry["x"]["unit"],
        series={name: one for name, one in known.items() if one is not None},
        told_rate=entry["config"].get("lr"),
        found=tuple(
            Found(one["code"], Severity[one["severity"].upper()], one["summary"])
            for one in entry["findings"]
        ),
        refusal=refusal["reason"] if refusal else "",
    )


def comparison_document(chosen: Sequence[Chosen], compared: Compared) -> Json:
    """Return the contract object of several stored runs, with what they say together."""
    return {
        "schema_version": SCHEMA_VERSION,
        "lrdiag_version": __version__,
        "runs": [one.entry for one in chosen],
        "errors": [],
        "comparison": comparison_to_json(compared.comparison),
    }
