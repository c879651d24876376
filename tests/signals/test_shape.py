import numpy as np
import pytest

from lrdiag.numerics import FloatArray
from lrdiag.run import Axis, Run, Series, SeriesName
from lrdiag.signals import timeline
from lrdiag.signals.shape import ShapeSignals, measure_shape
from lrdiag.signals.timeline import lay_out


def run_of(
    losses: FloatArray | list[float],
    *,
    unit: str = "step",
    first: float = 0.0,
    every: float = 1.0,
    **others: FloatArray,
) -> Run:
    steps = first + every * np.arange(len(losses), dtype=float)
    series: dict[SeriesName, Series] = {
        "train_loss": Series(steps.copy(), np.array(losses, dtype=float))
    }
    for name, values in others.items():
        places = np.linspace(steps[0], steps[-1], len(values))
        series[name] = Series(places, np.array(values, dtype=float))  # type: ignore[index]
    axis = Axis(unit, unit)  # type: ignore[arg-type]
    return Run("r", "r.csv", "csv", axis, series)


def decay(rows: int = 400, *, pace: float = 8.0, noise: float = 0.02) -> FloatArray:
    share = np.arange(rows) / rows
    curve = 0.3 + 2.0 * np.exp(-pace * share)
    return curve + noise * np.random.default_rng(1).standard_normal(rows)


def loss_values(shape: ShapeSignals) -> dict[str, float]:
    return shape.values()


def test_the_time_to_a_fall_is_the_share_of_the_run_that_it_took() -> None:
    shape = measure_shape(run_of(decay(4000, noise=0.0)))
    assert shape.loss is not None
    # 2.3 * 0.8 = 1.84 = 0.3 + 2 exp(-8 t) at t = 0.0327; spans are a third apart
    assert 10.0**shape.loss.time_to_20 == pytest.approx(0.0327, rel=0.35)
    assert 10.0**shape.loss.time_to_50 == pytest.approx(0.107, rel=0.35)


def test_a_fall_that_never_came_is_told_in_decades_to_go() -> None:
    rows = np.linspace(2.3, 2.3 * 0.98, 500)
    shape = measure_shape(run_of(rows))
    assert shape.loss is not None
    assert shape.loss.time_to_20 == pytest.approx(1.0, abs=0.1)  # 2 % of 20 %: one decade short


def test_an_overshoot_is_measured_in_decades_and_told_early_from_late() -> None:
    values = decay(500, noise=0.0)
    values[5:15] = 23.0
    early = measure_shape(run_of(values)).loss
    values = decay(500, noise=0.0)
    values[300:450] = 23.0
    late = measure_shape(run_of(values)).loss
    assert early is not None
    assert late is not None
    assert early.jump == pytest.approx(1.0, abs=0.02)
    assert early.early_overshoot > 0.5
    assert early.late_overshoot < 0.0
    assert late.late_overshoot == pytest.approx(1.0, abs=0.1)
    assert late.jump < 0.02


def test_a_warmup_is_not_slow_in_learning_rate_time() -> None:
    rates = np.minimum(np.arange(1000) / 200.0, 1.0) * 0.01
    passed = np.cumsum(rates) / rates.sum()
    warm = measure_shape(run_of(0.3 + 2.0 * np.exp(-8.0 * passed), lr=rates)).loss
    constant = measure_shape(run_of(decay(1000, noise=0.0))).loss
    assert warm is not None
    assert constant is not None
    assert warm.half_gain == pytest.approx(constant.half_gain, abs=0.01)
    assert warm.time_to_50 == pytest.approx(constant.time_to_50, abs=0.15)


def test_a_gradient_and_a_validation_that_jump_are_seen() -> None:
    norms = np.ones(400)
    norms[3:10] = 100.0
    val = np.tile([2.0, 1.0], 20)
    shape = measure_shape(run_of(decay(), grad_norm=norms, val_loss=val))
    assert shape.grad is not None
    assert shape.val is not None
    assert shape.grad.grad_jump == pytest.approx(2.0)
    assert shape.grad.grad_end == pytest.approx(0.0)
    assert shape.val.val_reversals == pytest.approx(0.5, abs=0.05)
    assert shape.val.val_best_place == pytest.approx(0.05)


