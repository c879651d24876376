"""A training run as columns: what every reader makes, and all that signals see."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, Self, get_args

import numpy as np

from lrdiag.errors import ConfigError, MissingSeriesError
from lrdiag.numerics import FloatArray

SeriesName = Literal[
    "train_loss", "val_loss", "train_accuracy", "val_accuracy", "lr", "grad_norm", "loss_scale"
]
Role = Literal[SeriesName, "step", "epoch", "time", "ignore"]
SERIES_NAMES: tuple[SeriesName, ...] = get_args(SeriesName)
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One logged quantity, at the steps where it was logged.

    Attributes:
        steps: Where each value was logged, strictly increasing, read-only; shape (n,).
        values: One value per step as logged, read-only; NaN and infinity are kept; shape (n,).

    Raises:
        ValueError: The two differ in length, or the steps do not increase.
    """

    steps: FloatArray
    values: FloatArray

    def __post_init__(self) -> None:
        if self.steps.shape != self.values.shape or self.steps.ndim != 1:
            raise ValueError("A series has one value a step.")
        if not np.all(np.diff(self.steps) > 0.0):
            raise ValueError("The steps of a series increase and are finite.")
        for array in (self.steps, self.values):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.steps)

    def finite(self) -> "Series":
        """Return the points whose value is a number."""
        keep = np.isfinite(self.values)
        return self if keep.all() else Series(self.steps[keep], self.values[keep])


@dataclass(frozen=True, slots=True)
class Axis:
    """What the steps of a run count.

    Attributes:
        column: The log's own column, or None where rows were merely counted.
        unit: "step" (optimizer updates), "epoch" (passes over the data) or "index" (rows).
    """

    column: str | None
    unit: Literal["step", "epoch", "index"]


@dataclass(frozen=True, slots=True)
class Column:
    """How one column of the log was understood.

    Attributes:
        name: As the log spells it.
        role: What lrdiag took it for; "ignore" if for nothing.
        confidence: From 0, a guess, to 1, said by the log or by the user.
        why: The reason in a few words, as in "the name says so and the values fall".
        n: Number of logged cells.
        first: First finite value, None without one.
        last: Last finite value, None without one.
        nonfinite: Number of logged cells that are NaN or infinite.
    """

    name: str
    role: Role
    confidence: float
    why: str
    n: int
    first: float | None
    last: float | None
    nonfinite: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a readable file is not the loss log of one supervised run.

    Attributes:
        reason: What was seen, as in "rows are finished runs, not steps".
        hint: What to give lrdiag instead.
    """

    reason: str
    hint: str


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One training run.

    Each series keeps its own steps: a validation loss is logged more rarely than a
    training loss, and a table with holes would hide that.

    Attributes:
        name: What people call the run: the file's stem, or the run's name inside the file.
        source: The file it came from.
        format: The name of the reader that made it.
        x: What the steps count.
        series: The quantities that lrdiag knows, by their canonical name.
        columns: Every column of the log and the role it got.
        epochs: The epoch at each step where the log holds both; else None.
        restarts: The steps at which the log fell back, in the order of the log.
        repeated: How many rows a later copy of the same step replaced.
        notes: What the reader left out or assumed, one sentence each.
        refusal: Set when the file is no loss log; then ``series`` may be empty.
        title: What people call the format, as in "TSV"; empty for what no reader made.
    """

    name: str
    source: str
    format: str
    x: Axis
    series: Mapping[SeriesName, Series]
    columns: tuple[Column, ...] = ()
    epochs: Series | None = None
    restarts: tuple[float, ...] = ()
    repeated: int = 0
    notes: tuple[str, ...] = ()
    refusal: Refusal | None = None
    title: str = ""

    def __getitem__(self, name: SeriesName) -> Series:
        try:
            return self.series[name]
        except KeyError:
            raise MissingSeriesError(
                f"The log of {self.name!r} holds no {name}.",
                hint=f"Log {name} in training, or give one of the columns that role.",
            ) from None

    def __contains__(self, name: object) -> bool:
        return name in self.series

    def __iter__(self) -> Iterator[SeriesName]:
        return iter(self.series)


