"""The findings of a stored run as a page shows them: a tree, numbered like the chart."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lrdiag.wording import X_NAMES, say_confidence, say_limit, say_quantity, say_span, say_step

Json = Mapping[str, Any]


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
    confidence: str
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


def view_findings(entry: Json, chart: Json) -> tuple[FindingView, ...]:
    """Return the findings in their order, each symptom under the finding that explains it."""
    unit = X_NAMES.get(entry["x"]["unit"], "step")
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
        zoom = f"{unit}s {say_span(min(a for a, _ in spans), max(b for _, b in spans), unit)}"
    return FindingView(
        n=n,
        code=one["code"],
        name=one["name"],
        severity=one["severity"],
        confidence=say_confidence(one["confidence"]),
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


def _view_evidence(row: Json, mark: str, axis: str) -> EvidenceRow:
    unit, span, at = row["unit"], row["span"], row.get("at")
    where = ""
    if at is not None:
        where = say_step(at, axis)
    elif span is not None:
        where = say_span(span[0], span[1], axis)
    limit = row["limit"]
    return EvidenceRow(
        mark=mark,
        label=row["label"],
        value=say_quantity(row["value"], unit),
        limit="" if limit is None else say_limit(limit, unit),
        where=where,
    )


def _stop(text: str) -> str:
    """End an order with a full stop, for its reason follows on the same line."""
    return text if text.endswith((".", "?")) else f"{text}."
