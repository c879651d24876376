"""Trainings at several rates, or from several starts, all at once where that pays."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import isfinite

import torch
from torch import Tensor

from lrdiag.finder.batches import Batches
from lrdiag.finder.course import PROBES, Course, OneByOne, find_divergence
from lrdiag.finder.crowd import Crowd, CrowdError
from lrdiag.finder.health import Notes, ReluWatch
from lrdiag.finder.monitor import Monitor
from lrdiag.finder.result import Stop
from lrdiag.finder.state import RandomState, State
from lrdiag.finder.stepper import Stepper
from lrdiag.finder.subject import Subject
from lrdiag.finder.sweep import Divergence, Sweep

# Copies from which on a crowd is the faster way. On a CPU, of 26 small problems, 3 copies took
# 0.5 to 1 times as long one by one, 8 copies 1 to 2 times.
LEAST_COPIES = {"cpu": 6, "cuda": 2}
MOST_WEIGHTS = 50_000_000  # of all copies: larger models fill the device by themselves
SLOW = "There is a performance drop"  # how torch says that it goes through the copies one by one


class Together:
    """Trains copies of the model at once, and one by one where it must or should.

    Args:
        subject: What to train.
        stepper: Computes its losses.
        batches: What to train on.
        state: Takes everything back to the start.
        monitor: Reads the losses.
        notes: Takes what is seen of the model.
        least: Copies from which on they are trained at once; by the device where None.
    """

    def __init__(
        self,
        subject: Subject,
        stepper: Stepper,
        batches: Batches,
        state: State,
        monitor: Monitor,
        notes: Notes,
        *,
        least: int | None = None,
    ) -> None:
        self._subject, self._stepper, self._batches = subject, stepper, batches
        self._state, self._monitor, self._notes = state, monitor, notes
        self._single = OneByOne(subject, stepper, batches, state, monitor, notes)
        self._least = LEAST_COPIES.get(subject.device.type, 6) if least is None else least
        self.why = _refusal(subject)
        """Why copies are not trained at once; empty where they are."""

    def start(self, first: int) -> float:
        """Return the loss before any step on the probe of the batches from ``first`` on."""
        return self._single.start(first)

    def train(
        self, rates: Sequence[float], steps: int, first: int, marks: Sequence[int], start: float
    ) -> list[Course]:
        """Train at each rate."""
        if self._can(len(rates)):
            done = self._monitor.done
            try:
                with _refusing_slow_ways():
                    return self._train(rates, steps, first, marks, start)
            except (CrowdError, RuntimeError, UserWarning) as error:
                self._give_up(error, done)
        return self._single.train(rates, steps, first, marks, start)

    def sweep(
        self, rates: Sequence[float], starts: Sequence[Mapping[str, Tensor]], threshold: float
    ) -> list[Sweep] | None:
        """Sweep from several starts at once; None where it must or should be one by one."""
        if not self._can(len(starts)):
            if not self.why:
                self.why = f"Fewer than {self._least} seeds are trained faster one after another."
            return None
        done = self._monitor.done
        try:
            with _refusing_slow_ways():
                return self._sweep(rates, starts, threshold)
        except (CrowdError, RuntimeError, UserWarning) as error:
            self._give_up(error, done)
            return None

    def _can(self, copies: int) -> bool:
        weights = sum(one.numel() for one in self._subject.parameters)
        return not self.why and copies >= self._least and copies * weights <= MOST_WEIGHTS

    def _give_up(self, error: Exception, done: int) -> None:
        if isinstance(error, torch.OutOfMemoryError) and torch.cuda.is_available():
            torch.cuda.empty_cache()
        self.why = f"torch cannot train copies of this model at once: {str(error).splitlines()[0]}"
        self._monitor.done = done

    def _crowd(self, size: int, starts: Sequence[Mapping[str, Tensor]] | None = None) -> Crowd:
        self._state.rewind()
        return Crowd(
            self._subject.all_modules,
            self._stepper.loss,
            self._subject.optimizers,
            self._stepper.ratios,
            size,
            starts=starts,
            clip_norm=self._subject.clip_norm,
        )

    def _train(
        self, rates: Sequence[float], steps: int, first: int, marks: Sequence[int], start: float
    ) -> list[Course]:
        crowd = self._crowd(len(rates))
        lrs = torch.tensor(rates, dtype=torch.float64, device=self._subject.device)
        probes: list[Tensor] = []

        def take() -> Iterator[Tensor]:
            for k in range(steps):
                before = _clones(crowd.weights) if k == steps // 2 else None
                yield crowd.step(lrs, self._stepper.batches_at(first + k))
                if before is not None:
                    self._note_updates(rates, before, crowd.weights)
                if k + 1 in marks:
                    probes.append(self._probe(crowd, first))

        rows: list[list[float]] = []
        for values in self._monitor.read_rows(take(), len(rates)):
            rows += values
            if all(
                find_divergence(column, start) < len(rows) for column in zip(*rows, strict=True)
            ):
                break
        self._note_dead(crowd, rates, first)
        seen = torch.stack(probes).tolist() if len(probes) == len(marks) else []
        return [
            _to_course(lr, column, [one[k] for one in seen], start)
            for k, (lr, column) in enumerate(zip(rates, zip(*rows, strict=True), strict=True))
        ]

    def _probe(self, crowd: Crowd, first: int) -> Tensor:
        now = RandomState()
        self._state.random.restore()
        begin = first * self._stepper.batches_a_step
        mean = crowd.probe(self._batches.take(begin, PROBES))
        now.restore()
        return mean

    def _note_updates(
        self, rates: Sequence[float], before: Mapping[str, Tensor], after: Mapping[str, Tensor]
    ) -> None:
        names = [name for name, one in before.items() if one.ndim >= 3] or list(before)
        shares = [_norms(after[name] - before[name]) / _norms(before[name]) for name in names]
        medians = torch.stack(shares).median(dim=0).values.tolist()
        self._notes.updates.update(zip(rates, medians, strict=True))

    def _note_dead(self, crowd: Crowd, rates: Sequence[float], first: int) -> None:
        batch = self._batches[first * self._stepper.batches_a_step]
        for k, lr in enumerate(rates):
            with ReluWatch(self._subject.model) as watch:
                crowd.loss(k, batch)
            self._notes.dead_after[lr] = watch

    def _sweep(
        self, rates: Sequence[float], starts: Sequence[Mapping[str, Tensor]], threshold: float
    ) -> list[Sweep]:
        crowd = self._crowd(len(starts), starts)
        device = self._subject.device

        def take() -> Iterator[Tensor]:
            for k, lr in enumerate(rates):
                lrs = torch.full((crowd.size,), lr, dtype=torch.float64, device=device)
                yield crowd.step(lrs, self._stepper.batches_at(k))

        rows: list[list[float]] = []
        for values in self._monitor.read_rows(take(), crowd.size):
            rows += values
        return [_to_sweep(rates, column, threshold) for column in zip(*rows, strict=True)]


def _refusal(subject: Subject) -> str:
    if subject.distributed:
        return "A model that several processes train is trained at one rate at a time."
    if subject.scaler is not None and subject.scaler.is_enabled():
        return "A gradient scaler follows one training at a time."
    return ""


@contextmanager
def _refusing_slow_ways() -> Iterator[None]:
    """Raise where torch would go through the copies one by one, which gains nothing."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message=SLOW)
        yield


def _clones(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: one.clone() for name, one in tensors.items()}


def _norms(stacked: Tensor) -> Tensor:
    norms: Tensor = torch.linalg.vector_norm(stacked.flatten(1).double(), dim=1)
    return norms.clamp_min(1e-12)


def _to_course(lr: float, losses: Sequence[float], probes: list[float], start: float) -> Course:
    bad = find_divergence(losses, start)
    if bad < len(losses):
        return Course(lr, tuple(losses[: bad + 1]), (), diverged=True)
    whole = bool(probes) and all(map(isfinite, probes))
    return Course(lr, tuple(losses), tuple(probes), diverged=not whole)


def _to_sweep(rates: Sequence[float], losses: Sequence[float], threshold: float) -> Sweep:
    judge = Divergence(threshold)
    for k, loss in enumerate(losses, 1):
        if not isfinite(loss):
            return Sweep(tuple(rates[:k]), tuple(losses[:k]), Stop.NOT_FINITE)
        if judge.passed(loss):
            return Sweep(tuple(rates[:k]), tuple(losses[:k]), Stop.DIVERGED)
    return Sweep(tuple(rates), tuple(losses), Stop.SWEPT)
