"""From rung to rung, half a decade apart, until the best one has a worse one on either side."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lrdiag.finder.course import Course, Trainer
from lrdiag.finder.monitor import Monitor
from lrdiag.finder.result import Rung

MOST_RUNGS = 12  # of one climb; 4 or 5 are usual
TIE = 0.02  # badness; 0 is one record in 160 better or worse, from 0.06 on 2 to 7 points worse
USUAL_WEIGHT = 0.02  # badness for each square decade from the usual rate; 0 to 0.05 are alike
LONG = 100  # steps; from here on three probes along the way are the score
NO_RATE_LIVES = 2  # half decades down at a time while every rate diverges


@dataclass(frozen=True, slots=True)
class Ask:
    """What a climb is to train.

    Attributes:
        steps: Steps of each rung.
        batches: Which batches: 0 those of the first rungs, 1 fresh ones.
        weight: What a square decade from the usual rate counts, in badness.
        known: The badness of an earlier climb by place, averaged with this one's.
    """

    steps: int
    batches: int = 0
    weight: float = USUAL_WEIGHT
    known: Mapping[int, float] | None = None

    @property
    def marks(self) -> tuple[int, ...]:
        """After how many steps the probe is taken."""
        if self.steps < LONG:
            return (self.steps,)
        return (int(0.6 * self.steps), int(0.8 * self.steps), self.steps)


@dataclass(frozen=True, slots=True)
class Climb:
    """What the rungs of a climb say. A place is twice log10 of the rate.

    Attributes:
        rungs: By place.
        place: Of the best: the lowest of those that are as good.
        drop: What the best rung lowers the loss by, as a share of the start.
        told: Whether two rungs differ by more than chance.
    """

    rungs: Mapping[int, Rung]
    place: int
    drop: float
    told: bool

    @property
    def badness(self) -> dict[int, float]:
        """What each rung misses of the best one's drop."""
        return {place: rung.badness for place, rung in self.rungs.items()}

    @property
    def alive(self) -> bool:
        """Whether any rung did not diverge."""
        return any(not rung.diverged for rung in self.rungs.values())


class Climber:
    """Climbs from a place to the best one near it.

    Args:
        trainer: Trains the rungs.
        usual: log10 of the optimizer's usual rate; None if it is not known.
        bounds: The lowest and the highest place.
        monitor: Is told every rung.
    """

    def __init__(
        self, trainer: Trainer, usual: float | None, bounds: tuple[int, int], monitor: Monitor
    ) -> None:
        self._trainer, self._usual = trainer, usual
        self._low, self._high = bounds
        self._monitor = monitor

    def climb(self, place: int, ask: Ask) -> Climb:
        """Train rungs from a place on, until the best one is between two others."""
        first = ask.batches * ask.steps
        start, again = self._trainer.start(first), self._trainer.start(first)
        steady = math.isclose(start, again, rel_tol=STEADY)
        before = self._monitor.rungs
        rungs: dict[int, Rung] = {}
        todo = self._within([place - 1, place, place + 1])
        while todo:
            courses = self._trainer.train(
                [rate_at(one) for one in todo], ask.steps, first, ask.marks, start
            )
            for one, course in zip(todo, courses, strict=True):
                rungs[one] = _to_rung(course, ask, start)
            rungs = _judge(rungs, start, ask.known)
            self._monitor.rungs = [*before, *(rungs[one] for one in sorted(rungs))]
            self._monitor.tell()
            todo = self._next(rungs, ask.weight)
        best = self._best(rungs, ask.weight)
        lowest = min((one.loss for one in rungs.values() if not one.diverged), default=start)
        drop = (start - lowest) / max(abs(start), 1e-12)
        return Climb(rungs, self._lowest_as_good(best, rungs, ask), drop, _differ(rungs, steady))

    def _within(self, places: Sequence[int]) -> list[int]:
        return sorted({min(max(one, self._low), self._high) for one in places})

    def _next(self, rungs: Mapping[int, Rung], weight: float) -> list[int]:
        if len(rungs) >= MOST_RUNGS:
            return []
        if all(one.diverged for one in rungs.values()):
            return [one for one in self._within([min(rungs) - NO_RATE_LIVES]) if one not in rungs]
        best = self._best(rungs, weight)
        return [one for one in self._within([best - 1, best + 1]) if one not in rungs]

    def _cost(self, place: int, rung: Rung, weight: float) -> float:
        away = 0.0 if self._usual is None else (place / 2.0 - self._usual) ** 2
        return rung.badness + weight * away

    def _best(self, rungs: Mapping[int, Rung], weight: float) -> int:
        alive = {place: one for place, one in rungs.items() if not one.diverged}
        costs = {place: self._cost(place, one, weight) for place, one in alive.items()}
        return min(costs, key=costs.__getitem__) if costs else min(rungs)

    def _lowest_as_good(self, best: int, rungs: Mapping[int, Rung], ask: Ask) -> int:
        limit = self._cost(best, rungs[best], ask.weight) + TIE
        while best - 1 in rungs and self._cost(best - 1, rungs[best - 1], ask.weight) <= limit:
            best -= 1
        return best


