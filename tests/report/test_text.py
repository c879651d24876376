"""What a terminal shows: every part in its order, never wider than asked, no codes of others."""

import re
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

from lrdiag.finding import CannotTell
from lrdiag.report.text import diagnoses_to_renderable, diagnosis_to_renderable, summary, to_text
from lrdiag.run import Column
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


def test_the_parts_stand_in_their_order() -> None:
    text = to_text(diagnosis_to_renderable(make_diagnosis({"LR104": SPIKES}, LOWER)))
    parts = [
        "char_gpt  ",
        "⠤⠤ train   ○ validation",
        "step 499",
        "1━━",
        "▲ The learning rate is probably a little too high: three spikes",
        "Rise of the highest spike: 31.2 noises (limit 8)",
        "Lower the learning rate\n",
        "0.003 → 0.001–0.0015   divide by 2 to 3   confidence 0.86",
        "Why: each spike is 13 noises high",
        "Next: Train.",
        "1 ▲ Three spikes, each back within 9 to 44 steps",
        "LR104 spike-recovers, warning, confidence 0.91",
        "rise of the highest spike  31.2 noises  limit 8  at 197–241",
        "steps lost                 44 steps              at 303",
        "Cause: Steps too large for the curvature at this point.",
        "1. Lower the rate to 0.001–0.0015. Less usually ends it.",
        "2. Clip the gradient at 0.6. That is its 90th percentile here.",
        "✓ 1 rule looked and saw nothing: no divergence.",
        "○ 1 rule could not look:",
        "loss-not-finite  Say the number of classes.",
    ]
    places = [text.find(part) for part in parts]
    assert -1 not in places, parts[places.index(-1)]
    assert places == sorted(places)


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_no_line_is_wider_than_asked(width: int) -> None:
    broken = falling()
    broken[400:] = np.nan
    diagnoses = [
        make_diagnosis({"LR104": SPIKES, "FIT201": OVERFITTING, "LR115": STILL}, LOWER),
        make_diagnosis(run=make_run(train_loss=broken)),
        make_diagnosis({"LOG901": TOO_SHORT}, run=make_run(18), status="inconclusive"),
        refused(),
    ]
    for group in ([diagnoses[0]], [diagnoses[1]], [diagnoses[2]], [diagnoses[3]], diagnoses):
        text = to_text(diagnoses_to_renderable(group, width=width), width)
        assert max(len(line) for line in text.splitlines()) <= width
        assert "\x1b" not in text
        assert not re.search(r"[ \t]\n", text)


def test_colours_are_there_for_a_terminal() -> None:
    out = StringIO()
    console = Console(file=out, force_terminal=True, color_system="standard", width=80)
    console.print(diagnosis_to_renderable(make_diagnosis({"LR104": SPIKES}, LOWER)))
    assert "\x1b[" in out.getvalue()


def test_without_a_known_rate_the_factor_is_the_number_and_is_said_once() -> None:
    text = to_text(diagnosis_to_renderable(make_diagnosis({}, replace(LOWER, lr=None, today=None))))
    assert "  ÷ 2 to 3   confidence 0.86\n" in text
    assert "divide by" not in text


def test_a_finding_that_another_explains_says_so() -> None:
    one = replace(
        make_diagnosis({"LR104": SPIKES, "FIT201": OVERFITTING}), explained={"FIT201": "LR104"}
    )
    assert "FIT201 overfitting, warning, confidence 0.93, follows from LR104" in to_text(
        diagnosis_to_renderable(one)
    )


def test_rules_that_lack_the_same_share_a_line() -> None:
    why = CannotTell(("50 rows of train_loss",), "It takes 50 values.")
    one = replace(
        make_diagnosis(),
        skipped={
            "LR104": why,
            "FIT201": CannotTell(("val_loss",), "The log holds no val_loss."),
            "LR114": CannotTell(("50 rows of train_loss",), "It takes 50 values."),
        },
    )
    assert to_text(diagnosis_to_renderable(one)).endswith(
        "○ 3 rules could not look:\n"
        "  spike-recovers, hard-batches  It takes 50 values.\n"
        "  overfitting  The log holds no val_loss.\n"
    )


def test_a_confidence_is_never_beyond_doubt() -> None:
    sure = make_diagnosis(
        {"LR104": replace(SPIKES, confidence=1.0)}, replace(LOWER, confidence=1.0)
    )
    assert "confidence 1.00" not in to_text(diagnosis_to_renderable(sure))


def test_a_file_that_is_no_loss_log_gets_no_advice() -> None:
    text = to_text(diagnosis_to_renderable(refused()))
    assert "○ This is not the loss log of one run: rows are finished runs, not steps." in text
    assert "Give one run's log." in text
    assert "--role COLUMN=train_loss" in text
    assert "learning rate" not in text


def test_many_runs_are_short_blocks_and_a_count() -> None:
    diagnoses = [
        make_diagnosis({"LR104": SPIKES, "LR115": STILL}, LOWER),
        make_diagnosis(),
        make_diagnosis(),
        refused(),
    ]
    text = to_text(diagnoses_to_renderable(diagnoses))
    blocks = text.split("\n\n")
    assert len(blocks) == 5
    assert blocks[0].startswith("▲ char_gpt  ")
    assert "LR104 spike-recovers, LR115 still-improving" in blocks[0]
    assert "Cause:" not in text
    assert blocks[-1] == (
        "4 runs: 2 healthy, 1 with findings, 1 no loss log; 1 with another rate to try.\n"
    )


def test_a_healthy_run_says_so_in_one_breath() -> None:
    text = to_text(diagnosis_to_renderable(make_diagnosis()))
    assert "✓ This is normal. Nothing in the curve asks for another learning rate." in text
    assert "keep 0.003   confidence 0.84" in text


def test_the_codes_of_a_strange_log_never_reach_the_terminal() -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\u202e\nname"
    run = make_run()
    column = Column(evil, "ignore", 1.0, evil, 1, None, None, 0)
    run = replace(run, name=evil, columns=(*run.columns, column))
    spikes = replace(SPIKES, summary=f"Spike of {evil}", cause=evil)
    for group in (1, 2):
        diagnoses = [make_diagnosis({"LR104": spikes}, run=run)] * group
        text = to_text(diagnoses_to_renderable(diagnoses, columns=True))
        assert not {"\x1b", "\x07", "\u202e"} & set(text)
        assert "owned" in text


def test_brackets_are_no_markup() -> None:
    run = replace(make_run(), name="[bold red]x[/] :smile:")
    assert "[bold red]x[/] :smile:" in to_text(diagnosis_to_renderable(make_diagnosis(run=run)))


def test_the_table_of_columns() -> None:
    text = to_text(diagnoses_to_renderable([make_diagnosis()], columns=True))
    assert "How the columns were read" in text
    assert re.search(r"loss +train_loss +0\.95 +500 +4\.78 +2\.20 +0 +the name says so", text)


def test_the_count_of_runs() -> None:
    assert summary([make_diagnosis()]) == "1 run: 1 healthy."
    short = make_diagnosis(run=make_run(18), status="inconclusive")
    assert (
        summary([short, make_diagnosis(advice=KEEP)]) == "2 runs: 1 healthy, 1 without a verdict."
    )
