"""Cards that the tests hand around."""

from collections.abc import Mapping

from lrdiag.training import DataSource, Field, Task, Trainee, Value


def build(values: Mapping[str, Value], data: DataSource | None, device: str) -> Trainee:
    raise NotImplementedError


BATCH = Field("batch_size", "Batch size", "int", 32, low=1, high=4096, unit="examples")
DECAY = Field("weight_decay", "Weight decay", "float", 0.0, low=0.0, high=1.0)
OPTIMIZER = Field("optimizer", "Optimizer", "choice", "adam", choices=("sgd", "adam"))
FLIP = Field("flip", "Flip images", "flag", False)


def card(name: str = "blobs") -> Task:
    return Task(name, "Blobs", "Two blobs.", (BATCH, DECAY, OPTIMIZER, FLIP), (), build)
