"""Logs of reinforcement learning and of adversaries: what tells them, what of them is judged."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from lrdiag.readers.names import Words, guess, is_pair, phase_of, stem_of, words_of
from lrdiag.readers.reader import Table
from lrdiag.run import Refusal, Role

REINFORCEMENT = "reinforcement learning"
ADVERSARIES = "an adversarial pair"
WHOLE = 0.85  # quality of a name from which a column is the whole loss
_ADVERSARY = frozenset({"d", "disc", "discriminator", "dis", "critic", "crit"})
_GENERATOR = frozenset({"g", "gen", "generator"})
_AGAINST = _ADVERSARY | {"gan", "adv", "adversarial", "fake", "real"}
_REWARDS = frozenset(
    """
    reward rewards rew episode episodes episodic policy actor advantage advantages returns rollout
    eprewmean eplenmean
    """.split()  # noqa: SIM905
)
_PREFERENCES = frozenset({"chosen", "rejected", "margins", "margin", "accuracies"})
# Errors of what a generator makes, the most telling first: of CycleGAN, of autoencoders, of
# pix2pix, of super-resolution, of vocoders. Each falls as any other loss does.
_ERRORS: tuple[Words, ...] = (
    *(("cycle",), ("cyc",), ("rec",), ("recon",), ("reconstruction",), ("recons",)),
    *(("l", "1"), ("pix",), ("pixel",), ("mel",), ("mse",), ("mae",), ("l", "2"), ("stft",)),
)
# What a name of an error may hold besides; an accuracy or a weight of it is no error.
_NO_ERROR = frozenset({"weight", "scale", "lambda", "acc", "accuracy", "best", "factor", "lr"})


def family_of(names: Iterable[str]) -> str:
    """Return REINFORCEMENT or ADVERSARIES where the names say so, else an empty string."""
    split = [words_of(name) for name in names]
    left = {_swapped(words) for words in split if _ADVERSARY & set(words)}
    right = {words for words in split if _GENERATOR & set(words)}
    right = {tuple("g" if word in _GENERATOR else word for word in words) for words in right}
    if left & right or any({"d", "real"} <= set(w) or {"d", "fake"} <= set(w) for w in split):
        return ADVERSARIES
    # Tuning on preferences has a supervised loss, and rewards of what was chosen and rejected.
    prefers = any(_PREFERENCES & set(words) for words in split)
    if any(map(_is_value, split)) or (not prefers and any(map(_is_reward, split))):
        return REINFORCEMENT
    return ""


def refused_family(family: str) -> Refusal:
    """Return the refusal of a log of reinforcement or adversarial learning."""
    return Refusal(
        f"its columns are those of {family}, whose losses need not fall as training succeeds",
        "Say in the table of columns which one is a supervised loss, if one is.",
    )


def judge_alone(table: Table, roles: Mapping[str, Role]) -> Table:
    """Choose, in a log of adversaries, the error that falls as any other loss does.

    Args:
        table: What a reader made.
        roles: What the user says of columns; one that is called a loss is taken as said.

    Returns:
        The table with that error in ``alone`` and no refusal; itself where there is none.
    """
    if "train_loss" in roles.values() or not _has_adversaries(table):
        return table
    errors = [name for name in table.columns if roles.get(name) != "ignore" and _is_error(name)]
    train = _first(name for name in errors if phase_of(words_of(name)) != "val")
    if not train:
        return table
    alone: dict[str, Role] = {train: "train_loss"}
    vals = [name for name in errors if phase_of(words_of(name)) == "val"]
    val = _first(name for name in vals if set(stem_of(name)) == set(stem_of(train)))
    if val and "val_loss" not in roles.values():
        alone[val] = "val_loss"
    note = (
        "The log is of two networks that train against each other; lrdiag judges "
        f"{train} alone, the others need not fall."
    )
    return replace(table, alone=alone, notes=(*table.notes, note), refusal=None)


def _has_adversaries(table: Table) -> bool:
    if table.refusal is not None:
        return table.refusal == refused_family(ADVERSARIES)
    if family_of(table.columns) == ADVERSARIES:
        return True
    # HiFi-GAN tells of the generator alone; where there is a whole loss, "gen" is a task.
    words = [set(words_of(name)) for name in table.columns]
    if not any({"gen", "generator"} & one and "loss" in one for one in words):
        return False
    return not any(
        guess(name).role.endswith("_loss") and guess(name).quality >= WHOLE
        for name in table.columns
    )


def _first(errors: Iterable[str]) -> str:
    """Return the most telling of the errors, of equal ones the first; empty without any."""
    return min(errors, key=lambda name: _rank(words_of(name)), default="")


def _is_error(name: str) -> bool:
    words = words_of(name)
    known = set(words)
    return _rank(words) < len(_ERRORS) and not known & (_AGAINST | _NO_ERROR)


def _rank(words: Words) -> int:
    """Return the place of a name among the errors, their number where it is none."""
    found = (
        k
        for k, error in enumerate(_ERRORS)
        if any(words[at : at + len(error)] == error for at in range(len(words)))
    )
    return next(found, len(_ERRORS))


def _swapped(words: Words) -> Words:
    return tuple("g" if word in _ADVERSARY else word for word in words)


def _is_reward(words: Words) -> bool:
    """Say whether a name is of what an agent earns in training; one that is tested may be.

    An imitation of demonstrations has a supervised loss and tests what it earns.
    """
    if phase_of(words) == "val":
        return False
    return bool(_REWARDS & set(words)) or is_pair(
        words, {"explained", "ep"}, {"variance", "ret", "rew", "len"}
    )


def _is_value(words: Words) -> bool:
    return is_pair(words, {"value", "q", "critic", "td"}, {"loss"}) and "lm" not in words
