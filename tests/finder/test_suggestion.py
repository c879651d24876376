"""From rungs to a rate, from a curve to its regions."""

import math

import numpy as np
import pytest

from lrdiag.finder import Rung
from lrdiag.finder.climb import Climb, rate_at
from lrdiag.finder.course import find_divergence
from lrdiag.finder.regions import find_picks, find_regions, smooth_losses
from lrdiag.finder.result import Stop
from lrdiag.finder.suggestion import refusal, suggest
from lrdiag.finder.sweep import Divergence, Sweep

NAN = math.nan


def climb(badness: dict[int, float], place: int, *, drop: float = 0.5, told: bool = True) -> Climb:
    """Return a climb whose rungs miss so much of the best one's drop; NaN for diverged."""
    rungs = {
        k: Rung(
            lr=rate_at(k),
            steps=50,
            loss=2.0 * (1.0 - drop * (1.0 - bad)),
            start=2.0,
            badness=1.0 if math.isnan(bad) else bad,
            diverged=math.isnan(bad),
        )
        for k, bad in badness.items()
    }
    return Climb(rungs, place, drop, told)


@pytest.mark.parametrize(
    ("badness", "low", "high"),
    [
        ({-3: 0.3, -2: 0.0, -1: 0.2}, -3, -1),
        ({-3: 0.04, -2: 0.0, -1: 0.2}, -4, -1),
        ({-3: 0.3, -2: 0.0, -1: 0.01, 0: 0.4}, -3, 0),
        ({-3: 0.3, -2: 0.0, -1: NAN}, -3, -1.5),
        ({-4: 0.01, -3: 0.3, -2: 0.0, -1: 0.2}, -3, -1),
    ],
    ids=["alone", "as good below", "as good above", "cliff above", "not beyond a worse one"],
)
def test_the_range_holds_what_is_as_good(
    badness: dict[int, float], low: float, high: float
) -> None:
    found = suggest(climb(badness, -2), -1.4, confirmed=False)
    assert found is not None
    assert found.lr == pytest.approx(0.1)
    assert (found.low, found.high) == pytest.approx((rate_at(low), rate_at(high)), rel=1e-5)
    assert found.sure


def test_the_reason_tells_what_its_neighbours_did() -> None:
    found = suggest(climb({-3: 0.5, -2: 0.0, -1: NAN}, -2), -1.4, confirmed=False)
    assert found is not None
    assert found.reason == (
        "At 0.1 a short training of 50 steps lowers the loss by 50 %; 0.032 lowers it by 25 % and "
        "0.32 diverges."
    )


def test_what_cannot_be_told_is_said() -> None:
    flat = climb({-3: 0.1, -2: 0.0, -1: 0.2}, -2, drop=0.001)
    noise = climb({-3: 0.1, -2: 0.0, -1: 0.2}, -2, told=False)
    for one in (flat, noise):
        found = suggest(one, -2.25, confirmed=False)
        assert found is not None
        assert not found.sure
        assert found.lr == pytest.approx(10.0**-2.0)
        assert "Cannot tell" in found.reason
        assert suggest(one, None, confirmed=False) is None
        assert "Cannot tell" in refusal(one)
    plateau = suggest(climb({-3: 0.1, -2: 0.0, -1: 0.2}, -2, drop=0.01), -1.4, confirmed=False)
    assert plateau is not None
    assert not plateau.sure
    assert "plateau" in plateau.reason
    lost = climb({-3: NAN, -2: NAN}, -3)
    assert suggest(lost, -1.4, confirmed=False) is None
    assert "diverged" in refusal(lost)


def test_a_training_that_blew_up_and_came_back_has_diverged() -> None:
    calm = [2.0 * 0.99**k for k in range(50)]
    assert find_divergence(calm, 2.0) == 50
    assert find_divergence([*calm[:20], 20.0, *calm[20:]], 2.0) == 51  # one hard batch
    assert find_divergence([*calm[:20], 50.0, *calm[20:]], 2.0) == 20
    assert find_divergence([*calm[:20], NAN, *calm[20:]], 2.0) == 20
    died = [*calm[:10], 9.0, 12.0, 10.0, 11.0, 9.0, *([1.0] * 30)]
    assert 10 < find_divergence(died, 2.0) < 15
    assert find_divergence([one - 50.0 for one in calm], -48.0) == 50


