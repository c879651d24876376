"""The range test on real trainings: every kind of model, batch and optimizer, and the answers."""

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

import lrdiag
from lrdiag.errors import InvalidSpecError, OutOfMemoryError, UntestableError
from lrdiag.finder import Progress, Stop
from tests.finder.small import classes, cross_entropy, net, photograph, plain_net


def sgd(model: nn.Module, lr: float = 0.1, momentum: float = 0.9) -> torch.optim.SGD:
    return torch.optim.SGD(model.parameters(), lr=lr, momentum=momentum)


def trained_loss(lr: float, steps: int = 300) -> float:
    """Return where a training at a rate ends."""
    model = plain_net()
    optimizer = sgd(model, lr)
    losses = []
    batches = classes(steps)
    for inputs, targets in batches:
        loss = functional.cross_entropy(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(float(loss.detach()))
    late = losses[-50:]
    return sum(late) / len(late)


def test_the_suggested_rate_trains_as_well_as_any() -> None:
    model = plain_net()
    found = lrdiag.range_test(model, sgd(model), classes(), loss=cross_entropy)
    assert found.suggestion is not None
    assert found.suggestion.sure
    reached = trained_loss(found.suggestion.lr)
    best = min(trained_loss(10.0**k) for k in (-3.0, -2.0, -1.5, -1.0, -0.5, 0.0))
    assert reached - best < 0.05 * (math.log(3.0) - best)
    assert found.suggestion.low < found.suggestion.lr < found.suggestion.high


def test_the_sweep_shows_its_regions_and_ends_where_it_blows_up() -> None:
    model = plain_net()
    found = lrdiag.range_test(model, sgd(model), classes(), loss=cross_entropy)
    assert found.stop in {Stop.DIVERGED, Stop.NOT_FINITE}
    parts = list(found.regions)
    assert [name for name, _ in parts] == ["flat", "descent", "minimum", "ascent", "explosion"]
    for (_, (_, end)), (_, (begin, _)) in pairwise(parts):
        assert begin == pytest.approx(end)
    assert parts[-1][1][1] == 10.0
    assert len(found.lr) == len(found.loss) == len(found.smooth) < 100
    assert found.steps_taken <= 1.4 * found.steps_planned
    assert found.lr[1] / found.lr[0] == pytest.approx(10.0 ** (8 / 99))


def test_find_lr_confirms_on_longer_trainings() -> None:
    model = plain_net()
    found = lrdiag.find_lr(model, sgd(model), classes(250), loss=cross_entropy)
    assert found.suggestion is not None
    assert {(one.steps, one.batches) for one in found.rungs} == {
        (50 * 1, 0),
        (100, 0),
        (100, 1),
    } or {one.steps for one in found.rungs} == {70, 100}
    assert all(len(one.losses) == one.steps or one.diverged for one in found.rungs)
    assert found.steps_taken <= 1500


class TwoInputs(nn.Module):
    """Adds what it makes of two inputs; can return its own loss."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.left, self.right = nn.Linear(3, 3), nn.Linear(3, 3)

    def forward(self, left: Tensor, right: Tensor, labels: Tensor | None = None) -> Any:  # noqa: ANN401
        logits = self.left(left) + self.right(right)
        if labels is None:
            return logits
        return SimpleNamespace(loss=functional.cross_entropy(logits, labels), logits=logits)


def as_dict(inputs: Tensor, targets: Tensor, name: str) -> dict[str, Tensor]:
    return {"left": inputs[:, :3], "right": inputs[:, 3:], name: targets}


def test_every_form_of_batch_gives_the_same_curve() -> None:
    data = classes()
    forms: dict[str, tuple[list[Any], dict[str, Any]]] = {
        "tuple": ([(x[:, :3], x[:, 3:], y) for x, y in data], {"loss": cross_entropy}),
        "nested": ([[(x[:, :3], x[:, 3:]), y] for x, y in data], {"loss": cross_entropy}),
        "dict": ([as_dict(x, y, "target") for x, y in data], {"loss": cross_entropy}),
        "own loss": ([as_dict(x, y, "labels") for x, y in data], {}),
        "step": (data, {"step": lambda m, b: cross_entropy(m(b[0][:, :3], b[0][:, 3:]), b[1])}),
        "step with output": ([as_dict(x, y, "labels") for x, y in data], {"step": own_loss}),
    }
    curves = {}
    for name, (batches, how) in forms.items():
        model = TwoInputs()
        curves[name] = lrdiag.range_test(model, sgd(model), batches, steps=30, **how)
    wanted = curves["tuple"]
    for found in curves.values():
        assert found.loss == wanted.loss
        assert found.suggestion == wanted.suggestion


def own_loss(model: nn.Module, batch: Mapping[str, Tensor]) -> Any:  # noqa: ANN401
    return {"loss": model(**batch).loss}


def test_a_tensor_is_its_own_target_and_a_generator_is_a_source() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(6, 2), nn.Linear(2, 6))

    def source() -> Iterator[Tensor]:
        while True:
            yield torch.randn(16, 6)

    found = lrdiag.range_test(model, sgd(model), source(), loss=functional.mse_loss, steps=20)
    assert found.suggestion is not None
    assert any("cannot be rewound" in one for one in found.warnings)


def test_accumulated_batches_step_as_one_large_one() -> None:
    small = classes(400, 8)
    large = [
        (torch.cat([a[0], b[0]]), torch.cat([a[1], b[1]]))
        for a, b in zip(small[::2], small[1::2], strict=True)
    ]
    one, two = plain_net(), plain_net()
    wanted = lrdiag.range_test(one, sgd(one), large, loss=cross_entropy, steps=30)
    found = lrdiag.range_test(two, sgd(two), small, loss=cross_entropy, steps=30, accumulate=2)
    assert found.loss == pytest.approx(wanted.loss, rel=1e-3)


def test_groups_keep_the_ratios_of_their_rates() -> None:
    model = plain_net()
    groups: list[dict[str, Any]] = [
        {"params": model[0].parameters(), "lr": 1e-4},
        {"params": model[2].parameters()},
    ]
    seen: list[tuple[float, float]] = []

    class Spy(torch.optim.SGD):
        def step(self, closure: Any = None) -> None:  # type: ignore[override]  # noqa: ANN401
            seen.append((self.param_groups[0]["lr"], self.param_groups[1]["lr"]))
            super().step(closure)

    optimizer = Spy(groups, lr=1e-3)
    found = lrdiag.range_test(model, optimizer, classes(), loss=cross_entropy, steps=20)
    assert all(low == pytest.approx(0.1 * high) for low, high in seen)
    assert found.ratios == pytest.approx((0.1, 1.0))
    assert [group["lr"] for group in optimizer.param_groups] == [1e-4, 1e-3]


def test_several_optimizers_step_together() -> None:
    model = plain_net()
    pair = [
        torch.optim.Adam(model[0].parameters(), lr=1e-3),
        torch.optim.SGD(model[2].parameters(), lr=1e-1),
    ]
    before = photograph(model, *pair)
    found = lrdiag.range_test(model, pair, classes(), loss=cross_entropy, steps=30)
    assert found.optimizer == "Adam, SGD"
    assert found.ratios == pytest.approx((0.01, 1.0))
    assert photograph(model, *pair) == before


def test_a_step_that_the_scaler_skips_does_not_advance_the_sweep() -> None:
    model = plain_net()
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**127)  # float32 overflows at 2**128
    before = photograph(model, scaler)

    def loss(output: Tensor, target: Tensor) -> Tensor:
        return 16.0 * cross_entropy(output, target)

    found = lrdiag.range_test(model, sgd(model), classes(), loss=loss, scaler=scaler, steps=30)
    other = plain_net()
    wanted = lrdiag.range_test(other, sgd(other), classes(), loss=loss, steps=30)
    assert found.loss == pytest.approx(wanted.loss, rel=1e-4)
    assert found.suggestion is not None
    assert wanted.suggestion is not None
    assert found.suggestion.lr == wanted.suggestion.lr
    assert photograph(model, scaler) == before


def test_mixed_precision_is_tested_as_it_is_trained() -> None:
    model = plain_net()
    seen: set[torch.dtype] = set()

    def loss(output: Tensor, target: Tensor) -> Tensor:
        seen.add(output.dtype)
        return cross_entropy(output.float(), target)

    found = lrdiag.range_test(
        model, sgd(model), classes(), loss=loss, autocast=torch.bfloat16, steps=20
    )
    assert seen == {torch.bfloat16}
    assert found.suggestion is not None


def test_frozen_parts_stay_frozen() -> None:
    model = net(drop=0.2)
    model[1].eval()
    mean = model[1].running_mean
    assert isinstance(mean, Tensor)
    kept = mean.clone()
    seen = []

    def loss(output: Tensor, target: Tensor) -> Tensor:
        seen.append(torch.equal(model[1].running_mean, kept))  # type: ignore[arg-type]
        return cross_entropy(output, target)

    lrdiag.range_test(model, sgd(model), classes(), loss=loss, steps=20)
    assert all(seen)


def test_negative_and_summed_losses_take_the_rates_they_need() -> None:
    model = plain_net()
    plain = lrdiag.range_test(model, sgd(model), classes(), loss=cross_entropy)
    shifted = lrdiag.range_test(
        model, sgd(model), classes(), loss=lambda o, y: cross_entropy(o, y) - 50.0
    )
    summed = lrdiag.range_test(
        model, sgd(model), classes(), loss=lambda o, y: 16.0 * cross_entropy(o, y)
    )
    assert plain.suggestion is not None
    assert shifted.suggestion is not None
    assert summed.suggestion is not None
    assert len(shifted.loss) > 80
    assert 0.05 < summed.suggestion.lr / plain.suggestion.lr < 0.2


def test_a_flat_loss_gets_no_sure_answer() -> None:
    model = plain_net()
    flat = lrdiag.range_test(
        model, sgd(model), classes(), loss=lambda o, y: 0.0 * o.sum() + 1.0, steps=50
    )
    assert flat.suggestion is not None
    assert not flat.suggestion.sure
    assert "Cannot tell" in flat.suggestion.reason
    assert [name for name, _ in flat.regions] == ["flat"]


@pytest.mark.parametrize("own", [False, True], ids=["torch's generator", "one of its own"])
def test_noise_alone_gets_no_sure_answer(own: bool) -> None:
    sure = 0
    for seed in range(8):
        model = plain_net()
        generator = torch.Generator().manual_seed(seed)

        def loss(output: Tensor, target: Tensor, generator: torch.Generator = generator) -> Tensor:
            noise = torch.randn((), generator=generator if own else None)
            return 0.0 * output.sum() + 2.0 + 0.5 * noise

        found = lrdiag.range_test(model, sgd(model), classes(), loss=loss, steps=20)
        sure += found.suggestion is not None and found.suggestion.sure
    assert sure == 0


def test_a_loss_that_is_never_finite_gets_no_rate() -> None:
    model = plain_net()
    found = lrdiag.range_test(
        model, sgd(model), classes(), loss=lambda o, y: o.sum() * float("nan"), steps=20
    )
    assert found.suggestion is None
    assert found.stop is Stop.NOT_FINITE
    assert any("diverged" in one for one in found.warnings)


def test_an_unknown_optimizer_gets_an_answer_too() -> None:
    class Own(torch.optim.SGD):
        """Steps as SGD does, under a name that is not known."""

    model = plain_net()
    found = lrdiag.range_test(
        model, Own(model.parameters(), lr=1.0, momentum=0.9), classes(), loss=cross_entropy
    )
    wanted = lrdiag.range_test(model, sgd(model), classes(), loss=cross_entropy)
    assert found.suggestion is not None
    assert wanted.suggestion is not None
    assert abs(math.log10(found.suggestion.lr / wanted.suggestion.lr)) <= 0.51


def test_several_seeds_give_the_curve_a_band() -> None:
    model = plain_net()
    starts = [plain_net(seed).state_dict() for seed in (1, 2)]
    found = lrdiag.range_test(model, sgd(model), classes(), loss=cross_entropy, starts=starts)
    assert found.band is not None
    assert found.band.seeds == 3
    for low, smooth, high in zip(found.band.low, found.smooth, found.band.high, strict=True):
        assert math.isnan(smooth) or low <= smooth <= high
    assert max(found.band.high[:10]) > min(found.band.low[:10])


def test_the_progress_is_told_and_ends_with_done() -> None:
    told: list[Progress] = []
    model = plain_net()
    lrdiag.range_test(model, sgd(model), classes(), loss=cross_entropy, watch=told.append)
    assert told[-1].phase == "done"
    assert told[-1].done == told[-1].total
    assert [one.done for one in told] == sorted(one.done for one in told)


def test_health_is_told() -> None:
    model = plain_net()
    with torch.no_grad():
        first = model[0].bias
        assert isinstance(first, Tensor)
        first[:12] = -100.0
    found = lrdiag.range_test(model, sgd(model), classes(), loss=cross_entropy, steps=20)
    assert found.health.dead_relus == pytest.approx(0.75)
    assert any("dead" in one for one in found.health.told)
    assert found.health.update_ratio is not None
    assert found.health.grad_norm is not None

    deep = nn.Sequential(*(one for _ in range(12) for one in (nn.Linear(6, 6), nn.Sigmoid())))
    deep.append(nn.Linear(6, 3))
    found = lrdiag.range_test(deep, sgd(deep), classes(), loss=cross_entropy, steps=20)
    assert any("vanishes" in one for one in found.health.told)


def test_the_ceiling_of_a_quadratic_is_exact() -> None:
    model = nn.Linear(3, 1, bias=False)
    inputs = torch.randn(64, 3, generator=torch.Generator().manual_seed(0)) * torch.tensor(
        [3, 1, 1]
    )
    largest = float(torch.linalg.eigvalsh(2.0 * inputs.T @ inputs / len(inputs)).max())
    batches = [(inputs, inputs.sum(dim=1, keepdim=True))] * 10
    for momentum in (0.0, 0.9):
        found = lrdiag.range_test(
            model, sgd(model, momentum=momentum), batches, loss=functional.mse_loss, steps=20
        )
        assert found.ceiling is not None
        assert found.ceiling.sharpness == pytest.approx(largest, rel=0.02)
        assert found.ceiling.lr == pytest.approx(2.0 * (1.0 + momentum) / largest, rel=0.02)
    adam = torch.optim.Adam(model.parameters(), lr=1e-3)
    found = lrdiag.range_test(model, adam, batches, loss=functional.mse_loss, steps=20)
    assert found.ceiling is not None
    assert found.ceiling.preconditioned


def test_what_cannot_be_tested_is_refused_with_a_hint() -> None:
    model = plain_net()
    with pytest.raises(UntestableError, match="closure") as refusal:
        lrdiag.range_test(
            model, torch.optim.LBFGS(model.parameters()), classes(), loss=cross_entropy
        )
    assert "line_search_fn" in refusal.value.hint
    cases: list[tuple[type[Exception], list[Any], dict[str, Any]]] = [
        (UntestableError, [], {"loss": cross_entropy}),
        (UntestableError, classes(), {"loss": lambda o, y: o}),
        (UntestableError, classes(), {"loss": lambda o, y: 1.0}),
        (UntestableError, classes(), {"loss": lambda o, y: o.detach().sum()}),
        (UntestableError, [{"a": torch.ones(1)}], {"loss": cross_entropy}),
        (InvalidSpecError, classes(), {"loss": cross_entropy, "step": own_loss}),
        (InvalidSpecError, classes(), {"loss": cross_entropy, "lr_min": 0.0}),
        (InvalidSpecError, classes(), {"loss": cross_entropy, "lr_min": 0.5, "lr_max": 1.0}),
        (InvalidSpecError, classes(), {"loss": cross_entropy, "accumulate": 0}),
    ]
    before = photograph(model)
    for error, batches, how in cases:
        with pytest.raises(error):
            lrdiag.range_test(model, sgd(model), batches, **how)
    assert photograph(model) == before


def test_memory_that_runs_out_is_answered_with_the_batch_that_fits() -> None:
    model = plain_net()
    before = photograph(model)

    def loss(output: Tensor, target: Tensor) -> Tensor:
        if len(output) > 5:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.")
        return cross_entropy(output, target)

    with pytest.raises(OutOfMemoryError, match="16 rows") as refusal:
        lrdiag.range_test(model, sgd(model), classes(), loss=loss)
    assert "batch of 4 fits" in refusal.value.hint
    assert photograph(model) == before
