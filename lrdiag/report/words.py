"""The sentences of a diagnosis: verdict, advice and facts, the same on every face.

One sentence in the present tense: what the rate or the curve is, then the proof.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lrdiag.advice import PLAINLY, Action, Advice
from lrdiag.diagnosis import Diagnosis
from lrdiag.finding import Evidence, Finding, Severity
from lrdiag.rules import RULES
from lrdiag.run import Run, Series
from lrdiag.wording import (
    count,
    say_limit,
    say_loss,
    say_place,
    say_quantity,
    say_range,
    say_rate,
    say_times,
)

VerdictSeverity = Literal["ok", "note", "warning", "error", "unknown"]

LITTLE = 0.25  # a rate to be multiplied by more than this is "a little" off
FAR = 0.05  # and by less than this "far" off; the symptom table divides by 10 to 100 there
TOO_SHORT = "LOG901"

# Which moves of the rate a symptom argues for; a symptom not named here argues for none, and
# the verdict then names symptom and rate side by side instead of one as the proof of the other.
SPEAKS_FOR: dict[str, frozenset[Action]] = {
    **dict.fromkeys(
        ("LR101", "LR102", "LR103", "LR104", "LR105", "LR106", "LR107", "LR108", "LR113"),
        frozenset[Action]({"lower"}),
    ),
    "LR109": frozenset[Action]({"raise"}),
    "LR110": frozenset[Action]({"raise", "lower"}),
    "LR111": frozenset[Action]({"raise", "lower"}),
    "LR112": frozenset[Action]({"decay", "lower"}),
    "LR115": frozenset[Action]({"raise"}),
    "SCH403": frozenset[Action]({"lower"}),
    "GRD501": frozenset[Action]({"lower"}),
    "GRD503": frozenset[Action]({"lower"}),
    "CFG601": frozenset[Action]({"raise", "lower"}),
    "CFG603": frozenset[Action]({"raise", "lower"}),
    "CFG604": frozenset[Action]({"lower"}),
}

HEADINGS: dict[Action, str] = {
    "lower": "Lower the learning rate",
    "raise": "Raise the learning rate",
    "keep": "Keep the learning rate",
    "decay": "Decay the learning rate",
    "unsure": "This log does not tell which rate is better",
}


@dataclass(frozen=True, slots=True)
class RuleWords:
    """What is said of a rule; one that a user wrote is called by its code.

    Attributes:
        name: The symptom in kebab-case.
        clear: What a run without it has.
        symptom: The key of its row in the symptom table; "" for none.
    """

    name: str
    clear: str
    symptom: str


def rule_words(code: str) -> RuleWords:
    """Return the words of a rule by its code."""
    for rule in RULES:
        if rule.code == code:
            return RuleWords(rule.name, rule.clear, rule.symptom)
    return RuleWords(code.lower(), f"no {code}", "")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The whole diagnosis in a breath.

    Attributes:
        severity: "ok" is healthy; "unknown" is too short or no loss log.
        headline: One sentence.
        because: One or two sentences of numbers; may be empty.
    """

    severity: VerdictSeverity
    headline: str
    because: str


def verdict(diagnosis: Diagnosis) -> Verdict:
    """Say what the run shows, by its most urgent finding and the advice together."""
    refusal = diagnosis.run.refusal
    if refusal is not None:
        return Verdict(
            "unknown", f"This is not the loss log of one run: {_tail(refusal.reason)}", refusal.hint
        )
    if TOO_SHORT in diagnosis.findings and diagnosis.status == "inconclusive":
        return Verdict(
            "unknown", f"Too early to tell: {length(diagnosis.run)}.", diagnosis.advice.next_step
        )
    loud = {code: one for code, one in diagnosis.findings.items() if one.severity > Severity.NOTE}
    if loud:
        code, finding = next(iter(loud.items()))
        return Verdict(
            "error" if finding.severity is Severity.ERROR else "warning",
            _headline(code, finding, diagnosis.advice),
            say_proof(finding),
        )
    return _healthy(diagnosis)


