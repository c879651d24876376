"""Progress bars: what is a point, and what was only drawn over."""

import numpy as np

from lrdiag.numerics import FloatArray
from lrdiag.readers import Source, read_runs
from lrdiag.run import Run

EPOCHS, BATCHES = 6, 56


def read_bars(values: FloatArray, *, twice: bool = False) -> Run:
    """Read a log of tqdm bars; values of shape (epochs, batches)."""
    lines = []
    for e, part in enumerate(values, start=1):
        for k, value in enumerate(part, start=1):
            fill = "█" * (20 * k // len(part))
            bar = f"Epoch {e}/{len(values)}: {100 * k // len(part):3d}%|{fill:20s}| {k}/{len(part)}"
            lines += [f"{bar} [00:00<00:05, 11.3it/s, loss={value:.4f}]"] * (2 if twice else 1)
    (run,) = read_runs(Source("train.log", "\r".join(lines).encode()))
    return run


def losses() -> FloatArray:
    rng = np.random.default_rng(0)
    n = EPOCHS * BATCHES
    made: FloatArray = 0.3 + 2.0 * np.exp(-np.arange(n) / 100) + 0.1 * rng.normal(size=n)
    return made.reshape(EPOCHS, BATCHES)


def test_each_update_of_a_bar_is_a_point() -> None:
    run = read_bars(losses())
    assert run.x.unit == "step"
    np.testing.assert_array_equal(run["train_loss"].steps, np.arange(1.0, 337.0))
    np.testing.assert_allclose(run["train_loss"].values, losses().ravel(), atol=1e-4)
    assert run.epochs is not None
    assert run.epochs.values[-1] == EPOCHS


def test_a_bar_that_was_drawn_twice_is_one_point() -> None:
    run = read_bars(losses(), twice=True)
    np.testing.assert_array_equal(run["train_loss"].steps, np.arange(1.0, 337.0))
    assert run.repeated == 0


def test_of_means_of_the_pass_so_far_the_last_stands() -> None:
    counts = np.arange(1, BATCHES + 1)
    means = np.cumsum(losses(), axis=1) / counts
    run = read_bars(means)
    np.testing.assert_allclose(run["train_loss"].values, means[:, -1], atol=1e-4)


def test_one_long_pass_that_falls_fast_is_no_mean() -> None:
    rng = np.random.default_rng(1)
    fast = 4.0 * np.exp(-np.arange(400) / 80) * (1.0 + 0.1 * rng.normal(size=400))
    assert len(read_bars(fast[np.newaxis])["train_loss"]) == 400
