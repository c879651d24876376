"""The sentences of a comparison, the same on every face."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from lrdiag.comparison import Change, Comparison, Found, LossName, Seeds, Sooner, Sweep
from lrdiag.finding import Severity
from lrdiag.report.names import label_runs
from lrdiag.report.words import VerdictSeverity
from lrdiag.wording import (
    X_NAMES,
    count,
    join_words,
    printable,
    say_loss,
    say_place,
    say_range,
    say_rate,
    say_share,
    say_times,
    spell_count,
)

LOSS_NAMES: dict[LossName, str] = {"val_loss": "validation loss", "train_loss": "training loss"}
FATES = {"finished": "", "diverged": "diverged"}
RATES_FROM = {"log": "logged", "config": "told", "name": "by its name"}
MOST_NAMED = 4  # runs or rates in one sentence


@dataclass(frozen=True, slots=True)
class Told:
    """A comparison in a breath.

    Attributes:
        severity: "ok" where something was learned from it, "note" where one more run is asked
            for, "warning" where something is wrong, "unknown" where nothing can be compared.
        headline: One sentence.
        because: One to three sentences of numbers; may be empty.
    """

    severity: VerdictSeverity
    headline: str
    because: str


@dataclass(frozen=True, slots=True)
class Row:
    """A run in the table of a comparison, in words.

    Attributes:
        run: Its place among all runs.
        name: What it is called.
        rate: Its rate; a dash where nothing tells it.
        rate_from: What tells it; empty without one.
        final: Its final level.
        lowest: Its lowest level.
        remark: That it diverged, that it is the best, or why it was left out; empty else.
        best: Whether it has the best rate, or of runs without rates the lowest final level.
    """

    run: int
    name: str
    rate: str
    rate_from: str
    final: str
    lowest: str
    remark: str
    best: bool


def tell(comparison: Comparison) -> Told:
    """Say what several runs say together."""
    if comparison.refusal:
        return Told("unknown", f"{comparison.refusal}.", _say_left_out(comparison))
    if comparison.change is not None:
        return _tell_change(comparison, comparison.change)
    if comparison.sweep is not None:
        return _tell_sweep(comparison, comparison.sweep)
    if not any(one.finished for one in comparison.tracks):
        return Told("warning", "All of these runs diverged.", _say_left_out(comparison))
    if len(comparison.seeds) == 1 and comparison.seeds[0].told:
        return _tell_seeds(comparison, comparison.seeds[0])
    return _tell_settings(comparison)


def describe_basis(comparison: Comparison) -> str:
    """Say what was compared: ``5 runs by their validation loss, up to step 900``."""
    if comparison.loss is None:
        return count(len(comparison.members), "run")
    said = f"{count(len(comparison.tracks), 'run')} by their {LOSS_NAMES[comparison.loss]}"
    if comparison.until is None or comparison.unit is None:
        return f"{said}, each at its own end"
    return f"{said}, up to {say_place(comparison.until, comparison.unit)}"


def notes(comparison: Comparison) -> tuple[str, ...]:
    """Say what else is worth knowing, one sentence each, the most telling first."""
    found = []
    sweep = comparison.sweep
    if sweep is not None:
        found += _say_sweep_notes(comparison, sweep)
    if comparison.change is not None:
        found += _change_lines(comparison, comparison.change)
    found += [_say_seeds(one, comparison) for one in comparison.seeds if sweep is not None]
    units = {track.member.unit for track in comparison.tracks}
    if len(units) > 1:
        names = join_words(sorted(f"{X_NAMES[unit]}s" for unit in units))
        found.append(f"The runs count {names}: their ends are compared, their courses are not.")
    elif comparison.tracks and comparison.until is None:
        found.append("The runs have no step in common: each is compared at its own end.")
    left = _say_left_out(comparison)
    return tuple(found) if comparison.refusal or not left else (*found, left)


def rows(comparison: Comparison) -> tuple[Row, ...]:
    """Return the table of runs, the lowest rate first where rates are known."""
    left = {one.run: one.why for one in comparison.left_out}
    tracks = dict(zip(comparison.runs, comparison.tracks, strict=True))
    best, names = _best_runs(comparison), label_runs(comparison.members)
    made = []
    for k, member in enumerate(comparison.members):
        track = tracks.get(k)
        remark = "left out" if k in left else ""
        if track is not None:
            remark = FATES[track.fate] or ("best" if k in best else "")
        made.append(
            Row(
                run=k,
                name=names[k],
                rate=say_rate(member.rate) if member.rate is not None else say_loss(None),
                rate_from=RATES_FROM[member.rate_from] if member.rate_from else "",
                final=_say_level(None if track is None else track.final),
                lowest=_say_level(None if track is None else track.best),
                remark=remark,
                best=k in best,
            )
        )
    if comparison.sweep is not None:
        rates = [one.rate for one in comparison.members]
        made.sort(key=lambda row: (rates[row.run] is None, rates[row.run] or 0.0))
    return tuple(made)


def _say_level(level: float | None) -> str:
    return say_loss(level if level is not None and isfinite(level) else None)


def _best_runs(comparison: Comparison) -> set[int]:
    if comparison.change is not None and comparison.change.outcome == "noise":
        return set()
    if comparison.sweep is not None and comparison.sweep.learned:
        rung = next(one for one in comparison.sweep.rungs if one.rate == comparison.sweep.best)
        return {comparison.runs[k] for k in rung.runs}
    if comparison.sweep is not None or any(one.told for one in comparison.seeds):
        return set()
    ended = [(one.final, k) for k, one in enumerate(comparison.tracks) if one.finished]
    return {comparison.runs[min(ended)[1]]} if ended else set()


# ---- rates


def _tell_sweep(comparison: Comparison, sweep: Sweep) -> Told:
    rates, best = count(len(sweep.rungs), "rate"), say_rate(sweep.best)
    level = next(one.level for one in sweep.rungs if one.rate == sweep.best)
    loss = LOSS_NAMES[comparison.loss or "train_loss"]
    if not sweep.learned:
        headline = f"None of these {rates} learns: the lowest {loss} is {say_loss(level)}"
        return Told("warning", f"{headline}, about where it starts.", _say_border(sweep))
    final = f"The {loss} ends at {say_loss(level)} there"
    if sweep.border is not None:
        headline = f"The best of {rates} is {best}, the {sweep.border} tried; a better may lie"
        beyond = "above" if sweep.border == "highest" else "below"
        return Told("note", f"{headline} {beyond} it.", f"{final}. {_say_border(sweep)}")
    around = say_range(say_rate(sweep.low, 2), say_rate(sweep.high, 2))
    headline = f"The best of {rates} is {best}; {around} does as well."
    within = f"as well is within {say_share(sweep.good)} of the drop, read between the rates"
    return Told("ok", headline, f"{final}; {within}.")


def _say_border(sweep: Sweep) -> str:
    if sweep.add is None:
        return ""
    return f"Add a run at {say_rate(sweep.add, 2)}."


def _say_two_rates(sweep: Sweep) -> str:
    other = next(one.rate for one in sweep.rungs if one.rate != sweep.best)
    said = f"Of the two rates {say_rate(sweep.best)} does better than {say_rate(other)}."
    beyond = "above" if sweep.border == "highest" else "below"
    return f"{said} {_say_border(sweep)} A better one may lie {beyond}."


def _say_sweep_notes(comparison: Comparison, sweep: Sweep) -> list[str]:
    found = []
    if comparison.change is not None and comparison.change.outcome != "noise" and sweep.learned:
        found.append(_say_two_rates(sweep))
    lost = [one.rate for one in sweep.rungs if one.diverged]
    if lost:
        shown = join_words([say_rate(one) for one in lost[:MOST_NAMED]])
        more = " and more" if len(lost) > MOST_NAMED else ""
        found.append(f"Diverged: at {shown}{more}.")
    if sweep.lowest_at is not None and sweep.learned:
        found.append(
            f"By the lowest level of each run, instead of the final one, "
            f"{say_rate(sweep.lowest_at)} is the best: keep its best checkpoint."
        )
    if comparison.noise is None and sweep.learned and len(sweep.rungs) > 2:
        found.append(
            "One run a rate: how much seeds differ was not measured, and rates that lie close "
            "together may change places."
        )
    return found


# ---- repeats


def _tell_seeds(comparison: Comparison, seeds: Seeds) -> Told:
    loss = LOSS_NAMES[comparison.loss or "train_loss"]
    many = spell_count(len(seeds.runs), "repeat")
    levels = say_range(say_loss(seeds.lowest), say_loss(seeds.highest))
    if seeds.diverged:
        ended = len(seeds.runs) - seeds.diverged
        headline = f"{many}: {seeds.diverged} diverged, {ended} ended at a {loss} of {levels}."
    else:
        headline = f"{many} end at a {loss} of {levels}, in the middle at {say_loss(seeds.median)}."
    because = "One finished run does not tell how much chance does."
    if comparison.noise is not None:
        least = say_loss(comparison.noise.difference)
        because = f"A difference below {least} between two runs of this setting is noise."
    return Told("warning" if seeds.diverged else "ok", headline, because)


def _tell_settings(comparison: Comparison) -> Told:
    """Say how settings that have names of their own end, repeats of some of them together."""
    loss = LOSS_NAMES[comparison.loss or "train_loss"]
    ended = sorted((one for one in comparison.tracks if one.finished), key=lambda one: one.final)
    first, last = ended[0], ended[-1]
    members = comparison.members
    named = dict(zip(members, label_runs(members), strict=True))
    headline = (
        f"{named[first.member]} ends lowest of {len(comparison.tracks)} runs, at a {loss} of "
        f"{say_loss(first.final)}; {named[last.member]} ends highest, at {say_loss(last.final)}."
    )
    if comparison.noise is None:
        return Told("ok", headline, "How much seeds differ was not measured.")
    least = f"a difference below {say_loss(comparison.noise.difference)} between two is noise."
    if any(one.told for one in comparison.seeds):
        return Told("ok", headline, f"As repeats differ, {least}")
    return Told("ok", headline, f"If they are repeats of one setting, {least}")


def _say_seeds(seeds: Seeds, comparison: Comparison) -> str:
    rate = comparison.tracks[seeds.runs[0]].member.rate
    where = "" if rate is None else f" at {say_rate(rate)}"
    levels = say_range(say_loss(seeds.lowest), say_loss(seeds.highest))
    return f"{spell_count(len(seeds.runs), 'run')}{where}: they end at {levels}."


# ---- before and after


def _tell_change(comparison: Comparison, change: Change) -> Told:
    before, after = comparison.tracks
    loss = LOSS_NAMES[comparison.loss or "train_loss"]
    course = f"the final {loss} goes from {say_loss(before.final)} to {say_loss(after.final)}"
    if change.outcome == "diverged":
        return Told("error", "The second run diverged; the first did not.", _say_found(change))
    if change.outcome == "mended":
        return Told("ok", "The first run diverged; the second finished.", _say_found(change))
    if change.outcome == "neither":
        return Told("error", "Both runs diverged.", _say_found(change))
    if change.outcome == "noise":
        headline = f"The two runs end alike: {course}, no more than the noise of the curves."
        return Told("ok", headline, _say_found(change))
    better = change.outcome == "better"
    told = f"The second run ends {'lower' if better else 'higher'}: {course}."
    proof = (
        f"The difference is {say_loss(abs(change.difference or 0.0))}; the noise of the two "
        f"curves makes {say_loss(change.noise)}, and seeds may make more."
    )
    return Told("ok" if better else "warning", told, f"{proof} {_say_found(change)}")


def _say_found(change: Change) -> str:
    loud = [
        ("vanished", _codes(change.vanished)),
        ("appeared", _codes(change.appeared)),
        ("stayed", _codes(change.stayed)),
    ]
    said = [f"{join_words(codes)} {verb}" for verb, codes in loud if codes]
    return f"{'; '.join(said)}." if said else "Neither run shows a finding."


def _codes(found: Sequence[Found]) -> list[str]:
    return [one.code for one in found if one.severity > Severity.NOTE]


def _change_lines(comparison: Comparison, change: Change) -> list[str]:
    """Say each finding but notes that went, came or stayed, and which run was sooner."""
    lines = []
    for word, found in (
        ("Vanished", change.vanished),
        ("Appeared", change.appeared),
        ("Stayed", change.stayed),
    ):
        loud = (one for one in found if one.severity > Severity.NOTE)
        lines += [f"{word}: {one.summary.removesuffix('.')} ({one.code})." for one in loud]
    if change.sooner is not None:
        lines.append(_say_sooner(comparison, change.sooner))
    return lines


def _say_sooner(comparison: Comparison, sooner: Sooner) -> str:
    unit = comparison.unit or "step"
    which, other = ("second", "first") if sooner.run else ("first", "second")
    level = f"the {other}'s final level, {say_loss(sooner.level)}"
    if sooner.at <= float(comparison.tracks[sooner.run].steps[0]):
        return f"The {which} run stands below {level}, from its first value on."
    at, then = say_place(sooner.at, unit), say_place(sooner.other, unit)
    times = say_times(sooner.other / sooner.at) if sooner.at > 0.0 else ""
    faster = f", {times} times as soon" if times else ""
    return f"The {which} run reaches {level}, at {at} instead of {then}{faster}."


def _say_left_out(comparison: Comparison) -> str:
    """Say which runs were left out, those of one reason together."""
    reasons: dict[str, list[int]] = {}
    for one in comparison.left_out:
        reasons.setdefault(one.why, []).append(one.run)
    names = label_runs(comparison.members)
    said = []
    for why, runs in reasons.items():
        more = len(runs) - MOST_NAMED
        shown = [names[k] for k in runs[:MOST_NAMED]] + ([f"{more:,} more"] if more > 0 else [])
        said.append(f"Left out: {join_words(shown)}, {why}.")
    return printable(" ".join(said))
