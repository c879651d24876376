"""Console output: lines of names and numbers between everything else that a program prints."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from lrdiag.errors import LimitError, UnknownFormatError
from lrdiag.numerics import FloatArray
from lrdiag.readers.console.bars import keep, shown_by, updates
from lrdiag.readers.console.choose import OFTEN, choose
from lrdiag.readers.console.counters import (
    counter_name,
    counts_samples,
    is_step,
    mark_passes,
    settle,
)
from lrdiag.readers.console.lines import Form, forms_of
from lrdiag.readers.decode import count_ends, with_points
from lrdiag.readers.families import family_of, refused_family
from lrdiag.readers.formats import tools
from lrdiag.readers.limits import Limits
from lrdiag.readers.names import guess, phase_of, words_of
from lrdiag.readers.reader import Cells, IntArray, Reader, Source, Table
from lrdiag.run import Refusal

# From the start of a line, so that a line of 20 MB without a digit is passed over once.
# The number may stand below, in the rows of a table.
_WORDS = re.compile(
    rb"^[^A-Za-z\x80-\xff\n]*[A-Za-z\x80-\xff][^\d\n]*(?:\n[\s|=+-]{0,200})?\d", re.MULTILINE
)


def recognises(source: Source) -> bool:
    """Say whether any line has words and a number."""
    return bool(_WORDS.search(source.data))


def read(source: Source, limits: Limits) -> tuple[Table, ...]:
    """Read the lines that repeat and hold a loss.

    Raises:
        LimitError: Too many lines or names.
        UnknownFormatError: No line holds a loss.
    """
    if count_ends(source.data) > limits.max_rows:
        raise LimitError(
            f"The log has more than {limits.max_rows:,} lines.", hint="Keep every tenth line."
        )
    forms = forms_of(with_points(source.data))
    settle(forms)
    mark_passes(forms)
    chosen, notes = choose(forms)
    family = _family(forms)
    if not chosen and family:
        raise UnknownFormatError(
            f"The log holds no loss: {family.reason}.", hint="Log a supervised loss by its name."
        )
    if not chosen:
        raise UnknownFormatError(
            "No losses were found in the text.",
            hint="Log lines such as: step 100: train_loss 2.31, val_loss 2.40, lr 0.001.",
        )
    table = _table(chosen, source.run_name, limits, notes)
    return (replace(table, refusal=family),)


def _family(forms: Sequence[Form]) -> Refusal | None:
    """Refuse a log that speaks of rewards or of two adversaries as often as of a loss."""
    seen: Counter[str] = Counter()
    for form in forms:
        seen.update({name: len(form) for name, _ in form.shape.pairs})
    losses = max((seen[name] for form in forms for name in form.shape.losses), default=0)
    family = family_of(name for name, count in seen.items() if count > OFTEN * losses)
    return refused_family(family) if family else None


def _table(forms: Sequence[Form], name: str, limits: Limits, notes: tuple[str, ...]) -> Table:
    kept = keep(forms)
    names = {kind: counter_name(forms, kind) for kind in ("step", "epoch")}
    # "iter 4 step 2": elsewhere, too, iter is no other name for step.
    apart = {name for form in forms for name, _ in form.shape.pairs if is_step(name)}
    if counts_samples(forms):
        names["step"] = "samples"
        notes += ("The brackets count samples, not updates; lrdiag counts rows.",)
    parts: dict[str, list[tuple[IntArray, FloatArray]]] = {}
    shown: dict[str, list[tuple[Form, FloatArray]]] = {}
    for form in forms:
        for column, values in _columns(form, names, apart):
            pieces = parts.setdefault(column, [])
            if updates(form) and _is_shown_on(column):
                shown.setdefault(column, []).append((form, values))
                continue
            mine = kept.lines_of(form)
            pieces.append((np.searchsorted(kept.rows, form.rows[mine]), values[mine]))
        if len(parts) > limits.max_columns:
            raise LimitError(
                f"The log has more than {limits.max_columns:,} names.", hint="Log fewer quantities."
            )
    for column, drawn in shown.items():
        bar = shown_by(drawn)
        mine = kept.validations(bar)
        parts[column].append((np.searchsorted(kept.rows, bar.rows[mine]), bar.values[mine]))
    columns = {column: _join(pieces) for column, pieces in parts.items()}
    return Table(name, READER.name, len(kept.rows), columns, notes=notes)


def _is_shown_on(column: str) -> bool:
    """Say whether a bar goes on showing the last validation, or the mean of the last epoch."""
    words = words_of(column)
    return phase_of(words) == "val" or ("epoch" in words and guess(column).role == "train_loss")


def _join(pieces: Sequence[tuple[IntArray, FloatArray]]) -> Cells:
    rows = np.concatenate([rows for rows, _ in pieces])
    values = np.concatenate([values for _, values in pieces])
    order = np.argsort(rows, kind="stable")
    return Cells(rows[order], values[order])


def _columns(
    form: Form, names: Mapping[str, str], apart: Collection[str]
) -> Iterator[tuple[str, FloatArray]]:
    """Yield name and values of each column that lines of this form fill."""
    shape = form.shape
    seen = set()
    if shape.epoch:
        seen.add(names["epoch"])
        yield names["epoch"], form.values(shape.epoch[1])
    # The steps of a validation pass count its batches, not updates.
    if shape.step and not (form.phase == "val" and (shape.nameless or form.section)):
        name = shape.step[0] if shape.step[0] in apart else names["step"]
        seen.add(name)
        yield name, form.values(shape.step[1])
    for name, place in shape.pairs:
        column = form.column(name)
        if column in seen:
            continue
        seen.add(column)
        values = form.values(place)
        if form.phase == "val" and place in shape.averages and shape.step:
            values = form.values(shape.averages[place])
        if place in shape.totals and guess(name).role.endswith("accuracy"):
            totals = form.values(shape.totals[place])
            values = values / np.where(totals == 0.0, 1.0, totals)
        yield column, values


READER = Reader(
    name="text",
    title="Console output",
    suffixes=(".log", ".txt", ".out"),
    recognises=recognises,
    read=read,
    tools=tools.CONSOLE,
)
