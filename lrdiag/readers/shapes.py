"""The shape of a line of console output: what remains when its numbers are taken out.

Lines that a loop prints share one shape, and a shape says once and for all which name each
number bears. So a log of a million lines is understood by parsing a handful of shapes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from lrdiag.readers.chatter import MARK as MARK
from lrdiag.readers.chatter import is_code
from lrdiag.readers.names import TRAIN, VAL, guess, phase_of, words_of
from lrdiag.readers.naming import LAYER, counter_of, is_logger, is_loss, spelled_out

MAX_KEY = 4  # words of a name
SURER = 0.03  # of a counter's quality, from which it stands before the first one
# A free-standing number: "Acc@1" and "loss_q0" hold none, "12ms" holds 12.
NUMBER = re.compile(
    r"(?<![A-Za-z0-9_@.])([-+]?"
    r"(?:(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?![0-9@])"
    r"|(?<!of )(?:nan|inf|infinity)(?![A-Za-z0-9_])))",
    re.IGNORECASE,
)
_WRAPPED = re.compile(r"\b(?:tensor|array|np\.float\d+|float\d*)\(\s*\x01")
_LISTED = re.compile(r"([:=]\s*)\[\s*\x01\s*\]")
_PHASED = re.compile(r"\b(epoch|iter)\s*\((\w+)\)", re.IGNORECASE)  # mmengine: Epoch(train)
_QUOTES = re.compile(r"\"|(?<!\w)'|'(?!\w)")
_TOKEN = re.compile(r"\x01|[^\W\d][\w@.'/%-]*|\s-+(?=\s)|\S")
_BAR = re.compile(r"\[[=>.#\s]*[=>#][=>.#\s]*\]|[━█▏▎▍▌▋▊▉]|%\|")
_COLONS = (":", "=", "\N{FULLWIDTH COLON}")
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
    if is_code(skeleton):
        return None
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
        self.behind = -1  # the number right before the words
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
        self.behind = self.place

    def _name(self) -> None:
        words = self.words
        levels = [k for k, word in enumerate(words[:-1]) if is_logger(word)]
        self.context += words[: levels[-1]] if levels else []
        words = [word for word in words[levels[-1] if levels else 0 :] if not is_logger(word)]
        self.context += words[:-MAX_KEY]
        words = words[-MAX_KEY:]
        if not words:
            self.bare.append(self.place)
            return
        cut = counter_of(words)
        self.context += words[:cut]
        self.named.append((" ".join(words[cut:]), self.place))

    def _unit(self, token: str) -> None:
        if token.lower() in _UNITS and self.place in self.bare:
            self.bare.remove(self.place)
            self.named.append((token, self.place))

    def _counts(self) -> bool:
        last = self.words[-1].lower()
        return guess(last).role in ("step", "epoch") or last in TRAIN or last in VAL

    def _counter(self, role: str) -> tuple[str, int] | None:
        """Return the name that is a counter most surely, the first of several; None without."""
        best, quality = None, 0.0
        for one in self.named:
            said = guess(one[0])
            # "STEP: 25/101 -- GLOBAL_STEP: 126", but "iter 4 step 2": most loops log by the iter.
            if said.role == role and said.quality > quality:
                best, quality = one, said.quality + SURER
        return best

    def _suffix(self, token: str) -> None:
        """Name a bare number by the words behind it: "0.25 loss," or "0.001 rate,"."""
        right = bool(self.bare) and self.bare[-1] == self.behind
        if right and self.words and token in ("", ",", ";", "|"):
            name = " ".join(self.words[-MAX_KEY:])
            if name == "avg" or guess(name).role not in ("ignore", "time"):
                self.named.append((name, self.bare.pop()))
                self.words = []

    def _break(self) -> None:
        self.context += self.words
        self.words = []
        self.behind = -1

    def shape(self, bar: bool) -> Shape | None:
        step, epoch = self._counter("step"), self._counter("epoch")
        pairs = [one for one in self.named if one not in (step, epoch)]
        step, epoch = self._progress(step, epoch, pairs)
        if not pairs and step is None and epoch is None:
            return None
        names = {name for name, _ in pairs}
        if LAYER in names or not any(map(is_loss, names)):
            pairs = spelled_out(pairs, terse=self._terse())
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
            losses=tuple(name for name, _ in pairs if is_loss(name)),
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
        led = marks.startswith((f"[{MARK}]", f"{MARK}:")) or self._terse()
        return ("step", 0) if led else None

    def _terse(self) -> bool:
        """Say whether the line is of the form of build-nanogpt: "0 val 10.95", "0 hella 0.25"."""
        if [token for token, _, _ in self.tokens[::2]] != [MARK, MARK]:
            return False
        word = self.tokens[1][0]
        return bool(phase_of(words_of(word))) and len(self.tokens) == 3

    def _phase(self, pairs: Sequence[tuple[str, int]]) -> tuple[str, str]:
        words = list(self.context)
        if {"Saving", "dict"} <= set(words):
            return "val", "eval"  # TensorFlow's Estimator, after an evaluation
        if pairs and guess(pairs[0][0]).role == "ignore":
            words += pairs[0][0].split()
        for wanted in ("val", "train"):
            # "validation loss at iteration 100 on test set"
            for word in reversed(words):
                if phase_of(words_of(word)) == wanted:
                    return wanted, word
        return "", ""


def box_row(line: str) -> tuple[str, str] | None:
    """Return name and number of a line of a box table: "| loss | 16.6 |".

    The number is empty where the line is the title of a section: "| train/ | |".
    """
    found = _BOX.fullmatch(line)
    return (found.group(1), found.group(2) or "") if found else None


_BOX = re.compile(
    r"\s*[|│┃]\s*([^|│┃\d][^|│┃]*?)\s*[|│┃]\s*([-+]?[\d.][\d.eE+-]*|nan|-?inf)?\s*[|│┃]\s*"
)
