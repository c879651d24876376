"""Ask every rule of a run, order what they say, and settle on one advice."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lrdiag.advice import Advice, advise, agree
from lrdiag.finding import CannotTell, Finding, Severity
from lrdiag.rules import RULES, Rule
from lrdiag.run import Config, Run
from lrdiag.signals import Signals

Status = Literal["healthy", "findings", "inconclusive", "not-a-loss-log"]


@dataclass(frozen=True, slots=True, eq=False)
class Diagnosis:
    """What the rules say of one run.

    Attributes:
        run: The run.
        config: What the user told of it.
        status: "findings" from a warning on; "inconclusive" where too little was logged, or
            where only the shape of the whole curve, no single symptom, asks for another rate.
        findings: By rule code, the most urgent first.
        cleared: For each rule that looked and saw nothing, the value that this rests on.
        skipped: For each rule that could not look, what it misses.
        explained: For the code of a symptom, the code of the finding that brings it about.
        advice: The one move of the learning rate.
    """

    run: Run
    config: Config
    status: Status
    findings: Mapping[str, Finding]
    cleared: Mapping[str, str]
    skipped: Mapping[str, CannotTell]
    explained: Mapping[str, str]
    advice: Advice


@np.errstate(over="ignore", divide="ignore", invalid="ignore")  # a log may hold any float
def diagnose(
    run: Run, config: Config | None = None, *, rules: tuple[Rule, ...] = RULES
) -> Diagnosis:
    """Ask every rule whose series the run holds.

    Args:
        run: One run, as a reader made it.
        config: What the log does not tell, as far as the user did.
        rules: The catalogue to ask.
    """
    config = config or Config()
    signals = Signals(run, config)
    if run.refusal is not None:
        return _refused(run, config, run.refusal.reason, run.refusal.hint)
    fired: list[tuple[Rule, Finding]] = []
    cleared: dict[str, str] = {}
    skipped: dict[str, CannotTell] = {}
    for rule in rules:
        missing = tuple(name for name in rule.needs if name not in run)
        verdict = (
            CannotTell(missing, f"The log holds no {' and no '.join(missing)}.")
            if missing
            else rule.check(signals)
        )
        if isinstance(verdict, Finding):
            fired.append((rule, verdict))
        elif isinstance(verdict, CannotTell):
            skipped[rule.code] = verdict
        else:
            cleared[rule.code] = rule.seen(signals)
    codes = {rule.code for rule, _ in fired}
    explained = {code: rule.code for rule, _ in fired for code in rule.explains if code in codes}
    fired.sort(key=lambda pair: _urgency(pair[0], pair[1], explained))
    findings = {rule.code: finding for rule, finding in fired}
    advice = advise(signals, findings)
    return Diagnosis(
        run=run,
        config=config,
        status=_status(findings, advice),
        findings=agree(findings, advice),
        cleared=cleared,
        skipped=skipped,
        explained=explained,
        advice=advice,
    )


def _urgency(
    rule: Rule, finding: Finding, explained: Mapping[str, str]
) -> tuple[int, bool, bool, float, str]:
    # Of two notes, the one that asks for something comes before the one that calms.
    asks = bool(finding.fixes)
    return -finding.severity, rule.code in explained, not asks, -finding.confidence, rule.code


def _status(findings: Mapping[str, Finding], advice: Advice) -> Status:
    if any(finding.severity >= Severity.WARNING for finding in findings.values()):
        return "findings"
    # A rate to change without a symptom to show for it is neither a finding nor health.
    moved = advice.action in ("lower", "raise")
    return "inconclusive" if moved or "LOG901" in findings else "healthy"


def _refused(run: Run, config: Config, reason: str, hint: str) -> Diagnosis:
    return Diagnosis(
        run=run,
        config=config,
        status="not-a-loss-log",
        findings={},
        cleared={},
        skipped={},
        explained={},
        advice=Advice("unsure", None, None, None, 0.0, reason, hint),
    )
