"""LR111 stuck-at-chance."""

import numpy as np

from lrdiag.finding import CannotTell
from lrdiag.run import Config
from tests.curves import ask, flat, found, line, make_run, series_of


def test_fires_at_the_logarithm_of_ten() -> None:
    finding = found("LR111", make_run(train_loss=flat(float(np.log(10)))))
    assert finding.summary == "The loss stays at 2.30, what guessing among 10 classes costs"


def test_takes_the_number_of_classes_from_the_user() -> None:
    run = make_run(train_loss=flat(float(np.log(37))))
    assert ask("LR111", run) is None
    assert found("LR111", run, Config(classes=37)).confidence == 0.9
    assert ask("LR111", run, Config(classes=10)) is None


def test_is_quiet_on_a_loss_that_leaves_chance() -> None:
    assert ask("LR111", make_run(train_loss=line(start=2.3, end=2.1))) is None


def test_is_quiet_on_a_flat_loss_elsewhere() -> None:
    assert ask("LR111", make_run(train_loss=flat(1.9))) is None


def test_is_quiet_where_the_accuracy_rises() -> None:
    run = make_run(
        train_loss=flat(float(np.log(10))), val_accuracy=series_of(np.linspace(0.1, 0.6, 20))
    )
    assert ask("LR111", run) is None


def test_an_accuracy_of_one_in_ten_tells_it_where_the_loss_comes_down_to_chance() -> None:
    loss = [2.678, 2.401, 2.401, 2.375, 2.361, 2.356, 2.364, 2.362, 2.356, 2.344, 2.346, 2.368]
    guesses = [0.116, 0.087, 0.098, 0.097, 0.087, 0.1, 0.111, 0.098, 0.1, 0.09, 0.111, 0.1]
    run = make_run(
        train_loss=series_of(np.array(loss)),
        val_accuracy=series_of(np.array(guesses)),
        unit="epoch",
    )
    finding = found("LR111", run)
    assert "10 classes" in finding.summary
    assert finding.fixes[0].action.startswith("Divide the learning rate by 10")
    learns = make_run(
        train_loss=series_of(np.array(loss)),
        val_accuracy=series_of(np.array([*guesses[:-2], 0.16, 0.21])),
        unit="epoch",
    )
    assert ask("LR111", learns) is None


def test_cannot_tell_from_a_handful_of_rows() -> None:
    assert isinstance(ask("LR111", make_run(train_loss=flat(2.3, rows=5))), CannotTell)


def test_is_quiet_where_the_loss_fell_there_in_its_first_rows() -> None:
    chance = float(np.log(4))
    values = flat(chance, 1200, noise=0.05).values.copy()
    values[:24] += 0.075
    assert ask("LR111", make_run(train_loss=series_of(values))) is None
    assert found("LR111", make_run(train_loss=flat(chance, 1200, noise=0.2)))
