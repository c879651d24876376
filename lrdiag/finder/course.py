"""Short trainings at constant rates, each from the same weights on the same batches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Protocol

import torch
from torch import Tensor

from lrdiag.finder.batches import Batches
from lrdiag.finder.health import MOST_WEIGHTS, Notes, ReluWatch, median_update
from lrdiag.finder.monitor import Monitor
from lrdiag.finder.state import RandomState, State
from lrdiag.finder.stepper import Stepper
from lrdiag.finder.subject import Subject

PROBES = 8  # batches in a probe; one is worse than the free training loss, four are about as good
BLOWUP = 20.0  # a loss above so many times the start's has diverged
BLOWN, BLOWN_STEPS = 3.0, 5  # likewise the mean of so many losses, though it come back: a net that
# died at a high rate falls back to the mean of its targets, which looks like learning


@dataclass(frozen=True, slots=True)
class Course:
    """What a short training did.

    Attributes:
        lr: The rate.
        losses: The training loss of each step up to the first that diverged.
        probes: The loss on the fixed batches at each of the marks; empty if it diverged.
        diverged: Whether a loss was not finite, or far above the start.
    """

    lr: float
    losses: tuple[float, ...]
    probes: tuple[float, ...]
    diverged: bool


class Trainer(Protocol):
    """Trains at several rates, one after another or all at once."""

    def start(self, first: int) -> float:
        """Return the loss before any step on the probe of the batches from ``first`` on."""

    def train(
        self, rates: Sequence[float], steps: int, first: int, marks: Sequence[int], start: float
    ) -> list[Course]:
        """Train at each rate.

        Args:
            rates: The rates.
            steps: Steps of each training.
            first: The place of the first batches, in steps.
            marks: After how many steps to probe.
            start: The loss before any step.
        """


class OneByOne:
    """Trains at one rate after another, going back to the start in between."""

    def __init__(
        self,
        subject: Subject,
        stepper: Stepper,
        batches: Batches,
        state: State,
        monitor: Monitor,
        notes: Notes,
    ) -> None:
        self._subject, self._stepper, self._batches = subject, stepper, batches
        self._state, self._monitor, self._notes = state, monitor, notes
        self._parameters = subject.parameters
        self._measured = sum(one.numel() for one in self._parameters) <= MOST_WEIGHTS

    def start(self, first: int) -> float:
        """Return the loss before any step on the probe of the batches from ``first`` on."""
        self._state.rewind()
        return self._monitor.each([self._probe(first)])[0]

    def train(
        self, rates: Sequence[float], steps: int, first: int, marks: Sequence[int], start: float
    ) -> list[Course]:
        """Train at each rate."""
        return [self._train(one, steps, first, marks, start) for one in rates]

    def _train(
        self, lr: float, steps: int, first: int, marks: Sequence[int], start: float
    ) -> Course:
        self._state.rewind()
        probes: list[Tensor] = []

        def take() -> Iterator[Tensor]:
            for k in range(steps):
                measure = k == steps // 2 and self._measured
                before = [one.detach().clone() for one in self._parameters] if measure else None
                yield self._stepper.step(lr, first + k)
                if before is not None:
                    update = median_update(before, self._parameters)
                    self._notes.updates[lr] = float("nan") if update is None else update
                if k + 1 in marks:
                    with ReluWatch(self._subject.model) as watch:
                        probes.append(self._probe(first))
                    self._notes.dead_after[lr] = watch

        losses: list[float] = []
        for values in self._monitor.read(take()):
            losses += values
            if (bad := find_divergence(losses, start)) < len(losses):
                return Course(lr, tuple(losses[: bad + 1]), (), diverged=True)
        seen = tuple(self._monitor.each(probes))
        return Course(lr, tuple(losses), seen, diverged=not all(map(isfinite, seen)))

    @torch.no_grad()
    def _probe(self, first: int) -> Tensor:
        """Return the mean loss on fixed batches, leaving buffers and generators as they are."""
        buffers = [(b, b.clone()) for one in self._subject.all_modules for b in one.buffers()]
        now = RandomState()
        self._state.random.restore()
        begin = first * self._stepper.batches_a_step
        losses = [self._stepper.loss(one).detach() for one in self._batches.take(begin, PROBES)]
        for buffer, kept in buffers:
            buffer.copy_(kept)
        now.restore()
        mean: Tensor = torch.stack(losses).mean()
        return mean


def find_divergence(losses: Sequence[float], start: float) -> int:
    """Return the place of the first loss with which a training has diverged.

    Args:
        losses: Of each step.
        start: The loss before any step.

    Returns:
        The length where it has not.
    """
    size = max(abs(start), 1e-12)
    highest, lasting = start + (BLOWUP - 1.0) * size, start + (BLOWN - 1.0) * size
    total = 0.0
    for k, loss in enumerate(losses):
        if not isfinite(loss) or loss > highest:
            return k
        total += loss - (losses[k - BLOWN_STEPS] if k >= BLOWN_STEPS else 0.0)
        if k >= BLOWN_STEPS - 1 and total > BLOWN_STEPS * lasting:
            return k
    return len(losses)
