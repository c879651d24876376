"""What a range test is asked to do."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from lrdiag.errors import InvalidSpecError
from lrdiag.finder.plain import from_plain, to_plain
from lrdiag.training.card import Value

LEAST_STEPS, MOST_STEPS = 10, 10_000  # of the sweep
MOST_SEEDS = 64
LEAST_REACH = 10.0  # lr_max by lr_min: rungs stand half a decade apart
RUNG_STEPS = 50  # of one short training, from 32 examples a batch; fewer examples take up to 100
USUAL_RUNGS = 4
CONFIRM_STEPS = 800  # find_lr trains on: rungs of 100 steps on two sets of batches


@dataclass(frozen=True, slots=True)
class RangeTestSpec:
    """A range test: a sweep for the picture, short trainings at constant rates for the number.

    Attributes:
        task: The name of the task to train.
        values: The fields of the task, by name; missing ones take the task's defaults.
        lr_min: The lowest rate of the sweep, and of any training.
        lr_max: The highest.
        steps: Steps of the sweep, one rate each, evenly apart in log rate; 0 leaves it out.
        seeds: How many seeds to sweep; more than one gives the curve a band.
        confirm: Whether longer trainings follow, as ``find_lr`` does.
        diverge_threshold: The sweep stops once the smooth loss is above this many times its
            best; for a negative loss, counted from the level before the test.
        device: "auto", "cpu", "cuda" or "cuda:1".
        data: The key of a user's data set; None trains on the task's own data.
    """

    task: str
    values: Mapping[str, Value] = field(default_factory=dict)
    lr_min: float = 1e-7
    lr_max: float = 10.0
    steps: int = 100
    seeds: int = 1
    confirm: bool = False
    diverge_threshold: float = 4.0
    device: str = "auto"
    data: str | None = None

    def __post_init__(self) -> None:
        check_range(self.lr_min, self.lr_max)
        check_steps(self.steps)
        check_threshold(self.diverge_threshold)
        if not self.task:
            raise InvalidSpecError("No task is named.", hint="lrdiag tasks lists them.")
        if not 1 <= self.seeds <= MOST_SEEDS:
            raise InvalidSpecError(
                f"{self.seeds} seeds cannot be swept.", hint=f"Ask for 1 to {MOST_SEEDS}."
            )

    def plan(self) -> int:
        """Return about how many training steps the test takes; a plateau takes more."""
        return plan_steps(self.steps * self.seeds, confirm=self.confirm)

    def to_json(self) -> dict[str, Any]:
        """Return plain data that JSON can hold."""
        plain: dict[str, Any] = to_plain(self)
        return plain

    @classmethod
    def from_json(cls, data: object) -> Self:
        """Make a spec of plain data.

        Raises:
            MalformedResultError: A field is missing, unknown or of the wrong type.
            InvalidSpecError: A value makes no sense.
        """
        return from_plain(cls, data)


def plan_steps(sweep: int, *, confirm: bool, rung_steps: int = RUNG_STEPS) -> int:
    """Return about how many training steps a sweep of so many steps and its rungs take."""
    return sweep + USUAL_RUNGS * rung_steps + (CONFIRM_STEPS if confirm else 0)


def check_range(lr_min: float, lr_max: float) -> None:
    """Refuse rates that are no range."""
    if not (math.isfinite(lr_max) and 0.0 < lr_min < lr_max):
        raise InvalidSpecError(
            f"lr_min {lr_min:g} and lr_max {lr_max:g} are no range of rates.",
            hint="lr_min lies above 0 and below lr_max.",
        )
    if lr_max < LEAST_REACH * lr_min:
        raise InvalidSpecError(
            f"From {lr_min:g} to {lr_max:g} there is little to find.",
            hint=f"Let lr_max be at least {LEAST_REACH:g} times lr_min.",
        )


def check_steps(steps: int) -> None:
    """Refuse a sweep that is too short to show anything, or endless."""
    if steps and not LEAST_STEPS <= steps <= MOST_STEPS:
        raise InvalidSpecError(
            f"A sweep of {steps} steps makes no sense.",
            hint=f"Ask for {LEAST_STEPS} to {MOST_STEPS:,}, or 0 for no sweep.",
        )


def check_threshold(threshold: float) -> None:
    """Refuse a limit that noise alone would pass."""
    if not threshold > 1.0:
        raise InvalidSpecError(
            f"diverge_threshold {threshold:g} would stop the sweep at once.",
            hint="It multiplies the best loss: 4 is usual, and it must be above 1.",
        )
