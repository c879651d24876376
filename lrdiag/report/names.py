"""The names of several runs, as short as they can be told apart."""

from collections import Counter
from collections.abc import Sequence
from itertools import takewhile

from lrdiag.comparison import Member
from lrdiag.wording import printable

SHORT = 24  # characters; longer names lose what all of them share
LONGEST = 60  # characters of a name
BETWEEN = "_/ ,"  # signs between the words of a name; a point or a dash may stand in a number


def label_runs(members: Sequence[Member]) -> list[str]:
    """Return what each run is called among the others, no two of them the same.

    By their names; where two share one, by their files; where they share that too, with a number.
    """
    names = [one.name for one in members]
    if len(set(names)) < len(names):
        names = [one.source or one.name for one in members]
    labels = short_names(names)
    seen: Counter[str] = Counter()
    made = []
    for label in labels:
        seen[label] += 1
        made.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return made


def short_names(names: Sequence[str]) -> list[str]:
    """Return names without what all of them begin or end with, where they are long.

    A part is taken away only up to a sign between words, so that ``lr0.01`` and ``lr0.03`` keep
    their letters; signs that turn the reading direction are taken out.
    """
    cleaned = [printable(one) for one in names]
    if len(set(cleaned)) < 2 or max(map(len, cleaned)) <= SHORT:
        return [_cut(one) for one in cleaned]
    head = _shared_words(cleaned)
    tail = _shared_words([one[len(head) :][::-1] for one in cleaned])
    return [_cut(one[len(head) : len(one) - len(tail)]) for one in cleaned]


def _shared_words(names: Sequence[str]) -> str:
    """Return what all names begin with, up to its last sign between words."""
    first, last = min(names), max(names)  # what these two share, all between them share
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    common = "".join(one for one, _ in same)
    return common[: max(common.rfind(sign) for sign in BETWEEN) + 1]


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
