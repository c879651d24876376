"""The stored diagnosis as a page reads it: the contract object turned into ready words.

A template only places what stands here; every number was said by ``lrdiag.wording``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.columns import ColumnsView, view_columns
from app.findings import FindingView, Json, view_findings
from app.ruler import Ruler, factor_ruler, rate_ruler
from lrdiag.report.words import group_reasons
from lrdiag.wording import MOST_SURE, count, say_rate

SHOWN = 3  # findings in sight; the rest is folded, or the rail outgrows two screens
NORMAL = 6  # checks that a healthy run shows beside the chart; all of them stand below it
JUDGED = ("healthy", "findings")  # statuses that say something of the rate
MOVES = ("lower", "raise")  # advices that do, whatever the status
SPOKEN = {"ok": "healthy", "unknown": "cannot tell"}
URGENCY = ("error", "warning", "note", "unknown", "ok")


@dataclass(frozen=True, slots=True)
class Check:
    """A short label and what was seen for it."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class AdviceView:
    """The one move of the rate; ``today`` and ``change`` may be empty, ``ruler`` None."""

    action: str
    heading: str
    today: str
    move: str
    change: str
    confidence: float
    reason: str
    next_step: str
    ruler: Ruler | None


@dataclass(frozen=True, slots=True)
class SymptomRow:
    """A row of the symptom table; lit where ``severity`` is not empty."""

    observation: str
    cause: str
    action: str
    severity: str
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunView:
    """One run, ready to be placed on a page."""

    name: str
    source: str
    status: str
    facts: tuple[str, ...]
    notes: tuple[str, ...]
    severity: str
    spoken: str
    headline: str
    because: str
    refusal: Check | None
    advice: AdviceView
    findings: tuple[FindingView, ...]
    folded: tuple[FindingView, ...]
    total: int
    symptoms: tuple[SymptomRow, ...]
    cleared: tuple[Check, ...]
    skipped: tuple[Check, ...]
    unanswered: int
    columns: ColumnsView
    config: Mapping[str, str]

    @property
    def findings_head(self) -> str:
        """The heading of the list of findings."""
        if self.total:
            return count(self.total, "finding")
        return "No single symptom" if self.moved else "No findings"

    @property
    def moved(self) -> bool:
        """Whether the rate is to change although no symptom asks for it."""
        return self.status == "inconclusive" and self.advice.action in MOVES

    @property
    def findings_sub(self) -> str:
        """The line beside that heading."""
        if self.total:
            return "most urgent first" if self.total > 1 else "with its numbers"
        if self.moved:
            rate = "lower" if self.advice.action == "lower" else "higher"
            return f"the shape of the whole curve asks for a {rate} rate"
        if self.status == "healthy":
            return "what normal rests on"
        return "what was looked at" if self.normal else "too little was logged"

    @property
    def folded_head(self) -> str:
        """The line that opens the folded findings."""
        return f"{sum(1 + len(one.effects) for one in self.folded)} more"

    @property
    def normal(self) -> tuple[Check, ...]:
        """The checks to show where there is no finding."""
        return self.cleared[:NORMAL]

    @property
    def symptoms_sub(self) -> str:
        """How many rows of the symptom table match."""
        lit = sum(bool(row.severity) for row in self.symptoms)
        return f"{lit} of {len(self.symptoms)} rows {'matches' if lit == 1 else 'match'}"

    @property
    def cleared_sub(self) -> str:
        """How many rules looked and saw nothing."""
        return f"{count(len(self.cleared), 'rule')} looked and saw nothing"

    @property
    def skipped_sub(self) -> str:
        """How many rules could not look."""
        return f"{count(self.unanswered, 'question')} this log cannot answer"


