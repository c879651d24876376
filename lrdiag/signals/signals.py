"""Everything that rules and advice may look at, measured once per run and only when asked."""

from lrdiag.run import Config, Run


class Signals:
    """The measurements of one run.

    Asking for a signal whose series the run did not log raises MissingSeriesError; a rule
    says in ``needs`` what it asks for, so that diagnose never lets this happen.
    """

    def __init__(self, run: Run, config: Config | None = None) -> None:
        self.run = run
        self.config = config or Config()