def curve(n: int = 100, *, noise: float = 0.02, end: int = 92) -> tuple[list[float], list[float]]:
    """Return a sweep that is flat, falls around 0.01, and blows up above 1."""
    rates = np.logspace(-7, 1, n)
    random = np.random.default_rng(0)
    fall = 2.0 / (1.0 + (rates / 0.01) ** -1.5)
    losses = 2.3 - fall + (rates / 1.0) ** 2 + noise * random.standard_normal(n)
    return rates[:end].tolist(), losses[:end].tolist()


def test_regions_follow_the_curve() -> None:
    rates, losses = curve()
    parts = dict(find_regions(rates, [*losses[:-1], NAN], 10.0))
    assert list(parts) == ["flat", "descent", "minimum", "ascent", "explosion"]
    assert parts["flat"][0] == pytest.approx(1e-7)
    assert 5e-4 < parts["flat"][1] < 1e-2
    assert parts["minimum"][0] < 0.25 < parts["minimum"][1]
    assert 0.9 < parts["explosion"][0] < 3.0
    assert parts["explosion"][1] == 10.0


def test_a_curve_that_only_falls_has_no_explosion() -> None:
    rates, losses = curve(end=80)
    parts = dict(find_regions(rates, losses, 10.0))
    assert "explosion" not in parts
    assert list(parts)[:2] == ["flat", "descent"]


def test_noise_is_flat_throughout() -> None:
    random = np.random.default_rng(1)
    rates = np.logspace(-7, 1, 100).tolist()
    for _ in range(20):
        losses = (2.0 + 0.1 * random.standard_normal(100)).tolist()
        assert [name for name, _ in find_regions(rates, losses, 10.0)] == ["flat"]


def test_smoothing_moves_nothing_and_keeps_what_is_not_finite() -> None:
    step = [2.0] * 50 + [1.0] * 50
    smooth = smooth_losses([*step, NAN])
    assert math.isnan(smooth[-1])
    assert smooth[45:55].mean() == pytest.approx(1.5, abs=0.06)


def test_picks_lie_on_the_descent() -> None:
    picks = find_picks(*curve())
    assert picks.steepest is not None
    assert picks.valley is not None
    assert picks.minimum_tenth is not None
    assert 3e-3 < picks.steepest < 3e-2
    assert picks.steepest_tenth == pytest.approx(picks.steepest / 10.0)
    assert 1e-6 < picks.valley < 1.0
    assert 0.005 < picks.minimum_tenth < 0.1
    rates, _ = curve()
    assert find_picks(rates, [1.0] * len(rates)).steepest is None


def ends_at(losses: list[float], threshold: float = 4.0) -> int:
    judge = Divergence(threshold)
    return next((k for k, one in enumerate(losses) if judge.passed(one)), len(losses))


def test_a_sweep_ends_where_it_diverges_whatever_the_sign_of_the_loss() -> None:
    _, losses = curve(end=100)
    end = ends_at(losses)
    assert 85 < end < 100
    assert ends_at([one - 50.0 for one in losses]) >= end
    assert ends_at([-7.0 - 0.01 * k for k in range(100)]) == 100
    assert ends_at([*([0.001] * 50), *([0.01] * 50)]) < 100
    assert ends_at([*([2.0] * 20), *([1e-6] * 80), *([0.05] * 40)]) == 140  # still far below


def test_a_sweep_knows_where_it_blew_up() -> None:
    assert Sweep((0.1, 0.2), (1.0, NAN), Stop.NOT_FINITE).blew_up == 0.2
    assert Sweep((0.1, 0.2), (1.0, 0.9), Stop.SWEPT).blew_up is None
