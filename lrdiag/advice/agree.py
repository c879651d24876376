"""One number a page: the fixes of the findings take the range of the advice."""

from collections.abc import Mapping
from dataclasses import replace

from lrdiag.advice.advice import Advice
from lrdiag.finding import Finding, Fix
from lrdiag.rules.words import change_rate


def agree(findings: Mapping[str, Finding], advice: Advice) -> dict[str, Finding]:
    """Return the findings with every fix that moves the rate the advised way given its range.

    A rule knows the usual factor of its symptom, the advice all measurements of the run; beside
    each other, two ranges for one rate help nobody. Fixes that move the rate the other way, or
    only if something else has not helped, stay as they are.
    """
    if advice.factor is None:
        return dict(findings)
    return {
        code: replace(finding, fixes=tuple(_agree(fix, advice) for fix in finding.fixes))
        for code, finding in findings.items()
    }


def _agree(fix: Fix, advice: Advice) -> Fix:
    if fix.factor is None or advice.factor is None or fix.conditional:
        return fix
    same_way = (fix.factor[1] <= 1.0) == (advice.factor[1] <= 1.0)
    return change_rate(advice.today, advice.factor, fix.reason) if same_way else fix
