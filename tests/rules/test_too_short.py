"""LOG901 too-short."""

import pytest

from lrdiag.advice import decision
from lrdiag.finding import CannotTell, Severity
from lrdiag.rules import too_short
from tests.curves import ask, constant_rate, descent, found, make_run


@pytest.mark.parametrize("rows", [1, 2, 5, 14])
def test_is_a_note_on_few_rows(rows: int) -> None:
    finding = found("LOG901", make_run(train_loss=descent(rows)))
    assert finding.severity is Severity.NOTE
    assert finding.evidence[0].value == rows


def test_is_quiet_on_an_epoch_log() -> None:
    assert ask("LOG901", make_run(train_loss=descent(30))) is None


def test_fifteen_rows_are_enough_as_they_are_for_the_advice() -> None:
    assert ask("LOG901", make_run(train_loss=descent(15))) is None
    assert too_short.MIN_VALUES == decision.MIN_ROWS


def test_counts_the_better_logged_loss() -> None:
    assert ask("LOG901", make_run(train_loss=descent(3), val_loss=descent(42))) is None
    assert "val_loss" in found("LOG901", make_run(val_loss=descent(14))).summary


def test_cannot_tell_without_a_loss() -> None:
    assert isinstance(ask("LOG901", make_run(lr=constant_rate())), CannotTell)
