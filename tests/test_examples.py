"""The run that each rule shows: it still fires there, and is what one sees first."""

from importlib.resources import files

import pytest

from lrdiag.diagnosis import diagnose
from lrdiag.examples import EXAMPLES, Example, read_example, show_example
from lrdiag.examples.catalogue import UNSHOWN
from lrdiag.readers import read_runs
from lrdiag.report.rule_pages import draw_example
from lrdiag.rules import RULES
from lrdiag.run import Config

FIRST = 3  # findings that a page shows on top
MOST_BYTES = 500_000

each_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.code)


def test_every_rule_has_an_example_or_a_reason_for_none() -> None:
    shown = [one.code for one in EXAMPLES]
    assert sorted([*shown, *UNSHOWN]) == sorted(rule.code for rule in RULES)
    assert shown == [rule.code for rule in RULES if rule.code in shown]
    assert all(len(reason) > 20 for reason in UNSHOWN.values())


def test_there_is_a_file_for_every_example_and_they_are_small() -> None:
    packed = [one for one in files("lrdiag.examples").iterdir() if one.name.endswith(".gz")]
    assert {one.name for one in packed} == {f"{one.code}.csv.gz" for one in EXAMPLES}
    assert sum(len(one.read_bytes()) for one in packed) < MOST_BYTES


@each_example
def test_the_rule_fires_on_its_example_among_the_first(example: Example) -> None:
    (run,) = read_runs(read_example(example))
    diagnosis = diagnose(run, Config.from_mapping(example.config))
    assert example.code in list(diagnosis.findings)[:FIRST]
    shown = show_example(example.code)
    assert shown is not None
    assert shown.finding.summary == diagnosis.findings[example.code].summary
    assert example.title[0].isupper()
    assert not example.title.endswith(".")


@each_example
def test_the_curve_is_drawn_in_characters(example: Example) -> None:
    shown = show_example(example.code)
    assert shown is not None
    drawn = ["".join(text for text, _ in line) for line in draw_example(shown)]
    assert any("⠀" < character <= "⣿" for line in drawn for character in line)
    spans = [one for one in shown.finding.evidence if one.span or one.at is not None]
    assert any("▲" in line for line in drawn) == bool(spans)


def test_nothing_is_diagnosed_twice() -> None:
    assert show_example("LR104") is show_example("LR104")
    assert show_example("LR999") is None
