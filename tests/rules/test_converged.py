"""LR116 converged."""

from lrdiag.finding import CannotTell, Severity
from lrdiag.rules import find_rule
from lrdiag.signals import Signals
from tests.curves import ask, climbing, constant_rate, cosine_rate, descent, every, found, make_run


def test_is_a_note_where_the_rate_has_decayed() -> None:
    run = make_run(train_loss=descent(pace=40.0, end=0.9), lr=cosine_rate())
    finding = found("LR116", run)
    assert finding.severity is Severity.NOTE
    assert finding.summary.startswith("Converged at 0.89")


def test_is_a_note_where_hardly_anything_is_left() -> None:
    assert found("LR116", make_run(train_loss=descent(pace=40.0, end=0.02, noise=0.003)))


def test_a_plateau_at_a_constant_rate_has_not_converged() -> None:
    run = make_run(train_loss=descent(pace=40.0, end=0.9), lr=constant_rate())
    assert ask("LR116", run) is None


def test_is_quiet_where_validation_rises() -> None:
    val = climbing(every(descent(), 20), start=0.3, rise=0.5)
    run = make_run(train_loss=descent(pace=40.0, end=0.9), val_loss=val, lr=cosine_rate())
    assert ask("LR116", run) is None


def test_cannot_tell_from_a_handful_of_rows() -> None:
    assert isinstance(ask("LR116", make_run(train_loss=descent(10))), CannotTell)


def test_what_it_saw_agrees_with_its_neighbours() -> None:
    level = Signals(make_run(train_loss=descent(pace=40.0, end=0.9), lr=constant_rate()))
    assert find_rule("LR116").seen(level).startswith("level, at 4")
    assert "rises" not in find_rule("LR115").seen(level)
    rising = Signals(make_run(train_loss=climbing(descent(), start=0.6, rise=0.4)))
    assert find_rule("LR115").seen(rising) == "it rises at the end"
    assert find_rule("LR112").seen(Signals(make_run(train_loss=descent(pace=4.0)))) != ""
