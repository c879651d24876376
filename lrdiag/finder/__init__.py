"""The learning-rate range test: what is asked, what comes back. Nothing here loads torch.

The pipe: ``RangeTestSpec`` -> ``run.run_range_test`` -> ``RangeTestResult``. A sweep, in which
the rate grows with every step, draws the classical curve; rungs, short trainings at constant
rates that all start from the same weights and see the same batches, give the number.
"""

from lrdiag.finder.progress import Progress, Watch
from lrdiag.finder.result import (
    Band,
    Ceiling,
    Health,
    Picks,
    RangeTestResult,
    Regions,
    Rung,
    Stop,
    Suggestion,
)
from lrdiag.finder.spec import RangeTestSpec

__all__ = [
    "Band",
    "Ceiling",
    "Health",
    "Picks",
    "Progress",
    "RangeTestResult",
    "RangeTestSpec",
    "Regions",
    "Rung",
    "Stop",
    "Suggestion",
    "Watch",
]
