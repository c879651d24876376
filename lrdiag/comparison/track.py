"""The levels that runs are compared by: where a loss starts, ends and stood lowest."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lrdiag.comparison.member import LossName, Member
from lrdiag.numerics import FloatArray, median_of
from lrdiag.signals.curve import HUGE, measure_bins
from lrdiag.signals.robust import running_median, step_noise

Fate = Literal["finished", "diverged"]

END_SHARE, END_ROWS = 0.05, 3  # the final level is the median of the last twentieth, of 3 at least
NOISE_ROWS = 20  # rows of the end, or half of all, whose noise says how sure that median is
MEDIAN_ERROR = 1.2533  # standard errors of a mean that a median has: sqrt(pi / 2)
SMOOTHED_FROM = 5  # values; of fewer each is taken as it is
RISEN = 8.0  # noises above the start, from where on a run is worse than untrained
DIVERGED = "LR102"


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One run's loss over what the runs have in common.

    Attributes:
        member: The run.
        steps: The middles of at most 200 medians; shape (b,).
        level: The medians; shape (b,).
        start: The level at the start.
        final: The level at the end; infinite for a run that diverged before it logged this loss.
        error: One standard error of that level, by the noise of the curve itself.
        best: The lowest level.
        best_step: Where it stood.
        fate: "diverged" where the loss ended as no number or above its start.
    """

    member: Member
    steps: FloatArray
    level: FloatArray
    start: float
    final: float
    error: float
    best: float
    best_step: float
    fate: Fate

    @property
    def finished(self) -> bool:
        """Whether its final level tells anything."""
        return self.fate == "finished"


def measure_track(member: Member, name: LossName, until: float = np.inf) -> Track:
    """Measure a loss up to a step; its first value where it begins later."""
    loss = member.losses.get(name)
    if loss is None:
        none, far = np.empty(0), float("inf")
        return Track(member, none, none, far, far, far, far, far, "diverged")
    rows = max(1, int(np.searchsorted(loss.steps, until, side="right")))
    steps, raw = loss.steps[:rows], np.clip(loss.values[:rows], -HUGE, HUGE)
    bins = measure_bins(steps, raw)
    end = raw[-min(rows, max(END_ROWS, round(END_SHARE * rows))) :]
    settled = running_median(bins.level, 3) if len(bins) >= SMOOTHED_FROM else bins.level
    noise = step_noise(raw[-max(len(end), min(NOISE_ROWS, rows // 2)) :])
    start, final = median_of(raw[: min(rows, max(1, rows // 100))]), median_of(end)
    risen = rows > 1 and final - start > RISEN * noise
    return Track(
        member=member,
        steps=bins.steps,
        level=bins.level,
        start=start,
        final=final,
        error=MEDIAN_ERROR * noise / float(np.sqrt(len(end))),
        best=float(settled.min()),
        best_step=float(bins.steps[int(np.argmin(settled))]),
        fate="diverged" if is_broken(member) or risen else "finished",
    )


def is_broken(member: Member) -> bool:
    """Return whether a run ended without a number, or climbed away from its best."""
    lost = any(one.lost is not None for one in member.losses.values())
    return lost or any(one.code == DIVERGED for one in member.found)


def first_reach(track: Track, level: float) -> float | None:
    """Return the step at which a run first stands at a level or below; None if it never does."""
    settled = running_median(track.level, 3) if len(track.level) >= SMOOTHED_FROM else track.level
    at = np.flatnonzero(settled <= level)
    if len(at) == 0:
        return None
    k = int(at[0])
    if k == 0:
        return float(track.steps[0])
    above, below = float(settled[k - 1]), float(settled[k])
    share = (above - level) / (above - below) if above > below else 1.0
    return float(track.steps[k - 1] + share * (track.steps[k] - track.steps[k - 1]))
