from app.catalogue import rule_families
from lrdiag.finding import Severity
from lrdiag.report.rule_facts import read_limits, read_severities
from lrdiag.rules import RULES, find_rule


def test_every_rule_stands_in_one_family() -> None:
    listed = [link.code for family in rule_families() for link in family.rules]
    assert sorted(listed) == sorted(rule.code for rule in RULES)


def test_severities_are_those_that_the_rule_gives() -> None:
    assert read_severities(find_rule("LR104")) == {Severity.WARNING}
    assert Severity.ERROR in read_severities(find_rule("LR101"))
    assert all(read_severities(rule) for rule in RULES)


def test_limits_are_the_rules_own_numbers_with_their_measurement() -> None:
    from lrdiag.rules import spike_recovers

    limits = {row.name: row for row in read_limits(find_rule("LR104"))}
    noises = limits["min noises"]
    assert noises.value.startswith(f"{spike_recovers.MIN_NOISES:g} ")
    assert noises.measured
    assert all(row.value for row in limits.values())
