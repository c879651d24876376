"""Progress bars in a console log: which of the lines that were drawn over one another count."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from lrdiag.numerics import BoolArray, FloatArray
from lrdiag.readers.console.lines import Form
from lrdiag.readers.reader import IntArray

LEAST = 8  # updates of a pass that show whether they are a mean of it
SHRINKS = 2.0  # first third over last third of a pass; means of 8 to 500 updates: 2.5 to 5
ALTERNATES = -0.15  # mean sign of a change times the next; noise: -0.33, means of a pass: 0


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """The lines that make rows.

    Attributes:
        rows: Their places in the log, increasing.
        finals: Those of them that no line of the same pass followed.
    """

    rows: IntArray
    finals: IntArray

    def lines_of(self, form: Form) -> BoolArray:
        """Say which lines of a form give a value."""
        mine: BoolArray = np.isin(form.rows, self.rows)
        return mine

    def validations(self, shown: "Shown") -> BoolArray:
        """Say which lines of a bar give a value to a column of a validation.

        A bar goes on showing the last validation. It shows a new one where the value changes, or
        on its last line.
        """
        values, steps = shown.values, shown.steps
        passes = np.append(0, np.cumsum(steps[1:] < steps[:-1]))
        changed = (values[1:] != values[:-1]) & (passes[1:] == passes[:-1])
        new = np.append(steps[:1] > 1.0, changed & ~np.isnan(values[1:]))
        new &= np.isin(shown.rows, self.rows)
        last: BoolArray = np.isin(shown.rows, self.finals) & ~np.isin(passes, passes[new])
        return new | last


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What a bar shows of one quantity, in the order of the log; shapes (n,)."""

    rows: IntArray
    values: FloatArray
    steps: FloatArray


def shown_by(forms: Sequence[tuple[Form, FloatArray]]) -> Shown:
    """Put the values that several forms of a bar show of one quantity in the order of the log."""
    rows = np.concatenate([form.rows for form, _ in forms])
    order = np.argsort(rows)
    values = np.concatenate([values for _, values in forms])[order]
    return Shown(rows[order], values, np.concatenate([steps_of(form) for form, _ in forms])[order])


def steps_of(form: Form) -> FloatArray:
    """Return the step of each line of a form; zeros where it counts none."""
    return form.values(form.shape.step[1]) if form.shape.step else np.zeros(len(form))


def keep(forms: Sequence[Form]) -> Kept:
    """Leave out the lines that a progress bar drew over.

    Keras' bar shows the mean of its pass so far, and tqdm's what the loop gives it: mostly the
    loss of each update, and then every line is a point. Where a validation is logged batch by
    batch, the last line of the pass holds its mean.
    """
    sizes = [len(form) for form in forms]
    rows = np.concatenate([form.rows for form in forms])
    order = np.argsort(rows)
    rows = rows[order]

    def spread(of_form: Sequence[int | bool]) -> IntArray:
        return np.repeat(np.array(of_form, dtype=np.int64), sizes)[order]

    phases = spread([("", "train", "val").index(form.phase) for form in forms])
    drawn = spread([_draws(form) for form in forms]).astype(bool)
    steps = np.concatenate([steps_of(form) for form in forms])[order]
    epochs = np.concatenate([_epochs(form) for form in forms])[order]
    again = drawn[1:] & drawn[:-1] & (phases[1:] == phases[:-1]) & (steps[1:] >= steps[:-1])
    again &= (epochs[1:] == epochs[:-1]) | np.isnan(epochs[1:]) | np.isnan(epochs[:-1])
    again = np.append(again, False)
    means = _means([form for form in forms if updates(form)])
    live = spread([updates(form) and not means & set(form.shape.losses) for form in forms])
    twice = np.append(live[1:] & live[:-1] & (steps[1:] == steps[:-1]), 0)
    return Kept(rows[~again | (live & ~twice).astype(bool)], rows[~again])


def _draws(form: Form) -> bool:
    shape = form.shape
    return (shape.bar and bool(shape.counted)) or (form.phase == "val" and shape.nameless)


def updates(form: Form) -> bool:
    """Say whether each line of a bar may be an update of its own."""
    shape = form.shape
    return shape.tqdm and shape.step is not None and bool(shape.losses) and form.phase != "val"


def _epochs(form: Form) -> FloatArray:
    epoch = form.shape.epoch
    return form.values(epoch[1]) if epoch else np.full(len(form), np.nan)


def _means(forms: Sequence[Form]) -> set[str]:
    """Return the losses that a bar shows as means of the pass so far."""
    means = set()
    claims: dict[str, list[Form]] = {}
    for form in forms:
        for name in set(form.shape.losses):
            claims.setdefault(name, []).append(form)
    for name, having in claims.items():
        order = np.argsort(np.concatenate([form.rows for form in having]))
        places = [dict(form.shape.pairs)[name] for form in having]
        both = zip(having, places, strict=True)
        values = np.concatenate([form.values(place) for form, place in both])[order]
        steps = np.concatenate([steps_of(form) for form in having])[order]
        if _is_mean(list(_passes(values, steps))):
            means.add(name)
    return means


def _passes(values: FloatArray, steps: FloatArray) -> Iterator[FloatArray]:
    """Yield the finite values of each pass, one a step; short passes are left out."""
    last = np.append(steps[1:] != steps[:-1], True) & np.isfinite(values)
    values, steps = values[last], steps[last]
    for part in np.split(values, np.flatnonzero(steps[1:] < steps[:-1]) + 1):
        if len(part) >= LEAST:
            yield part


def _is_mean(passes: Sequence[FloatArray]) -> bool:
    """Say whether values are means of their pass so far, whose changes fade as 1/k.

    Those of a single pass are kept as they are: one point in their place would be no curve.
    """
    shrinks, signs = [], []
    for values in passes[1:]:  # the first pass falls fast
        changes = np.diff(values)
        third = len(changes) // 3
        first, end = np.median(np.abs(changes[:third])), np.median(np.abs(changes[-third:]))
        if first == 0.0:  # what a bar goes on showing of the last epoch
            continue
        shrinks.append(first / end if end > 0.0 else np.inf)
        signs.append(np.mean(np.sign(changes[1:]) * np.sign(changes[:-1])))
    return bool(shrinks and np.median(shrinks) > SHRINKS and np.median(signs) > ALTERNATES)
