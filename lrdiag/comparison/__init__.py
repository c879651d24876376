"""Several runs together: which rate is best, what chance does, what a change did.

Nothing is drawn or worded here; ``lrdiag.report.compared`` says it and
``lrdiag.charts.compare`` draws it.
"""

from lrdiag.comparison.change import Change, Sooner
from lrdiag.comparison.compare import Comparison, LeftOut, compare_members, compare_runs
from lrdiag.comparison.member import Found, LossName, Member, make_member, member_of, rate_in_name
from lrdiag.comparison.seeds import Noise, Seeds
from lrdiag.comparison.sweep import Rung, Sweep
from lrdiag.comparison.track import Track

__all__ = [
    "Change",
    "Comparison",
    "Found",
    "LeftOut",
    "LossName",
    "Member",
    "Noise",
    "Rung",
    "Seeds",
    "Sooner",
    "Sweep",
    "Track",
    "compare_members",
    "compare_runs",
    "make_member",
    "member_of",
    "rate_in_name",
]
