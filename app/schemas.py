"""What the JSON API takes and gives, for its description at /api/openapi.json.

Answers are sent as ``lrdiag.report.json`` makes them; these models say what is in them, and a
test holds real answers against them.
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from lrdiag.run import Role


class Answer(BaseModel):
    """Version 1 of the schema only grows: skip what you do not know."""

    model_config = ConfigDict(extra="allow")


class Request(BaseModel):
    """A request says what it means: an unknown field is an error, not a whisper."""

    model_config = ConfigDict(extra="forbid")


class PasteRequest(Request):
    """A log as text."""

    text: str = Field(description="The log itself: CSV, JSON lines, whatever lrdiag reads.")
    name: str = Field(default="pasted log", description="What to call it.")


class CorrectionRequest(Request):
    """What lrdiag should know better; either or both."""

    roles: dict[str, Role | None] = Field(
        default_factory=dict, description="Role by column; null takes a correction back."
    )
    config: dict[str, float | int | str | None] = Field(
        default_factory=dict,
        description="Settings of the run, as in lr or batch_size; null takes one back.",
    )


class ShareRequest(Request):
    """How long a link works, and whether it tells the names of files."""

    days: int | None = Field(default=30, ge=1, le=3650, description="null: until it is ended.")
    hide_name: bool = True


class ShareAnswer(Answer):
    """A new link; the only time that its address is told."""

    id: str
    url: str
    expires_at: datetime | None


class ShareRow(Answer):
    """A link in the owner's list."""

    id: str
    created_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    hide_name: bool


class ShareList(Answer):
    """The links to a diagnosis, the newest first."""

    shares: list[ShareRow]


class SourceProblem(Answer):
    """A file, or a field of the request, that could not be used."""

    source: str
    error: str
    hint: str


class ProblemAnswer(Answer):
    """Why a request failed (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    hint: str
    errors: list[SourceProblem]


class SeriesAnswer(Answer):
    """One quantity of a run."""

    column: str
    n: int
    first: float | None
    last: float | None
    min: float | None
    max: float | None
    nonfinite: int


class AxisAnswer(Answer):
    """What the steps count."""

    column: str | None
    unit: Literal["step", "epoch", "index"]


class AdviceAnswer(Answer):
    """The one move of the learning rate."""

    action: Literal["lower", "raise", "keep", "decay", "unsure"]
    factor: tuple[float, float] | None = Field(description="What to multiply today's rate by.")
    lr: tuple[float, float] | None = Field(description="The same as rates, if today's is known.")
    today: float | None
    confidence: float
    reason: str
    next_step: str
    heading: str
    move: str
    change: str


class EvidenceAnswer(Answer):
    """One number that speaks for a finding."""

    label: str
    value: float
    limit: float | None
    unit: str
    series: str | None
    span: tuple[float, float] | None
    at: float | None


class FixAnswer(Answer):
    """One change to try."""

    action: str
    reason: str
    lr: float | None
    factor: tuple[float, float] | None


class FindingAnswer(Answer):
    """A symptom of the run."""

    code: str
    name: str
    severity: Literal["note", "warning", "error"]
    confidence: float
    summary: str
    cause: str
    symptom: str
    explained_by: str | None
    evidence: list[EvidenceAnswer]
    fixes: list[FixAnswer]


class ColumnAnswer(Answer):
    """How one column was understood."""

    column: str
    role: Role
    confidence: float
    why: str
    n: int
    first: float | None
    last: float | None
    nonfinite: int
    remembered: bool = Field(
        default=False, description="Whether the role was corrected in an earlier log like this."
    )


class VerdictAnswer(Answer):
    """The run in one sentence, and the numbers behind it."""

    severity: Literal["ok", "note", "warning", "error", "unknown"]
    headline: str
    because: str


class RefusalAnswer(Answer):
    """Why a readable file is no loss log."""

    reason: str
    hint: str


class SymptomAnswer(Answer):
    """One row of the symptom table."""

    key: str
    observation: str
    cause: str
    action: str
    matched: list[str]
    severity: Literal["note", "warning", "error"] | None


class SeenAnswer(Answer):
    """What a clear verdict rests on."""

    clear: str
    value: str


class SkippedAnswer(Answer):
    """Why a rule could not look."""

    name: str
    why: str


class RunAnswer(Answer):
    """One run of the upload."""

    source: str
    name: str
    format: str
    status: Literal["healthy", "findings", "inconclusive", "not-a-loss-log"]
    series: dict[str, SeriesAnswer]
    x: AxisAnswer
    refusal: RefusalAnswer | None
    verdict: VerdictAnswer
    advice: AdviceAnswer
    findings: list[FindingAnswer]
    cleared: list[str]
    seen: dict[str, SeenAnswer]
    skipped: dict[str, list[str]]
    skipped_why: dict[str, SkippedAnswer]
    symptoms: list[SymptomAnswer]
    columns: list[ColumnAnswer]
    config: dict[str, Any]
    facts: list[str]
    restarts: list[float]
    repeated: int
    notes: list[str]


class DiagnosisAnswer(Answer):
    """What lrdiag says of an upload."""

    id: str
    url: str = Field(description="The page of the diagnosis.")
    schema_version: Literal[1]
    lrdiag_version: str
    runs: list[RunAnswer]
    errors: list[SourceProblem]


class HealthAnswer(Answer):
    """The server and its database answer."""

    status: Literal["ok"]
    version: str
