"""LR104 spike-recovers."""

import numpy as np
import pytest

from lrdiag.finding import CannotTell
from lrdiag.rules import find_rule
from lrdiag.run import Config, Series
from lrdiag.signals import Signals
from tests.curves import (
    ask,
    broken,
    climbing,
    constant_rate,
    descent,
    found,
    make_run,
    raised,
    series_of,
    spiked,
)


def test_fires_on_one_spike_with_its_place() -> None:
    finding = found("LR104", make_run(train_loss=spiked(descent(), 300, height=3.0, width=5.0)))
    evidence = finding.evidence[0]
    assert evidence.at == 300.0
    assert evidence.span is not None
    assert evidence.span[0] == 300.0
    assert 308.0 <= evidence.span[1] <= 330.0
    assert finding.summary.startswith("One spike, back within")


def test_two_spikes_give_two_pieces_of_evidence() -> None:
    loss = spiked(spiked(descent(), 200, height=3.0, width=5.0), 400, height=2.0, width=5.0)
    assert [one.at for one in found("LR104", make_run(train_loss=loss)).evidence] == [200.0, 400.0]


def test_leaves_three_to_its_neighbour() -> None:
    loss = descent()
    for at in (150, 250, 400):
        loss = spiked(loss, at, height=2.0, width=5.0)
    run = make_run(train_loss=loss)
    assert ask("LR104", run) is None
    rule = find_rule("LR104")
    said = f"{rule.clear}: {rule.seen(Signals(run, Config()))}"
    assert said == "no lone spikes: 3, told as repeated-spikes"


def test_a_single_row_is_a_hard_batch_and_no_spike() -> None:
    loss = descent()
    values = loss.values.copy()
    values[300] += 5.0
    assert ask("LR104", make_run(train_loss=Series(loss.steps, values))) is None


@pytest.mark.parametrize("seed", range(5))
def test_is_quiet_on_heavy_tailed_noise(seed: int) -> None:
    noise = np.random.default_rng(seed).standard_t(2, 2000) * 0.03
    values = descent(2000, noise=0.0).values + noise
    assert ask("LR104", make_run(train_loss=series_of(values))) is None


def test_a_warm_restart_is_no_spike() -> None:
    rate = series_of(np.tile(np.geomspace(0.003, 3e-5, 125), 4))
    loss = descent()
    for at in (126, 251, 376):
        loss = spiked(loss, at, height=1.0, width=6.0)
    assert ask("LR104", make_run(train_loss=loss, lr=rate)) is None
    assert ask("LR105", make_run(train_loss=loss, lr=rate)) is None


def test_the_clip_is_the_usual_height_of_the_gradient() -> None:
    loss = spiked(descent(), 300, height=3.0, width=5.0)
    norm = raised(series_of(np.full(500, 0.4)), 300, by=0.0)
    values = norm.values.copy()
    values[300:303] = 5.0
    run = make_run(train_loss=loss, grad_norm=series_of(values), lr=constant_rate(lr=0.003))
    finding = found("LR104", run)
    assert "gradient norm jumps together" in finding.cause
    assert finding.fixes[0].action == "Clip the gradient norm at 0.4"


def test_a_clip_is_never_read_from_where_the_run_has_blown_up() -> None:
    loss = climbing(descent(), start=0.6, rise=1e9)
    norm = np.where(np.arange(500) < 300, 0.4, 1e15)
    finding = found("LR102", make_run(train_loss=loss, grad_norm=series_of(norm)))
    assert [one.action for one in finding.fixes if one.action.startswith("Clip")] == [
        "Clip the gradient norm at 0.4"
    ]


def test_one_spike_asks_for_a_lower_rate_only_if_more_follow() -> None:
    loss = spiked(descent(), 300, height=3.0, width=5.0)
    clip, later = found("LR104", make_run(train_loss=loss, lr=constant_rate(lr=0.003))).fixes
    assert clip.action == "Clip the gradient norm at 1"
    assert later.action == "If spikes come back, divide the learning rate by 2 to 3"
    assert later.factor == (1 / 3, 1 / 2)
    assert later.lr == pytest.approx(0.0012)
    assert "0.001–0.0015" in later.reason


def test_a_rate_that_slips_for_a_step_is_the_cause() -> None:
    rate = constant_rate().values.copy()
    rate[299] = 0.18
    loss = spiked(descent(), 300, height=3.0, width=5.0)
    finding = found("LR104", make_run(train_loss=loss, lr=series_of(rate)))
    assert "slips to 0.18" in finding.cause
    assert finding.fixes[0].action == "Find what sets the rate to 0.18 at step 299"
    assert [one.action.split()[0] for one in finding.fixes] == ["Find", "Clip", "If"]


def test_cannot_tell_from_an_epoch_log() -> None:
    verdict = ask("LR104", make_run(train_loss=descent(30)))
    assert isinstance(verdict, CannotTell)
    assert verdict.missing == ("50 rows of train_loss",)
    assert verdict.why == ("It takes 50 values of train_loss and the log holds 30: log more often.")


def test_a_log_that_broke_is_not_told_to_log_more() -> None:
    verdict = ask("LR104", make_run(train_loss=broken(descent(), 30)))
    assert isinstance(verdict, CannotTell)
    assert verdict.why == "It takes 50 finite values of train_loss and the log holds 30."
