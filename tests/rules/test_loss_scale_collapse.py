"""GRD503 loss-scale-collapse."""

import numpy as np
import pytest

from lrdiag.diagnosis import diagnose
from lrdiag.finding import CannotTell, Severity
from lrdiag.run import Series
from tests.curves import ask, descent, found, make_run, series_of


def scales(*powers: tuple[int, int]) -> Series:
    """Return a scale that stays at each power of two for so many rows."""
    return series_of(np.concatenate([np.full(rows, 2.0**power) for power, rows in powers]))


def falling(first: int, last: int, rows: int = 3) -> tuple[tuple[int, int], ...]:
    return tuple((power, rows) for power in range(first, last - 1, -1))


def test_a_fall_without_a_hold_is_an_error() -> None:
    run = make_run(
        train_loss=descent(),
        grad_norm=series_of(np.full(500, 0.5)),
        loss_scale=scales((16, 300), *falling(15, 0), (0, 100)),
    )
    finding = found("GRD503", run)
    assert finding.severity is Severity.ERROR
    assert finding.summary == "The loss scale is halved 16 times between steps 299 and 345"
    assert finding.evidence[0].span == (299.0, 345.0)
    assert finding.fixes[0].action == "Train in bfloat16"


def test_a_fall_that_was_made_good_is_a_warning() -> None:
    rise = tuple((power, 10) for power in range(7, 16))
    run = make_run(train_loss=descent(), loss_scale=scales((16, 300), *falling(15, 6), *rise))
    assert found("GRD503", run).severity is Severity.WARNING


def test_a_scale_that_never_settles_reaches_the_floor() -> None:
    run = make_run(train_loss=descent(), loss_scale=scales(*falling(16, 1, 1), (0, 84)))
    finding = found("GRD503", run)
    assert finding.summary == "The loss scale falls from 65,536 to 1 and stays there"


@pytest.mark.parametrize(
    "scale",
    [
        scales((16, 100), (15, 30), (16, 100), (15, 40), (16, 130)),
        scales(*falling(32, 13, 1), (12, 300), (13, 150)),
        scales((0, 400)),
        scales((6, 400)),
    ],
    ids=["regrows", "comes down at first", "bfloat16", "fixed"],
)
def test_a_scale_that_finds_its_level_is_sound(scale: Series) -> None:
    assert ask("GRD503", make_run(train_loss=descent(), loss_scale=scale)) is None


def test_cannot_tell_from_a_few_values() -> None:
    verdict = ask("GRD503", make_run(train_loss=descent(), loss_scale=scales((16, 5), (0, 5))))
    assert isinstance(verdict, CannotTell)
    assert verdict.missing == ("20 values of loss_scale",)


def test_without_the_column_it_says_which_is_missing() -> None:
    assert diagnose(make_run(train_loss=descent())).skipped["GRD503"].missing == ("loss_scale",)
