"""What a rule is."""

from collections.abc import Callable
from dataclasses import dataclass

from lrdiag.finding import CannotTell, Finding
from lrdiag.run import SeriesName
from lrdiag.signals import Signals

Check = Callable[[Signals], Finding | CannotTell | None]
Seen = Callable[[Signals], str]


@dataclass(frozen=True, slots=True)
class Rule:
    """One symptom that lrdiag can recognise.

    Attributes:
        code: Letters for the family and three digits: LR101. Never reused.
        name: The symptom in kebab-case, so that "the run shows NAME" reads well.
        needs: The series that the run must hold for the check to be asked.
        check: Looks at the signals; a finding, None if the run is free of the symptom, or
            CannotTell if the log is too thin for either.
        doc: The module's docstring; its sections are the rule's page.
        clear: What a run without the symptom has, as in "no divergence".
        seen: The value that a clear verdict rests on, as in "end 0.09 above best".
        symptom: The key of the row of the symptom table that it refines; "" for none.
        explains: The codes of symptoms that this one brings about; they are folded under it.
    """

    code: str
    name: str
    needs: tuple[SeriesName, ...]
    check: Check
    doc: str
    clear: str
    seen: Seen
    symptom: str = ""
    explains: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The first line of the docstring, without its full stop."""
        return self.doc.strip().split("\n", 1)[0].removesuffix(".")
