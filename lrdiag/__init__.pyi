"""The public names for type checkers and editors; ``__init__.py`` imports them when used."""

from lrdiag.advice import Advice as Advice
from lrdiag.errors import LrdiagError as LrdiagError
from lrdiag.errors import ReadError as ReadError
from lrdiag.face import Comparison as Comparison
from lrdiag.face import Diagnosis as Diagnosis
from lrdiag.face import compare as compare
from lrdiag.face import diagnose as diagnose
from lrdiag.face import read_runs as read_runs
from lrdiag.finder_face import RangeTestResult as RangeTestResult
from lrdiag.finder_face import find_lr as find_lr
from lrdiag.finder_face import range_test as range_test
from lrdiag.finding import CannotTell as CannotTell
from lrdiag.finding import Evidence as Evidence
from lrdiag.finding import Finding as Finding
from lrdiag.finding import Fix as Fix
from lrdiag.finding import Severity as Severity
from lrdiag.rules import RULES as RULES
from lrdiag.rules import Rule as Rule
from lrdiag.rules import find_rule as find_rule
from lrdiag.run import Config as Config
from lrdiag.run import Run as Run
from lrdiag.run import Series as Series

__version__: str
__all__: list[str]
