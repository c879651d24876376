"""One sentence that says what the rate or the curve is, then the proof."""

from dataclasses import replace

import numpy as np
import pytest

from lrdiag.advice import Advice
from lrdiag.finding import Finding
from lrdiag.report import words
from lrdiag.run import Axis, Series
from tests.report.examples import (
    KEEP,
    LOWER,
    OVERFITTING,
    SPIKES,
    STILL,
    TOO_SHORT,
    falling,
    make_diagnosis,
    make_run,
    refused,
)

RAISE = Advice(
    "raise",
    (3.0, 10.0),
    None,
    None,
    0.8,
    "The learning rate is probably too low: half of all progress took 40 % of the run.",
    "Train 100 steps at 3 times the rate.",
)
UNSURE = Advice("unsure", None, None, None, 0.3, "The signs contradict each other.", "Log more.")


def test_a_symptom_that_speaks_for_the_advice_is_its_proof() -> None:
    said = words.verdict(make_diagnosis({"LR104": SPIKES}, LOWER))
    assert said.severity == "warning"
    assert said.headline == (
        "The learning rate is probably a little too high: "
        "three spikes, each back within 9 to 44 steps."
    )
    assert "31.2 noises (limit 8)" in said.because


def test_a_confident_advice_drops_its_probably() -> None:
    said = words.verdict(make_diagnosis({"LR104": SPIKES}, replace(LOWER, confidence=0.95)))
    assert said.headline.startswith("The learning rate is a little too high: ")


@pytest.mark.parametrize(
    ("factor", "degree"),
    [((0.33, 0.5), "a little too high"), ((0.1, 0.3), "too high"), ((0.01, 0.03), "far too high")],
)
def test_the_factor_says_how_much_too_high(factor: tuple[float, float], degree: str) -> None:
    advice = replace(LOWER, factor=factor, confidence=0.95)
    headline = words.verdict(make_diagnosis({"LR104": SPIKES}, advice)).headline
    assert headline.startswith(f"The learning rate is {degree}: ")


def test_a_symptom_that_is_not_the_rates_stands_beside_it() -> None:
    kept = words.verdict(make_diagnosis({"FIT201": OVERFITTING}, KEEP)).headline
    assert kept.endswith("while train keeps falling; the learning rate is not the cause.")
    moved = words.verdict(make_diagnosis({"FIT201": OVERFITTING}, LOWER)).headline
    assert moved.endswith(", and the learning rate is probably a little too high.")


def test_one_spike_at_a_good_rate_asks_for_nothing() -> None:
    said = words.verdict(make_diagnosis({"LR104": SPIKES}, KEEP))
    assert said.headline.endswith("; this alone asks for no other learning rate.")


def test_a_schedule_that_ends_too_early_leaves_the_peak_alone() -> None:
    early = replace(SPIKES, summary="The rate falls from 0.003 to 3e-6 by step 30")
    said = words.verdict(make_diagnosis({"SCH401": early}, KEEP)).headline
    assert said == "The rate falls from 0.003 to 3e-6 by step 30; the peak rate is not the cause."


def test_a_finding_without_an_advice_says_that_the_log_cannot_tell() -> None:
    said = words.verdict(make_diagnosis({"LR104": SPIKES}, UNSURE))
    assert said.headline.endswith("; this log does not tell whether the rate is the cause.")


def test_the_headline_is_of_the_first_loud_finding() -> None:
    said = words.verdict(make_diagnosis({"FIT201": OVERFITTING, "LR115": STILL}, KEEP))
    assert said.headline.startswith("Validation rises 18 %")


def test_a_healthy_run_is_normal_even_with_a_note() -> None:
    for findings in ({}, {"LR115": STILL}):
        said = words.verdict(make_diagnosis(findings))
        assert said.severity == "ok"
        assert said.headline == (
            "This is normal. Nothing in the curve asks for another learning rate."
        )
        assert said.because.startswith("The loss goes from 4.78 to 2.2")


def test_a_healthy_curve_at_a_wrong_rate_is_a_note() -> None:
    said = words.verdict(make_diagnosis(advice=RAISE))
    assert (said.severity, said.headline) == ("note", RAISE.reason)


