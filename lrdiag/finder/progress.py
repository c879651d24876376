"""How far a range test is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Self

from lrdiag.finder.plain import from_plain, to_plain
from lrdiag.finder.result import Rung

Phase = Literal["sweep", "rungs", "longer", "done"]

MOST_POINTS = 300  # of the curve that is told on the way


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a range test is, told some times a second.

    Attributes:
        phase: "sweep", "rungs" for the short trainings, "longer" for those of ``find_lr`` and
            of a plateau, "done".
        done: Training steps taken.
        total: Training steps planned; revised when a curve asks for more or fewer.
        lrs: The rates of the sweep so far, thinned to at most ``MOST_POINTS``.
        losses: Their losses; NaN where they are not finite.
        rungs: The trainings finished so far.
    """

    phase: Phase
    done: int
    total: int
    lrs: tuple[float, ...] = ()
    losses: tuple[float, ...] = ()
    rungs: tuple[Rung, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain data that JSON can hold; null stands for NaN."""
        plain: dict[str, Any] = to_plain(self)
        return plain

    @classmethod
    def from_json(cls, data: object) -> Self:
        """Make a progress of plain data.

        Raises:
            MalformedResultError: The data is none.
        """
        return from_plain(cls, data)


Watch = Callable[[Progress], None]
"""Is told the progress; an exception that it raises ends the test with all put back."""
