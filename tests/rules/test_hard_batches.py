"""LR114 hard-batches."""

import numpy as np

from lrdiag.finding import CannotTell, Severity
from lrdiag.rules import find_rule
from lrdiag.run import Series
from lrdiag.signals import Signals
from tests.curves import ask, climbing, descent, found, make_run, spiked


def with_rows(*rows: int) -> Series:
    loss = descent()
    values = loss.values.copy()
    values[list(rows)] += 1.5
    return Series(loss.steps, values)


def test_is_a_note_with_the_rows() -> None:
    finding = found("LR114", make_run(train_loss=with_rows(120, 260, 400)))
    assert finding.severity is Severity.NOTE
    assert [one.at for one in finding.evidence] == [120.0, 260.0, 400.0]
    assert finding.fixes == ()


def test_the_highest_is_the_highest_loss_not_the_one_with_most_noises() -> None:
    loss = descent(noise=0.01)
    values = loss.values.copy()
    values[[20, 300, 400]] += [2.0, 1.5, 1.5]
    summary = found("LR114", make_run(train_loss=Series(loss.steps, values))).summary
    assert summary.startswith("Three hard batches at steps 20, 300 and 400; ")
    assert summary.endswith(f"the highest reaches {values[20]:.2f}")


def test_two_are_not_worth_a_line() -> None:
    assert ask("LR114", make_run(train_loss=with_rows(120, 400))) is None


def test_spikes_are_no_hard_batches() -> None:
    loss = descent()
    for at in (120, 260, 400):
        loss = spiked(loss, at, height=2.0, width=6.0)
    assert ask("LR114", make_run(train_loss=loss)) is None


def test_cannot_tell_from_an_epoch_log() -> None:
    assert isinstance(ask("LR114", make_run(train_loss=descent(30))), CannotTell)


def test_shows_the_highest_that_it_speaks_of() -> None:
    loss = descent(2000, start=9.0, noise=0.01)
    values = loss.values.copy()
    values[60] += 6.0
    values[[700, 900, 1100, 1300, 1500]] += 3.0
    finding = found("LR114", make_run(train_loss=Series(loss.steps, values)))
    assert finding.summary.endswith(f"the highest reaches {values[60]:.1f}")
    assert 60.0 in [one.at for one in finding.evidence]


def test_a_heavy_tail_is_no_hard_batches() -> None:
    rows = np.random.default_rng(0).choice(np.arange(60, 495), 12, replace=False)
    run = make_run(train_loss=with_rows(*rows))
    assert ask("LR114", run) is None
    assert find_rule("LR114").seen(Signals(run)).startswith("heavy tail")


def test_a_loss_that_diverges_has_no_hard_batches() -> None:
    run = make_run(train_loss=climbing(with_rows(120, 200, 260), start=0.6, rise=4.0))
    assert ask("LR114", run) is None
    assert find_rule("LR114").seen(Signals(run)) == "the loss is unstable"