def _healthy(diagnosis: Diagnosis) -> Verdict:
    advice, course = diagnosis.advice, _course(diagnosis.run)
    if advice.action in {"lower", "raise", "decay"}:
        told = advice.reason.startswith("The learning rate")  # says the same with its proof
        headline = advice.reason if told else f"{_upper(_rate_is(advice))}."
        return Verdict(
            "note", headline, f"No single symptom says so, the whole curve does. {course}"
        )
    if advice.action == "unsure":
        headline = "Nothing is wrong with the curve; this log does not tell which rate is better."
        return Verdict("ok", headline, advice.reason)
    headline = "This is normal. Nothing in the curve asks for another learning rate."
    return Verdict("ok", headline, course)


def _headline(code: str, finding: Finding, advice: Advice) -> str:
    symptom = finding.summary.strip().removesuffix(".")
    if advice.action in {"lower", "raise", "decay"}:
        if advice.action in SPEAKS_FOR.get(code, frozenset()):
            return f"{_upper(_rate_is(advice))}: {_lower(symptom)}."
        return f"{_upper(symptom)}, and {_rate_is(advice)}."
    if advice.action == "keep" and code in SPEAKS_FOR:
        return f"{_upper(symptom)}; this alone asks for no other learning rate."
    if advice.action == "keep" and code.startswith("SCH"):
        return f"{_upper(symptom)}; the peak rate is not the cause."
    if advice.action == "keep":
        return f"{_upper(symptom)}; the learning rate is not the cause."
    return f"{_upper(symptom)}; this log does not tell whether the rate is the cause."


def _rate_is(advice: Advice) -> str:
    sure = "is" if advice.confidence >= PLAINLY else "is probably"
    if advice.action == "decay":
        return f"the learning rate {sure} too high to settle"
    low, high = advice.factor or (1.0, 1.0)
    away = float(np.sqrt(low * high))
    away = min(away, 1.0 / away) if away > 0.0 else 0.0
    degree = "far " if away < FAR else "a little " if away > LITTLE else ""
    return f"the learning rate {sure} {degree}too {'high' if advice.action == 'lower' else 'low'}"


def say_proof(finding: Finding, most: int = 2) -> str:
    """Say the strongest measurements of a finding, each beside its limit."""
    said = [say_evidence(one) for one in finding.evidence[:most]]
    return f"{_upper('; '.join(said))}." if said else ""


def say_evidence(one: Evidence) -> str:
    """Say one measurement: ``rise after the best step: 31.2 noises (limit 8)``."""
    limit = "" if one.limit is None else f" (limit {say_limit(one.limit, one.unit)})"
    return f"{one.label}: {say_quantity(one.value, one.unit)}{limit}"


def advice_heading(diagnosis: Diagnosis) -> str:
    """Say the advice as an order; without one, say that the rate is not the matter."""
    advice = diagnosis.advice
    loud = [code for code, one in diagnosis.findings.items() if one.severity > Severity.NOTE]
    if advice.action == "unsure" and diagnosis.status in {"inconclusive", "not-a-loss-log"}:
        return "No advice from this log"
    if advice.action == "unsure" and loud and not any(code in SPEAKS_FOR for code in loud):
        return "Not a matter of the rate, as far as this log tells"
    return HEADINGS[advice.action]


def advice_move(advice: Advice) -> str:
    """Say where to put the rate: the rates where today's is known, else the factor."""
    today = "" if advice.today is None else say_rate(advice.today)
    if advice.action == "keep":
        return f"keep {today}".strip()
    if advice.action == "decay":
        return f"decay from {today}" if today else "decay"
    if advice.action == "unsure" or advice.factor is None:
        return f"keep {today} for now" if today else "no change yet"
    if advice.lr is not None:
        return say_range(say_rate(advice.lr[0], 2), say_rate(advice.lr[1], 2))
    sign, low, high = _times(advice.factor)
    return f"{sign} {low}" if low == high else f"{sign} {low} to {high}"


def advice_change(advice: Advice) -> str:
    """Say what to do with today's rate, as in ``divide by 2 to 3``; empty for keep and unsure."""
    if advice.action == "decay":
        return "cosine or a step, to a tenth or less"
    if advice.factor is None:
        return ""
    return say_factor(advice.factor)