def rate_at(place: float) -> float:
    """Return the rate of a place: 10 to the power of half of it."""
    return float(10.0 ** (place / 2.0))


def _to_rung(course: Course, ask: Ask, start: float) -> Rung:
    """Score a training: half its losses in the second half, half the probe; or three probes.

    The losses average over many batches, the probe is taken where the training got to; each
    alone loses more.
    """
    loss = math.nan
    if not course.diverged:
        probe = sum(course.probes) / len(course.probes)
        late = course.losses[ask.steps // 2 :]
        loss = probe if ask.steps >= LONG else (sum(late) / len(late) + probe) / 2.0
    return Rung(
        lr=course.lr,
        steps=ask.steps,
        loss=loss,
        start=start,
        badness=1.0,
        diverged=course.diverged,
        losses=tuple(float(f"{one:.7g}") for one in course.losses),
        batches=ask.batches,
    )


def _judge(
    rungs: Mapping[int, Rung], start: float, known: Mapping[int, float] | None
) -> dict[int, Rung]:
    """Say what each rung misses of the best one's drop."""
    best = min((one.loss for one in rungs.values() if not one.diverged), default=start)
    span = max(start - best, 1e-9 * max(abs(start), 1e-12))
    judged = {}
    for place, one in rungs.items():
        badness = 1.0 if one.diverged else min(max((one.loss - best) / span, 0.0), 1.0)
        if known is not None:
            badness = (badness + known.get(place, badness)) / 2.0
        judged[place] = replace(one, badness=badness)
    return judged


FLAT = 0.003  # share of the start; what differs by less, or falls by less, is flat
STEADY = 1e-4  # relative; a loss that comes out alike twice has no noise of its own
DIFFERENT = 4.0  # standard errors between two rungs; noise alone passes in 1 of 1,000


def _differ(rungs: Mapping[int, Rung], steady: bool) -> bool:
    """Return whether the best rung lies below another one by more than chance.

    All rungs see the same batches and random numbers, so that losses compare as they are. Only
    where the loss has noise of its own, which no generator repeats, must they differ by more
    than that.
    """
    alive = [one for one in rungs.values() if not one.diverged]
    if len(alive) < 2:
        return bool(alive)
    best = min(alive, key=lambda one: one.loss)
    if steady:
        worst = max(one.loss for one in alive)
        return worst - best.loss > FLAT * abs(best.start)
    return any(_below(best, one) for one in alive if one is not best)


def _below(low: Rung, high: Rung) -> bool:
    half = len(low.losses) // 2
    gaps = [b - a for a, b in zip(low.losses[half:], high.losses[half:], strict=True)]
    mean = sum(gaps) / len(gaps)
    spread = math.sqrt(sum((one - mean) ** 2 for one in gaps) / max(len(gaps) - 1, 1))
    return mean > DIFFERENT * spread / math.sqrt(len(gaps)) and mean > 0.0
