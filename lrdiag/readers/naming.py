"""Which of the words before a number are its name."""

from collections.abc import Sequence

from lrdiag.readers.names import guess, phase_of, words_of

LAYER = "Region"
_LEVELS = frozenset({"info", "warning", "debug", "error", "root", "main", "__main__", "stdout"})


def counter_of(words: Sequence[str]) -> int:
    """Return where in the words the name of a counter begins; 0 if they name none.

    "validation loss at iteration 100" counts iterations; "skipped iterations 0" does not.
    """
    role = guess(words[-1]).role
    if role not in ("step", "epoch"):
        return 0
    if guess(" ".join(words)).role in ("train_loss", "val_loss"):
        return len(words) - 1
    places = range(len(words) - 1) if len(words) > 1 else range(1)
    named = (
        k
        for k in places
        if guess(" ".join(words[k:])).role == role and not phase_of(words_of(words[k]))
    )
    return next(named, len(words) - 1)


def spelled_out(pairs: list[tuple[str, int]], *, terse: bool) -> list[tuple[str, int]]:
    """Say loss where only the names beside it tell: darknet's "avg, rate", CatBoost's "learn".

    Where darknet tells of one of its output layers, its losses are those of that layer.
    """
    names = {name for name, _ in pairs}
    if LAYER in names:
        return [(f"{LAYER} {name}" if is_loss(name) else name, place) for name, place in pairs]
    short: set[str] = set()
    if "rate" in names:
        short = {"avg"}
    elif "learn" in names:
        short = {"learn", "test"}
    elif terse:
        short = {name for name in names if guess(name).role == "ignore"}
    return [(f"{name} loss" if name in short else name, place) for name, place in pairs]


def is_logger(word: str) -> bool:
    """Say whether a word is of the prefix of a logged line: a level, or the file of the code."""
    return word.lower() in _LEVELS or word.endswith(".py")


def is_loss(name: str) -> bool:
    """Say whether a name names a loss, surely enough to keep its line."""
    said = guess(name)
    return said.role in ("train_loss", "val_loss") and said.quality >= 0.3
