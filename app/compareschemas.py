"""What the JSON API gives of a comparison, for its description at /api/openapi.json."""

from typing import Literal

from pydantic import Field

from app.schemas import Answer, RunAnswer, SourceProblem, VerdictAnswer


class ComparedRunAnswer(Answer):
    """One run of a comparison, by its place in ``runs``."""

    run: int
    name: str
    rate: float | None
    rate_from: Literal["log", "config", "name"] | None
    fate: Literal["finished", "diverged", "left-out"]
    why: str | None = Field(description="Why it was left out.")
    start: float | None
    final: float | None
    error: float | None = Field(description="One standard error of the final level.")
    lowest: float | None
    lowest_at: float | None


class RateAnswer(Answer):
    """One rate of a sweep."""

    rate: float
    runs: list[int]
    diverged: int
    final: float | None
    lowest: float | None
    missed: float = Field(description="Of the best rate's drop, from 0 to 1.")


class SweepAnswer(Answer):
    """Which rate is best, and from where to where others do as well."""

    best: float
    low: float
    high: float
    good: float = Field(description="What a rate may miss of the drop and do as well.")
    border: Literal["lowest", "highest"] | None
    add: float | None = Field(description="The rate to add, at the border of the sweep.")
    lowest_at: float | None
    learned: bool
    rates: list[RateAnswer]


class SeedsAnswer(Answer):
    """Repeats of one setting."""

    runs: list[int]
    told: bool = Field(description="Whether their names say that they are repeats.")
    diverged: int
    median: float
    lowest: float
    highest: float
    spread: float | None


class NoiseAnswer(Answer):
    """What repeats differ by."""

    spread: float
    freedom: int
    difference: float = Field(description="Between two runs; less is noise in 95 of 100 cases.")


class ChangedFindingAnswer(Answer):
    """A finding that went, came or stayed."""

    code: str
    severity: Literal["note", "warning", "error"]
    summary: str


class SoonerAnswer(Answer):
    """Which run reached the other's final level sooner."""

    run: int
    level: float
    at: float
    other: float


class ChangeAnswer(Answer):
    """What the second of two runs does differently."""

    before: int
    after: int
    outcome: Literal["better", "worse", "noise", "diverged", "mended", "neither"]
    difference: float | None
    noise: float | None
    vanished: list[ChangedFindingAnswer]
    appeared: list[ChangedFindingAnswer]
    stayed: list[ChangedFindingAnswer]
    sooner: SoonerAnswer | None


class ComparisonAnswer(Answer):
    """What several runs say together."""

    refusal: str | None = Field(description="Why nothing can be compared.")
    verdict: VerdictAnswer
    basis: str
    notes: list[str]
    loss: Literal["val_loss", "train_loss"] | None
    unit: Literal["step", "epoch", "index"] | None
    until: float | None
    runs: list[ComparedRunAnswer]
    sweep: SweepAnswer | None
    seeds: list[SeedsAnswer]
    noise: NoiseAnswer | None
    change: ChangeAnswer | None


class CompareAnswer(Answer):
    """The contract object of several diagnoses, with what their runs say together."""

    schema_version: Literal[1]
    lrdiag_version: str
    runs: list[RunAnswer]
    errors: list[SourceProblem]
    comparison: ComparisonAnswer
