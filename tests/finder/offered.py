"""A task as an operator offers it by LRDIAG_TASKS."""

from collections.abc import Mapping

from lrdiag.training.card import Field, Task, Value
from lrdiag.training.source import DataSource
from lrdiag.training.trainee import Trainee


def _build(values: Mapping[str, Value], data: DataSource | None, device: str) -> Trainee:
    import torch

    from tests.finder.small import classes, cross_entropy, plain_net

    model = plain_net(int(values["seed"])).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=float(values["momentum"]))
    return Trainee(model, optimizer, classes(), loss=cross_entropy, notes=("A note.",))


TASK = Task(
    name="offered",
    title="Offered",
    about="A small net.",
    fields=(
        Field("seed", "Seed", "int", 0, low=0),
        Field("momentum", "Momentum", "float", 0.9, low=0.0, high=1.0),
    ),
    data=(),
    build=_build,
)
