"""LOG907 sparse-log."""

import numpy as np

from lrdiag.finding import CannotTell, Severity
from lrdiag.run import Series
from tests.curves import ask, descent, found, make_run


def rows_each(steps: float, rows: int = 30) -> Series:
    loss = descent(rows)
    return Series(loss.steps * steps, loss.values)


def test_thirty_rows_for_thousands_of_steps_are_noted() -> None:
    finding = found("LOG907", make_run(train_loss=rows_each(500.0)))
    assert finding.severity is Severity.NOTE
    assert finding.summary == "30 rows stand for the whole run, up to step 14,500"


def test_sixty_rows_are_enough() -> None:
    assert ask("LOG907", make_run(train_loss=rows_each(500.0, 60))) is None


def test_every_step_or_every_epoch_is_not_sparse() -> None:
    assert ask("LOG907", make_run(train_loss=rows_each(1.0))) is None
    assert ask("LOG907", make_run(unit="epoch", train_loss=rows_each(1.0))) is None
    loss = rows_each(500.0)
    epochs = Series(loss.steps, np.arange(30.0))
    assert ask("LOG907", make_run(train_loss=loss, epochs=epochs)) is None


def test_a_hole_is_shown_where_it_is() -> None:
    loss = descent()
    keep = (loss.steps < 100) | (loss.steps > 260)
    finding = found("LOG907", make_run(train_loss=Series(loss.steps[keep], loss.values[keep])))
    assert finding.evidence[0].span == (99.0, 261.0)
    small = (loss.steps < 100) | (loss.steps > 150)
    run = make_run(train_loss=Series(loss.steps[small], loss.values[small]))
    assert ask("LOG907", run) is None


def test_cannot_tell_of_a_log_that_is_too_short() -> None:
    assert isinstance(ask("LOG907", make_run(train_loss=rows_each(500.0, 8))), CannotTell)
