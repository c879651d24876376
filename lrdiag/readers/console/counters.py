"""What the counters in the lines of a console log count."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lrdiag.numerics import FloatArray
from lrdiag.readers.console.bars import steps_of
from lrdiag.readers.console.lines import Form
from lrdiag.readers.names import guess

MIN_STRIDES = 3  # strides of a counter that show whether it counts samples
EVENLY = 0.8  # of the strides of a counter; the last batch of a pass is smaller
BATCH = 32  # samples; 50, 100 and 200 batches, between which most loops log, are no multiples
SET_SIZE = 10_000  # samples; MNIST has 60,000, CIFAR-10 50,000


def settle(forms: Sequence[Form]) -> None:
    """Take "Batch 3/200" for batch 200 of epoch 3 where the second number counts, in place.

    So WeNet prints; a total is the same in all lines, or in all of a pass.
    """
    groups: dict[tuple[str, str], list[Form]] = {}
    for form in forms:
        if form.shape.step and form.shape.step[1] in form.shape.totals:
            groups.setdefault((form.shape.step[0], form.phase), []).append(form)
    for group in groups.values():
        order = np.argsort(np.concatenate([form.rows for form in group]))
        first = np.concatenate([steps_of(form) for form in group])[order]
        second = np.concatenate([_totals(form) for form in group])[order]
        if not _counts_within(second, first):
            continue
        for form in group:
            name, place = form.shape.step or ("", 0)
            step, epoch = (name, form.shape.totals[place]), form.shape.epoch or ("epoch", place)
            form.shape = replace(form.shape, step=step, epoch=epoch, totals={})


def _counts_within(batches: FloatArray, epochs: FloatArray) -> bool:
    """Say whether one number rises while the other stays, and falls back where that rises."""
    if len(batches) < MIN_STRIDES or len(np.unique(batches)) < MIN_STRIDES:
        return False
    passes, strides = np.diff(epochs), np.diff(batches)
    within = passes == 0.0
    return bool(
        np.all(passes >= 0.0)
        and not np.all(within)
        and np.all(strides[within] > 0.0)
        and np.all(strides[~within] <= 0.0)
    )


def counts_samples(forms: Sequence[Form]) -> bool:
    """Say whether the "i/n" of training lines counts samples: "[640/60000 (1%)]".

    It looks like a count of batches, so its stride must tell: some batches of 32 or more
    samples, or a stretch of a data set of a round size. A mistake costs no more than the
    name of the axis.
    """
    counted = [form for form in forms if form.shape.step and form.phase != "val"]
    if not counted or any(form.shape.bar or not form.shape.nameless for form in counted):
        return False
    order = np.argsort(np.concatenate([form.rows for form in counted]))
    strides = np.diff(np.concatenate([steps_of(form) for form in counted])[order])
    strides = strides[strides > 0.0]
    totals = np.concatenate([_totals(form) for form in counted])
    if len(strides) < MIN_STRIDES or len(np.unique(totals)) != 1:
        return False
    stride, total = float(np.median(strides)), float(totals[0])
    round_size = total >= SET_SIZE and total % 1000 == 0
    return bool(np.mean(strides == stride) >= EVENLY) and (
        stride % BATCH == 0 or (round_size and stride >= BATCH)
    )


def mark_passes(forms: Sequence[Form]) -> None:
    """Mark, in place, the lines of a validation that count its own batches: "[Eval][Iter: 0/5]".

    Their total is none that lines of the training count to.
    """
    counted = [form for form in forms if form.shape.step]
    training = {total for form in counted if form.phase != "val" for total in _different(form)}
    for form in counted:
        own = _different(form)
        if form.phase == "val" and training and own and own.isdisjoint(training):
            form.shape = replace(form.shape, nameless=True)


def _different(form: Form) -> set[float]:
    totals = _totals(form)
    return set(np.unique(totals[np.isfinite(totals)]).tolist())


def _totals(form: Form) -> FloatArray:
    place = form.shape.totals.get(form.shape.step[1]) if form.shape.step else None
    return np.full(len(form), np.nan) if place is None else form.values(place)


def counter_name(forms: Sequence[Form], kind: str) -> str:
    """Return what most lines call the counter of steps or epochs."""
    found: Counter[str] = Counter()
    for form in forms:
        counter = form.shape.step if kind == "step" else form.shape.epoch
        if counter and guess(counter[0]).role == kind:
            found[counter[0]] += len(form)
    return found.most_common(1)[0][0] if found else kind


def is_step(name: str) -> bool:
    """Say whether a name is one for a counter of steps."""
    return guess(name).role == "step"
