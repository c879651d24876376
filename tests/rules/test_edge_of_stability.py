"""LR108 edge-of-stability."""

import numpy as np

from lrdiag.finding import CannotTell, Severity
from lrdiag.numerics import FloatArray
from lrdiag.run import Series
from tests.curves import ask, cosine_rate, descent, found, make_run, series_of


def gradient_descent(rate: float, steps: int = 600) -> Series:
    """Return the loss of a small network trained on all of its data at each step."""
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(100, 10))
    targets = np.sin(inputs[:, :3]) @ rng.normal(size=(3, 2)) + 0.3 * rng.normal(size=(100, 2))
    shapes = ((10, 40), (40, 40), (40, 2))
    first, second, third = (rng.normal(size=one) / np.sqrt(one[0]) for one in shapes)
    losses: list[float] = []
    for _ in range(steps):
        hidden = np.tanh(inputs @ first)
        upper = np.tanh(hidden @ second)
        error = upper @ third - targets
        losses.append(float(0.5 * (error**2).sum(axis=1).mean()))
        out = error / len(inputs)
        above = (out @ third.T) * (1.0 - upper**2)
        below = (above @ second.T) * (1.0 - hidden**2)
        third = third - rate * upper.T @ out
        second = second - rate * hidden.T @ above
        first = first - rate * inputs.T @ below
    return series_of(losses)


def wave(level: FloatArray, size: float = 0.2) -> Series:
    """Return a course with a smooth wave of 17 rows on it."""
    return series_of(level + size * np.sin(np.arange(len(level)) * 2.0 * np.pi / 17.0))


def test_is_normal_while_the_loss_falls() -> None:
    finding = found("LR108", make_run(train_loss=gradient_descent(0.5)))
    assert finding.severity is Severity.NOTE
    assert finding.fixes == ()
    assert "which is normal" in finding.summary
    assert finding.evidence[0].value > 25.0


def test_a_rate_within_the_bound_only_falls() -> None:
    assert ask("LR108", make_run(train_loss=gradient_descent(0.1))) is None


def test_warns_where_the_loss_no_longer_falls() -> None:
    fast = 1.0 + 2.0 * np.exp(-np.arange(600) / 20.0)
    finding = found("LR108", make_run(train_loss=wave(fast)))
    assert finding.severity is Severity.WARNING
    assert finding.fixes[0].factor == (0.25, 0.5)


def test_noise_of_batches_is_no_edge() -> None:
    assert ask("LR108", make_run(train_loss=descent())) is None


def test_a_wave_of_the_rate_is_no_edge() -> None:
    rate = series_of(np.tile(cosine_rate(100).values, 6))
    fast = 1.0 + 2.0 * np.exp(-np.arange(600) / 20.0)
    assert ask("LR108", make_run(train_loss=wave(fast), lr=rate)) is None


def test_cannot_tell_from_an_epoch_log() -> None:
    verdict = ask("LR108", make_run(train_loss=descent(30)))
    assert isinstance(verdict, CannotTell)
    assert verdict.missing == ("241 rows of train_loss",)
