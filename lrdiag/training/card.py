"""What a task is: a card that can be read without torch, and a way to build it."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from lrdiag.errors import InvalidSpecError
from lrdiag.training.source import DATA_KINDS, DataKind, DataSource
from lrdiag.training.trainee import Trainee

Value = int | float | str | bool
FieldKind = Literal["int", "float", "choice", "flag"]
Build = Callable[[Mapping[str, Value], DataSource | None, str], Trainee]

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
FIELD_NAME = re.compile(r"[a-z][a-z0-9_]*")
LARGEST_INT = 2**53  # beyond it JSON in a browser no longer counts one by one
WORDS = {
    **dict.fromkeys(("true", "yes", "on", "1"), True),
    **dict.fromkeys(("false", "no", "off", "0", ""), False),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that the user may choose; forms and flags are made from it.

    Attributes:
        name: As in ``--batch-size`` and in JSON: batch_size.
        label: What the form calls it: Batch size.
        kind: "int", "float", "choice" or "flag".
        default: What it is unless the user says otherwise.
        low: Least value of a number, itself allowed.
        high: Largest value of a number, itself allowed.
        choices: What a choice can be.
        unit: Of a number, as in "examples"; empty without one.
        help: One sentence: what it does, and when one would change it.

    Raises:
        ValueError: The field contradicts itself, such as a default out of its own range.
    """

    name: str
    label: str
    kind: FieldKind
    default: Value
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""
    help: str = ""

    def __post_init__(self) -> None:
        if not FIELD_NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is no name of a field: write it as in batch_size.")
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError(f"{self.name}: a choice has choices, and nothing else has.")
        try:
            default = self.read(self.default)
        except InvalidSpecError as error:
            raise ValueError(f"The default of {self.name} is wrong: {error}") from None
        if (type(default), default) != (type(self.default), self.default):
            raise ValueError(f"{self.name}: the default of a field of kind {self.kind} is no such.")

    def read(self, raw: object) -> Value:
        """Return what was given as this field's type.

        Args:
            raw: A value, or its text as a form or a flag gives it.

        Raises:
            InvalidSpecError: It is of another type, out of bounds or no choice.
        """
        if self.kind == "choice":
            return self._read_choice(raw)
        if self.kind == "flag":
            return self._read_flag(raw)
        number = self._read_number(raw)
        low = -math.inf if self.low is None else self.low
        high = math.inf if self.high is None else self.high
        if not low <= number <= high:
            raise self._refuse(raw)
        return number

    def _read_choice(self, raw: object) -> str:
        wanted = str(raw).strip().lower()
        for choice in self.choices:
            if wanted == choice.lower():
                return choice
        raise self._refuse(raw)

    def _read_flag(self, raw: object) -> bool:
        if isinstance(raw, bool):
            return raw
        try:
            return WORDS[str(raw).strip().lower()]
        except KeyError:
            raise self._refuse(raw) from None

    def _read_number(self, raw: object) -> int | float:
        try:
            if isinstance(raw, bool) or not isinstance(raw, int | float | str):
                raise ValueError
            number = float(raw)
            if not math.isfinite(number):
                raise ValueError
            if self.kind == "float":
                return number
            if number != int(number) or abs(number) > LARGEST_INT:
                raise ValueError
            return int(number)
        except (ValueError, OverflowError):
            raise self._refuse(raw) from None

    def _refuse(self, raw: object) -> InvalidSpecError:
        shown = str(raw)
        shown = shown if len(shown) <= 40 else f"{shown[:37]}..."
        return InvalidSpecError(f"{self.label} is {shown!r}.", hint=self.range_hint())

    def range_hint(self) -> str:
        """Return a sentence that says what it can be."""
        if self.kind == "choice":
            return f"Choose one of {', '.join(self.choices)}."
        if self.kind == "flag":
            return "Say true or false."
        parts = ["Give a whole number" if self.kind == "int" else "Give a number"]
        if self.low is not None and self.high is not None:
            parts.append(f"from {self.low:g} to {self.high:g}")
        elif self.low is not None:
            parts.append(f"of at least {self.low:g}")
        elif self.high is not None:
            parts.append(f"of at most {self.high:g}")
        return f"{' '.join(parts)}."


@dataclass(frozen=True, slots=True)
class Task:
    """A training problem on which a range test can run.

    Attributes:
        name: Short and unique, as in ``lrdiag find digits-cnn``.
        title: What a page calls it.
        about: One or two sentences: the data, the model, its size.
        fields: What the user may choose, in the order of the form.
        data: The kinds of a user's own data that it can be trained on; empty for none.
        build: Makes a fresh trainee from chosen values, a user's data or None, and a device
            ("auto", "cpu", "cuda", "cuda:1"). The only part that may import torch, and only when
            called.

    Raises:
        ValueError: The card contradicts itself.
    """

    name: str
    title: str
    about: str
    fields: tuple[Field, ...]
    data: tuple[DataKind, ...]
    build: Build

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError(f"{self.name!r} is no name of a task: write it as in digits-cnn.")
        names = [one.name for one in self.fields]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.name} has two fields of one name.")
        if not set(self.data) <= set(DATA_KINDS):
            raise ValueError(f"{self.name}: data is some of {', '.join(DATA_KINDS)}.")
        if not callable(self.build):
            raise ValueError(f"{self.name}: build is no function.")

    def choose(self, raw: Mapping[str, object]) -> dict[str, Value]:
        """Return a value for every field: what was given, typed, and defaults for the rest.

        Args:
            raw: By the name of the field, values or their text; None stands for the default.

        Raises:
            InvalidSpecError: A name that the task does not have, or a value that a field refuses.
        """
        known = [one.name for one in self.fields]
        for name in raw:
            if name not in known:
                near = get_close_matches(str(name), known, n=1)
                hint = f"Did you mean {near[0]}?" if near else f"It has {', '.join(known)}."
                raise InvalidSpecError(f"The task {self.name} has no field {name!r}.", hint=hint)
        return {
            one.name: one.default if raw.get(one.name) is None else one.read(raw[one.name])
            for one in self.fields
        }
