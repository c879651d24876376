"""What must hold for every rule, so that no reviewer has to look for it."""

import pkgutil
import re
from collections import Counter

import numpy as np
import pytest

import lrdiag.rules
from lrdiag.errors import UnknownNameError
from lrdiag.finding import Finding, Severity
from lrdiag.rules import RULES, SYMPTOMS, Rule, find_rule
from lrdiag.run import SERIES_NAMES, Series
from lrdiag.signals import Signals
from tests.curves import (
    broken,
    constant_rate,
    cosine_rate,
    descent,
    every,
    flat,
    line,
    run_of,
    series_of,
    spiked,
)

SECTIONS = ["What it shows", "Why it matters", "Example", "What to do", "References"]
HELPERS = {"rule", "symptom", "witness", "words"}
TABLE = {  # the names of the whole catalogue are fixed; here those that stand
    "LR101": "loss-not-finite",
    "LR102": "diverged",
    "LR103": "start-overshoot",
    "LR104": "spike-recovers",
    "LR105": "repeated-spikes",
    "LR106": "spike-not-recovered",
    "LR107": "wild-oscillation",
    "LR108": "edge-of-stability",
    "LR109": "slow-descent",
    "LR110": "flat-loss",
    "LR111": "stuck-at-chance",
    "LR112": "plateau-after-fast-start",
    "LR113": "late-rise",
    "LR114": "hard-batches",
    "LR115": "still-improving",
    "LR116": "converged",
    "FIT201": "overfitting",
    "FIT202": "constant-gap",
    "FIT203": "val-never-learns",
    "FIT204": "val-better-than-train",
    "FIT205": "noisy-validation",
    "FIT206": "loss-up-accuracy-flat",
    "SCH401": "decayed-too-early",
    "SCH402": "no-schedule",
    "SCH403": "warmup-too-short",
    "SCH404": "rate-jump-spike",
    "SCH405": "decay-applied-twice",
    "GRD501": "gradient-growth",
    "GRD502": "clipping-always",
    "GRD503": "loss-scale-collapse",
    "GRD504": "vanishing-gradient",
    "CFG601": "rate-outside-range",
    "CFG602": "half-precision-without-scaling",
    "CFG603": "batch-scaled-without-rate",
    "CFG604": "no-warmup",
    "LOG901": "too-short",
    "LOG902": "restarted-log",
    "LOG903": "hidden-nan",
    "LOG904": "smoothed-log",
    "LOG905": "epoch-periodic",
    "LOG906": "constant-or-zero",
    "LOG907": "sparse-log",
}
NOTES = {
    "LR114",
    "LR115",
    "LR116",
    "FIT202",
    "FIT204",
    "FIT205",
    "FIT206",
    "SCH402",
    "SCH404",
    "LOG901",
    "LOG902",
    "LOG904",
    "LOG907",
}
FAMILIES = ("LR", "FIT", "SCH", "GRD", "CFG", "LOG")
EXAMPLES: dict[str, dict[str, Series]] = {
    "healthy": {"train_loss": descent(), "val_loss": every(descent(), 20), "lr": cosine_rate()},
    "epochs": {"train_loss": descent(30), "val_loss": descent(30, seed=1)},
    "spiked": {"train_loss": spiked(descent(), 300, height=5.0, width=5.0), "lr": constant_rate()},
    "broken": {"train_loss": broken(descent(), 300), "val_loss": broken(descent(25), 15)},
    "flat": {"train_loss": flat(), "grad_norm": series_of(np.zeros(500))},
    "half precision": {
        "train_loss": descent(),
        "grad_norm": series_of(np.geomspace(0.1, 9.0, 500)),
        "loss_scale": series_of(2.0 ** np.linspace(16.0, -8.0, 500).round()),
    },
    "at chance": {"train_loss": flat(2.3026), "val_loss": every(flat(2.3), 50)},
    "line": {"train_loss": line(), "val_loss": every(flat(2.3), 50), "lr": constant_rate()},
    "zero": {"train_loss": series_of(np.zeros(300)), "val_loss": series_of(np.zeros(30))},
    "negative": {"train_loss": descent(start=-1.0, end=-3.0)},
    "one row": {"train_loss": descent(1), "val_loss": descent(1), "lr": constant_rate(1)},
    "three rows": {"train_loss": descent(3), "val_loss": descent(3), "lr": constant_rate(3)},
    "no number": {"train_loss": broken(descent(), 0), "val_loss": broken(descent(25), 0)},
    "rate of zero": {"train_loss": descent(), "lr": series_of(np.zeros(500))},
    "validation alone": {"val_loss": descent(40)},
    "nothing": {},
}
each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
each_example = pytest.mark.parametrize("series", EXAMPLES.values(), ids=list(EXAMPLES))


