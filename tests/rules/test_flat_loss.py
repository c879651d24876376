"""LR110 flat-loss."""

import numpy as np

from lrdiag.finding import CannotTell
from tests.curves import ask, every, flat, found, line, make_run, series_of, spiked


def test_fires_on_a_loss_that_never_moves() -> None:
    finding = found("LR110", make_run(train_loss=flat(1.7)))
    assert finding.summary.startswith("The loss stays at 1.7")
    assert finding.fixes[1].factor == (10, 100)


def test_a_gradient_of_zero_names_the_cause() -> None:
    run = make_run(train_loss=flat(1.7), grad_norm=series_of(np.zeros(500)))
    assert found("LR110", run).cause.startswith("No gradient reaches the weights")


def test_after_an_overshoot_the_rate_goes_down() -> None:
    run = make_run(train_loss=spiked(flat(1.7), 2, height=40.0, width=3.0))
    finding = found("LR110", run)
    assert finding.fixes[0].factor == (0.01, 0.1)
    assert "too low" not in finding.cause


def test_leaves_a_loss_at_chance_to_its_neighbour() -> None:
    assert ask("LR110", make_run(train_loss=flat(float(np.log(10))))) is None


def test_is_quiet_on_a_small_but_sure_descent() -> None:
    assert ask("LR110", make_run(train_loss=line(start=1.7, end=1.6))) is None


def test_is_quiet_where_validation_falls() -> None:
    run = make_run(train_loss=flat(1.7, noise=0.4), val_loss=every(line(start=1.7, end=1.5), 50))
    assert ask("LR110", run) is None


def test_is_quiet_where_the_accuracy_rises() -> None:
    run = make_run(train_loss=flat(1.7), val_accuracy=series_of(np.linspace(0.1, 0.6, 20)))
    assert ask("LR110", run) is None


def test_cannot_tell_from_a_handful_of_rows() -> None:
    assert isinstance(ask("LR110", make_run(train_loss=flat(rows=5))), CannotTell)


def test_a_loss_that_fell_in_its_first_rows_is_not_flat() -> None:
    values = flat(1.3, 1200, noise=0.2).values.copy()
    values[:24] += 0.25 * np.linspace(1.0, 0.4, 24)
    assert ask("LR110", make_run(train_loss=series_of(values))) is None
    assert found("LR110", make_run(train_loss=flat(1.3, 1200, noise=0.2)))
