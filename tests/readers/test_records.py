"""JSON that tells one value at a time, or all of it in one line."""

import json

import numpy as np
import pytest

from lrdiag.readers import Source, read_runs
from lrdiag.run import Run

LOSSES = [round(2.0 / (1 + k / 5), 4) for k in range(20)]


def read(document: object) -> Run:
    (run,) = read_runs(Source("history.json", json.dumps(document).encode()))
    return run


DOCUMENTS = {
    "MLflow's history of a metric": {
        "metrics": [
            {"key": "train_loss", "value": loss, "timestamp": 1700000000000 + k, "step": k}
            for k, loss in enumerate(LOSSES)
        ]
    },
    "Comet's metrics": [
        {"metricName": "loss", "metricValue": str(loss), "step": k, "epoch": None}
        for k, loss in enumerate(LOSSES)
    ],
    "two metrics by turns": [
        {"name": name, "value": loss, "step": k}
        for k, loss in enumerate(LOSSES)
        for name in ("val_loss", "train_loss")
    ],
    "values of a metric": {
        "metric": "train/loss",
        "values": [{"step": k, "value": loss} for k, loss in enumerate(LOSSES)],
    },
    "a list in one line": {"history": [{"step": k, "loss": x} for k, x in enumerate(LOSSES)]},
}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_values_stand_under_the_names_of_their_metrics(document: object) -> None:
    run = read(document)
    assert run.refusal is None
    np.testing.assert_array_equal(run["train_loss"].values, LOSSES)
    np.testing.assert_array_equal(run["train_loss"].steps, np.arange(20.0))


def test_a_name_that_is_no_metric_leaves_the_value_alone() -> None:
    rows = [{"name": "resnet", "value": k, "loss": loss} for k, loss in enumerate(LOSSES)]
    assert {column.name for column in read(rows).columns} == {"name", "value", "loss"}


def test_one_record_in_one_line_is_one_row() -> None:
    run = read({"step": 3, "loss": 2.5, "layers": [1, 2], "config": {"lr": 0.1}})
    np.testing.assert_array_equal(run["train_loss"].values, [2.5])
