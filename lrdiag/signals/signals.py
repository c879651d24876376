"""Everything that rules and advice may look at, measured once per run and only when asked."""

from functools import cached_property

from lrdiag.run import Config, Run
from lrdiag.signals.shape import ShapeSignals, measure_shape


class Signals:
    """The measurements of one run.

    Asking for a signal whose series the run did not log raises MissingSeriesError; a rule
    says in ``needs`` what it asks for, so that diagnose never lets this happen.
    """

    def __init__(self, run: Run, config: Config | None = None) -> None:
        self.run = run
        self.config = config or Config()

    @cached_property
    def shape(self) -> ShapeSignals:
        """Overshoot, pace and unfinished fall, for the advice."""
        return measure_shape(self.run)
