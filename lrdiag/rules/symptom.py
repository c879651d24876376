"""The symptom table: what a curve does, what usually causes it, and the first move.

Seven rows that every practitioner knows; the rules of the catalogue refine them, and a page
lights the rows that a run matches.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Symptom:
    """One row of the table.

    Attributes:
        key: Short and unique; rules name it.
        observation: What the curve does.
        cause: The likely cause.
        action: The first move.
    """

    key: str
    observation: str
    cause: str
    action: str


SYMPTOMS: tuple[Symptom, ...] = (
    Symptom(
        "not-finite",
        "becomes NaN or infinite within a few steps",
        "rate far too high",
        "÷ 10 to 100, slower warmup",
    ),
    Symptom("spikes", "spikes, then recovers", "rate a little too high", "÷ 2 to 3"),
    Symptom(
        "oscillation",
        "swings wildly all along",
        "rate too high, or batch too small",
        "÷ 2 to 5, larger batch, clip the gradient",
    ),
    Symptom(
        "slow",
        "falls steadily but slowly",
        "rate too low",
        "× 3 to 10; is decay applied twice?",
    ),
    Symptom(
        "flat",
        "stays flat for many epochs",
        "rate far too low, or stuck",
        "× 10; check for dead ReLUs",
    ),
    Symptom(
        "overfitting",
        "train falls, validation rises",
        "overfitting, not the rate itself",
        "regularise first; perhaps a lower late rate",
    ),
    Symptom(
        "plateau",
        "falls fast, then no further",
        "rate too high to settle",
        "decay: cosine or a step",
    ),
)
