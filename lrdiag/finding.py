"""What a rule says when it recognises its symptom, or when it cannot tell."""

from dataclasses import dataclass
from enum import IntEnum

from lrdiag.run import SeriesName


class Severity(IntEnum):
    """How much the symptom costs; a note never makes a run unhealthy."""

    NOTE = 1
    WARNING = 2
    ERROR = 3

    @property
    def word(self) -> str:
        """The name that JSON and pages use."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One number that speaks for a finding, and where on the chart to see it.

    Attributes:
        label: What was measured, as in "rise after the best step".
        value: The measurement; finite.
        limit: The value from which the rule speaks, None where there is no limit.
        unit: The unit of both, or an empty string.
        series: The curve to look at.
        span: The first and last step of the part to look at.
        at: The step of the one point that proves it.
    """

    label: str
    value: float
    limit: float | None = None
    unit: str = ""
    series: SeriesName | None = None
    span: tuple[float, float] | None = None
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """One change to try, the most promising first.

    Attributes:
        action: An order of a few words, as in "Clip the gradient at 0.6".
        reason: Why this should help, in one sentence.
        factor: The range that multiplies today's learning rate, where the fix is one.
        lr: The learning rate to set, where today's is known and the fix is one.
        conditional: Whether the fix is only for when another has not helped.
    """

    action: str
    reason: str
    factor: tuple[float, float] | None = None
    lr: float | None = None
    conditional: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A symptom, recognised in one run.

    Attributes:
        severity: How much it costs.
        confidence: From 0, a guess, to 1, beyond doubt.
        summary: The symptom with this run's count or place, one sentence without a full stop.
        cause: The likely cause, in one or two sentences.
        evidence: The measurements, the strongest first; never empty.
        fixes: What to try, the most promising first; empty only for a note.
    """

    severity: Severity
    confidence: float
    summary: str
    cause: str
    evidence: tuple[Evidence, ...]
    fixes: tuple[Fix, ...] = ()


@dataclass(frozen=True, slots=True)
class CannotTell:
    """A rule that could not look.

    Attributes:
        missing: What it would take, each a column or a measurement, as in "val_loss".
        why: One sentence for the page: what is missing and what would decide.
    """

    missing: tuple[str, ...]
    why: str
