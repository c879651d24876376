"""Reads losses off the device now and then, and tells how far the test is.

To read a loss is to wait for the device. Losses therefore stay there and are read some at once:
ten steps, or as many as pass in a fifth of a second. What ends a training is judged step by
step from what was read, so that the answer does not depend on when that was.
"""

import time
from collections.abc import Iterable, Iterator

import torch
from torch import Tensor, distributed

from lrdiag.errors import InterruptedTestError
from lrdiag.finder.progress import MOST_POINTS, Phase, Progress, Watch
from lrdiag.finder.result import Rung

STEPS_A_READ = 10
SECONDS_A_READ = 0.2


class Monitor:
    """What was read so far, and whom to tell.

    Args:
        watch: Is told the progress about five times a second; may raise to end the test.
        total: Training steps planned.
        together: Whether the processes of a distributed training read the mean of their losses,
            so that all decide alike.
    """

    def __init__(self, watch: Watch | None, total: int, *, together: bool = False) -> None:
        self._watch, self._together = watch, together
        self._told = self._last = time.perf_counter()
        self._every = self._wanted = 1
        self.phase: Phase = "sweep"
        self.done, self.total = 0, total
        self.lrs: list[float] = []
        self.losses: list[float] = []
        self.rungs: list[Rung] = []

    def read(self, losses: Iterable[Tensor]) -> Iterator[list[float]]:
        """Go through training steps and give their losses some at once.

        Args:
            losses: Takes a step whenever it is asked for the next loss, a scalar.
        """
        held: list[Tensor] = []
        for loss in losses:
            held.append(loss)
            if len(held) >= self._every:
                yield self._read(held)
                held = []
        if held:
            yield self._read(held)

    def read_rows(self, losses: Iterable[Tensor], copies: int) -> Iterator[list[list[float]]]:
        """Go through steps of several copies, as ``read`` does.

        Args:
            losses: Takes a step of all copies whenever it is asked; shape (copies,).
            copies: How many.
        """
        held: list[Tensor] = []
        for loss in losses:
            held.append(loss)
            if len(held) >= self._every:
                yield self._read_rows(held, copies)
                held = []
        if held:
            yield self._read_rows(held, copies)

    def each(self, losses: list[Tensor]) -> list[float]:
        """Return some losses at once, each the mean over all processes."""
        return self._take(losses) if losses else []

    def tell(self, *, always: bool = False) -> None:
        """Tell the progress, if some time has passed since it was told."""
        now = time.perf_counter()
        if self._watch is not None and (always or now - self._told >= SECONDS_A_READ):
            self._told = now
            self._watch(self.progress())

    def progress(self) -> Progress:
        """Return how far the test is."""
        every = max(1, -(-len(self.lrs) // MOST_POINTS))
        return Progress(
            phase=self.phase,
            done=self.done,
            total=max(self.total, self.done),
            lrs=tuple(self.lrs[::every]),
            losses=tuple(self.losses[: len(self.lrs)][::every]),
            rungs=tuple(self.rungs),
        )

    def _read_rows(self, held: list[Tensor], copies: int) -> list[list[float]]:
        self._pace(len(held))
        self._every = self._wanted
        rows: list[list[float]] = torch.stack(held).detach().double().tolist()
        self.done += len(held) * copies
        self.tell()
        return rows

    def _pace(self, steps: int) -> None:
        """Settle how many steps to take before the next read."""
        now = time.perf_counter()
        a_step = (now - self._last) / steps
        self._last = now
        self._wanted = int(min(max(SECONDS_A_READ / max(a_step, 1e-9), 1), STEPS_A_READ))

    def _read(self, held: list[Tensor]) -> list[float]:
        self._pace(len(held))
        values = self._take(held)
        self.done += len(held)
        return values

    def _take(self, held: list[Tensor]) -> list[float]:
        losses = torch.stack(held).detach().double()
        if self._together:
            return self._take_together(losses)
        self._every = self._wanted
        self.tell()
        values: list[float] = losses.tolist()
        return values

    def _take_together(self, losses: Tensor) -> list[float]:
        """Average over the processes; where one's watch ends the test, end it in all."""
        mine: BaseException | None = None
        try:
            self.tell()
        except BaseException as error:
            mine = error
        size = distributed.get_world_size()
        more = losses.new_tensor([self._wanted / size, 0.0 if mine is None else 1.0])
        whole = torch.cat([losses / size, more])
        distributed.all_reduce(whole)
        if mine is not None:
            raise mine
        values: list[float] = whole.tolist()
        if values.pop() > 0.0:
            raise InterruptedTestError("Another process of the training ended the test.")
        self._every = max(1, int(values.pop()))  # all read after equally many steps
        return values