def view_run(entry: Json, chart: Json) -> RunView:
    """Say one run entry of the contract object.

    Args:
        entry: One item of ``runs``.
        chart: The run's chart payload, for the marks that the evidence shares with the chart.
    """
    roots = view_findings(entry, chart)
    numbers = {one["code"]: str(i) for i, one in enumerate(entry["findings"], 1)}
    refusal = entry.get("refusal")
    verdict = entry["verdict"]
    return RunView(
        name=entry["name"],
        source=entry["source"],
        status=entry["status"],
        facts=tuple(entry["facts"]),
        notes=tuple(entry["notes"]),
        severity=verdict["severity"],
        spoken=SPOKEN.get(verdict["severity"], verdict["severity"]),
        headline=verdict["headline"],
        because=verdict["because"],
        refusal=refusal and Check(refusal["reason"], refusal["hint"]),
        advice=view_advice(entry["advice"], entry["status"]),
        findings=roots[:SHOWN],
        folded=roots[SHOWN:],
        total=len(entry["findings"]),
        symptoms=tuple(_view_symptom(row, numbers) for row in entry["symptoms"]),
        cleared=tuple(Check(one["clear"], one["value"]) for one in entry["seen"].values()),
        skipped=_view_skipped(entry["skipped_why"]),
        unanswered=len(entry["skipped_why"]),
        columns=view_columns(entry["columns"]),
        config={name: _plain(value) for name, value in entry["config"].items()},
    )


def speaks_of_rate(advice: Json, status: str) -> bool:
    """Whether there is a rate to show: not where too little was logged."""
    return status in JUDGED or advice["action"] in MOVES


def view_advice(advice: Json, status: str) -> AdviceView:
    """Say the advice of a run, and draw its ruler where there is something to draw."""
    judged, keeps = speaks_of_rate(advice, status), advice["action"] == "keep"
    today, lr = advice["today"], advice["lr"]
    move = advice["move"]
    if keeps:  # the heading has said so
        move = "" if today is None else say_rate(today)
    return AdviceView(
        action=advice["action"],
        heading=advice["heading"],
        today=say_rate(today) if judged and lr and today is not None and not keeps else "",
        move=move if judged else "",
        change=advice["change"],
        confidence=min(advice["confidence"], MOST_SURE),
        reason=advice["reason"],
        next_step=advice["next_step"],
        ruler=_view_ruler(advice, move) if judged else None,
    )


def _view_ruler(advice: Json, move: str) -> Ruler | None:
    today, lr, factor = advice["today"], advice["lr"], advice["factor"]
    if today is not None:
        return rate_ruler(today, (lr[0], lr[1]) if lr else None)
    return factor_ruler((factor[0], factor[1]), move) if factor else None


def _view_skipped(why: Json) -> tuple[Check, ...]:
    """Return one line a reason, with the rules that it keeps from looking."""
    grouped = group_reasons((one["name"].replace("-", " "), one["why"]) for one in why.values())
    return tuple(Check(", ".join(names).capitalize(), reason) for reason, names in grouped.items())


def _view_symptom(row: Json, numbers: Mapping[str, str]) -> SymptomRow:
    return SymptomRow(
        observation=row["observation"],
        cause=row["cause"],
        action=row["action"],
        severity=row["severity"] or "",
        findings=tuple(numbers[code] for code in row["matched"] if code in numbers),
    )


def _plain(value: object) -> str:
    """Return a setting as it would be typed."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def worst_run(runs: Sequence[Json]) -> int:
    """Return the run to open a diagnosis with: the first of those whose verdict is most urgent."""
    ranks = [URGENCY.index(one["verdict"]["severity"]) for one in runs]
    return ranks.index(min(ranks))


def say_verdict(entry: Json) -> str:
    """Say a run's verdict in the few words that a list has room for."""
    status, action = entry["status"], entry["advice"]["action"]
    if status == "not-a-loss-log":
        return "No loss log"
    if status == "inconclusive":
        moved = action in MOVES
        return f"No single symptom; {action} the rate" if moved else "Too early to tell"
    if status == "findings":
        summary: str = entry["findings"][0]["summary"]
        return summary
    return {"decay": "No symptom; decay the rate", "keep": "Normal"}.get(action, "Nothing wrong")
