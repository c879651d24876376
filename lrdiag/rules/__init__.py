"""The catalogue: every symptom that lrdiag can recognise, in the order of the codes."""

from lrdiag.errors import UnknownNameError
from lrdiag.rules import (
    diverged,
    loss_not_finite,
    overfitting,
    spike_recovers,
    too_short,
)
from lrdiag.rules.rule import Check, Rule
from lrdiag.rules.symptom import SYMPTOMS, Symptom

__all__ = ["RULES", "SYMPTOMS", "Check", "Rule", "Symptom", "find_rule"]

RULES: tuple[Rule, ...] = (
    overfitting.RULE,
    too_short.RULE,
    loss_not_finite.RULE,
    diverged.RULE,
    spike_recovers.RULE,
)


def find_rule(code_or_name: str) -> Rule:
    """Return the rule of that code (LR104) or name (spike-recovers), in any case.

    Raises:
        UnknownNameError: No rule bears it.
    """
    wanted = code_or_name.strip().lower()
    for rule in RULES:
        if wanted in (rule.code.lower(), rule.name):
            return rule
    raise UnknownNameError(
        f"No rule is called {code_or_name!r}.",
        hint=f"The catalogue runs from {RULES[0].code} to {RULES[-1].code}: lrdiag rule --list",
    )