def test_too_short_says_how_short() -> None:
    run = make_run(18)
    said = words.verdict(make_diagnosis({"LOG901": TOO_SHORT}, run=run, status="inconclusive"))
    assert (said.severity, said.headline) == ("unknown", "Too early to tell: 18 steps.")


def test_a_refusal_says_what_the_file_is() -> None:
    said = words.verdict(refused())
    assert said.severity == "unknown"
    assert said.headline == (
        "This is not the loss log of one run: rows are finished runs, not steps."
    )
    assert said.because == "Give one run's log."


def test_every_sentence_ends_and_none_shouts() -> None:
    for findings in ({}, {"LR104": SPIKES}, {"FIT201": OVERFITTING}):
        for advice in (KEEP, LOWER, RAISE, UNSURE):
            said = words.verdict(make_diagnosis(findings, advice))
            for text in (said.headline, said.because):
                assert text.endswith(".")
                assert text[0] == text[0].upper()
                assert "!" not in text
                assert ".." not in text


@pytest.mark.parametrize(
    ("advice", "move", "change"),
    [
        (LOWER, "0.001–0.0015", "divide by 2 to 3"),
        (replace(LOWER, lr=None, today=None), "÷ 2 to 3", "divide by 2 to 3"),
        (RAISE, "× 3 to 10", "multiply by 3 to 10"),
        (replace(RAISE, factor=(4.0, 4.0)), "× 4", "multiply by 4"),
        (KEEP, "keep 0.003", ""),
        (replace(KEEP, today=None), "keep", ""),
        (UNSURE, "no change yet", ""),
        (replace(UNSURE, today=0.003), "keep 0.003 for now", ""),
        (
            replace(KEEP, action="decay"),
            "decay from 0.003",
            "cosine or a step, to a tenth or less",
        ),
    ],
)
def test_the_move_and_the_change(advice: Advice, move: str, change: str) -> None:
    assert words.advice_move(advice) == move
    assert words.advice_change(advice) == change


@pytest.mark.parametrize(
    ("findings", "advice", "heading"),
    [
        ({"LR104": SPIKES}, LOWER, "Lower the learning rate"),
        ({}, RAISE, "Raise the learning rate"),
        ({}, KEEP, "Keep the learning rate"),
        ({"LR104": SPIKES}, UNSURE, "This log does not tell which rate is better"),
        (
            {"FIT201": OVERFITTING},
            UNSURE,
            "Not a matter of the rate, as far as this log tells",
        ),
    ],
)
def test_the_advice_is_an_order(findings: dict[str, Finding], advice: Advice, heading: str) -> None:
    assert words.advice_heading(make_diagnosis(findings, advice)) == heading


def test_facts_of_a_step_log() -> None:
    facts = words.facts(make_run())
    assert facts[0].endswith("500 steps")
    assert facts[1].startswith("loss 4.78 to 2.2")
    assert facts[2] == "rate 0.003, constant"


def test_facts_of_an_epoch_log() -> None:
    run = make_run(30)
    run = replace(run, x=Axis("epoch", "epoch"), series={"val_loss": run["train_loss"]})
    facts = words.facts(run)
    assert facts[0].endswith("30 epochs")
    assert facts[1].startswith("validation loss 4.78")
    assert len(facts) == 2


def test_rows_that_are_not_steps_are_said_as_rows() -> None:
    run = make_run(50)
    series = Series(np.arange(50, dtype=np.float64) * 100.0, falling(50))
    assert words.length(replace(run, series={"train_loss": series})) == "50 rows to step 4,900"


def test_a_schedule_says_its_peak_and_its_end() -> None:
    steps = np.arange(101, dtype=np.float64)
    up_and_down = np.concatenate([np.linspace(1e-4, 3e-3, 26), np.linspace(3e-3, 3e-5, 76)[1:]])
    run = make_run(101)
    for values, said in (
        (up_and_down, "rate up to 0.003 at step 25, 3e-5 at the end"),
        (np.geomspace(0.01, 1e-4, 101), "rate 0.01 to 1e-4"),
    ):
        scheduled = {**run.series, "lr": Series(steps.copy(), values)}
        assert words.facts(replace(run, series=scheduled))[-1] == said