def say_factor(factor: tuple[float, float]) -> str:
    """Say a range of multipliers: ``divide by 2 to 3``, ``multiply by 3 to 10``."""
    sign, low, high = _times(factor)
    verb = "divide by" if sign == "÷" else "multiply by"
    return f"{verb} {low}" if low == high else f"{verb} {low} to {high}"


def _times(factor: tuple[float, float]) -> tuple[str, str, str]:
    low, high = min(factor), max(factor)
    if low > 0.0 and high <= 1.0:
        return "÷", say_times(1.0 / high), say_times(1.0 / low)
    return "×", say_times(low), say_times(high)


def length(run: Run) -> str:
    """Say how much was logged: ``500 steps``, ``30 epochs``, ``50 rows to step 5,000``."""
    series = loss_series(run)
    if series is None:
        return "no loss"
    rows, last = len(series), float(series.steps[-1]) if len(series) else 0.0
    if run.x.unit == "epoch" and last <= rows + 1:
        return count(rows, "epoch")
    if run.x.unit == "step" and rows >= 0.9 * (last - float(series.steps[0])):
        return count(rows, "step")
    where = "" if run.x.unit == "index" else f" to {say_place(last, run.x.unit)}"
    return f"{count(rows, 'row')}{where}"


def loss_series(run: Run) -> Series | None:
    """Return the curve that the run is about: the training loss, else the validation loss."""
    return run.series.get("train_loss") or run.series.get("val_loss")


def facts(run: Run) -> tuple[str, ...]:
    """Say what the file holds, in short strings for the head of a page."""
    said = [f"{run.title or format_title(run.format)}, {length(run)}"]
    series = loss_series(run)
    if series is not None and len(series):
        name = "loss" if "train_loss" in run else "validation loss"
        said.append(f"{name} {say_loss(series.values[0])} to {say_loss(series.values[-1])}")
    if "lr" in run:
        said.append(_say_schedule(run["lr"].finite(), run.x.unit))
    if run.restarts:
        said.append(count(len(run.restarts), "restart"))
    return tuple(one for one in said if one)


def format_title(name: str) -> str:
    """Return what people call a log format, by the name of its reader."""
    from lrdiag.readers import READERS

    titles = {reader.name: reader.title for reader in READERS}
    return titles.get(name, name.upper() if len(name) <= 4 else name)


def _say_schedule(lr: Series, unit: str) -> str:
    if not len(lr):
        return ""
    low, high = float(lr.values.min()), float(lr.values.max())
    first, last = float(lr.values[0]), float(lr.values[-1])
    if high - low <= 1e-6 * abs(high):
        return f"rate {say_rate(high)}, constant"
    peak = int(np.argmax(lr.values))
    if first >= 0.99 * high:
        return f"rate {say_rate(high)} to {say_rate(last)}"
    where = "" if unit == "index" else f" at {say_place(float(lr.steps[peak]), unit)}"
    return f"rate up to {say_rate(high)}{where}, {say_rate(last)} at the end"


def _course(run: Run) -> str:
    series = loss_series(run)
    if series is None or not len(series.finite()):
        return ""
    values = series.finite().values
    start = f"The loss goes from {say_loss(float(values[0]))} to {say_loss(float(values[-1]))}"
    said = f"{start} over {length(run)}"
    if "train_loss" in run and "val_loss" in run and len(run["val_loss"].finite()) > 1:
        val = run["val_loss"].finite().values
        said += f", validation from {say_loss(float(val[0]))} to {say_loss(float(val[-1]))}"
    return f"{said}."


def group_reasons(skipped: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Gather what lacks the same: names by the sentence that says why they could not look."""
    grouped: dict[str, list[str]] = {}
    for name, why in skipped:
        grouped.setdefault(why, []).append(name)
    return grouped


def _tail(text: str) -> str:
    return f"{_lower(text.strip().removesuffix('.'))}."


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    """Start a sentence small inside another one; names like NaN and LR101 stay."""
    first = text.split(" ", 1)[0]
    return text[:1].lower() + text[1:] if first[1:] == first[1:].lower() else text
