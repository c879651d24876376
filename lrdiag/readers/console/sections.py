"""Titles above stretches of a log: "> TRAINING", "Validation:", "--> EVAL PERFORMANCE"."""

import re

from lrdiag.readers.names import guess, phase_of, words_of

MAX_TITLE = 60  # characters
MAX_WORDS = 2  # "Validation results"; "Saved the best validation model" is no title
MIN_TURNS = 2  # from training to validation; a lone "Training" heads the whole log

_WORD = re.compile(r"[^\W\d_]+")


class Sections:
    """Follows the titles of a log, and says whether they take turns."""

    def __init__(self) -> None:
        self.phase, self.word = "", ""
        self.used = False  # whether a loss stood below the title
        self.turns = {"train": 0, "val": 0}  # how often a title of the other part stood before

    def look(self, line: str) -> None:
        """Look at a line that names no number."""
        word = _title(line) if len(line) <= MAX_TITLE else ""
        if not word:
            return
        phase = phase_of(words_of(word))
        if self.phase not in ("", phase):
            self.turns[phase] += 1
        self.phase, self.word = phase, word
        self.used = False

    def follow(self, *, losses: bool, counts: bool) -> None:
        """End a stretch below whose title losses stood: a new epoch begins with its training.

        Args:
            losses: Whether the next line holds a loss.
            counts: Whether it only counts epochs.
        """
        self.used = self.used or losses
        if losses or not counts or not self.used:
            return
        if self.phase == "val":
            self.turns["train"] += 1
        self.phase, self.word = "train", "train"
        self.used = False

    @property
    def trusted(self) -> bool:
        """Whether each validation was followed by a title above the training that went on."""
        return self.turns["val"] >= MIN_TURNS and self.turns["train"] >= self.turns["val"] - 1


def _title(line: str) -> str:
    """Return the word for a part of the data that a title begins with; empty if it is none."""
    if line.lstrip()[:1] == "#":  # a remark in the source code of the run
        return ""
    words: list[str] = _WORD.findall(line)
    if not 0 < len(words) <= MAX_WORDS or guess(" ".join(words)).role != "ignore":
        return ""
    return words[0] if phase_of(words_of(words[0])) else ""