def test_codes_and_names_are_those_of_the_table() -> None:
    assert {rule.code: rule.name for rule in RULES} == TABLE


def test_every_module_is_in_the_catalogue() -> None:
    modules = {name for _, name, _ in pkgutil.iter_modules(lrdiag.rules.__path__)} - HELPERS
    assert modules == {rule.name.replace("-", "_") for rule in RULES}


def test_codes_and_names_are_unique() -> None:
    keys = Counter(key for rule in RULES for key in (rule.code, rule.name))
    assert max(keys.values()) == 1


def test_catalogue_is_in_the_order_of_the_table() -> None:
    def place(rule: Rule) -> tuple[int, str]:
        return FAMILIES.index(rule.code.rstrip("0123456789")), rule.code

    assert list(RULES) == sorted(RULES, key=place)


def test_every_row_of_the_symptom_table_is_refined_by_a_rule() -> None:
    assert {rule.symptom for rule in RULES} - {""} == {row.key for row in SYMPTOMS}


@pytest.mark.parametrize("key", ["LR104", "lr104", " spike-recovers ", "Spike-Recovers"])
def test_rules_are_found_by_code_and_by_name(key: str) -> None:
    assert find_rule(key).code == "LR104"


def test_an_unknown_rule_says_what_there_is() -> None:
    with pytest.raises(UnknownNameError) as caught:
        find_rule("LR999")
    assert "LR101" in caught.value.hint


@each_rule
def test_code_and_name_have_the_form(rule: Rule) -> None:
    assert re.fullmatch(r"(LR|FIT|SCH|GRD|CFG|LOG)[1-9]\d\d", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert rule.clear
    assert not rule.clear.endswith(".")


@each_rule
def test_docstring_has_every_section_in_order_and_none_is_empty(rule: Rule) -> None:
    parts = re.split(r"^## (.+)\n", rule.doc, flags=re.MULTILINE)
    assert parts[1::2] == SECTIONS
    assert all(len(text.strip()) > 20 for text in parts[2::2])
    assert "train_loss" in parts[6]
    assert rule.title
    assert "\n" not in rule.title


@each_rule
def test_needs_and_explains_name_what_exists(rule: Rule) -> None:
    assert set(rule.needs) <= set(SERIES_NAMES)
    assert set(rule.explains) <= {one.code for one in RULES} - {rule.code}


def test_no_two_rules_explain_each_other() -> None:
    pairs = {(rule.code, other) for rule in RULES for other in rule.explains}
    assert not {(b, a) for a, b in pairs} & pairs


@each_rule
def test_check_asks_for_no_more_than_it_needs(rule: Rule) -> None:
    only = {
        "train_loss": descent(),
        "val_loss": every(descent(seed=1), 20),
        "val_accuracy": every(line(start=0.1, end=0.9), 20),
        "lr": cosine_rate(),
        "grad_norm": flat(0.5),
        "loss_scale": series_of(np.full(500, 65536.0)),
    }
    run = run_of({name: only[name] for name in rule.needs})
    rule.check(Signals(run))


@each_rule
@each_example
def test_a_verdict_on_any_log_is_whole(rule: Rule, series: dict[str, Series]) -> None:
    run = run_of(series)
    if any(name not in run for name in rule.needs):
        return
    signals = Signals(run)
    verdict = rule.check(signals)
    if isinstance(verdict, Finding):
        _check_finding(rule, verdict)
    elif verdict is None:
        seen = rule.seen(signals)
        assert seen
        assert len(seen) <= 40
    else:
        assert verdict.missing
        assert verdict.why.endswith(".")


def _check_finding(rule: Rule, finding: Finding) -> None:
    assert finding.severity is Severity.NOTE or rule.code not in NOTES
    assert 0.0 < finding.confidence <= 1.0
    assert finding.summary[0].isupper()
    assert not finding.summary.endswith(".")
    assert finding.cause.endswith(".")
    assert finding.evidence
    assert finding.fixes or finding.severity is Severity.NOTE
    for one in finding.evidence:
        assert np.isfinite(one.value)
        assert one.span is None or one.span[0] <= one.span[1]
    for fix in finding.fixes:
        assert fix.reason.endswith(".")
        assert not fix.action.endswith(".")
        assert fix.factor is None or 0.0 < fix.factor[0] < fix.factor[1]
