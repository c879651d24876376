"""For every rule a real run that shows it, as it was logged: what its page and the terminal draw.

README.md beside this file says where the runs come from.
"""

import gzip
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from threading import Lock

from lrdiag.diagnosis import Diagnosis, diagnose
from lrdiag.examples.catalogue import EXAMPLES, Example
from lrdiag.finding import Finding
from lrdiag.readers import Source, read_runs
from lrdiag.rules import find_rule
from lrdiag.run import Config, SeriesName

__all__ = ["EXAMPLES", "Example", "Shown", "find_example", "read_example", "show_example"]

_LOCK = Lock()


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """An example and what its rule says of it.

    Attributes:
        example: The run.
        diagnosis: What the rule alone says of it; other rules are not asked.
        finding: The finding in it.
    """

    example: Example
    diagnosis: Diagnosis
    finding: Finding

    @property
    def beneath(self) -> SeriesName | None:
        """The series to draw under the losses: one that the finding rests on and is no loss."""
        names = [one.series for one in self.finding.evidence if one.series is not None]
        return next((name for name in names if name not in ("train_loss", "val_loss")), None)


def find_example(code: str) -> Example | None:
    """Return the example of the rule with that code; None where there is none."""
    return next((one for one in EXAMPLES if one.code == code), None)


def read_example(example: Example) -> Source:
    """Return the example's log as if it had been uploaded."""
    packed = files("lrdiag.examples").joinpath(f"{example.code}.csv.gz").read_bytes()
    name = f"{example.code}-{find_rule(example.code).name}.csv"
    return Source(name, gzip.decompress(packed))


def show_example(code: str) -> Shown | None:
    """Ask a rule of its example, once in the life of a process; None where it has none."""
    with _LOCK:  # two requests at once shall not both do the work
        return _show(code)


@cache
def _show(code: str) -> Shown | None:
    example = find_example(code)
    if example is None:
        return None
    (run,) = read_runs(read_example(example))
    config = Config.from_mapping(example.config)
    diagnosis = diagnose(run, config, rules=(find_rule(code),))
    finding = diagnosis.findings.get(code)
    return None if finding is None else Shown(example, diagnosis, finding)
