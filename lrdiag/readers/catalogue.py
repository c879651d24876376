"""The log formats that lrdiag reads: its own readers, and those of other packages."""

from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import entry_points

from lrdiag.errors import LrdiagError
from lrdiag.readers import search
from lrdiag.readers.formats import (
    catboost,
    csv,
    deepxde,
    downloads,
    hf_trainer,
    jsonl,
    keras,
    mlflow,
    sqlite,
    tensorboard,
    text,
    wandb,
    wandb_file,
    yolo,
)
from lrdiag.readers.reader import Reader, Tool

ENTRY_POINTS = "lrdiag.readers"

# The most telling first.
READERS: tuple[Reader, ...] = (
    catboost.READER,
    tensorboard.READER,
    downloads.READER,
    mlflow.READER,
    sqlite.READER,
    search.READER,
    wandb_file.READER,
    hf_trainer.READER,
    keras.READER,
    wandb.READER,
    jsonl.READER,
    yolo.READER,
    deepxde.READER,
    csv.READER,
    text.READER,
)


class PluginError(LrdiagError):
    """An installed package offers a reader that cannot be used."""


@lru_cache(maxsize=1)
def find_readers() -> tuple[Reader, ...]:
    """Return every reader: those of installed packages first, then lrdiag's own.

    A package offers a reader by an entry point of the group ``lrdiag.readers`` that names a
    ``Reader``.

    Raises:
        PluginError: An entry point cannot be loaded, or names something else.
    """
    found = []
    for point in entry_points(group=ENTRY_POINTS):
        whose = f"{point.dist.name} " if point.dist else ""
        hint = f"Upgrade or remove {whose.strip() or 'the package that offers it'}."
        try:
            reader = point.load()
        except Exception as error:
            raise PluginError(
                f"The reader {whose}{point.name} cannot be loaded: {error}.", hint=hint
            ) from error
        if not isinstance(reader, Reader):
            raise PluginError(f"{point.value} is no lrdiag.readers.Reader.", hint=hint)
        found.append(reader)
    return (*found, *READERS)


def list_tools() -> Mapping[str, tuple[Tool, ...]]:
    """Return the tools whose logs are read, by the alphabet; several where it writes several."""
    tools: dict[str, list[Tool]] = {}
    for reader in find_readers():
        for tool in reader.tools:
            tools.setdefault(tool.name, []).append(tool)
    return {name: tuple(tools[name]) for name in sorted(tools, key=str.casefold)}
