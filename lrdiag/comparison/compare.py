"""Choose what runs have in common, leave out what cannot be compared, and compare the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

import numpy as np

from lrdiag.comparison.change import Change, measure_change
from lrdiag.comparison.member import LOSSES, Loss, LossName, Member, Unit, member_of
from lrdiag.comparison.seeds import Noise, Seeds, measure_seeds, pool
from lrdiag.comparison.sweep import Sweep, group_rates, measure_sweep
from lrdiag.comparison.track import Track, is_broken, measure_track
from lrdiag.diagnosis import Diagnosis
from lrdiag.wording import say_loss, say_place

SHORT = 0.5  # of the longest run; one that stops before has had no chance
OTHER_SCALE = 30.0  # times, without a value in common; 26 sweeps of thirteen rates, by step and by
# epoch: no run is left out by it, but for a rate that overshoots, which is not asked
FEW = 2  # runs; with fewer there is nothing to compare


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A run that cannot be compared with the others.

    Attributes:
        run: Its place among all.
        why: The reason, one sentence without a full stop.
    """

    run: int
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What several runs say together.

    Attributes:
        members: All runs, in the order of the call.
        runs: The places of those that were compared, in the order of ``tracks``.
        tracks: What was compared of each.
        loss: The loss that they were compared by; None where none was.
        unit: What their steps count; None where they count differently.
        until: The last step that all of them have; None where the steps count differently.
        left_out: The runs that could not be compared.
        refusal: Why nothing can be compared; empty otherwise.
        sweep: What their rates say, where they differ by rate; places are those of ``tracks``.
        seeds: The repeats of one setting among them.
        noise: What repeats differ by; None without repeats.
        change: What the second of two runs does differently.
    """

    members: tuple[Member, ...]
    runs: tuple[int, ...] = ()
    tracks: tuple[Track, ...] = ()
    loss: LossName | None = None
    unit: Unit | None = None
    until: float | None = None
    left_out: tuple[LeftOut, ...] = ()
    refusal: str = ""
    sweep: Sweep | None = None
    seeds: tuple[Seeds, ...] = ()
    noise: Noise | None = None
    change: Change | None = None


def compare_runs(diagnoses: Sequence[Diagnosis]) -> Comparison:
    """Compare diagnosed runs, in the order given: of two, the second is the one after a change."""
    return compare_members([member_of(one) for one in diagnoses])


def compare_members(members: Sequence[Member]) -> Comparison:
    """Compare runs; what cannot be compared is left out, each with its reason."""
    every = tuple(members)
    if len(every) < FEW:
        return Comparison(every, refusal="One run is nothing to compare; give two or more")
    loss = _choose_loss(every)
    if loss is None:
        left = tuple(LeftOut(k, why) for k, one in enumerate(every) if (why := _lacks(one, None)))
        return Comparison(every, left_out=left, refusal="No two of these runs log the same loss")
    chosen, left_out = _choose_runs(every, loss)
    if len(chosen) < FEW:
        why = "Fewer than two of these runs can be compared with each other"
        return Comparison(every, left_out=left_out, refusal=why)
    units = {every[k].unit for k in chosen}
    until = _common_end(every, chosen, loss) if len(units) == 1 else None
    limit = np.inf if until is None else until
    tracks = tuple(measure_track(every[k], loss, limit) for k in chosen)
    groups, settings = _group(tracks)
    seeds, noise = _find_seeds(tracks, settings, band=len(units) == 1)
    told = any(one.told for one in seeds)
    return Comparison(
        members=every,
        runs=tuple(chosen),
        tracks=tracks,
        loss=loss,
        unit=units.pop() if until is not None else None,
        until=until,
        left_out=left_out,
        sweep=measure_sweep(tracks, groups, noise) if len(groups) > 1 else None,
        seeds=seeds,
        noise=noise,
        change=measure_change(*tracks, same_axis=until is not None)
        if len(tracks) == FEW and not told
        else None,
    )


def _choose_loss(members: Sequence[Member]) -> LossName | None:
    """Return the loss that most runs hold, validation where both are held by as many.

    A run that diverged at once may hold no finite validation loss: it is not asked.
    """
    sane = [one for one in members if not is_broken(one)]
    asked = sane if len(sane) >= FEW else members
    counts = {one: sum(one in member.losses for member in asked) for one in LOSSES}
    best = max(LOSSES, key=lambda one: counts[one])
    return best if counts[best] >= FEW else None


def _choose_runs(
    members: Sequence[Member], loss: LossName
) -> tuple[list[int], tuple[LeftOut, ...]]:
    left = {k: why for k, one in enumerate(members) if (why := _lacks(one, loss))}
    for judge in (_on_another_scale, _too_short):
        kept = {k: members[k] for k in range(len(members)) if k not in left}
        left |= judge(kept, loss)
    chosen = [k for k in range(len(members)) if k not in left]
    return chosen, tuple(LeftOut(k, left[k]) for k in sorted(left))


def _lacks(member: Member, loss: LossName | None) -> str:
    if member.refusal:
        return f"not the loss log of one run: {member.refusal}"
    if not member.losses:
        return "no loss that is a number"
    if loss is not None and loss not in member.losses and not is_broken(member):
        return f"no {loss}, by which the others are compared"
    return ""


def _on_another_scale(kept: dict[int, Member], loss: LossName) -> dict[int, str]:
    """Return the runs whose loss is another quantity: nowhere near the others, from the start on.

    Runs that diverged have no scale; a mere difference in quality keeps the starts together.
    """
    sane = {k: one for k, one in kept.items() if not is_broken(one)}
    if len(sane) < FEW:
        return {}
    ordered = sorted(sane.values(), key=lambda one: abs(_start(one.losses[loss])))
    middle = ordered[(len(ordered) - 1) // 2]
    usual = say_loss(_start(middle.losses[loss]))
    return {
        k: f"another loss or another scale of it, from {say_loss(_start(one.losses[loss]))} on "
        f"where the others start at {usual}"
        for k, one in sane.items()
        if _far(one, middle, loss)
    }


def _start(loss: Loss) -> float:
    return float(np.median(loss.values[:3]))


def _far(one: Member, other: Member, loss: LossName) -> bool:
    """Return whether two losses share no value and start far from each other.

    A higher rate that overshoots starts anywhere above a lower one.
    """
    first, second = one.losses[loss], other.losses[loss]
    low, high = sorted(
        ((abs(_start(first)), one.rate), (abs(_start(second)), other.rate)), key=itemgetter(0)
    )
    if high[1] is not None and low[1] is not None and high[1] > low[1]:
        return False
    apart = first.values.max() < second.values.min() or second.values.max() < first.values.min()
    return bool(apart) and high[0] > OTHER_SCALE * low[0]


def _too_short(kept: dict[int, Member], loss: LossName) -> dict[int, str]:
    """Return the runs that stopped long before the others, by their own choice."""
    units = {one.unit for one in kept.values()}
    ends = {k: one.losses[loss].end for k, one in kept.items() if not is_broken(one)}
    if len(units) > 1 or len(kept) <= FEW or not ends:
        return {}
    longest = max(ends.values())
    why = f"stopped before half of the longest run, {say_place(longest, units.pop())}"
    return {k: why for k, end in ends.items() if end < SHORT * longest}


def _common_end(members: Sequence[Member], chosen: Sequence[int], loss: LossName) -> float | None:
    """Return the last step that all runs have; None where two of them share none."""
    sane = [k for k in chosen if not is_broken(members[k])]
    if not sane:
        return max(one.end for k in chosen for one in members[k].losses.values())
    end = min(members[k].losses[loss].end for k in sane)
    return end if all(members[k].losses[loss].steps[0] <= end for k in sane) else None


def _group(
    tracks: Sequence[Track],
) -> tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...]]:
    """Return the runs of each rate, and the runs of each setting as far as it is known."""
    groups = group_rates(tracks)
    if len(groups) > 1:
        return groups, groups
    names: dict[str | None, list[int]] = {}
    for k, one in enumerate(tracks):
        names.setdefault(one.member.repeat, []).append(k)
    if None in names:  # some name tells of no repeat: nothing parts them
        return groups, (tuple(range(len(tracks))),)
    return groups, tuple(tuple(one) for one in names.values())


def _find_seeds(
    tracks: Sequence[Track], settings: Sequence[tuple[int, ...]], *, band: bool
) -> tuple[tuple[Seeds, ...], Noise | None]:
    """Return the repeats of each setting, and what they differ by, over all settings."""
    found = []
    for runs in settings:
        if len(runs) >= FEW and any(tracks[k].finished for k in runs):
            one = measure_seeds(tracks, runs, band=band)
            if one.told or len(runs) > FEW or len(tracks) > FEW:
                found.append(one)
    finals = [np.array([tracks[k].final for k in one.runs if tracks[k].finished]) for one in found]
    return tuple(found), pool(finals)
