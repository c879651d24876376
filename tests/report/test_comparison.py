"""The sentences, the table and the JSON of a comparison."""

import json
from typing import Any

import numpy as np
import pytest

from lrdiag.comparison import Comparison, compare_runs
from lrdiag.report.comparison_json import comparison_to_json
from lrdiag.report.comparison_text import comparison_to_renderable
from lrdiag.report.comparison_words import notes, rows, tell
from lrdiag.report.names import short_names
from lrdiag.report.text import to_text
from tests.comparison.runs import falling, judged, make_run, sweep_runs

NONE = float("nan")


def sweep_of(ends: dict[float, float]) -> Comparison:
    return compare_runs(sweep_runs(ends))


def pair(before: float, after: float, **both: float) -> Comparison:
    return compare_runs(
        [
            judged(make_run("before", falling(before, **both))),  # type: ignore[arg-type]
            judged(make_run("after", falling(after, seed=1, **both))),  # type: ignore[arg-type]
        ]
    )


def test_the_best_rate_is_said_with_its_neighbourhood() -> None:
    told = tell(sweep_of({0.001: 1.3, 0.01: 0.34, 0.1: 0.3, 1.0: 1.3, 10.0: NONE}))
    assert told.severity == "ok"
    assert told.headline.startswith("The best of 5 rates is 0.1; 0.008")
    assert "within 5 % of the drop" in told.because


def test_at_the_border_the_next_rate_is_asked_for() -> None:
    told = tell(sweep_of({0.001: 1.5, 0.01: 1.0, 0.1: 0.4}))
    assert told.severity == "note"
    assert "the highest tried; a better may lie above it" in told.headline
    assert told.because.endswith("Add a run at 1.")


def test_what_diverged_and_what_was_not_measured_is_said() -> None:
    said = " ".join(notes(sweep_of({0.001: 1.5, 0.01: 0.4, 0.1: NONE})))
    assert "Diverged: at 0.1." in said
    assert "how much seeds differ was not measured" in said


def test_before_and_after_is_said_with_its_numbers() -> None:
    assert tell(pair(0.6, 0.3)).headline.startswith("The second run ends lower: ")
    assert tell(pair(0.3, 0.6)).severity == "warning"
    assert "no more than the noise" in tell(pair(0.4, 0.401, noise=0.1)).headline
    assert "times as soon" in " ".join(notes(pair(0.6, 0.3)))


def test_repeats_are_said_with_the_difference_that_is_noise() -> None:
    made = compare_runs(
        [judged(make_run(f"seed{k}", falling(0.4 + 0.02 * k, seed=k))) for k in range(3)]
    )
    told = tell(made)
    assert told.headline.startswith("Three repeats end at a training loss of 0.")
    assert "between two runs of this setting is noise" in told.because


def test_runs_whose_names_tell_nothing_are_ranked_and_not_called_repeats() -> None:
    ends = {"wide": 0.5, "deep": 0.3, "plain": 0.7}
    made = compare_runs(
        [judged(make_run(one, falling(end, seed=k))) for k, (one, end) in enumerate(ends.items())]
    )
    told = tell(made)
    assert told.headline.startswith("deep ends lowest of 3 runs")
    assert told.because.startswith("If they are repeats of one setting")
    assert [one.name for one in rows(made) if one.best] == ["deep"]


def test_what_cannot_be_compared_is_said_calmly() -> None:
    other = judged(make_run("summed", 512.0 * falling(0.3)))
    made = compare_runs([judged(make_run("mean", falling(0.3))), other])
    told = tell(made)
    assert told.severity == "unknown"
    assert "can be compared" in told.headline
    assert "Left out: summed, another loss or another scale of it" in told.because
    text = to_text(comparison_to_renderable(made))
    assert "left out" in text


def test_the_json_holds_the_same_and_no_nan() -> None:
    made = sweep_of({0.001: 1.5, 0.01: 0.4, 0.1: NONE})
    entry: dict[str, Any] = comparison_to_json(made)
    json.dumps(entry, allow_nan=False)
    assert entry["sweep"]["best"] == 0.01
    assert [one["fate"] for one in entry["runs"]] == ["finished", "finished", "diverged"]
    assert entry["sweep"]["rates"][2]["final"] is None
    assert entry["verdict"]["headline"] == tell(made).headline
    assert comparison_to_json(pair(0.6, 0.3))["change"]["outcome"] == "better"


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["a", "b"], ["a", "b"]),
        (
            ["net-adam__lr1.0e-03__constant__s0", "net-adam__lr3.0e-03__constant__s0"],
            ["lr1.0e-03", "lr3.0e-03"],
        ),
        (["the/same/name/as/the/other/one"] * 2, ["the/same/name/as/the/other/one"] * 2),
        (["x" * 90, "y"], ["x" * 59 + "…", "y"]),
        (["results of one experiment\u202e", "results of one experiment_2"], None),
    ],
)
def test_names_lose_what_all_share(names: list[str], short: list[str] | None) -> None:
    made = short_names(names)
    assert len(set(made)) == len(set(names))
    assert "\u202e" not in "".join(made)
    if short is not None:
        assert made == short


def test_nothing_of_a_constant_loss_breaks_the_words() -> None:
    flat = np.zeros(50)
    made = compare_runs(
        [judged(make_run("a", flat, rate=0.1)), judged(make_run("b", flat, rate=1.0))]
    )
    assert tell(made).headline
    json.dumps(comparison_to_json(made), allow_nan=False)
