"""What the loss does where the rate rises, and how it goes from row to row."""

import numpy as np
import pytest

from lrdiag.signals import Signals
from tests.curves import constant_rate, cosine_rate, descent, make_run, series_of, spiked


def test_a_warmup_has_a_length_and_the_climb_after_it() -> None:
    loss = spiked(descent(1000, start=8.0, noise=0.02), 40, height=3.0, width=10.0)
    warmup = Signals(make_run(train_loss=loss, lr=cosine_rate(1000, warmup=40))).warmup
    assert warmup is not None
    assert warmup.share == pytest.approx(0.04, abs=0.002)
    assert warmup.rise is not None
    assert 39.0 <= warmup.rise.peak_step <= 43.0
    assert warmup.rise.height == pytest.approx(2.7, abs=0.4)
    assert warmup.rise.back_step is not None
    assert warmup.rise.back_step > warmup.rise.peak_step


def test_a_constant_rate_has_no_warmup_and_no_jump() -> None:
    signals = Signals(make_run(train_loss=descent(), lr=constant_rate()))
    assert signals.warmup is None
    assert signals.jumps == ()


def test_a_jump_knows_both_rates_and_where_the_loss_is_back() -> None:
    rate = series_of(np.tile(cosine_rate(250).values, 2))
    loss = spiked(descent(), 250, height=1.0, width=6.0)
    (jump,) = Signals(make_run(train_loss=loss, lr=rate)).jumps
    assert jump.after == pytest.approx(0.003, rel=0.02)
    assert jump.before < 0.0001
    assert jump.rise is not None
    assert jump.rise.height == pytest.approx(1.0, abs=0.2)
    assert jump.rise.back_step is not None
    assert 258.0 < jump.rise.back_step < 290.0


def test_changes_of_noise_take_each_other_back() -> None:
    noisy = Signals(make_run(train_loss=descent())).alternation
    assert noisy is not None
    assert noisy.smooth == pytest.approx(-0.5, abs=0.08)
    calm = Signals(make_run(train_loss=descent(noise=0.0))).alternation
    assert calm is not None
    assert calm.smooth == pytest.approx(1.0, abs=0.01)
    assert calm.rising == 0.0
    assert Signals(make_run(train_loss=descent(100))).alternation is None