OPTIMIZERS = ("sgd", "momentum", "adam", "adamw", "rmsprop", "adagrad", "lion", "muon", "other")
PRECISIONS = ("float32", "bfloat16", "float16")
THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+")
SCALINGS = ("dynamic", "static", "none")
LEAST = {
    "lr": 0.0,
    "batch_size": 1,
    "planned_steps": 1,
    "clip_norm": 0.0,
    "classes": 2,
    "base_lr": 0.0,
    "base_batch_size": 1,
}
LARGEST = 1e15  # of any setting; JSON and databases take whole numbers up to 9e18


@dataclass(frozen=True, slots=True)
class Config:
    """What the user tells of the training run and the log does not; all optional.

    Attributes:
        lr: Today's peak learning rate.
        optimizer: One of OPTIMIZERS.
        batch_size: Samples an optimizer step.
        precision: One of PRECISIONS.
        planned_steps: Length of the whole run, in steps.
        clip_norm: The gradient norm at which gradients are clipped.
        classes: Number of classes of a classifier.
        loss_scaling: How the loss is scaled in half precision, one of SCALINGS.
        base_lr: The learning rate of the recipe that the run follows.
        base_batch_size: The samples an optimizer step of that recipe.

    Raises:
        ConfigError: A value is out of its range.
    """

    lr: float | None = None
    optimizer: str | None = None
    batch_size: int | None = None
    precision: str | None = None
    planned_steps: int | None = None
    clip_norm: float | None = None
    classes: int | None = None
    loss_scaling: str | None = None
    base_lr: float | None = None
    base_batch_size: int | None = None

    def __post_init__(self) -> None:
        _check_choice("optimizer", self.optimizer, OPTIMIZERS)
        _check_choice("precision", self.precision, PRECISIONS)
        _check_choice("loss_scaling", self.loss_scaling, SCALINGS)
        for name, least in LEAST.items():
            value = getattr(self, name)
            if value is None:
                continue
            if not least <= value <= LARGEST or value == 0:
                raise ConfigError(
                    f"{name} is {value}, which no training run has.",
                    hint=f"Give a number {'of at least' if least else 'above'} {least:g}.",
                )

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Self:
        """Build a config from names and values, text or numbers; empty values are left out.

        Raises:
            ConfigError: An unknown name, or a value of the wrong kind or range.
        """
        known = {one.name: str(one.type) for one in fields(cls)}
        given: dict[str, Any] = {}
        for name, value in values.items():
            if name not in known:
                raise ConfigError(
                    f"{name!r} is no setting that lrdiag knows.",
                    hint=f"Known settings: {', '.join(known)}.",
                )
            if value is None or value == "":
                continue
            given[name] = _convert(name, value, known[name])
        return cls(**given)

    def to_mapping(self) -> dict[str, Any]:
        """Return the settings that were given, as plain data."""
        return {
            one.name: getattr(self, one.name)
            for one in fields(self)
            if getattr(self, one.name) is not None
        }


def _check_choice(name: str, value: str | None, choices: tuple[str, ...]) -> None:
    if value is not None and value not in choices:
        raise ConfigError(f"{name} is {value!r}.", hint=f"Choose one of {', '.join(choices)}.")


def _convert(name: str, value: object, kind: str) -> object:
    try:
        if kind.startswith("int"):
            number = _read_count(str(value).strip())
            if number != int(number):
                raise ValueError
            return int(number)
        if kind.startswith("float"):
            return _read_decimal(str(value).strip())
    except (ValueError, OverflowError):
        raise ConfigError(
            f"{name} is {value!r}, which is no {'whole ' * kind.startswith('int')}number.",
            hint=f"Write {'a whole number' if kind.startswith('int') else 'it as in 0.1 or 3e-4'}.",
        ) from None
    return str(value).strip().lower()


def _read_count(text: str) -> float:
    """Read a number of things, 10000 or 10,000."""
    return float(text.replace(",", "") if THOUSANDS.fullmatch(text) else text)


def _read_decimal(text: str) -> float:
    """Read a decimal number, with a comma too: 0,1 is a tenth; 1,000 may be either and is none."""
    whole, comma, rest = text.partition(",")
    if comma and whole.isdecimal() and (int(whole) == 0 or len(rest) != 3):
        text = f"{whole}.{rest}"
    return float(text)
