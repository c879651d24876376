"""What a range test brings back."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Literal, Self

from lrdiag.errors import MalformedResultError
from lrdiag.finder.plain import from_plain, to_plain
from lrdiag.finder.spec import RangeTestSpec

SCHEMA_VERSION = 1

RegionName = Literal["flat", "descent", "minimum", "ascent", "explosion"]
Bounds = tuple[float, float]
"""Two learning rates, the lower first."""


class Stop(StrEnum):
    """Why the sweep ended."""

    SWEPT = "swept"  # every rate had its step
    DIVERGED = "diverged"  # the smooth loss passed the threshold
    NOT_FINITE = "not-finite"  # a loss was NaN or infinite
    SKIPPED = "skipped"  # no sweep was asked for


@dataclass(frozen=True, slots=True)
class Rung:
    """A short training at one constant rate, from the weights before the test.

    Attributes:
        lr: The rate; of parameter groups with different rates, the highest.
        steps: How many steps were planned.
        loss: What the training reached, the score by which rates are compared; NaN if it
            diverged.
        start: The same before the first step.
        badness: What it misses of the best rung's drop, from 0 to 1; 1 if it diverged.
        diverged: Whether it did.
        losses: The training loss of each step taken.
        batches: Which batches it trained on: 0 are those of the first rungs, 1 fresh ones.
    """

    lr: float
    steps: int
    loss: float
    start: float
    badness: float
    diverged: bool
    losses: tuple[float, ...] = ()
    batches: int = 0


@dataclass(frozen=True, slots=True)
class Regions:
    """The five parts of the sweep, as rates; None for a part that the curve does not show.

    They follow one another: each begins where the one before ends.

    Attributes:
        flat: The rate is too small to move the loss.
        descent: The loss falls.
        minimum: The loss is about as low as it gets.
        ascent: The loss rises.
        explosion: The loss does not come back.
    """

    flat: Bounds | None = None
    descent: Bounds | None = None
    minimum: Bounds | None = None
    ascent: Bounds | None = None
    explosion: Bounds | None = None

    def __iter__(self) -> Iterator[tuple[RegionName, Bounds]]:
        """Go through the parts that the curve shows, by name, the lowest rates first."""
        for one in fields(self):
            bounds = getattr(self, one.name)
            if bounds is not None:
                yield one.name, bounds  # type: ignore[misc]  # the fields bear these names


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The rate to train with.

    Attributes:
        lr: The rate; of parameter groups with different rates, the highest.
        low: The lowest rate that the test leaves open.
        high: The highest.
        reason: Why, in a sentence.
        sure: False where the test could not tell and the rate is only the usual one.
    """

    lr: float
    low: float
    high: float
    reason: str
    sure: bool = True

    def __post_init__(self) -> None:
        if not 0.0 < self.low <= self.lr <= self.high < math.inf:
            raise MalformedResultError(
                f"{self.lr:g} between {self.low:g} and {self.high:g} is no rate to suggest."
            )


@dataclass(frozen=True, slots=True)
class Picks:
    """What classical rules read off the sweep; None where a rule finds nothing.

    Attributes:
        steepest: Where the smooth loss falls fastest per decade of the rate.
        valley: The middle of the longest descent, as fastai has it.
        minimum_tenth: A tenth of the rate at which the smooth loss is lowest.
        steepest_tenth: A tenth of the steepest.
    """

    steepest: float | None = None
    valley: float | None = None
    minimum_tenth: float | None = None
    steepest_tenth: float | None = None


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The rate above which gradient descent is not stable where the training starts.

    Attributes:
        lr: 2 (1 + momentum) / sharpness, in the unit of the rate.
        sharpness: The largest eigenvalue of the Hessian of the loss, of one batch; for Adam and
            its kin of the Hessian preconditioned as the optimizer does.
        preconditioned: Which of the two.
    """

    lr: float
    sharpness: float
    preconditioned: bool


@dataclass(frozen=True, slots=True)
class Health:
    """What was seen of the model on the way; None where it could not be measured.

    Attributes:
        dead_relus: Share of the ReLU units that no example of the probe lights, before the test.
        dead_after: The same after the training at the suggested rate.
        vanishing: Gradient of the first weights by that of the last ones, each by its weights.
        update_ratio: Median over the tensors of update by weight, in the steps of the training
            at the suggested rate.
        grad_norm: Norm of the gradient before the first step.
        told: What of this is worth a word, in sentences.
    """

    dead_relus: float | None = None
    dead_after: float | None = None
    vanishing: float | None = None
    update_ratio: float | None = None
    grad_norm: float | None = None
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Band:
    """The sweep over several seeds.

    Attributes:
        seeds: How many seeds were swept.
        low: The lowest smooth loss of any seed at each rate of the result, NaN past the end of
            all.
        high: The highest.
        together: Whether all were trained at once.
        why: Why they were not; empty where they were.
    """

    seeds: int
    low: tuple[float, ...]
    high: tuple[float, ...]
    together: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class RangeTestResult:
    """The curve of a range test, what it says, and how it came about.

    Attributes:
        spec: What was asked; None for a model that was handed in.
        lr: The rate of each step of the sweep.
        loss: The loss of each step, before it; NaN where it was not finite.
        smooth: The same, smoothed.
        stop: Why the sweep ended.
        regions: The parts of the sweep.
        suggestion: The rate to train with; None where nothing can be said.
        picks: What classical rules would pick.
        ceiling: Where plain theory sees the end of stability; None where it was not measured.
        rungs: The short trainings that the suggestion rests on, the lowest rate first.
        band: The sweep over several seeds; None for one.
        health: What was seen of the model.
        optimizer: The name of its class.
        ratios: The rate of each parameter group by the highest, as they were before the test.
        steps_planned: Training steps as told beforehand.
        steps_taken: Training steps of the sweep and of all rungs.
        seconds: How long it all took.
        device: Where it ran, as in "NVIDIA H200" or "cpu".
        torch: The version of torch.
        warnings: What limits the answer, in sentences.
        schema_version: Of the JSON.
    """

    spec: RangeTestSpec | None
    lr: tuple[float, ...]
    loss: tuple[float, ...]
    smooth: tuple[float, ...]
    stop: Stop
    regions: Regions
    suggestion: Suggestion | None
    picks: Picks
    ceiling: Ceiling | None
    rungs: tuple[Rung, ...]
    band: Band | None
    health: Health
    optimizer: str
    ratios: tuple[float, ...]
    steps_planned: int
    steps_taken: int
    seconds: float
    device: str
    torch: str
    warnings: tuple[str, ...] = ()
    schema_version: int = SCHEMA_VERSION

    def __post_init__(self) -> None:
        if not len(self.lr) == len(self.loss) == len(self.smooth):
            raise MalformedResultError("lr, loss and smooth differ in length.")
        if not all(rate > 0.0 for rate in (*self.lr, *(one.lr for one in self.rungs))):
            raise MalformedResultError("A learning rate is not above 0.")
        if self.schema_version != SCHEMA_VERSION:
            raise MalformedResultError(
                f"A result of schema version {self.schema_version} is unknown here.",
                hint="Use the same version of lrdiag on both sides.",
            )

    def to_json(self) -> dict[str, Any]:
        """Return plain data that JSON can hold; null stands for NaN."""
        plain: dict[str, Any] = to_plain(self)
        return plain

    @classmethod
    def from_json(cls, data: object) -> Self:
        """Make a result of plain data.

        Raises:
            MalformedResultError: The data is no result.
            InvalidSpecError: Its spec makes no sense.
        """
        return from_plain(cls, data)
