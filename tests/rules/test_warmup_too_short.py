"""SCH403 warmup-too-short."""

import numpy as np
import pytest

from lrdiag.diagnosis import diagnose
from lrdiag.finding import CannotTell, Severity
from lrdiag.run import Run, Series
from tests.curves import ask, constant_rate, cosine_rate, descent, found, make_run, spiked


def warmed(rows: int, *, height: float, at: int = 20, width: float = 25.0) -> Run:
    """Return a run of 2,000 steps that jumps at a step, after a warmup of so many rows."""
    loss = descent(2000, start=8.0, end=2.0, pace=30.0, noise=0.05)
    return make_run(
        train_loss=spiked(loss, at, height=height, width=width),
        lr=cosine_rate(2000, warmup=rows),
    )


def test_fires_where_the_loss_is_thrown_up() -> None:
    finding = found("SCH403", warmed(20, height=5.0, width=120.0))
    assert finding.severity is Severity.WARNING
    assert "as a warmup of 1 % of the run ends" in finding.summary
    assert finding.fixes[0].action == "Warm up over 95 steps to 190 steps instead of 19 steps"
    assert finding.evidence[0].at == pytest.approx(21.0, abs=4.0)


def test_the_warmup_that_is_advised_ends_within_a_tenth() -> None:
    finding = found("SCH403", warmed(80, height=3.0, at=80))
    assert finding.fixes[0].action == "Warm up over 200 steps instead of 78 steps"


def test_a_climb_that_is_soon_over_is_a_note() -> None:
    finding = found("SCH403", warmed(20, height=4.0, width=6.0))
    assert finding.severity is Severity.NOTE


def test_a_climb_that_never_ends_is_the_rate() -> None:
    values = np.concatenate((np.linspace(8.0, 6.0, 60), np.linspace(9.5, 7.0, 1940)))
    loss = Series(np.arange(2000.0), values + descent(2000, start=0.0, end=0.0).values)
    run = make_run(train_loss=loss, lr=cosine_rate(2000, warmup=60))
    assert ask("SCH403", run) is None


def test_a_small_climb_is_no_matter() -> None:
    assert ask("SCH403", warmed(20, height=0.6)) is None


def test_a_climb_long_after_is_another_matter() -> None:
    assert ask("SCH403", warmed(20, height=3.0, at=300)) is None


def test_a_long_warmup_is_not_too_short() -> None:
    assert ask("SCH403", warmed(200, height=3.0, at=200)) is None


def test_without_a_warmup_it_is_another_rule() -> None:
    loss = spiked(descent(2000, start=8.0, end=2.0, pace=30.0), 20, height=3.0, width=25.0)
    assert ask("SCH403", make_run(train_loss=loss, lr=constant_rate(2000))) is None


def test_a_start_that_is_never_made_good_is_told_as_such() -> None:
    values = np.concatenate((np.linspace(2.3, 2.2, 20), np.full(1980, 9.0)))
    loss = Series(np.arange(2000.0), values + descent(2000, start=0.0, end=0.0).values)
    run = make_run(train_loss=loss, lr=cosine_rate(2000, warmup=20))
    assert found("LR103", run).severity is Severity.ERROR
    assert ask("SCH403", run) is None


def test_it_explains_the_spike() -> None:
    diagnosis = diagnose(warmed(60, height=4.0, at=60))
    assert diagnosis.explained.get("LR104", "SCH403") == "SCH403"
    assert "SCH403" in diagnosis.findings


def test_cannot_tell_from_rows_that_pass_it_over() -> None:
    loss = Series(np.arange(100.0) * 100.0, descent(100).values)
    rate = Series(np.arange(10_000.0), cosine_rate(10_000, warmup=150).values)
    verdict = ask("SCH403", make_run(train_loss=loss, lr=rate))
    assert isinstance(verdict, CannotTell)
    assert verdict.missing == ("8 rows about the warmup's end",)
