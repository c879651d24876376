"""Console output: lines of names and numbers between everything else that a program prints."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lrdiag.errors import LimitError, UnknownFormatError
from lrdiag.numerics import BoolArray, FloatArray
from lrdiag.readers import tools
from lrdiag.readers.bars import keep, steps_of
from lrdiag.readers.consoles import DIFFUSION, LANGUAGE, SPEECH
from lrdiag.readers.families import family_of, refused_family
from lrdiag.readers.limits import Limits
from lrdiag.readers.lines import Form, forms_of
from lrdiag.readers.names import guess, phase_of, words_of
from lrdiag.readers.reader import Cells, IntArray, Reader, Source, Table, Tool
from lrdiag.run import Refusal

OFTEN = 0.3  # of the lines of the commonest loss; a name as often belongs to the training
RARE = 0.003  # of the lines of the commonest loss; a name rarer than that is chatter
MIN_COUNTS = 3  # different values from which a line without a loss is a counter
EVENLY = 0.8  # of the strides of a counter; the last batch of a pass is smaller
BATCH = 32  # samples; 50, 100 and 200 batches, between which most loops log, are no multiples
SET_SIZE = 10_000  # samples; MNIST has 60,000, CIFAR-10 50,000
CLOSE = 0.02  # relative; printed means agree to their last digits

# From the start of a line, so that a line of 20 MB without a digit is passed over once.
# The number may stand below, in the rows of a table.
_WORDS = re.compile(
    rb"^[^A-Za-z\x80-\xff\n]*[A-Za-z\x80-\xff][^\d\n]*(?:\n[\s-]{0,80})?\d", re.MULTILINE
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
    if source.data.count(b"\n") > limits.max_rows:
        raise LimitError(
            f"The log has more than {limits.max_rows:,} lines.", hint="Keep every tenth line."
        )
    forms = forms_of(source.data)
    chosen, notes = _choose(forms)
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


def _choose(forms: Sequence[Form]) -> tuple[list[Form], tuple[str, ...]]:
    """Choose the forms whose lines make the table."""
    losses = [form for form in forms if form.shape.losses]
    if not losses:  # then the user may pick a column of counted lines
        counted = [form for form in forms if form.shape.counted and len(form.shape.pairs) >= 2]
        return counted, ()
    winners, notes = _winners(losses)
    chosen = [
        form
        for form in forms
        if (
            any(winners.get(form.column(name)) == form.kind for name in form.shape.losses)
            if form.shape.losses
            else _only_counts(form) or _tells_rate(form)
        )
    ]
    return chosen, notes


def _only_counts(form: Form) -> bool:
    """Say whether lines without a loss count, as "Epoch 3/10" above the lines of an epoch."""
    counters = [counter for counter in (form.shape.epoch, form.shape.step) if counter]
    return any(_rises(form.values(place)) for _, place in counters)


def _rises(values: FloatArray) -> bool:
    up = values[1:] >= values[:-1]
    return len(np.unique(values)) >= MIN_COUNTS and bool(np.mean(up) > 0.8)


def _tells_rate(form: Form) -> bool:
    """Say whether lines without a loss tell the learning rate, as nnU-Net's at each epoch."""
    if form.shape.counted or len(form) < MIN_COUNTS:
        return False
    return any(guess(name).role == "lr" for name, _ in form.shape.pairs)


def _family(forms: Sequence[Form]) -> Refusal | None:
    """Refuse a log that speaks of rewards or of two adversaries as often as of a loss."""
    seen: Counter[str] = Counter()
    for form in forms:
        seen.update({name: len(form) for name, _ in form.shape.pairs})
    losses = max((seen[name] for form in forms for name in form.shape.losses), default=0)
    family = family_of(name for name, count in seen.items() if count > OFTEN * losses)
    return refused_family(family) if family else None


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
    return _Curve(
        values=values,
        ends=np.append(steps[1:] < steps[:-1], True),
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
    most = max(sizes.values())
    return {name: kind for name, kind in winners.items() if sizes[name] >= RARE * most}, tuple(
        notes
    )


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


def _table(forms: Sequence[Form], name: str, limits: Limits, notes: tuple[str, ...]) -> Table:
    kept = keep(forms)
    names = {kind: _counter_name(forms, kind) for kind in ("step", "epoch")}
    if _counts_samples(forms):
        names["step"] = "samples"
        notes += ("The brackets count samples, not updates; lrdiag counts rows.",)
    parts: dict[str, list[tuple[IntArray, FloatArray]]] = {}
    for form in forms:
        lines = kept.lines_of(form)
        for column, values in _columns(form, names):
            mine = lines[phase_of(words_of(column)) == "val"]
            places = np.searchsorted(kept.rows, form.rows[mine])
            parts.setdefault(column, []).append((places, values[mine]))
        if len(parts) > limits.max_columns:
            raise LimitError(
                f"The log has more than {limits.max_columns:,} names.", hint="Log fewer quantities."
            )
    columns = {column: _join(pieces) for column, pieces in parts.items()}
    return Table(name, READER.name, len(kept.rows), columns, notes=notes)


def _counts_samples(forms: Sequence[Form]) -> bool:
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
    if len(strides) < MIN_COUNTS or len(np.unique(totals)) != 1:
        return False
    stride, total = float(np.median(strides)), float(totals[0])
    round_size = total >= SET_SIZE and total % 1000 == 0
    return bool(np.mean(strides == stride) >= EVENLY) and (
        stride % BATCH == 0 or (round_size and stride >= BATCH)
    )


def _totals(form: Form) -> FloatArray:
    place = form.shape.totals.get(form.shape.step[1]) if form.shape.step else None
    return np.full(len(form), np.nan) if place is None else form.values(place)


def _join(pieces: Sequence[tuple[IntArray, FloatArray]]) -> Cells:
    rows = np.concatenate([rows for rows, _ in pieces])
    values = np.concatenate([values for _, values in pieces])
    order = np.argsort(rows, kind="stable")
    return Cells(rows[order], values[order])


def _counter_name(forms: Sequence[Form], kind: str) -> str:
    found: Counter[str] = Counter()
    for form in forms:
        counter = form.shape.step if kind == "step" else form.shape.epoch
        if counter and guess(counter[0]).role == kind:
            found[counter[0]] += len(form)
    return found.most_common(1)[0][0] if found else kind


def _columns(form: Form, names: Mapping[str, str]) -> Iterator[tuple[str, FloatArray]]:
    """Yield name and values of each column that lines of this form fill."""
    shape = form.shape
    seen = set()
    if shape.epoch:
        seen.add(names["epoch"])
        yield names["epoch"], form.values(shape.epoch[1])
    # The steps of a validation pass count its batches, not updates.
    if shape.step and not (form.phase == "val" and shape.nameless):
        seen.add(names["step"])
        yield names["step"], form.values(shape.step[1])
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
    tools=(
        Tool("flair", "training.log"),
        Tool("pytorch-CycleGAN", "loss_log.txt", "cycle_A is judged alone, or G_L1 of pix2pix"),
        *LANGUAGE,
        *SPEECH,
        *DIFFUSION,
        *tools.CONSOLE,
    ),
)
