"""Which role each column of a table has: by its name, by its values, by its rivals."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lrdiag.numerics import FloatArray, median_of
from lrdiag.readers.names import Guess, guess, stem_of, words_of
from lrdiag.readers.reader import Cells, Table
from lrdiag.readers.sums import role_of_sum
from lrdiag.run import Role

MIN_QUALITY = 0.3  # a name below this is not taken for anything
SPARSE = 0.15  # quality lost with each factor of ten fewer points than the densest rival
MANY_EPOCHS = 50  # epoch means from which they beat a step loss of at most MUCH_DENSER points
MUCH_DENSER = 3.0
DENSE = 0.5  # of the points of the densest rival; a loss that has fewer is no twin's twin
SUM = 0.85  # confidence in a sum of parts: above that in a part, below that in a loss
ALONE = 0.7  # confidence in the error that is judged alone in a log of adversaries
FIRST_SET = 0.5  # confidence that the first of two numbered sets is the training data
_TWINS: dict[Role, Role] = {"train_loss": "val_loss", "val_loss": "train_loss"}
LARGEST_RATE = 1_000.0
PRINTED = 0.01  # doublings; 65536 printed as 6.55e+04 is off by 0.0008
MOST_POWERS = 0.5  # of the rows; a mean over an interval in which the scale halved is between
CLOCK = 1e8  # seconds since 1970 passed this in 1973; no step counter did


@dataclass(frozen=True, slots=True)
class Match:
    """The role of a column, how sure that is from 0 to 1, and why in a few words."""

    name: str
    role: Role
    confidence: float
    why: str


def match_columns(
    table: Table, roles: Mapping[str, Role]
) -> tuple[dict[str, Match], tuple[str, ...]]:
    """Give every column a role; at most one column a role, steps and epochs included.

    Args:
        table: What a reader made.
        roles: What the user says of columns.

    Returns:
        For each column that holds numbers its match, and what there is to note.
    """
    matches = {
        name: Match(name, role, 1.0, "you said so")
        for name, role in roles.items()
        if name in table.columns
    }
    taken: dict[Role, str] = {
        match.role: match.name for match in matches.values() if match.role != "ignore"
    }
    counters = () if table.named else [n for n, one in table.columns.items() if _is_counter(one)]
    rivals: dict[Role, list[Match]] = {}
    for name, cells in table.columns.items():
        if name in matches or len(cells) == 0:
            continue
        match = _judge(name, table) if table.named else _judge_unnamed(name, table, counters)
        if match.role not in taken and match.role != "ignore":
            rivals.setdefault(match.role, []).append(match)
        else:
            given = taken.get(match.role)
            why = match.why if given is None else f"you gave its role to {given}"
            matches[name] = replace(match, role="ignore", why=why)
    _part_sets(rivals, taken)
    notes: list[str] = []
    for role in sorted(rivals, key=lambda one: one != "train_loss"):
        found = rivals[role]
        best = _best(found, table, taken.get(_TWINS.get(role, "ignore"), ""))
        taken[role] = best.name
        parts = table.sums.get(best.name, ())
        for match in found:
            why = "part of the sum" if match.name in parts else f"{best.name} is taken for it"
            kept = match is best
            matches[match.name] = match if kept else replace(match, role="ignore", why=why)
        others = [match.name for match in found if match is not best and match.name not in parts]
        if role in _TWINS and (others or parts):
            notes.append(_also(role, best.name, others, summed=bool(parts)))
    return matches, tuple(notes)


def _part_sets(rivals: dict[Role, list[Match]], taken: Mapping[Role, str]) -> None:
    """Take the first of XGBoost's numbered sets for the training data, in place.

    Its estimators call the sets validation_0, validation_1; whoever gives two gives the training
    data first, as its guide does.
    """
    if "train_loss" in taken or "train_loss" in rivals:
        return
    found = rivals.get("val_loss", [])
    by_words = {words_of(match.name): match for match in found}
    first = [
        match
        for words, match in by_words.items()
        if words[:2] == ("validation", "0") and ("validation", "1", *words[2:]) in by_words
    ]
    if first:
        why = "the first of the sets that XGBoost was given, mostly the training data"
        rivals["train_loss"] = [
            replace(match, role="train_loss", confidence=FIRST_SET, why=why) for match in first
        ]
        rivals["val_loss"] = [match for match in found if match not in first]


def _also(role: Role, best: str, others: Sequence[str], *, summed: bool) -> str:
    listed = ", ".join(others[:5]) + (f" and {len(others) - 5} more" if len(others) > 5 else "")
    said = "training loss" if role == "train_loss" else "validation loss"
    chosen = f"The {said} is the sum {best}" if summed else f"{best} is taken as the {said}"
    return f"{chosen}; the log also holds {listed}." if others else f"{chosen}."


def _best(found: Sequence[Match], table: Table, twin: str) -> Match:
    """Choose among the columns that claim one role: by name, then by how many points.

    Of several losses the one stands that is the same quantity as ``twin``, the loss of the other
    part of the data: a box loss beside a box loss.
    """
    most = max(len(table.columns[match.name]) for match in found)
    stem = set(stem_of(twin))
    if stem:
        dense = [one for one in found if len(table.columns[one.name]) >= DENSE * most]
        found = [one for one in dense if set(stem_of(one.name)) == stem] or found
    if found[0].role in _TWINS:
        means = _epoch_means(found, table)
        if means is not None:
            return means

    def worth(match: Match) -> float:
        share = len(table.columns[match.name]) / most
        return match.confidence + SPARSE * float(np.log10(max(share, 1e-3)))

    return max(found, key=worth)


def _epoch_means(found: Sequence[Match], table: Table) -> Match | None:
    """Return X_epoch of a pair X_step, X_epoch where the means tell as much as the steps."""
    whole = [match for match in found if match.confidence > 0.85]
    by_words = {words_of(match.name): match for match in whole}
    for words, match in by_words.items():
        twin = by_words.get(tuple("step" if word == "epoch" else word for word in words))
        if "epoch" not in words or twin is None:
            continue
        n, dense = len(table.columns[match.name]), len(table.columns[twin.name])
        if n >= MANY_EPOCHS and dense <= MUCH_DENSER * n:
            return match
    return None


def _judge(name: str, table: Table) -> Match:
    """Take a column for what its name says, unless its values say otherwise."""
    cells = table.columns[name]
    if name in table.sums:
        return Match(name, role_of_sum(name, table), SUM, "the sum of the parts")
    if name in table.alone:
        why = "an error of what the generator makes"
        return Match(name, table.alone[name], ALONE, why)
    said = guess(name)
    if table.alone and said.role in _TWINS:
        return Match(name, "ignore", 0.8, "the networks train against each other")
    if words_of(name) == ("value",):
        said = _value(table.name)
    role, why = said.role, said.why
    if role == "ignore" or said.quality < MIN_QUALITY:
        return Match(name, "ignore", round(1.0 - said.quality, 2), why)
    problem = _problem(role, cells)
    if problem:
        return Match(name, "ignore", 0.8, f"{why}, but {problem}")
    support = _support(role, cells)
    confidence = min(said.quality + (0.02 if support else 0.0), 0.99)
    return Match(name, role, round(confidence, 3), f"{why} and {support}" if support else why)


def _value(title: str) -> Guess:
    """Take a column called value, as in TensorBoard's CSV, for what the file is called."""
    said = guess(title)
    if said.role == "ignore" and said.quality == 0.0 and not _known(title):
        return Guess("train_loss", 0.35, "a guess: the only values beside the steps")
    return Guess(said.role, said.quality, f"{said.why} of the file")


