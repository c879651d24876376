"""Run the range test of a spec: build the task, train it, say what came of it."""

from collections.abc import Mapping

from lrdiag.errors import InvalidSpecError
from lrdiag.finder.progress import Watch
from lrdiag.finder.result import RangeTestResult
from lrdiag.finder.spec import RangeTestSpec
from lrdiag.training.card import Task, Value
from lrdiag.training.catalogue import task
from lrdiag.training.source import DataSource


def run_range_test(
    spec: RangeTestSpec, data: DataSource | None = None, watch: Watch | None = None
) -> RangeTestResult:
    """Run a range test; torch is loaded now and not before.

    Args:
        spec: What is asked.
        data: The user's data set, for a task that takes one.
        watch: Is told the progress about five times a second; an exception that it raises ends
            the test and is passed on.

    Raises:
        UnknownNameError: No task bears the spec's name.
        InvalidSpecError: The task refuses its values, or the device is not there.
        OutOfMemoryError: A step does not fit the device; the hint says which batch would.
        LrdiagError: The data or the task cannot be trained.
    """
    from dataclasses import replace

    from lrdiag.finder.engine import Options, find_rate
    from lrdiag.finder.subject import Subject

    card = task(spec.task)
    values = card.choose(spec.values)
    _check(card, values, spec, data)
    device = _choose_device(spec.device)
    subject = Subject.of(card.build(values, data, device))
    if spec.seeds > 1:
        first = int(values["seed"])
        others = (
            card.build({**values, "seed": seed}, data, device)
            for seed in range(first + 1, first + spec.seeds)
        )
        subject = replace(subject, starts=tuple(one.model.state_dict() for one in others))
    options = Options(
        lr_min=spec.lr_min,
        lr_max=spec.lr_max,
        steps=spec.steps,
        confirm=spec.confirm,
        diverge_threshold=spec.diverge_threshold,
    )
    return find_rate(subject, options, watch=watch, spec=spec)


def _check(
    card: Task, values: Mapping[str, Value], spec: RangeTestSpec, data: DataSource | None
) -> None:
    """Refuse what the task cannot be asked for."""
    if spec.seeds > 1 and "seed" not in values:
        raise InvalidSpecError(
            f"The task {card.name} has no field seed, so that there is one curve alone.",
            hint="Ask for one seed.",
        )
    if data is not None and data.kind not in card.data:
        takes = f"It takes {' or '.join(card.data)}." if card.data else "It takes none."
        raise InvalidSpecError(
            f"The task {card.name} cannot be trained on {data.kind} data.", hint=takes
        )


def _choose_device(name: str) -> str:
    import torch

    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
    except RuntimeError:
        raise InvalidSpecError(f"{name!r} is no device.", hint="auto, cpu, cuda, cuda:1.") from None
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise InvalidSpecError(
            f"There is no {name} here.", hint="Ask for auto, or run it where there is one."
        )
    return name
