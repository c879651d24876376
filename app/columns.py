"""How the columns of a log were read, as the page says it: what was chosen, how sure, what else."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.findings import Json
from lrdiag.readers.names import guess
from lrdiag.wording import say_confidence, say_logged

COLUMNS = 12  # of a log in sight; a trainer that writes hundreds is understood by those with a role
MOST_COLUMNS = 200  # on the page at all, each about 700 bytes; the API corrects the others too
SURE = 0.9  # from this confidence on a column's role needs no figure beside it
MOST_OTHERS = 5  # columns offered for a role beside the chosen one; the table offers all
FEW = 2  # values; a column with fewer is no curve
CHOSEN = {"train_loss": "Training loss", "val_loss": "Validation loss", "lr": "Learning rate"}


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One column of the file and the role it got."""

    name: str
    role: str
    why: str
    sure: str
    n: str
    first: str
    last: str
    nonfinite: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A role that matters, the column that has it, and those that may have it instead.

    Attributes:
        role: As the API calls it.
        label: As people do.
        column: The chosen column; empty where none was.
        why: Why it was chosen.
        sure: How sure that is; empty where the owner said so.
        others: The columns to choose instead, by one click.
    """

    role: str
    label: str
    column: str
    why: str
    sure: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColumnsView:
    """All of it.

    Attributes:
        choices: The roles that matter most.
        seen: The columns in sight.
        more: Those to fold away.
        left: How many the page leaves out.
        remembered: Whether a role comes from a correction of an earlier log.
    """

    choices: tuple[Choice, ...]
    seen: tuple[ColumnRow, ...]
    more: tuple[ColumnRow, ...]
    left: int
    remembered: bool

    def __bool__(self) -> bool:
        """Whether there is a column at all."""
        return bool(self.seen)


def view_columns(columns: Sequence[Json]) -> ColumnsView:
    """Say how columns were read.

    A short table keeps the order of the file; in a long one those with a role come first.
    """
    used = [one for one in columns if one["role"] != "ignore"]
    ordered = list(columns)
    if len(columns) > COLUMNS:
        ordered = [*used, *(one for one in columns if one["role"] == "ignore")]
    seen = max(COLUMNS, len(used))
    rows = tuple(_view_column(one) for one in ordered[: max(seen, MOST_COLUMNS)])
    return ColumnsView(
        choices=_view_choices(columns),
        seen=rows[:seen],
        more=rows[seen:],
        left=len(ordered) - len(rows),
        remembered=any(one.get("remembered") for one in columns),
    )


def _view_choices(columns: Sequence[Json]) -> tuple[Choice, ...]:
    free = [one for one in columns if one["role"] == "ignore" and one["n"] >= FEW]
    choices = []
    for role, label in CHOSEN.items():
        chosen = next((one for one in columns if one["role"] == role), None)
        others = [one for one in free if guess(one["column"]).role == role]
        if role == "train_loss" and chosen is None:
            others = others or free
        others.sort(key=lambda one: -int(one["n"]))
        if chosen is None and not others:
            continue
        choices.append(
            Choice(
                role=role,
                label=label,
                column=chosen["column"] if chosen else "",
                why=chosen["why"] if chosen else "",
                sure=_say_sure(chosen, below=1.0) if chosen else "",
                others=tuple(one["column"] for one in others[:MOST_OTHERS]),
            )
        )
    return tuple(choices)


def _view_column(one: Json) -> ColumnRow:
    role = one["role"]
    return ColumnRow(
        name=one["column"],
        role=role,
        why=one["why"],
        sure=_say_sure(one),
        n=f"{one['n']:,}",
        first=say_logged(one["first"], role),
        last=say_logged(one["last"], role),
        nonfinite=f"{one['nonfinite']:,}",
    )


def _say_sure(one: Json, *, below: float = SURE) -> str:
    sure = one["confidence"]
    return "" if sure >= below or one["role"] == "ignore" else f"{say_confidence(sure)} of 1"
