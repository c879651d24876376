"""LR107 wild-oscillation."""

import numpy as np
import pytest

from lrdiag.finding import CannotTell
from lrdiag.run import Series
from tests.curves import ask, descent, found, make_run, spiked


def swinging(size: float, turns: int) -> Series:
    loss = descent(1000)
    wave = size * np.sin(np.linspace(0.0, np.pi * turns, len(loss)))
    return Series(loss.steps, loss.values + wave)


def test_fires_on_wide_swings() -> None:
    finding = found("LR107", make_run(train_loss=swinging(0.6, 16)))
    assert 10 <= finding.evidence[0].value <= 16
    assert finding.fixes[0].factor == (1 / 5, 1 / 2)


def test_is_quiet_on_narrow_swings() -> None:
    assert ask("LR107", make_run(train_loss=swinging(0.05, 16))) is None


def test_is_quiet_on_few_swings() -> None:
    assert ask("LR107", make_run(train_loss=swinging(0.6, 4))) is None


@pytest.mark.parametrize("noise", [0.1, 0.5, 2.0])
def test_is_quiet_on_noise_however_loud(noise: float) -> None:
    assert ask("LR107", make_run(train_loss=descent(1000, noise=noise))) is None


def test_spikes_are_no_oscillation() -> None:
    loss = descent(1000)
    for at in (300, 500, 700, 900):
        loss = spiked(loss, at, height=4.0, width=12.0)
    assert ask("LR107", make_run(train_loss=loss)) is None


def test_cannot_tell_from_an_epoch_log() -> None:
    assert isinstance(ask("LR107", make_run(train_loss=descent(30))), CannotTell)
