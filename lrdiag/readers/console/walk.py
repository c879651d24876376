"""One pass over a line: which words stand before which number."""

import re

from lrdiag.readers.console.chatter import MARK
from lrdiag.readers.console.naming import counter_of, is_logger, is_loss, section_of
from lrdiag.readers.names import TRAIN, VAL, guess, phase_of, words_of

MAX_KEY = 4  # words of a name
_TOKEN = re.compile(r"\x01|[^\W\d][\w@.'/%-]*|\s-+(?=\s)|\S")
_COLONS = (":", "=", "\N{FULLWIDTH COLON}")
_AT = frozenset({"at", "after", "for", "in", "on", "of"})
_ORDINAL = "第"  # "第3轮" is epoch 3
_SECONDS = frozenset({"s", "ms", "sec", "secs", "seconds"})
_UNITS = frozenset({"epoch", "epochs", "step", "steps", "iter", "iters", "batch", "updates"})


class Walk:
    """One pass over the tokens of a line; collects names for numbers."""

    def __init__(self, text: str = "", start: int = 0) -> None:
        found = _TOKEN.finditer(text, start)
        self.tokens = [(one.group().strip(), one.start(), one.end()) for one in found]
        self.first = text.count(MARK, 0, start)  # the place of the first number of the message
        self.words: list[str] = []  # that may name the next number
        self.context: list[str] = []  # that named none
        self.named: list[tuple[str, int]] = []
        self.bare: list[int] = []
        self.totals: dict[int, int] = {}
        self.averages: dict[int, int] = {}
        self.place = self.first - 1
        self.title: list[str] = []  # what stands before the percentage of a bar
        self.behind = -1  # the number right before the words
        self.nameless = False
        self.outside: list[str] = []  # the words before a bracket
        self.section = ""  # the word for the part of the data that was read last
        self.sections: dict[int, str] = {}  # that word for each number with a name
        self.owed: list[str] = []  # the name of the number behind a counter
        self.sliced: list[str] = []  # the words before a slash
        self.slices: dict[int, str] = {}  # the name of i where that of n stands before "i/n"

    def run(self) -> "Walk":
        """Pass over the line."""
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
                elif before[0] == "=" and after[:1].isalpha() and phase_of(words_of(token)):
                    self.words = [token]  # clu: "collection=train accuracy=0.1"
                    self._break()
                else:
                    self.words.append(token.rstrip(".-/'"))
            else:
                self._symbol(token, before[0], after)
        self._suffix("")
        self._break()
        return self

    def _symbol(self, token: str, before: str, after: str) -> None:
        if token in _COLONS:
            if after[:1].isalpha():
                self._break()
            return
        if token == "(":
            self.outside = list(self.words)
        elif token == ")" and self._closes(after):
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
            words = self.words
            self._suffix(token)
            self._break()
            self.sliced = words if token == "/" else []

    def _closes(self, after: str) -> bool:
        """Take up the words before a bracket again where the number that they name follows it."""
        inside, outside = self.words, self.outside
        if outside and after in (MARK, *_COLONS):
            unit = _SECONDS.issuperset(inside)  # "Time(s) 0.5"
            self.words = outside + ([] if unit else inside)  # "loss (train): 0.5"
        elif after in _AT and is_loss(" ".join(outside)):
            self.words = outside  # "loss (for one batch) at step 5: 2.3"
        else:
            return False
        self.outside, self.behind = [], -1
        return True

    def _number(self, before: str, second: str, after: str) -> None:
        if before == "/" and second == MARK:
            if self.place - 1 in self.totals.values():  # a date: "2022/03/01"
                del self.totals[self.place - 2]
            else:
                self.totals[self.place - 1] = self.place
        elif before == "(" and second == MARK and after == ")":
            self.averages[self.place - 1] = self.place
        elif self.owed and before in _COLONS and not self.words:
            self._call(" ".join(self.owed))
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
        said = [word for word in words[:cut] if word not in _AT]
        self.owed = said if is_loss(" ".join(said)) else []  # "Loss at step 5: 2.3"
        self._call(" ".join(words[cut:]))

    def _call(self, name: str) -> None:
        self.named.append((name, self.place))
        self.sections[self.place] = self.section
        if self.sliced:
            self.slices[self.place] = " ".join(self.sliced)
            self.sliced = []

    def _unit(self, token: str) -> None:
        if self.named and self.named[-1][1] == self.place and "/" in token:
            name = self.named[-1][0]
            if guess(name).role == "lr":  # "rate:3.1it/s"
                self.named[-1] = (f"{name} {token}", self.place)
        if token.lower() in _UNITS and self.place in self.bare:
            self.bare.remove(self.place)
            self.named.append((token, self.place))
        elif self.named[-1:] == [(_ORDINAL, self.place)]:
            self.named[-1] = (token, self.place)

    def _counts(self) -> bool:
        last = self.words[-1].lower()
        return guess(last).role in ("step", "epoch") or last in TRAIN or last in VAL

    def _suffix(self, token: str) -> None:
        """Name a bare number by the words behind it: "0.25 loss," or "0.001 rate,"."""
        right = bool(self.bare) and self.bare[-1] == self.behind
        if right and self.words and token in ("", ",", ";", "|"):
            name = " ".join(self.words[-MAX_KEY:])
            if name == "avg" or guess(name).role not in ("ignore", "time"):
                self.named.append((name, self.bare.pop()))
                self.sections[self.behind] = self.section
                self.words = []

    def _break(self) -> None:
        self.section = section_of(self.words) or self.section
        self.context += self.words
        self.words, self.owed = [], []
        self.behind = -1
