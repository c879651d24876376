"""The page of a comparison: its record, and how it is made of what runs say together."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import orjson

from app.comparing import Chosen, Compared, Json
from app.pages import Page, RecentRow
from app.views import SPOKEN, say_verdict, speaks_of_rate, view_advice
from lrdiag.report.comparison_words import Row, describe_basis, notes, rows, tell
from lrdiag.report.words import VerdictSeverity
from lrdiag.wording import count


@dataclass(frozen=True, slots=True)
class LegendItem:
    """A line of the chart, as the legend and the readout name it."""

    run: int
    name: str
    best: bool


@dataclass(frozen=True, slots=True)
class OverlayBox:
    """Where the browser gets the lines, and what the page knows of them without scripts.

    Attributes:
        smoothed: Whether lines are drawn through the values, or only the values.
        rates: What the second chart shows, in a sentence; empty without one.
    """

    src: str
    label: str
    axis: str
    smoothed: bool
    rates: str
    legend: tuple[LegendItem, ...]


@dataclass(frozen=True, slots=True)
class CompareRow:
    """A run in the table."""

    run: int
    href: str
    name: str
    rate: str
    rate_from: str
    final: str
    lowest: str
    remark: str
    best: bool
    severity: str
    words: str
    advice: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the runs say together, in a breath."""

    severity: VerdictSeverity
    spoken: str
    headline: str
    because: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A recent log to choose."""

    row: RecentRow
    chosen: bool


@dataclass(frozen=True, slots=True)
class ComparePage(Page):
    """Several runs together; without any, the list to choose them from.

    Attributes:
        verdict: None where nothing was chosen.
        swap: The address with before and after the other way round; empty where there is none.
    """

    template = "pages/compare.html"

    heading: str
    basis: str
    verdict: Verdict | None
    chart: OverlayBox | None
    rows: tuple[CompareRow, ...]
    notes: tuple[str, ...]
    swap: str
    choices: tuple[Choice, ...]

    @property
    def rated(self) -> bool:
        """Whether the rate of any run is known."""
        return any(row.rate_from for row in self.rows)


def compare_page(
    chosen: Sequence[Chosen],
    compared: Compared | None,
    recent: Sequence[RecentRow],
    *,
    picked: Sequence[str],
) -> ComparePage:
    """Return the page of a comparison.

    Args:
        chosen: The runs.
        compared: What they say together; None where nothing was chosen.
        recent: The owner's last diagnoses, to choose from.
        picked: The diagnoses that were chosen, in that order.
    """
    choices = tuple(Choice(row, row.id in picked) for row in recent)
    if compared is None:
        return ComparePage(
            title="Compare runs",
            here="Compare",
            heading="Compare runs",
            basis="",
            verdict=None,
            chart=None,
            rows=(),
            notes=(),
            swap="",
            choices=choices,
        )
    made = compared.comparison
    told = tell(made)
    spoken = SPOKEN.get(told.severity, told.severity)
    alone = len(chosen) == 2 and len(picked) == 2
    return ComparePage(
        title=f"{count(len(chosen), 'run')} compared",
        here="Compare",
        heading=f"{count(len(chosen), 'run')} compared",
        basis=describe_basis(made),
        verdict=Verdict(told.severity, spoken, told.headline, told.because),
        chart=_overlay(orjson.loads(compared.chart), picked),
        rows=tuple(_row(one, chosen[one.run]) for one in rows(made)),
        notes=notes(made),
        swap=_address("/compare", "d", picked[::-1]) if alone and made.change else "",
        choices=choices,
    )


def _address(path: str, name: str, ids: Sequence[str]) -> str:
    return f"{path}?{urlencode([(name, one) for one in ids])}"


def _overlay(chart: Json, picked: Sequence[str]) -> OverlayBox | None:
    if chart["empty"]:
        return None
    runs = sorted(chart["runs"], key=lambda run: (run["place"], run["run"]))
    return OverlayBox(
        src=_address("/api/compare/chart", "id", picked),
        label=chart["label"],
        axis=chart["x"]["name"],
        smoothed=any(run["raw"] != run["smooth"] for run in runs),
        rates=chart["rates"]["label"] if chart["rates"] else "",
        legend=tuple(LegendItem(run["run"], run["label"], run["best"]) for run in runs),
    )


def _row(row: Row, one: Chosen) -> CompareRow:
    entry = one.entry
    advice = view_advice(entry["advice"], entry["status"])
    several = len(one.stored.result["runs"]) > 1
    judged = speaks_of_rate(entry["advice"], entry["status"])
    move = f"{advice.today} → {advice.move}" if advice.today else entry["advice"]["move"]
    return CompareRow(
        run=row.run,
        href=f"/d/{one.stored.id}{f'?run={one.k}' if several else ''}",
        name=row.name,
        rate=row.rate,
        rate_from=row.rate_from,
        final=row.final,
        lowest=row.lowest,
        remark=row.remark,
        best=row.best,
        severity=entry["verdict"]["severity"],
        words=say_verdict(entry),
        advice=move if judged else "–",
    )
