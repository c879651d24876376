"""Which lines of a console log make the table, and which line tells a curve that several tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from lrdiag.numerics import BoolArray, FloatArray
from lrdiag.readers.console.bars import steps_of
from lrdiag.readers.console.lines import Form
from lrdiag.readers.names import guess, stem_of, words_of
from lrdiag.run import Role

OFTEN = 0.3  # of the lines of the commonest loss; a name as often belongs to the training
MANY = 5  # lines of a loss, beside which one that is printed once is a summary or a remark
RARE = 0.003  # of the lines of the commonest loss; a name rarer than that is chatter
MIN_COUNTS = 3  # different values from which a line without a loss is a counter
MOST = 0.8  # of the lines of losses that count for themselves, where bars need not count for them
PASS = 1.5  # batches of a validation; fewer are no pass over it
CLOSE = 0.02  # relative; printed means agree to their last digits

_MEANS = frozenset({"mean", "avg", "average"})
_DESCRIBING: frozenset[Role] = frozenset({"lr", "grad_norm", "train_accuracy", "val_accuracy"})


def choose(forms: Sequence[Form]) -> tuple[list[Form], tuple[str, ...]]:
    """Choose the forms whose lines make the table."""
    losses = [form for form in forms if form.shape.losses]
    if not losses:  # then the user may pick a column of counted lines
        return [one for one in forms if one.shape.counted and len(one.shape.pairs) >= 2], ()
    winners, notes = _winners(losses)
    taken = [form for form in losses if _wins(form, winners)]
    counted = sum(len(form) for form in taken if form.shape.counted)
    # A bar beside lines that count for themselves: the Trainer draws it before it prints them.
    often = OFTEN * min(map(len, taken), default=0)
    drawn = counted >= MOST * sum(map(len, taken))
    chosen = [
        form
        for form in forms
        if (
            _wins(form, winners)
            if form.shape.losses
            else not (drawn and form.shape.bar) and (_only_counts(form) or _describes(form, often))
        )
    ]
    return chosen, notes


def _wins(form: Form, winners: Mapping[str, str]) -> bool:
    return any(winners.get(form.column(name)) == form.kind for name in form.shape.losses)


def _only_counts(form: Form) -> bool:
    """Say whether lines without a loss count, as "Epoch 3/10" above the lines of an epoch."""
    counters = [one for one in (form.shape.epoch, form.shape.step) if one is not None]
    return any(_counts_up(form.values(place)) for _, place in counters)


def _counts_up(values: FloatArray) -> bool:
    rises = values[1:] >= values[:-1]
    return len(np.unique(values)) >= MIN_COUNTS and bool(np.mean(rises) > 0.8)


def _describes(form: Form, often: float) -> bool:
    """Say whether lines tell of a rate, a norm or an accuracy, as often as others of a loss."""
    if form.shape.bar or len(form) < often:
        return False
    return any(guess(name).role in _DESCRIBING for name, _ in form.shape.pairs)


@dataclass(frozen=True, slots=True, eq=False)
class _Curve:
    """One name in lines of one kind, in the order of the log.

    Attributes:
        values: Its values.
        ends: Whether a line is the last before its step falls back.
        phase: The phase of its lines.
        averaged: Whether a mean stands in brackets behind the value.
    """

    values: FloatArray
    ends: BoolArray
    phase: str
    averaged: bool


def _curve(name: str, forms: Sequence[Form]) -> _Curve:
    places = [
        next(place for key, place in form.shape.pairs if form.column(key) == name) for form in forms
    ]
    order = np.argsort(np.concatenate([form.rows for form in forms]))
    both = list(zip(forms, places, strict=True))
    values = np.concatenate([form.values(place) for form, place in both])[order]
    steps = np.concatenate([steps_of(form) for form in forms])[order]
    falls = steps[1:] < steps[:-1]
    if forms[0].phase == "val":  # of a small set one batch is logged, always the first
        falls |= steps[1:] == steps[:-1]
    return _Curve(
        values=values,
        ends=np.append(falls, True),
        phase=forms[0].phase,
        averaged=any(place in form.shape.averages for form, place in both),
    )


def _winners(losses: Sequence[Form]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Choose, where a name stands in several kinds of lines, the kind that gives the curve."""
    claims: dict[str, dict[str, list[Form]]] = {}
    for form in losses:
        for column in {form.column(name) for name in form.shape.losses}:
            claims.setdefault(column, {}).setdefault(form.kind, []).append(form)
    winners, notes, sizes = {}, [], {}
    for name, kinds in claims.items():
        best, *rest = sorted(kinds, key=lambda kind: -sum(map(len, kinds[kind])))
        if rest and _summed(_curve(name, kinds[best]), _curve(name, kinds[rest[0]])):
            best = rest[0]
            notes.append(f"{name} is taken from the lines that sum up an epoch.")
        winners[name] = best
        sizes[name] = sum(map(len, kinds[best]))
    for name in _drop_batches(winners, claims, sizes):
        del winners[name]
    most = max(sizes.values())
    many = {guess(name).role for name, size in sizes.items() if size >= MANY}

    def stays(name: str) -> bool:
        role = guess(name).role
        summary = sizes[name] == 1 and (role in many or (role == "train_loss" and bool(many)))
        return sizes[name] >= RARE * most and not summary

    return {name: kind for name, kind in winners.items() if stays(name)}, tuple(notes)


def _drop_batches(
    winners: Mapping[str, str],
    claims: Mapping[str, Mapping[str, list[Form]]],
    sizes: Mapping[str, int],
) -> set[str]:
    """Return the validation losses of single batches whose means stand in a column of their own."""
    names = [name for name in winners if guess(name).role == "val_loss"]
    lines: set[int] = set()
    for dense, mean in permutations(names, 2):
        if stem_of(dense) != stem_of(mean) or sizes[dense] < PASS * sizes[mean]:
            continue
        curves = (_curve(name, claims[name][winners[name]]) for name in (dense, mean))
        if _MEANS & set(words_of(mean)) or _summed(*curves):
            lines.update(map(id, claims[dense][winners[dense]]))
    # With a loss go its parts, which stand in the same lines.
    return {name for name in names if lines.issuperset(map(id, claims[name][winners[name]]))}


def _summed(dense: _Curve, summary: _Curve) -> bool:
    """Say whether summaries tell the curve better than the dense lines they sum up.

    They do for a validation that is logged batch by batch, and where each pass ends on its
    summary: then its lines are means of the pass so far.
    """
    passes = int(np.count_nonzero(dense.ends))
    if passes < 2 or not 0.7 * passes <= len(summary.values) <= 1.3 * passes + 1:
        return False
    if dense.phase == "val" or dense.averaged:
        return dense.phase == "val"
    n = min(passes, len(summary.values))
    last, sums = dense.values[dense.ends][:n], summary.values[:n]
    with np.errstate(invalid="ignore"):
        same = np.abs(last - sums) <= CLOSE * np.maximum(np.abs(sums), 1e-12)
    return bool(np.mean(same) >= 0.8)
