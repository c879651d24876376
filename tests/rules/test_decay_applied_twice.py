"""SCH405 decay-applied-twice."""

from collections.abc import Callable

import numpy as np
import pytest

from lrdiag.diagnosis import diagnose
from lrdiag.finding import CannotTell, Severity
from lrdiag.numerics import FloatArray
from lrdiag.run import Run, Series
from tests.curves import ask, constant_rate, descent, found, make_run, series_of

Course = Callable[[FloatArray], FloatArray]


def cosine(share: FloatArray) -> FloatArray:
    """Return half a cosine from 1 to 0, and 0 after."""
    return np.asarray(0.5 * (1.0 + np.cos(np.pi * np.minimum(share, 1.0))))


def steps(share: FloatArray, drop: float) -> FloatArray:
    """Return two drops, at 0.3 and 0.6 of the run."""
    return np.where(share < 0.3, 1.0, np.where(share < 0.6, drop, drop**2))


def rated(course: Course, *, rows: int = 500, warmup: int = 0) -> Run:
    """Return a run whose rate warms up and then takes this course."""
    share = (np.arange(rows) - warmup) / (rows - warmup)
    up = (np.arange(rows) + 1.0) / max(1, warmup)
    lr = np.where(share < 0.0, up, course(np.maximum(share, 0.0)))
    return make_run(train_loss=descent(rows), lr=series_of(0.003 * lr))


TWICE: dict[str, tuple[Course, str]] = {
    "the square of a cosine": (lambda s: cosine(s) ** 2, "two decays multiplied"),
    "with a floor": (lambda s: (0.1 + 0.9 * cosine(s)) ** 2, "two decays multiplied"),
    "a cosine times a line": (lambda s: (1.0 - s) * cosine(s), "two decays multiplied"),
    "a cosine that drops": (lambda s: cosine(s) * steps(s, 0.1), "along one decay and drops"),
    "a line that drops": (lambda s: (1.0 - s) * steps(s, 0.3), "along one decay and drops"),
    "half the length": (lambda s: cosine(2.0 * s), "2 times as fast as the run"),
    "a quarter of the length": (lambda s: cosine(4.0 * s), "4 times as fast as the run"),
    "a line of a third": (lambda s: np.maximum(1.0 - 3.0 * s, 0.0), "3 times as fast"),
    "a cosine past its end": (lambda s: 0.5 * (1.0 + np.cos(2.0 * np.pi * s)), "climbs again"),
    "a factor each step": (lambda s: np.exp(-40.0 * s), "one factor a step"),
    "drops twice": (lambda s: steps(s, 0.01), "a hundred at each drop"),
}
ONCE: dict[str, Course] = {
    "cosine": cosine,
    "cosine with a floor": lambda s: 0.1 + 0.9 * cosine(s),
    "line": lambda s: 1.0 - s,
    "polynomial of power two": lambda s: (1.0 - s) ** 2,
    "polynomial of power 0.9": lambda s: (1.0 - s) ** 0.9,
    "exponential over the run": lambda s: np.exp(-10.0 * s),
    "drops by ten": lambda s: steps(s, 0.1),
    "constant, then a line": lambda s: np.minimum(1.0, 5.0 * (1.0 - s)),
    "inverse root": lambda s: (1.0 + 100.0 * s) ** -0.5,
    "half a cosine to a floor": lambda s: 0.1 + 0.9 * cosine(2.0 * s),
    "ten cycles": lambda s: 0.5 * (1.0 + np.cos(20.0 * np.pi * s)),
    "warm restarts": lambda s: cosine(4.0 * s % 1.0),
    "a cosine that ends anywhere": lambda s: cosine(s / 0.7),
}
each_twice = pytest.mark.parametrize(("course", "said"), TWICE.values(), ids=list(TWICE))


@each_twice
@pytest.mark.parametrize("warmup", [0, 25])
def test_fires_on_a_decay_that_is_applied_twice(course: Course, said: str, warmup: int) -> None:
    finding = found("SCH405", rated(course, warmup=warmup))
    assert finding.severity is Severity.WARNING
    assert said in finding.summary
    assert finding.evidence[0].limit is not None
    assert finding.evidence[0].value <= finding.evidence[0].limit


@pytest.mark.parametrize("course", ONCE.values(), ids=list(ONCE))
@pytest.mark.parametrize("rows", [30, 500])
@pytest.mark.parametrize("warmup", [0, 0.05])
def test_schedules_that_people_plan_are_not_told(course: Course, rows: int, warmup: float) -> None:
    assert ask("SCH405", rated(course, rows=rows, warmup=round(warmup * rows))) is None


def test_the_square_leaves_a_quarter_where_a_half_was_planned() -> None:
    finding = found("SCH405", rated(lambda s: cosine(s) ** 2))
    assert finding.evidence[1].value == pytest.approx(25.0, abs=0.2)


def test_an_epoch_log_tells_it_too() -> None:
    assert "2 times as fast" in found("SCH405", rated(lambda s: cosine(2.0 * s), rows=40)).summary


def test_an_epoch_log_tells_a_factor_at_every_step() -> None:
    lr = 1e-4 * 0.105 ** np.arange(30.0)  # 0.95 at each of 44 steps an epoch
    run = make_run(train_loss=descent(30), lr=series_of(lr), unit="epoch")
    assert "one factor a step" in found("SCH405", run).summary


def test_a_constant_rate_is_no_decay() -> None:
    assert ask("SCH405", make_run(train_loss=descent(), lr=constant_rate())) is None


def test_it_explains_a_decay_that_comes_too_early() -> None:
    run = rated(lambda s: cosine(8.0 * s))
    late = Series(run["train_loss"].steps, descent(pace=80.0, end=1.2).values)
    diagnosis = diagnose(make_run(train_loss=late, lr=run["lr"]))
    assert diagnosis.explained["SCH401"] == "SCH405"


def test_cannot_tell_from_ten_rates() -> None:
    verdict = ask("SCH405", make_run(train_loss=descent(), lr=constant_rate(10)))
    assert isinstance(verdict, CannotTell)
    assert verdict.missing == ("20 values of lr",)
