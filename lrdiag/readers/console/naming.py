"""Which of the words before a number are its name."""

from collections.abc import Mapping, Sequence

from lrdiag.readers.names import guess, phase_of, words_of

LAYER = "Region"
_CLOCK = "(hh:mm:ss)"  # the unit of a time in a header
MAX_TITLE = 3  # words of the title of a section
_SAID_OF = frozenset({"train_loss", "train_accuracy"})  # the roles of names without a part
_PARTS = {"train", "val"}
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


def spelled_out(pairs: list[tuple[str, int]], *, terse: bool, alone: bool) -> list[tuple[str, int]]:
    """Say loss where only the names beside it tell: darknet's "avg, rate", CatBoost's "learn".

    Where darknet tells of one of its output layers, its losses are those of that layer.

    Args:
        pairs: Names and places of the numbers of a line.
        terse: Whether the line is a number, a word and a number.
        alone: Whether no other words stand in the line: "Epoch 3 Training: 2.3 Validation: 2.4".
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
    elif alone and len(names) == 2 and {phase_of(words_of(name)) for name in names} == _PARTS:
        short = {name for name in names if " " not in name and guess(name).role == "ignore"}
    return [(f"{name} loss" if name in short else name, place) for name, place in pairs]


def share_loss(pairs: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Let the loss before one part of the data speak for the next: "LOSS train 2.3 valid 2.4"."""
    told, shared = "", []
    for name, place in pairs:
        first, _, part = name.rpartition(" ")
        if told and is_part(name):
            shared.append((f"{name} {told}", place))
            continue
        told = first if is_part(part) and guess(first).role == "train_loss" else ""
        shared.append((name, place))
    return shared


def is_part(word: str) -> bool:
    """Say whether a name is one word for a part of the data."""
    return len(words_of(word)) == 1 and bool(phase_of(words_of(word)))


def is_logger(word: str) -> bool:
    """Say whether a word is of the prefix of a logged line: a level, or the file of the code."""
    return word.lower() in _LEVELS or word.endswith(".py")


def is_loss(name: str) -> bool:
    """Say whether a name names a loss, surely enough to keep its line."""
    said = guess(name)
    return said.role in ("train_loss", "val_loss") and said.quality >= 0.3


def section_of(words: Sequence[str]) -> str:
    """Return the word for a part of the data where words head a section: "[valid]", "Train:"."""
    if not 0 < len(words) <= MAX_TITLE or guess(" ".join(words)).role != "ignore":
        return ""
    return next((word for word in words if phase_of(words_of(word))), "")


def tells_both(pairs: Sequence[tuple[str, int]], sections: Mapping[int, str]) -> bool:
    """Say whether a line has a section for training and one for validation.

    Args:
        pairs: Names and places of its numbers.
        sections: The word for the part of the data above each place.
    """
    told = {
        phase_of(words_of(sections.get(place, "")))
        for name, place in pairs
        if guess(name).role in _SAID_OF and not phase_of(words_of(name))
    }
    return told >= _PARTS


def halves_of(name: str) -> tuple[str, str] | None:
    """Return both names in "train/val loss"; None if it is one name."""
    for word in name.split():
        first, slash, second = word.partition("/")
        phases = {phase_of(words_of(first)), phase_of(words_of(second))}
        if slash and phases == _PARTS and guess(word).role == "ignore":
            return name.replace(word, first), name.replace(word, second)
    return None


def full_name(name: str, section: str) -> str:
    """Return a name with the word of its section, where it says no part of the data itself."""
    return name if not section or phase_of(words_of(name)) else f"{section} {name}"


def in_one_line(above: str, line: str) -> str:
    """Return a header whose names stand below one another, between bars, as one line."""
    upper, lower = ([cell.strip() for cell in one.strip().split("|")] for one in (above, line))
    if len(lower) != len(upper) or not (0 < lower[1:-1].count("") < len(lower) - 2):
        return line
    joined = "|".join(f"{a} {b}".strip() for a, b in zip(upper, lower, strict=True))
    return joined.replace(_CLOCK, "")
