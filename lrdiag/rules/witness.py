"""Whether the curve bears out what the configuration makes one suspect."""

from lrdiag.finding import Finding, Severity
from lrdiag.rules import (
    diverged,
    flat_loss,
    loss_not_finite,
    repeated_spikes,
    slow_descent,
    spike_not_recovered,
    start_overshoot,
    stuck_at_chance,
    wild_oscillation,
)
from lrdiag.rules.rule import Rule
from lrdiag.signals import Signals

UNSTABLE: tuple[Rule, ...] = (
    loss_not_finite.RULE,
    diverged.RULE,
    start_overshoot.RULE,
    repeated_spikes.RULE,
    spike_not_recovered.RULE,
    wild_oscillation.RULE,
)
SLUGGISH: tuple[Rule, ...] = (slow_descent.RULE, flat_loss.RULE, stuck_at_chance.RULE)


def find_unstable(signals: Signals) -> tuple[Rule, Finding] | None:
    """Return the first symptom of too long steps; None if the curve shows none."""
    found = _find(signals, UNSTABLE)
    if found is None or found[0] is not loss_not_finite.RULE or grew(found[1]):
        return found
    return _find(signals, UNSTABLE[1:])  # a NaN without a rise before it is a matter of the data


def find_sluggish(signals: Signals) -> tuple[Rule, Finding] | None:
    """Return the first symptom of too short steps; None if the curve shows none."""
    return None if find_unstable(signals) is not None else _find(signals, SLUGGISH)


def _find(signals: Signals, rules: tuple[Rule, ...]) -> tuple[Rule, Finding] | None:
    for rule in rules:
        if any(name not in signals.run for name in rule.needs):
            continue
        verdict = rule.check(signals)
        if isinstance(verdict, Finding) and verdict.severity > Severity.NOTE:
            return rule, verdict
    return None


def grew(finding: Finding) -> bool:
    """Whether the loss or its gradient rose before it broke, by what the finding shows."""
    return any(one.limit is not None and one.value >= one.limit for one in finding.evidence)
