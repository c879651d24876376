"""The shape of a line of console output: what remains when its numbers are taken out.

Lines that a loop prints share one shape, and a shape says once and for all which name each
number bears. So a log of a million lines is understood by parsing a handful of shapes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from lrdiag.readers.names import TRAIN, VAL, guess, phase_of, words_of

MARK = "\x01"  # stands for a number
MAX_KEY = 4  # words of a name
# A free-standing number: "Acc@1" and "loss_q0" hold none, "12ms" holds 12.
NUMBER = re.compile(
    r"(?<![A-Za-z0-9_@.])([-+]?"
    r"(?:(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?![0-9@])"
    r"|(?:nan|inf|infinity)(?![A-Za-z0-9_])))",
    re.IGNORECASE,
)
_WRAPPED = re.compile(r"\b(?:tensor|array|np\.float\d+|float\d*)\(\s*\x01")
_LISTED = re.compile(r"([:=]\s*)\[\s*\x01\s*\]")
_PHASED = re.compile(r"\b(epoch|iter)\s*\((\w+)\)", re.IGNORECASE)  # mmengine: Epoch(train)
_QUOTES = re.compile(r"\"|(?<!\w)'|'(?!\w)")
_TOKEN = re.compile(r"\x01|[^\W\d][\w@.'/%-]*|\s-+(?=\s)|\S")
_BAR = re.compile(r"\[[=>.#\s]*[=>#][=>.#\s]*\]|[━█▏▎▍▌▋▊▉]|%\|")
_COLONS = (":", "=", "\N{FULLWIDTH COLON}")
_LAYER = "Region"
_LEVELS = frozenset({"info", "warning", "debug", "error", "root", "main", "__main__", "stdout"})
_UNITS = frozenset({"epoch", "epochs", "step", "steps", "iter", "iters", "batch", "updates"})


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
    bar = bool(_BAR.search(skeleton))
    text = _WRAPPED.sub(MARK, _QUOTES.sub("", skeleton))
    text = _LISTED.sub(r"\1" + MARK, _PHASED.sub(r"\2 \1", text))
    walk = _Walk([(m.group().strip(), m.start(), m.end()) for m in _TOKEN.finditer(text)])
    walk.run()
    shape = walk.shape(bar)
    return replace(shape, tqdm=True) if shape is not None and "%|" in skeleton else shape


def shape_of_names(names: Sequence[str], *, bar: bool = False, label: str = "") -> Shape | None:
    """Return the shape of a row of a table whose columns bear these names.

    Args:
        names: The name of each number.
        bar: Whether a progress bar stands behind the row.
        label: The word that the row begins with.
    """
    walk = _Walk([])
    walk.context = [label] if label else []
    walk.named = [(name, place) for place, name in enumerate(names)]
    return walk.shape(bar)


class _Walk:
    """One pass over the tokens of a line; collects names for numbers."""

    def __init__(self, tokens: list[tuple[str, int, int]]) -> None:
        self.tokens = tokens
        self.words: list[str] = []  # that may name the next number
        self.context: list[str] = []  # that named none
        self.named: list[tuple[str, int]] = []
        self.bare: list[int] = []
        self.totals: dict[int, int] = {}
        self.averages: dict[int, int] = {}
        self.place = -1
        self.title: list[str] = []  # what stands before the percentage of a bar
        self.nameless = False

    def run(self) -> None:
        for k, (token, start, _) in enumerate(self.tokens):
            before = self.tokens[k - 1] if k else ("", -1, -1)
            after = self.tokens[k + 1][0] if k + 1 < len(self.tokens) else ""
            if token == MARK:
                self.place += 1
                if [one for one, _, _ in self.tokens[k + 1 : k + 3]] == ["%", "|"]:
                    self.title = self.words  # of the bar; the number is its percentage
                    self._break()
                    continue
                self._number(before[0], self.tokens[k - 2][0] if k > 1 else "", after)
            elif token[0].isalpha() or token[0] == "_":
                if before[0] == MARK and before[2] == start:
                    self._unit(token)
                else:
                    self.words.append(token.rstrip(".-/'"))
            else:
                self._symbol(token, before[0], after)
        self._suffix("")
        self._break()

    def _symbol(self, token: str, before: str, after: str) -> None:
        if token in _COLONS:
            if after[:1].isalpha():
                self._break()
            return
        if after == MARK and self.words:
            role = guess(" ".join(self.words)).role
            if token == "[" and self._counts():
                return
            if token in "[(" and before in _COLONS and role == "lr":
                return  # "lr:(0.001,)" and "lr=[1e-05, 1e-05]", the rates of all groups
            if token == "-" and role != "ignore":
                return  # Segmentation Models: "dice_loss - 0.81"
        if token not in "%#":
            self._suffix(token)
            self._break()

    def _number(self, before: str, second: str, after: str) -> None:
        if before == "/" and second == MARK:
            self.totals[self.place - 1] = self.place
        elif before == "(" and second == MARK and after == ")":
            self.averages[self.place - 1] = self.place
        elif self.words:
            self._name()
        else:
            self.bare.append(self.place)
        self.words = []

    def _name(self) -> None:
        words = self.words
        levels = [k for k, word in enumerate(words[:-1]) if word.lower() in _LEVELS]
        self.context += words[: levels[-1]] if levels else []
        words = [
            word for word in words[levels[-1] if levels else 0 :] if word.lower() not in _LEVELS
        ]
        self.context += words[:-MAX_KEY]
        words = words[-MAX_KEY:]
        if not words:
            self.bare.append(self.place)
            return
        cut = _counter_of(words)
        self.context += words[:cut]
        self.named.append((" ".join(words[cut:]), self.place))

    def _unit(self, token: str) -> None:
        if token.lower() in _UNITS and self.place in self.bare:
            self.bare.remove(self.place)
            self.named.append((token, self.place))

    def _counts(self) -> bool:
        last = self.words[-1].lower()
        return guess(last).role in ("step", "epoch") or last in TRAIN or last in VAL

    def _suffix(self, token: str) -> None:
        """Name a bare number by the words behind it: "0.25 loss," or "0.001 rate,"."""
        if token in ("", ",", ";", "|") and self.words and self.bare:
            name = " ".join(self.words[-MAX_KEY:])
            behind = self.bare[-1] == self.place and guess(name).role not in ("ignore", "time")
            if behind or (name == "avg" and self.bare[-1] == self.place):
                self.named.append((name, self.bare.pop()))
                self.words = []

    def _break(self) -> None:
        self.context += self.words
        self.words = []

    def shape(self, bar: bool) -> Shape | None:
        counters: dict[str, tuple[str, int] | None] = {"step": None, "epoch": None}
        pairs: list[tuple[str, int]] = []
        for name, place in self.named:
            role = guess(name).role
            if role in counters and counters[role] is None:
                counters[role] = (name, place)
            else:
                pairs.append((name, place))
        step, epoch = self._progress(counters["step"], counters["epoch"], pairs)
        if not pairs and step is None and epoch is None:
            return None
        losses = tuple(name for name, _ in pairs if is_loss(name))
        if not losses or any(name == _LAYER for name, _ in pairs):
            pairs = _spelled_out(pairs)
            losses = tuple(name for name, _ in pairs if is_loss(name))
        phase, about = self._phase(pairs)
        return Shape(
            pairs=tuple(pairs),
            step=step,
            epoch=epoch,
            totals=self.totals,
            averages=self.averages,
            phase=phase,
            about=about,
            bar=bar,
            nameless=self.nameless,
            losses=losses,
        )

    def _progress(
        self,
        step: tuple[str, int] | None,
        epoch: tuple[str, int] | None,
        pairs: list[tuple[str, int]],
    ) -> tuple[tuple[str, int] | None, tuple[str, int] | None]:
        """Let nameless "i/n" count what no name counts: steps, and before them epochs."""
        free = [place for place in self.bare if place in self.totals]
        for name, place in list(pairs):
            # timm: "Train: 0 [50/1251]"; MetricLogger: "Test: [10/50]"
            if name.lower() in TRAIN or name.lower() in VAL:
                if place in self.totals:
                    free.insert(0, place)
                elif free and epoch is None:
                    epoch = ("epoch", place)
                else:
                    continue
                pairs.remove((name, place))
                self.context.append(name)
        if step is None and free:
            if epoch is None and len(free) > 1:
                epoch = ("epoch", free[0])
            counted = next((word for word in self.title if guess(word).role == "step"), "")
            step = (counted or "step", free[-1])
            self.nameless = not counted
        if step is None and epoch is None and self.bare[:1] == [0] and pairs:
            step = self._leading()
        return step, epoch

    def _leading(self) -> tuple[str, int] | None:
        """Take a number at the start of the line for the step: "[0] train-rmse:0.5", "7: …"."""
        marks = "".join(token for token, _, _ in self.tokens[:3])
        return ("step", 0) if marks.startswith((f"[{MARK}]", f"{MARK}:")) else None

    def _phase(self, pairs: Sequence[tuple[str, int]]) -> tuple[str, str]:
        words = list(self.context)
        if {"Saving", "dict"} <= set(words):
            return "val", "eval"  # TensorFlow's Estimator, after an evaluation
        if pairs and guess(pairs[0][0]).role == "ignore":
            words += pairs[0][0].split()
        for wanted in ("val", "train"):
            for word in words:
                if phase_of(words_of(word)) == wanted:
                    return wanted, word
        return "", ""


def _counter_of(words: Sequence[str]) -> int:
    """Return where in the words the name of a counter begins; 0 if they name none.

    "validation loss at iteration 100" counts iterations; "skipped iterations 0" does not.
    """
    role = guess(words[-1]).role
    if role not in ("step", "epoch"):
        return 0
    if guess(" ".join(words)).role in ("train_loss", "val_loss"):
        return len(words) - 1
    places = range(len(words) - 1) if len(words) > 1 else range(1)
    return next((k for k in places if guess(" ".join(words[k:])).role == role), 0)


def _spelled_out(pairs: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Say loss where only the names beside it tell: darknet's "avg, rate", CatBoost's "learn".

    Where darknet tells of one of its output layers, its losses are those of that layer.
    """
    names = {name for name, _ in pairs}
    if _LAYER in names:
        return [(f"{_LAYER} {name}" if is_loss(name) else name, place) for name, place in pairs]
    short = (
        {"avg"} if {"avg", "rate"} <= names else {"learn", "test"} if "learn" in names else set()
    )
    return [(f"{name} loss" if name in short else name, place) for name, place in pairs]


def is_loss(name: str) -> bool:
    """Say whether a name names a loss, surely enough to keep its line."""
    said = guess(name)
    return said.role in ("train_loss", "val_loss") and said.quality >= 0.3


def box_row(line: str) -> tuple[str, str] | None:
    """Return name and number of a line of a box table: "| loss | 16.6 |".

    The number is empty where the line is the title of a section: "| train/ | |".
    """
    found = _BOX.fullmatch(line)
    return (found.group(1), found.group(2) or "") if found else None


_BOX = re.compile(
    r"\s*[|│┃]\s*([^|│┃\d][^|│┃]*?)\s*[|│┃]\s*([-+]?[\d.][\d.eE+-]*|nan|-?inf)?\s*[|│┃]\s*"
)
