"""The shape of a line of console output: what remains when its numbers are taken out.

Lines that a loop prints share one shape, and a shape says once and for all which name each
number bears. So a log of a million lines is understood by parsing a handful of shapes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from lrdiag.readers.console.chatter import MARK as MARK
from lrdiag.readers.console.chatter import is_code
from lrdiag.readers.console.naming import (
    LAYER,
    full_name,
    halves_of,
    is_loss,
    share_loss,
    spelled_out,
    tells_both,
)
from lrdiag.readers.console.walk import Walk
from lrdiag.readers.names import TRAIN, VAL, guess, phase_of, words_of

# A free-standing number: "Acc@1" and "loss_q0" hold none, "12ms" and "Epoch12:" hold 12.
NUMBER = re.compile(
    r"(?:(?<![A-Za-z0-9_@.])|(?=\d+(?![\w.]))(?:(?<=\bepoch)|(?<=\bep)|(?<=\bstep)|(?<=\biter)))([-+]?"
    r"(?:(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?![0-9@])"
    r"|(?<!of )(?:nan|inf|infinity)(?![A-Za-z0-9_])))",
    re.IGNORECASE,
)
_WRAPPED = re.compile(r"\b(?:tensor|array|np\.float\d+|float\d*)\(\s*\x01")
_LISTED = re.compile(r"([:=]\s*)\[\s*\x01\s*\]")
_PHASED = re.compile(r"\b(epoch|iter)\s*\((\w+)\)", re.IGNORECASE)  # mmengine: Epoch(train)
_QUOTES = re.compile(r"\"|(?<!\w)'|'(?!\w)")
_AFTER = re.compile(
    rf"\b(after|at|in) ({MARK}) (epochs?|steps?|iterations?|iters?|updates?|batches)\b",
    re.IGNORECASE,
)
# Nothing is given back ("++"): a line of blanks would be gone over once for each pair of them.
_BOX = re.compile(r"\s*+[|│┃]([^|│┃]++)[|│┃]\s*+([-+]?[\d.][\d.eE+-]*+|nan|-?inf)?+\s*+[|│┃]\s*+")
SURER = 0.03  # of a counter's quality, from which it stands before the first one
_BAR = re.compile(r"\[[=>.#\s]*[=>#][=>.#\s]*\]|[━█▏▎▍▌▋▊▉]|%\|")
# "1.05kit/2.00kit" and "1.05k/2.00k", as tqdm counts
_SCALED = re.compile(rf"{MARK}(k?)(?:it)?/{MARK}k?(?:it)?(?=\s)")
# What Google's logging writes before each message: "I0503 09:12:00.1 140 train.py:48] "
_LOGGED = re.compile(rf"[IWEF]\d{{4}} {MARK}:{MARK}:{MARK} +{MARK} [\w./-]+:{MARK}\] ")


@dataclass(frozen=True, slots=True)
class Shape:
    """What the numbers of a line are called; each is known by its place, counted from 0.

    Attributes:
        pairs: Name and place of each number that bears a name and is no counter.
        step: Name and place of the number that counts steps.
        epoch: Name and place of the number that counts epochs.
        totals: For the place of i in "i/n", the place of n.
        averages: For the place of x in "x (y)", the place of y.
        phase: "train", "val" or "", by the words around the numbers.
        about: The word that told the phase, as written.
        bar: Whether the line draws a progress bar.
        tqdm: Whether it is a bar of tqdm's, with "|" at its ends.
        nameless: Whether the step is a nameless "i/n", mostly of one epoch or one validation.
        losses: The names in ``pairs`` that name a loss.
        scale: What the number that counts steps is to be multiplied by.
    """

    pairs: tuple[tuple[str, int], ...] = ()
    step: tuple[str, int] | None = None
    epoch: tuple[str, int] | None = None
    totals: dict[int, int] = field(default_factory=dict)
    averages: dict[int, int] = field(default_factory=dict)
    phase: str = ""
    about: str = ""
    bar: bool = False
    tqdm: bool = False
    nameless: bool = False
    losses: tuple[str, ...] = ()
    scale: float = 1.0

    @property
    def counted(self) -> str:
        """Which counter a line bears: "step", "epoch" or ""."""
        return "step" if self.step else ("epoch" if self.epoch else "")

    @property
    def places(self) -> tuple[int, ...]:
        """The places of the numbers that mean something: not those of a date, for one."""
        named = {one[1] for one in (*self.pairs, self.step, self.epoch) if one is not None}
        beside = {of[one] for one in named for of in (self.totals, self.averages) if one in of}
        return tuple(sorted(named | beside))


def take_apart(line: str) -> tuple[str, list[str]]:
    """Return a line with the mark for each number, and the numbers as written."""
    parts = NUMBER.split(line)  # words and numbers in turn
    return MARK.join(parts[::2]), parts[1::2]


def shape_of(skeleton: str) -> Shape | None:
    """Return the shape of a line without its numbers; None if no number bears a name."""
    if is_code(skeleton):
        return None
    bar = bool(_BAR.search(skeleton))
    text = _WRAPPED.sub(MARK, _QUOTES.sub("", skeleton))
    text = _LISTED.sub(r"\1" + MARK, _PHASED.sub(r"\2 \1", text))
    text = _AFTER.sub(r"\1 \3 \2", text)
    scale = _scale(text)
    text = _SCALED.sub(f"{MARK}/{MARK}", text)
    prefix = _LOGGED.match(text)
    start = prefix.end() if prefix else 0
    shape = _shape(Walk(text, start).run(), bar=bar)
    return None if shape is None else replace(shape, tqdm="%|" in skeleton, scale=scale)


def _scale(text: str) -> float:
    """Return what the unit of a progress "i/n" multiplies by: a thousand in "1.05kit/2.00kit"."""
    found = _SCALED.search(text)
    return 1e3 if found and found.group(1) else 1.0


def shape_of_names(names: Sequence[str], *, bar: bool = False, label: str = "") -> Shape | None:
    """Return the shape of a row of a table whose columns bear these names.

    Args:
        names: The name of each number.
        bar: Whether a progress bar stands behind the row.
        label: The word that the row begins with.
    """
    walk = Walk()
    walk.context = [label] if label else []
    walk.named = [(name, place) for place, name in enumerate(names)]
    return _shape(walk, bar=bar)


def _shape(walk: Walk, *, bar: bool) -> Shape | None:
    """Say which of the numbers that a pass over a line found count, and which tell a loss."""
    step, epoch = _counter(walk, "step"), _counter(walk, "epoch")
    pairs = [one for one in walk.named if one not in (step, epoch)]
    step, epoch = _progress(walk, step, epoch, pairs)
    if not pairs and step is None and epoch is None:
        return None
    both = tells_both(pairs, walk.sections)
    if both:
        pairs = [(full_name(name, walk.sections.get(place, "")), place) for name, place in pairs]
    pairs = [half for name, place in pairs for half in _halves(walk, name, place)]
    # litgpt shows the last validation at each step.
    pairs = pairs if step else share_loss(pairs)
    names = {name for name, _ in pairs}
    if LAYER in names or not any(map(is_loss, names)):
        pairs = spelled_out(pairs, terse=_is_terse(walk), alone=not walk.context)
    phase, about = ("", "") if both else _phase(walk, pairs)
    return Shape(
        pairs=tuple(pairs),
        step=step,
        epoch=epoch,
        totals=walk.totals,
        averages=walk.averages,
        phase=phase,
        about=about,
        bar=bar,
        nameless=walk.nameless,
        losses=tuple(name for name, _ in pairs if is_loss(name)),
    )


def _halves(walk: Walk, name: str, place: int) -> list[tuple[str, int]]:
    """Tell the two values of "train/val loss: 2.3/2.4" apart."""
    if place not in walk.totals:
        return [(name, place)]
    both = halves_of(name) or (walk.slices.get(place, ""), name)
    if not all(map(is_loss, both)):
        return [(name, place)]
    return [(both[0], place), (both[1], walk.totals.pop(place))]


def _counter(walk: Walk, role: str) -> tuple[str, int] | None:
    """Return the name that is a counter most surely, the first of several; None without."""
    best, quality = None, 0.0
    for one in walk.named:
        said = guess(one[0])
        # "STEP: 25/101 -- GLOBAL_STEP: 126", but "iter 4 step 2": most loops log by the iter.
        if said.role == role and said.quality > quality:
            best, quality = one, said.quality + SURER
    return best


def _progress(
    walk: Walk,
    step: tuple[str, int] | None,
    epoch: tuple[str, int] | None,
    pairs: list[tuple[str, int]],
) -> tuple[tuple[str, int] | None, tuple[str, int] | None]:
    """Let nameless "i/n" count what no name counts: steps, and before them epochs."""
    free = [place for place in walk.bare if place in walk.totals]
    for name, place in list(pairs):
        # timm: "Train: 0 [50/1251]"; MetricLogger: "Test: [10/50]"
        if name.lower() in TRAIN or name.lower() in VAL:
            if place in walk.totals:
                free.insert(0, place)
            elif free and epoch is None:
                epoch = ("epoch", place)
            else:
                continue
            pairs.remove((name, place))
            walk.context.append(name)
    if step is None and free:
        if epoch is None and len(free) > 1:
            epoch = ("epoch", free[0])
        counted = next((word for word in walk.title if guess(word).role == "step"), "")
        step = (counted or "step", free[-1])
        walk.nameless = not counted
    if step is None and epoch is None and walk.bare[:1] == [walk.first] and pairs:
        step = _leading(walk)
    return step, epoch


def _leading(walk: Walk) -> tuple[str, int] | None:
    """Take a number at the start of the line for the step: "[0] train-rmse:0.5", "7: …"."""
    marks = "".join(token for token, _, _ in walk.tokens[:3])
    led = marks.startswith((f"[{MARK}]", f"{MARK}:")) or _is_terse(walk)
    return ("step", walk.first) if led else None


def _is_terse(walk: Walk) -> bool:
    """Say whether the line is of the form of build-nanogpt: "0 val 10.95", "0 hella 0.25"."""
    if [token for token, _, _ in walk.tokens[::2]] != [MARK, MARK]:
        return False
    word = walk.tokens[1][0]
    return bool(phase_of(words_of(word))) and len(walk.tokens) == 3


def _phase(walk: Walk, pairs: Sequence[tuple[str, int]]) -> tuple[str, str]:
    words = list(walk.context)
    if {"Saving", "dict"} <= set(words):
        return "val", "eval"  # TensorFlow's Estimator, after an evaluation
    if pairs and guess(pairs[0][0]).role == "ignore":
        words += pairs[0][0].split()
    for wanted in ("val", "train"):
        # "validation loss at iteration 100 on test set"
        for word in reversed(words):
            if phase_of(words_of(word)) == wanted and not halves_of(word):
                return wanted, word
    return "", ""


def box_row(line: str) -> tuple[str, str] | None:
    """Return name and number of a line of a box table: "| loss | 16.6 |".

    The number is empty where the line is the title of a section: "| train/ | |".
    """
    found = _BOX.fullmatch(line)
    name = found.group(1).strip() if found else ""
    return (name, found.group(2) or "") if found and name and not name[0].isdigit() else None
