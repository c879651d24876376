"""Two runs, before and after a change: what vanished, what appeared, which came lower."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lrdiag.comparison.member import Found
from lrdiag.comparison.track import Track, first_reach

Outcome = Literal["better", "worse", "noise", "diverged", "mended", "neither"]

SURE = 2.0  # standard errors; two-sided 95 %
SOONER = 1.1  # times; a level reached sooner by less is reached at the same time


@dataclass(frozen=True, slots=True)
class Sooner:
    """Which run reached the other's final level, and how much sooner.

    Attributes:
        run: The place of the sooner run, 0 before the change or 1 after it.
        level: The final level of the other run.
        at: The step at which the sooner run stood there.
        other: The step at which the other did.
    """

    run: int
    level: float
    at: float
    other: float


@dataclass(frozen=True, slots=True)
class Change:
    """What a change did to a run.

    Attributes:
        outcome: What the final level says of the second run; "noise" where the difference is no
            larger than chance, "diverged" and "mended" where only one of the two finished.
        difference: The final level after less that before; None where one diverged.
        noise: The difference that the noise of the two curves makes in 95 of 100 cases, which seeds
            may exceed; None with the difference.
        vanished: Findings of the first run that the second has no more.
        appeared: Findings of the second run that the first had not.
        stayed: Findings of both, as the second has them.
        sooner: Which run reached the other's level sooner; None where neither did, or no step
            of one is a step of the other.
    """

    outcome: Outcome
    difference: float | None
    noise: float | None
    vanished: tuple[Found, ...]
    appeared: tuple[Found, ...]
    stayed: tuple[Found, ...]
    sooner: Sooner | None


def measure_change(before: Track, after: Track, *, same_axis: bool) -> Change:
    """Compare a run with the one after a change.

    Args:
        before: The first run.
        after: The second.
        same_axis: Whether their steps count the same.
    """
    old = {one.code: one for one in before.member.found}
    new = {one.code: one for one in after.member.found}
    both = before.finished and after.finished
    difference = after.final - before.final if both else None
    noise = SURE * float(np.hypot(before.error, after.error)) if both else None
    return Change(
        outcome=_outcome(before, after, difference, noise),
        difference=difference,
        noise=noise,
        vanished=tuple(one for code, one in old.items() if code not in new),
        appeared=tuple(one for code, one in new.items() if code not in old),
        stayed=tuple(one for code, one in new.items() if code in old),
        sooner=_find_sooner(before, after) if both and same_axis else None,
    )


def _outcome(before: Track, after: Track, difference: float | None, noise: float | None) -> Outcome:
    if difference is None or noise is None:
        if before.finished:
            return "diverged"
        return "mended" if after.finished else "neither"
    if abs(difference) <= noise:
        return "noise"
    return "better" if difference < 0.0 else "worse"


def _find_sooner(before: Track, after: Track) -> Sooner | None:
    winner = int(after.final < before.final)
    quick, slow = (after, before) if winner else (before, after)
    at, other = first_reach(quick, slow.final), first_reach(slow, slow.final)
    if at is None or other is None:
        return None
    if other < SOONER * at:
        return None
    return Sooner(winner, slow.final, at, other)
