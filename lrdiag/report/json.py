"""A diagnosis as JSON: the one schema of the command line, the web and the Python face.

Version 1 only grows: a key never changes its meaning, and a reader skips what it does not know.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import orjson

from lrdiag import __version__
from lrdiag.advice import Advice
from lrdiag.diagnosis import Diagnosis
from lrdiag.finding import Evidence, Finding, Fix
from lrdiag.numerics import whole_or_float
from lrdiag.report import words
from lrdiag.rules import SYMPTOMS
from lrdiag.run import Column, Run, Series, SeriesName
from lrdiag.wording import MOST_SURE

SCHEMA_VERSION = 1
DIGITS = 6  # significant digits of computed numbers; what the log says is kept whole

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SourceError:
    """A file that gave no run.

    Attributes:
        source: The file.
        error: What happened and what was seen.
        hint: The one thing to do next; may be empty.
    """

    source: str
    error: str
    hint: str


def document(
    diagnoses: Sequence[Diagnosis],
    errors: Sequence[SourceError] = (),
    *,
    comparison: Json | None = None,
) -> Json:
    """Return the contract object: every run, every file that gave none, what runs say together.

    Args:
        diagnoses: The runs.
        errors: The files that gave none.
        comparison: By ``comparison_to_json``, where it was asked for.

    Returns:
        Plain data that orjson and the standard library can write; no NaN in it.
    """
    made: Json = {
        "schema_version": SCHEMA_VERSION,
        "lrdiag_version": __version__,
        "runs": [run_to_json(one) for one in diagnoses],
        "errors": [
            plain({"source": one.source, "error": one.error, "hint": one.hint}) for one in errors
        ],
    }
    return made if comparison is None else {**made, "comparison": comparison}


def to_bytes(data: Json, *, pretty: bool = False) -> bytes:
    """Write plain data as UTF-8, with a newline at its end; indented by two where pretty."""
    option = orjson.OPT_APPEND_NEWLINE | (orjson.OPT_INDENT_2 if pretty else 0)
    return orjson.dumps(data, option=option)


def run_to_json(diagnosis: Diagnosis) -> Json:
    """Return one entry of ``runs``; plain data, null where a number is not finite."""
    run, verdict = diagnosis.run, words.verdict(diagnosis)
    entry = {
        "source": run.source,
        "name": run.name,
        "format": run.format,
        "status": diagnosis.status,
        "refusal": run.refusal and {"reason": run.refusal.reason, "hint": run.refusal.hint},
        "facts": words.facts(run),
        "verdict": {
            "severity": verdict.severity,
            "headline": verdict.headline,
            "because": verdict.because,
        },
        "x": {"column": run.x.column, "unit": run.x.unit},
        "series": {name: _series(run, name, run[name]) for name in run},
        "columns": [_column(column) for column in run.columns],
        "restarts": [whole_or_float(step) for step in run.restarts],
        "repeated": run.repeated,
        "notes": run.notes,
        "config": diagnosis.config.to_mapping(),
        "advice": _advice(diagnosis),
        "findings": [
            _finding(code, finding, diagnosis.explained.get(code))
            for code, finding in diagnosis.findings.items()
        ],
        "cleared": list(diagnosis.cleared),
        "seen": {
            code: {"clear": words.rule_words(code).clear, "value": value}
            for code, value in diagnosis.cleared.items()
        },
        "skipped": {code: one.missing for code, one in diagnosis.skipped.items()},
        "skipped_why": {
            code: {"name": words.rule_words(code).name, "why": one.why}
            for code, one in diagnosis.skipped.items()
        },
        "symptoms": _symptoms(diagnosis.findings),
    }
    return cast("Json", plain(entry))


def _series(run: Run, name: SeriesName, series: Series) -> Json:
    finite = series.finite().values
    column = next((one.name for one in run.columns if one.role == name), name)
    return {
        "column": column,
        "n": len(series),
        "first": finite[0] if len(finite) else None,
        "last": finite[-1] if len(finite) else None,
        "min": finite.min() if len(finite) else None,
        "max": finite.max() if len(finite) else None,
        "nonfinite": len(series) - len(finite),
    }


def _column(column: Column) -> Json:
    return {
        "column": column.name,
        "role": column.role,
        "confidence": brief(column.confidence),
        "why": column.why,
        "n": column.n,
        "first": column.first,
        "last": column.last,
        "nonfinite": column.nonfinite,
    }


def _advice(diagnosis: Diagnosis) -> Json:
    advice: Advice = diagnosis.advice
    return {
        "action": advice.action,
        "factor": _brief_range(advice.factor),
        "lr": _brief_range(advice.lr),
        "today": advice.today,
        "confidence": brief(min(advice.confidence, MOST_SURE)),
        "reason": advice.reason,
        "next_step": advice.next_step,
        "heading": words.advice_heading(diagnosis),
        "move": words.advice_move(advice),
        "change": words.advice_change(advice),
    }


def _finding(code: str, finding: Finding, explained_by: str | None) -> Json:
    rule = words.rule_words(code)
    return {
        "code": code,
        "name": rule.name,
        "severity": finding.severity.word,
        "confidence": brief(min(finding.confidence, MOST_SURE)),
        "summary": finding.summary,
        "cause": finding.cause,
        "symptom": rule.symptom,
        "explained_by": explained_by,
        "evidence": [_evidence(one) for one in finding.evidence],
        "fixes": [_fix(one) for one in finding.fixes],
    }


def _evidence(one: Evidence) -> Json:
    return {
        "label": one.label,
        "value": brief(one.value),
        "limit": brief(one.limit),
        "unit": one.unit,
        "series": one.series,
        "span": None if one.span is None else [whole_or_float(step) for step in one.span],
        "at": None if one.at is None else whole_or_float(one.at),
    }


def _fix(fix: Fix) -> Json:
    return {
        "action": fix.action,
        "reason": fix.reason,
        "factor": _brief_range(fix.factor),
        "lr": brief(fix.lr),
    }


def _symptoms(findings: Mapping[str, Finding]) -> list[Json]:
    rows = []
    for symptom in SYMPTOMS:
        matched = [code for code in findings if words.rule_words(code).symptom == symptom.key]
        worst = max((findings[code].severity for code in matched), default=None)
        rows.append(
            {
                "key": symptom.key,
                "observation": symptom.observation,
                "cause": symptom.cause,
                "action": symptom.action,
                "matched": matched,
                "severity": None if worst is None else worst.word,
            }
        )
    return rows


def plain(value: object) -> object:
    """Turn records' values into plain data: numpy scalars and tuples converted, no NaN.

    A name out of a broken file or a file system can hold half a character; it is replaced, for
    JSON is UTF-8.
    """
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {plain(str(key)): plain(one) for key, one in value.items()}
    if isinstance(value, Iterable):
        return [plain(one) for one in value]
    raise TypeError(f"{type(value).__name__} has no place in JSON.")


def brief(value: float | None) -> float | None:
    """Round a computed number: 0.0060000000000000001 tells no more than 0.006."""
    return None if value is None or not math.isfinite(value) else float(f"{value:.{DIGITS}g}")


def _brief_range(pair: tuple[float, float] | None) -> list[float | None] | None:
    return None if pair is None else [brief(pair[0]), brief(pair[1])]