def _known(title: str) -> bool:
    return any(guess(word).role != "ignore" for word in words_of(title))


def _problem(role: Role, cells: Cells) -> str:
    """Say why values cannot be what the name says; empty where they can."""
    values = finite_of(cells.values)
    if len(values) == 0:
        return "" if role in ("train_loss", "val_loss") else "no value is a number"
    low, high = float(values.min()), float(values.max())
    if role in ("train_loss", "val_loss") and _counts(values):
        return "the values count up"
    if role == "lr" and (low < 0.0 or high > LARGEST_RATE):
        return "the values are no learning rates"
    if role in ("train_accuracy", "val_accuracy") and (low < 0.0 or high > 100.0):
        return "the values are no shares"
    if role == "grad_norm" and low < 0.0:
        return "some values are negative"
    if role == "loss_scale" and (low <= 0.0 or not _doubles(values)):
        return "the values do not double and halve"
    return ""


def _doubles(values: FloatArray) -> bool:
    """Say whether most values are a power of two times the commonest, as printed digits allow."""
    kinds, counts = np.unique(values, return_counts=True)
    powers = np.log2(values) - np.log2(kinds[counts.argmax()])
    return bool(np.mean(np.abs(powers - np.round(powers)) < PRINTED) > MOST_POWERS)


def _counts(values: FloatArray) -> bool:
    """Say whether values are whole numbers that rise from each to the next."""
    if len(values) < 4 or values[-1] <= values[0] or values[0] != np.floor(values[0]):
        return False
    return bool(np.all(values == np.floor(values)) and np.all(values[1:] > values[:-1]))


def finite_of(values: FloatArray) -> FloatArray:
    """Return the finite values; the array itself, not a copy, where all of them are."""
    keep = np.isfinite(values)
    return values if keep.all() else values[keep]


def _support(role: Role, cells: Cells) -> str:
    """Say how values bear out the name; empty where they say nothing."""
    values = finite_of(cells.values)
    if len(values) < 3:
        return ""
    tenth = max(1, len(values) // 10)
    start, end = median_of(values[:tenth]), median_of(values[-tenth:])
    if role in ("train_loss", "val_loss"):
        return "the values fall" if end < start else ""
    if role == "step":
        return "the values count up" if np.all(values[1:] >= values[:-1]) else ""
    if role == "lr":
        return "the values are small and positive" if values.max() <= 1.0 else ""
    return ""


def _judge_unnamed(name: str, table: Table, counters: Collection[str]) -> Match:
    """Take the only bare column that is no counter for a loss, and the counters for steps."""
    if len(table.columns) - len(counters) != 1 or len(counters) > 3:
        return Match(name, "ignore", 0.5, "it has no name")
    if name not in counters:
        return Match(name, "train_loss", 0.5, "the only column of numbers that is no counter")
    if table.columns[name].values[-1] > CLOCK:
        return Match(name, "time", 0.5, "the values are a clock's")
    return Match(name, "step", 0.7, "the values count up")


def _is_counter(cells: Cells) -> bool:
    values = cells.values
    if len(values) < 2 or not np.all(np.isfinite(values)):
        return False
    whole = bool(np.all(values == np.floor(values)))
    return whole and bool(np.all(values[1:] >= values[:-1])) and values[-1] > values[0]
