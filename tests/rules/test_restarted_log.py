"""LOG902 restarted-log."""

from lrdiag.finding import Severity
from tests.curves import ask, descent, found, make_run


def test_names_where_the_log_fell_back() -> None:
    run = make_run(train_loss=descent(), restarts=(200.0, 350.0), repeated=40)
    finding = found("LOG902", run)
    assert finding.severity is Severity.NOTE
    assert finding.summary == "Two restarts, at steps 200 and 350"
    assert [one.at for one in finding.evidence] == [None, 200.0, 350.0]


def test_counts_rows_that_were_replaced() -> None:
    finding = found("LOG902", make_run(train_loss=descent(), repeated=12))
    assert finding.summary == "12 rows replaced by a later copy of the same step"


def test_one_repeated_row_is_a_last_line_written_twice() -> None:
    assert ask("LOG902", make_run(train_loss=descent(), repeated=1)) is None


def test_is_quiet_on_steps_in_order() -> None:
    assert ask("LOG902", make_run(train_loss=descent())) is None
