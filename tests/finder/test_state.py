"""The test leaves everything as it was, whatever happens and whenever."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import lrdiag
from lrdiag.finder import Progress
from tests.finder.small import classes, cross_entropy, net, photograph, warm

MAKERS: dict[str, Callable[[Iterable[nn.Parameter]], torch.optim.Optimizer]] = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "adam": lambda p: torch.optim.Adam(p, lr=1e-3, amsgrad=True),
    "adam with tensor rate": lambda p: torch.optim.Adam(p, lr=torch.tensor(1e-3), foreach=False),
    "adamw": lambda p: torch.optim.AdamW(p, lr=1e-3),
    "nadam": lambda p: torch.optim.NAdam(p, lr=1e-3),
    "radam": lambda p: torch.optim.RAdam(p, lr=1e-3),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=1e-3, momentum=0.9, centered=True),
    "adagrad": lambda p: torch.optim.Adagrad(p, lr=0.1),
    "adadelta": lambda p: torch.optim.Adadelta(p),
}


class BrokenError(Exception):
    """What a caller's code may raise."""


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("trained", [False, True], ids=["cold", "warm"])
def test_everything_is_put_back(name: str, trained: bool) -> None:
    model = net(drop=0.3)
    optimizer = MAKERS[name](model.parameters())
    if trained:
        warm(model, optimizer)
        model[3].eval()
    before = photograph(model, optimizer)
    result = lrdiag.range_test(model, optimizer, classes(), loss=cross_entropy, steps=40)
    assert result.suggestion is not None
    assert photograph(model, optimizer) == before


@pytest.mark.parametrize("last", range(1, 125, 3))
def test_everything_is_put_back_after_an_exception_at_any_forward(last: int) -> None:
    """The model is called some 400 times: at each of the first, once a step or a probe."""
    model = net(drop=0.3)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    warm(model, optimizer)
    model.eval()
    calls = 0

    def loss(output: Tensor, target: Tensor) -> Tensor:
        nonlocal calls
        calls += 1
        if calls >= last:
            np.random.rand()  # noqa: NPY002 - the generator that users share
            raise BrokenError
        return cross_entropy(output, target)

    before = photograph(model, optimizer)
    with pytest.raises(BrokenError):
        lrdiag.range_test(model, optimizer, classes(), loss=loss, steps=30)
    assert photograph(model, optimizer) == before


def test_everything_is_put_back_when_the_optimizer_fails_at_any_step() -> None:
    for last in range(1, 60, 2):
        model = net()
        optimizer = _Failing(model.parameters(), last)
        before = photograph(model)
        with pytest.raises(BrokenError):
            lrdiag.range_test(model, optimizer, classes(), loss=cross_entropy, steps=30)
        assert photograph(model) == before
        assert not optimizer.state


class _Failing(torch.optim.SGD):
    """Changes the weights and then fails, at one of its steps."""

    def __init__(self, parameters: Iterable[nn.Parameter], last: int) -> None:
        super().__init__(parameters, lr=0.1, momentum=0.9)
        self._left = last

    def step(self, closure: Any = None) -> None:  # type: ignore[override]  # noqa: ANN401
        super().step(closure)
        self._left -= 1
        if self._left == 0:
            raise BrokenError


def test_a_cancel_ends_the_test_at_once_and_puts_everything_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("lrdiag.finder.monitor.SECONDS_A_READ", 0.0)  # told at every step
    for last in (1, 2, 17, 45, 60, 90, 140):
        model = net(drop=0.1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        warm(model, optimizer)
        told: list[Progress] = []

        def watch(progress: Progress, told: list[Progress] = told, last: int = last) -> None:
            told.append(progress)
            if progress.done >= last:
                raise KeyboardInterrupt

        before = photograph(model, optimizer)
        with pytest.raises(KeyboardInterrupt):
            lrdiag.range_test(
                model, optimizer, classes(), loss=cross_entropy, steps=40, watch=watch
            )
        assert photograph(model, optimizer) == before
        assert last <= told[-1].done <= last + 1


def test_a_loss_with_weights_and_a_second_module_are_put_back() -> None:
    model, other = net(), nn.Linear(3, 3)

    class Weighted(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scale = nn.Parameter(torch.ones(3))
            self.seen: Tensor
            self.register_buffer("seen", torch.zeros(()))

        def forward(self, output: Tensor, target: Tensor) -> Tensor:
            self.seen = self.seen + 1  # replaced, not written into
            return cross_entropy(other(output) * self.scale, target)

    loss = Weighted()
    everything = [*model.parameters(), *loss.parameters(), *other.parameters()]
    optimizer = torch.optim.Adam(everything, lr=1e-3)
    before = photograph(model, loss, other, optimizer)
    seen = loss.seen
    lrdiag.range_test(model, optimizer, classes(), loss=loss, modules=[other], steps=20)
    assert photograph(model, loss, other, optimizer) == before
    assert loss.seen is seen


def test_a_scheduler_goes_on_as_if_nothing_had_been() -> None:
    def train(*, tested: bool) -> list[float]:
        model = net()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: step / 10)
        if tested:  # the warmup stands at a rate of 0
            lrdiag.range_test(model, optimizer, classes(), loss=cross_entropy, steps=20)
        rates = []
        for inputs, targets in classes()[:5]:
            optimizer.zero_grad()
            cross_entropy(model(inputs), targets).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            scheduler.step()
            rates.append(float(scheduler.get_last_lr()[0]))
        return [*rates, *(float(one.detach().sum()) for one in model.parameters())]

    assert train(tested=True) == train(tested=False)


def test_a_loader_with_a_generator_of_its_own_begins_anew() -> None:
    rows = [(inputs[0], targets[0]) for inputs, targets in classes(200)]
    generator = torch.Generator().manual_seed(3)
    loader: torch.utils.data.DataLoader[Any] = torch.utils.data.DataLoader(
        rows,  # type: ignore[arg-type]  # a list serves as a data set
        batch_size=4,
        shuffle=True,
        generator=generator,
    )
    before = generator.get_state()
    model = net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    result = lrdiag.range_test(model, optimizer, loader, loss=cross_entropy, steps=20)
    assert torch.equal(generator.get_state(), before)
    assert not any("cannot be rewound" in one for one in result.warnings)


def test_two_tests_say_the_same() -> None:
    model = net(drop=0.3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    first, second = (
        lrdiag.range_test(model, optimizer, classes(), loss=cross_entropy) for _ in range(2)
    )
    assert first.loss == second.loss
    assert first.rungs == second.rungs
