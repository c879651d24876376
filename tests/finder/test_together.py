"""Copies trained at once do what they would do one after another."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

import lrdiag
from lrdiag.finder import RangeTestResult
from lrdiag.finder.together import LEAST_COPIES
from tests.finder.small import classes, cross_entropy, net, photograph, plain_net, warm

MAKERS: dict[str, Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer]] = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.01),
    "nesterov": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "dampened": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.5),
    "adam": lambda p: torch.optim.Adam(p, lr=1e-3, weight_decay=0.01, amsgrad=True),
    "adamw": lambda p: torch.optim.AdamW(p, lr=1e-3, weight_decay=0.1),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=1e-3, momentum=0.5, centered=True),
}


def run_with(
    monkeypatch: pytest.MonkeyPatch, least: int, make: Callable[[], RangeTestResult]
) -> RangeTestResult:
    """Test with copies trained at once from so many on."""
    monkeypatch.setitem(LEAST_COPIES, "cpu", least)
    return make()


def assert_alike(one: RangeTestResult, other: RangeTestResult) -> None:
    assert [a.lr for a in one.rungs] == [b.lr for b in other.rungs]
    for a, b in zip(one.rungs, other.rungs, strict=True):
        assert a.diverged == b.diverged
        assert a.losses == pytest.approx(b.losses, rel=2e-3, abs=2e-4)
        assert a.badness == pytest.approx(b.badness, abs=5e-3)
    assert one.suggestion is not None
    assert other.suggestion is not None
    assert one.suggestion.lr == other.suggestion.lr


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("trained", [False, True], ids=["cold", "warm"])
def test_rungs_at_once_are_the_rungs_one_by_one(
    monkeypatch: pytest.MonkeyPatch, name: str, trained: bool
) -> None:
    def make() -> RangeTestResult:
        model = net(drop=0.2)
        optimizer = MAKERS[name](model.parameters())
        if trained:
            warm(model, optimizer)
        before = photograph(model, optimizer)
        found = lrdiag.range_test(model, optimizer, classes(), loss=cross_entropy, steps=0)
        assert photograph(model, optimizer) == before
        return found

    assert_alike(run_with(monkeypatch, 1, make), run_with(monkeypatch, 99, make))


def test_groups_accumulation_and_clipping_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def make() -> RangeTestResult:
        model = plain_net()
        groups: list[dict[str, Any]] = [
            {"params": model[0].parameters(), "lr": 0.01},
            {"params": model[2].parameters(), "momentum": 0.5},
        ]
        optimizer = torch.optim.SGD(groups, lr=0.1)
        return lrdiag.range_test(
            model,
            optimizer,
            classes(300, 8),
            loss=cross_entropy,
            steps=0,
            accumulate=2,
            clip_norm=0.5,
        )

    at_once, one_by_one = run_with(monkeypatch, 1, make), run_with(monkeypatch, 99, make)
    assert_alike(at_once, one_by_one)
    assert at_once.health.update_ratio == pytest.approx(one_by_one.health.update_ratio, rel=0.05)
    assert at_once.health.dead_after == one_by_one.health.dead_after


def test_seeds_at_once_give_the_band_of_seeds_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    starts = [plain_net(seed).state_dict() for seed in range(1, 4)]

    def make() -> RangeTestResult:
        model = plain_net()
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        return lrdiag.range_test(model, optimizer, classes(), loss=cross_entropy, starts=starts)

    at_once, one_by_one = run_with(monkeypatch, 1, make), run_with(monkeypatch, 99, make)
    assert at_once.band is not None
    assert one_by_one.band is not None
    assert at_once.band.together
    assert not one_by_one.band.together
    assert "faster" in one_by_one.band.why
    n = 60  # beyond, the rates are such that rounding grows
    assert at_once.band.low[:n] == pytest.approx(one_by_one.band.low[:n], rel=1e-3)
    assert at_once.band.high[:n] == pytest.approx(one_by_one.band.high[:n], rel=1e-3)


class Stubborn(nn.Module):
    """Looks at the numbers of its input, which a copy among others cannot."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = plain_net()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.inner(x)
        return out if out.sum().item() > 0.0 else 1.0 * out


def test_a_model_whose_copies_cannot_be_trained_at_once_is_trained_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = Stubborn()
    starts = [model.state_dict()] * 2

    def make() -> RangeTestResult:
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        return lrdiag.range_test(
            model, optimizer, classes(), loss=functional.cross_entropy, starts=starts
        )

    before = photograph(model)
    found, wanted = run_with(monkeypatch, 1, make), run_with(monkeypatch, 99, make)
    assert found.rungs == wanted.rungs
    assert found.band is not None
    assert "at once" in found.band.why
    assert photograph(model) == before
