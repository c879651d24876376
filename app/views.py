"""The stored diagnosis as a page reads it: the contract object turned into ready words.

A template only places what stands here; every number was said by ``lrdiag.report.numbers``.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.ruler import Ruler, factor_ruler, rate_ruler
from lrdiag.report.numbers import (
    EN_DASH,
    count,
    say_loss,
    say_number,
    say_quantity,
    say_range,
    say_rate,
    say_step,
)

Json = Mapping[str, Any]

SHOWN = 3  # findings in sight; the rest is folded, or the rail outgrows two screens
NORMAL = 6  # checks that a healthy run shows beside the chart; all of them stand below it
JUDGED = ("healthy", "findings")  # statuses that say something of the rate
UNITS = {"step": "step", "epoch": "epoch", "index": "row"}
SPOKEN = {"ok": "healthy", "unknown": "cannot tell"}
URGENCY = ("error", "warning", "note", "unknown", "ok")
SURE = 0.9  # from this confidence on a column's role needs no figure beside it


@dataclass(frozen=True, slots=True)
class Check:
    """A short label and what was seen for it."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One measurement: its mark on the chart, its value beside its limit, and where."""

    mark: str
    label: str
    value: str
    limit: str
    where: str


@dataclass(frozen=True, slots=True)
class FixRow:
    """One change to try, and why."""

    action: str
    reason: str


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding, with the findings that it explains under it.

    Attributes:
        n: Its number on the chart.
        unit: What the last column of the evidence counts.
        zoom: The part of the run to zoom to, in words; empty where there is none.
        effect_of: The code of the finding that explains this one, or "".
        effects: The findings that this one explains.
    """

    n: str
    code: str
    name: str
    severity: str
    confidence: float
    summary: str
    cause: str
    unit: str
    evidence: tuple[EvidenceRow, ...]
    fixes: tuple[FixRow, ...]
    zoom: str
    effect_of: str
    effects: tuple["FindingView", ...]

    @property
    def marked(self) -> bool:
        """Whether a row of the evidence bears a mark of the chart."""
        return any(row.mark for row in self.evidence)

    @property
    def limited(self) -> bool:
        """Whether a row of the evidence has a limit."""
        return any(row.limit for row in self.evidence)

    @property
    def placed(self) -> bool:
        """Whether a row of the evidence has a place on the curve."""
        return any(row.where for row in self.evidence)


@dataclass(frozen=True, slots=True)
class AdviceView:
    """The one move of the rate; ``today`` and ``change`` may be empty, ``ruler`` None."""

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
class ColumnRow:
    """One column of the file and the role it got."""

    name: str
    role: str
    why: str
    sure: str
    n: str
    first: str
    last: str
    nonfinite: str


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
    columns: tuple[ColumnRow, ...]
    config: Mapping[str, str]

    @property
    def findings_head(self) -> str:
        """The heading of the list of findings."""
        return count(self.total, "finding") if self.total else "No findings"

    @property
    def findings_sub(self) -> str:
        """The line beside that heading."""
        if self.total:
            return "most urgent first" if self.total > 1 else "with its numbers"
        return "what normal rests on" if self.normal else "too little was logged"

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
        return f"{count(len(self.skipped), 'question')} this log cannot answer"


def view_run(entry: Json, chart: Json) -> RunView:
    """Say one run entry of the contract object.

    Args:
        entry: One item of ``runs``.
        chart: The run's chart payload, for the marks that the evidence shares with the chart.
    """
    roots = _view_findings(entry, chart)
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
        skipped=tuple(
            Check(one["name"].replace("-", " ").capitalize(), one["why"])
            for one in entry["skipped_why"].values()
        ),
        columns=tuple(_view_column(one) for one in entry["columns"]),
        config={name: _plain(value) for name, value in entry["config"].items()},
    )


def view_advice(advice: Json, status: str) -> AdviceView:
    """Say the advice of a run, and draw its ruler where there is something to draw."""
    judged, keeps = status in JUDGED, advice["action"] == "keep"
    today, lr = advice["today"], advice["lr"]
    move = advice["move"]
    if keeps:  # the heading has said so
        move = "" if today is None else say_rate(today)
    return AdviceView(
        heading=advice["heading"],
        today=say_rate(today) if judged and lr and today is not None and not keeps else "",
        move=move if judged else "",
        change=advice["change"],
        confidence=advice["confidence"],
        reason=advice["reason"],
        next_step=advice["next_step"],
        ruler=_view_ruler(advice, move) if judged else None,
    )


def _view_ruler(advice: Json, move: str) -> Ruler | None:
    today, lr, factor = advice["today"], advice["lr"], advice["factor"]
    if today is not None:
        return rate_ruler(today, (lr[0], lr[1]) if lr else None)
    return factor_ruler((factor[0], factor[1]), move) if factor else None


def _view_findings(entry: Json, chart: Json) -> tuple[FindingView, ...]:
    """Return the findings in their order, each symptom under the finding that explains it."""
    unit = UNITS.get(entry["x"]["unit"], "step")
    drawn = {one["n"]: one for one in chart["findings"]}
    codes = {one["code"] for one in entry["findings"]}
    numbered = [(str(i), one) for i, one in enumerate(entry["findings"], 1)]

    def build(n: str, one: Json, seen: frozenset[str]) -> FindingView:
        seen = seen | {one["code"]}
        effects = [
            build(m, other, seen)
            for m, other in numbered
            if other.get("explained_by") == one["code"] and other["code"] not in seen
        ]
        return _view_finding(n, one, drawn.get(n, {}), unit, tuple(effects))

    return tuple(
        build(n, one, frozenset())
        for n, one in numbered
        if one.get("explained_by") not in codes - {one["code"]}
    )


def _view_finding(
    n: str, one: Json, drawn: Json, unit: str, effects: tuple[FindingView, ...]
) -> FindingView:
    letters = drawn.get("letters") or [None] * len(one["evidence"])
    spans = drawn.get("spans") or []
    zoom = ""
    if spans:
        zoom = f"{unit}s {_say_place(min(a for a, _ in spans), max(b for _, b in spans), unit)}"
    return FindingView(
        n=n,
        code=one["code"],
        name=one["name"],
        severity=one["severity"],
        confidence=one["confidence"],
        summary=one["summary"],
        cause=one["cause"],
        unit=unit,
        evidence=tuple(
            _view_evidence(row, f"{n}{letter}" if letter else "", unit)
            for row, letter in zip(one["evidence"], letters, strict=False)
        ),
        fixes=tuple(FixRow(_stop(fix["action"]), fix["reason"]) for fix in one["fixes"]),
        zoom=zoom,
        effect_of=one.get("explained_by") or "",
        effects=effects,
    )


def _say_place(first: float, last: float, unit: str) -> str:
    """Say a part of the run; steps and rows are whole, whatever the noise of a measurement."""
    if unit != "epoch":
        first, last = math.floor(first), math.ceil(last)
    return say_range(say_step(first), say_step(last))


def _view_evidence(row: Json, mark: str, axis: str) -> EvidenceRow:
    unit, span, at = row["unit"], row["span"], row.get("at")
    where = ""
    if at is not None:
        where = say_step(at)
    elif span is not None:
        where = _say_place(span[0], span[1], axis)
    limit = row["limit"]
    return EvidenceRow(
        mark=mark,
        label=row["label"],
        value=say_quantity(row["value"], unit),
        limit="" if limit is None else say_quantity(limit, unit if unit == "%" else ""),
        where=where,
    )


def _view_symptom(row: Json, numbers: Mapping[str, str]) -> SymptomRow:
    return SymptomRow(
        observation=row["observation"],
        cause=row["cause"],
        action=row["action"],
        severity=row["severity"] or "",
        findings=tuple(numbers[code] for code in row["matched"] if code in numbers),
    )


def _view_column(one: Json) -> ColumnRow:
    role, sure = one["role"], one["confidence"]
    say = say_rate if role == "lr" else say_number if role in {"step", "epoch"} else say_loss
    return ColumnRow(
        name=one["column"],
        role=role,
        why=one["why"],
        sure="" if sure >= SURE or role == "ignore" else f"{sure:.2f} of 1",
        n=say_number(one["n"]),
        first=EN_DASH if one["first"] is None else say(one["first"]),
        last=EN_DASH if one["last"] is None else say(one["last"]),
        nonfinite=say_number(one["nonfinite"]),
    )


def _stop(text: str) -> str:
    """End an order with a full stop, for its reason follows on the same line."""
    return text if text.endswith((".", "?")) else f"{text}."


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
        return "Too early to tell"
    if status == "findings":
        summary: str = entry["findings"][0]["summary"]
        return summary
    return f"Healthy; {action} the rate" if action in {"lower", "raise", "decay"} else "Normal"