@pytest.mark.parametrize("factor", [1e-3, 1000.0])
def test_no_measurement_changes_when_the_loss_is_multiplied(factor: float) -> None:
    val, norms = decay(20), np.linspace(1.0, 2.0, 400)
    plain = run_of(decay(), val_loss=val, grad_norm=norms)
    scaled = run_of(factor * decay(), val_loss=factor * val, grad_norm=factor * norms)
    assert loss_values(measure_shape(scaled)) == pytest.approx(
        loss_values(measure_shape(plain)), rel=1e-6, abs=1e-9
    )


@pytest.mark.parametrize("every", [0.01, 50.0])
def test_no_measurement_changes_when_the_steps_are_stretched(every: float) -> None:
    plain = measure_shape(run_of(decay(), lr=np.full(400, 0.1)))
    stretched = measure_shape(run_of(decay(), lr=np.full(400, 0.1), every=every))
    assert loss_values(stretched) == pytest.approx(loss_values(plain), rel=1e-6, abs=1e-9)
    assert stretched.means == plain.means


def test_epochs_and_sparse_blocks_are_means_and_steps_are_not() -> None:
    assert measure_shape(run_of(decay(30), unit="epoch")).means
    assert measure_shape(run_of(decay(300), unit="epoch")).means
    assert measure_shape(run_of(decay(100), first=50.0, every=50.0)).means
    assert not measure_shape(run_of(decay(100), every=50.0)).means
    assert not measure_shape(run_of(decay(400), first=50.0, every=50.0)).means
    assert not measure_shape(run_of(decay(400), unit="epoch", every=0.01)).means


def test_a_large_log_is_measured_like_a_small_one() -> None:
    small = measure_shape(run_of(decay(5_000))).loss
    large = measure_shape(run_of(decay(200_000))).loss
    assert small is not None
    assert large is not None
    assert large.late_noise == pytest.approx(small.late_noise, rel=0.05)
    assert large.time_to_20 == pytest.approx(small.time_to_20, abs=0.13)


@pytest.mark.parametrize("rows", range(6))
def test_the_shortest_logs_are_measured_as_far_as_they_go(rows: int) -> None:
    shape = measure_shape(run_of(decay(rows) if rows else []))
    assert shape.rows == rows
    assert (shape.loss is None) == (rows < 3)
    assert all(np.isfinite(value) for value in shape.values().values())


@pytest.mark.parametrize(
    "values",
    [
        np.full(50, np.nan),
        np.full(50, 2.0),
        np.zeros(50),
        -decay(50),
        np.where(np.arange(50) % 7 == 3, np.inf, 1.0),
        np.linspace(1.0, 1e300, 50),
    ],
    ids=["nan", "constant", "zero", "negative", "holes", "huge"],
)
def test_strange_losses_are_measured_without_a_warning(values: FloatArray) -> None:
    shape = measure_shape(run_of(values, val_loss=values[::5], grad_norm=values))
    assert shape.rows == int(np.isfinite(values).sum())
    assert all(np.isfinite(value) for value in shape.values().values())


def test_what_does_not_vary_or_is_negative_has_no_ratios() -> None:
    assert not measure_shape(run_of(np.full(50, 2.0))).varies
    assert not measure_shape(run_of(-decay(50))).varies
    assert measure_shape(run_of(decay(50))).varies


def test_a_rate_of_zero_throughout_leaves_the_steps_as_time() -> None:
    line = lay_out(run_of(decay(50), lr=np.zeros(50)))
    assert line is not None
    assert line.time[-1] == pytest.approx(1.0)
    assert line.time[24] == pytest.approx(0.5)


def test_a_log_of_which_only_some_rows_are_looked_at_is_measured_like_the_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = 20_000
    rate = 1e-3 * (0.5 + 0.5 * np.cos(np.pi * np.arange(rows) / rows))
    run = run_of(decay(rows), lr=rate)
    whole = loss_values(measure_shape(run))
    monkeypatch.setattr(timeline, "MOST_ROWS", 5_000)
    some = loss_values(measure_shape(run))
    for name in ("best", "end", "rise", "time_to_20", "time_to_50", "half_gain", "late_noise"):
        assert some[name] == pytest.approx(whole[name], abs=0.02), name
    few = np.full(rows, np.nan)
    few[[1, 2, 3]] = 1.0
    assert measure_shape(run_of(few)).loss is not None
