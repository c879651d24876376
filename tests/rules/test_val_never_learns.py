"""FIT203 val-never-learns."""

from lrdiag.finding import CannotTell
from tests.curves import ask, climbing, descent, every, flat, found, line, make_run


def test_fires_where_only_training_falls() -> None:
    run = make_run(train_loss=line(start=2.3, end=2.0), val_loss=every(flat(2.31), 25))
    assert "stays at 2.3" in found("FIT203", run).summary


def test_is_quiet_where_validation_follows() -> None:
    val = every(line(start=2.3, end=2.0, seed=1), 25)
    assert ask("FIT203", make_run(train_loss=line(start=2.3, end=2.0), val_loss=val)) is None


def test_overfitting_is_another_matter() -> None:
    val = climbing(every(descent(end=1.0), 25), start=0.2, rise=0.8)
    assert ask("FIT203", make_run(train_loss=descent(), val_loss=val)) is None


def test_is_quiet_where_nothing_is_learned_at_all() -> None:
    assert ask("FIT203", make_run(train_loss=flat(2.3), val_loss=every(flat(2.3), 25))) is None


def test_cannot_tell_from_two_values() -> None:
    run = make_run(train_loss=line(), val_loss=every(flat(2.3), 250))
    assert isinstance(ask("FIT203", run), CannotTell)
