"""Tables of runs and trials: refused, and never a log that only looks like one."""

import json

import numpy as np
import pytest

from lrdiag.readers import Source, read_runs
from lrdiag.run import Run

ROWS = 24
DRAW = np.random.default_rng(0)
LOSSES = np.round(2.0 / (1 + np.arange(ROWS) / 5), 4)
RATES = [10.0 ** -(k % 4 + 1) for k in range(ROWS)]


def table(**columns: list[object]) -> bytes:
    """Return a CSV of columns; "__" in a name stands for "/"."""
    names = [name.replace("__", "/") for name in columns]
    rows = zip(*columns.values(), strict=True)
    return "\n".join([",".join(names), *(",".join(map(str, row)) for row in rows)]).encode()


def read(data: bytes, name: str = "table.csv") -> Run:
    (run,) = read_runs(Source(name, data))
    return run


def count(start: int = 1) -> list[object]:
    return list(range(start, start + ROWS))


LOSS: list[object] = list(LOSSES)
LR: list[object] = list(RATES)
SIZES: list[object] = [2 ** (3 + k % 3) for k in range(ROWS)]
DROPOUTS: list[object] = list(np.round(DRAW.uniform(0.0, 0.5, ROWS), 3))
RATE: list[object] = [0.1] * ROWS
RISING: list[object] = [0.001 * (1 + k) if k < 8 else 0.01 / (k - 6) for k in range(ROWS)]
SAWTOOTH: list[object] = [0.1 * 0.8 ** (k % 6) for k in range(ROWS)]
TWO_SIZES: list[object] = [32 if k < 10 else 64 for k in range(ROWS)]
DONE: list[object] = ["COMPLETE"] * ROWS
IDS: list[object] = [f"a_{k}" for k in range(ROWS)]

TRIALS = {
    "one parameter in Optuna": table(number=count(0), value=LOSS, params_lr=LR, state=DONE),
    "two objectives in Optuna": table(
        number=count(0), values_0=LOSS, values_1=LOSS, params_lr=LR, state=DONE
    ),
    "scikit-learn": table(
        mean_fit_time=LOSS, param_alpha=LR, mean_train_log_loss=LOSS, rank_test_log_loss=count()
    ),
    "all trials of Ray Tune": table(
        loss=LOSS,
        training_iteration=[(1, 1, 1, 4, 1, 1, 4, 16)[k % 8] for k in range(ROWS)],
        trial_id=IDS,
        config__lr=LR,
    ),
    "trials by number": table(trial_id=count(), training_iteration=count(), loss=LOSS),
    "a grid": table(lr=LR, batch_size=SIZES, final_train_loss=LOSS, final_val_loss=LOSS),
    "random settings": table(learning_rate=LR, dropout=DROPOUTS, val_loss=LOSS),
}


@pytest.mark.parametrize("data", TRIALS.values(), ids=TRIALS)
def test_rows_that_are_trials_are_refused(data: bytes) -> None:
    run = read(data)
    assert run.refusal is not None
    assert "not the steps" in run.refusal.reason
    assert "one row a step" in run.refusal.hint


def test_trials_of_hyperopt_are_refused() -> None:
    trials = [
        {"state": 2, "tid": k, "result": {"loss": float(loss), "status": "ok"}, "misc": {"tid": k}}
        for k, loss in enumerate(LOSSES)
    ]
    run = read(json.dumps(trials).encode(), "trials.json")
    assert run.refusal is not None
    assert "Hyperopt" in run.refusal.reason


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"trial_id": "1", "hyperparameters": {"values": {}}, "score": 0.4}, "one trial"),
        ({"ongoing_trials": {}, "start_order": ["0"], "hyperparameters": {}}, "a search"),
    ],
)
def test_files_of_keras_tuner_are_refused(
    state: dict[str, object], said: str, indent: int | None
) -> None:
    run = read(json.dumps(state, indent=indent).encode(), "trial.json")
    assert run.refusal is not None
    assert said in run.refusal.reason


LOGS = {
    "one trial of Ray Tune": table(
        loss=LOSS, training_iteration=count(), trial_id=["a_1"] * ROWS, config__lr=RATE
    ),
    "a one-cycle schedule and two batch sizes": table(lr=RISING, batch_size=TWO_SIZES, loss=LOSS),
    "a rate that starts again": table(lr=SAWTOOTH, batch_size=TWO_SIZES, loss=LOSS),
    "a random rate beside a step": table(step=count(), lr=LR, batch_size=SIZES, loss=LOSS),
    "a name for each checkpoint": table(epoch=count(), checkpoint_name=IDS, loss=LOSS),
    "records that name their trial": b"".join(
        json.dumps(
            {"trial_id": "a", "hyperparameters": {"lr": 0.1}, "step": k, "loss": loss}
        ).encode()
        + b"\n"
        for k, loss in enumerate(LOSSES)
    ),
}


@pytest.mark.parametrize("data", LOGS.values(), ids=LOGS)
def test_logs_of_one_run_are_read(data: bytes) -> None:
    run = read(data)
    assert run.refusal is None
    np.testing.assert_allclose(run["train_loss"].values, LOSSES)
