"""LR109 slow-descent."""

import numpy as np
import pytest

from lrdiag.finding import CannotTell, Finding
from lrdiag.run import Config
from tests.curves import (
    ask,
    constant_rate,
    cosine_rate,
    descent,
    fires,
    found,
    line,
    make_run,
    power_law,
    series_of,
)


def test_fires_on_a_line_and_asks_for_more() -> None:
    finding = found("LR109", make_run(train_loss=line(), lr=constant_rate(lr=3e-5)))
    assert finding.fixes[0].factor == (3, 10)
    assert finding.fixes[0].action == "Raise the learning rate from 3e-5 to 9e-5–3e-4"


def test_sees_it_in_an_epoch_log_too() -> None:
    assert found("LR109", make_run(train_loss=line(30), unit="epoch"))


@pytest.mark.parametrize("seed", range(4))
def test_a_long_tail_is_not_slow(seed: int) -> None:
    assert ask("LR109", make_run(train_loss=power_law(seed=seed))) is None


def test_a_long_warmup_is_not_slow() -> None:
    rate = cosine_rate(warmup=200)
    passed = rate.values.cumsum() / rate.values.sum()
    loss = series_of(0.3 + 2.0 / (1.0 + passed * 20.0) + descent(end=2.3).values * 0.01)
    assert ask("LR109", make_run(train_loss=loss, lr=rate)) is None


def test_a_rate_that_decayed_early_is_another_matter() -> None:
    rate = constant_rate().values.copy()
    rate[30:] = 3e-6
    loss = descent(pace=80.0, end=1.8)
    assert ask("LR109", make_run(train_loss=loss, lr=series_of(rate))) is None


def test_a_loss_that_has_come_far_down_is_not_slow() -> None:
    assert ask("LR109", make_run(train_loss=line(start=2.0, end=0.05))) is None


def test_cannot_tell_while_the_rate_still_warms_up() -> None:
    rate = cosine_rate(1000, warmup=600)
    warming = make_run(train_loss=line(), lr=series_of(rate.values[:500]))
    assert isinstance(ask("LR109", warming), CannotTell)


def test_cannot_tell_from_a_handful_of_rows() -> None:
    assert isinstance(ask("LR109", make_run(train_loss=line(10))), CannotTell)


def test_a_loss_that_the_rate_has_blown_up_is_not_slow() -> None:
    loss = line(112, start=6.9, end=1.4, noise=4.5, seed=1)
    values = np.abs(loss.values)
    values[0] = 6.9
    assert ask("LR109", make_run(train_loss=series_of(values), lr=constant_rate(112, 0.3))) is None
    assert found("LR109", make_run(train_loss=line(112, start=6.9, end=1.4, noise=0.3)))


@pytest.mark.parametrize(("planned", "tells"), [(500, True), (800, True), (1000, False)])
def test_cannot_tell_from_the_beginning_of_a_planned_run(planned: int, tells: bool) -> None:
    verdict = ask("LR109", make_run(train_loss=line()), Config(planned_steps=planned))
    assert isinstance(verdict, Finding if tells else CannotTell)


def test_a_plan_in_steps_says_nothing_of_a_log_in_epochs() -> None:
    run = make_run(train_loss=line(30), unit="epoch")
    assert found("LR109", run, Config(planned_steps=10_000))


def test_cannot_tell_while_the_schedule_is_in_its_middle() -> None:
    rate = series_of(cosine_rate(1000).values[:500])
    assert isinstance(ask("LR109", make_run(train_loss=line(), lr=rate)), CannotTell)


def test_fine_tuning_down_a_whole_schedule_is_not_slow() -> None:
    tuned = make_run(train_loss=line(start=0.67, end=0.45), lr=cosine_rate(lr=8e-5))
    assert ask("LR109", tuned) is None
    assert found("LR109", make_run(train_loss=line(start=2.3, end=2.15), lr=cosine_rate(lr=8e-5)))


def test_says_for_a_run_of_this_length() -> None:
    assert found("LR109", make_run(train_loss=line())).summary.endswith("for a run of this length")


def test_what_falls_after_validation_has_stopped_is_memorised() -> None:
    falling, rows = line(40, start=0.7, end=0.4, noise=0.003), np.arange(40.0)
    stopped = series_of(0.85 + 0.3 * np.exp(-rows / 4.0) + 0.0004 * rows)
    still = series_of(1.2 - 0.008 * rows)
    assert ask("LR109", make_run(train_loss=falling, val_loss=stopped, unit="epoch")) is None
    assert found("LR109", make_run(train_loss=falling, val_loss=still, unit="epoch"))


def test_cannot_tell_from_the_part_before_the_loss_is_lost() -> None:
    falling = line(70, end=1.9)
    lost = series_of(np.concatenate((falling.values, np.full(300, np.nan))))
    assert found("LR109", make_run(train_loss=falling))
    assert isinstance(ask("LR109", make_run(train_loss=lost)), CannotTell)


def test_leaves_a_flat_loss_and_one_at_chance_to_their_rules() -> None:
    loss = line(560, start=2.333, end=2.303, noise=0.005)
    run = make_run(train_loss=loss)
    assert fires(run, codes=("LR109", "LR110", "LR111")) == {"LR111"}
