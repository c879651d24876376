"""CFG604 no-warmup."""

import numpy as np
import pytest

from lrdiag.diagnosis import diagnose
from lrdiag.finding import CannotTell, Severity
from lrdiag.run import Config
from tests.curves import (
    ask,
    constant_rate,
    cosine_rate,
    descent,
    found,
    make_run,
    series_of,
    spiked,
)

ADAM = Config(optimizer="adamw")
JUMPS = spiked(descent(), 2, height=6.0, width=25.0)


def test_a_jump_of_the_first_steps_without_a_warmup() -> None:
    finding = found("CFG604", make_run(train_loss=JUMPS, lr=cosine_rate()), ADAM)
    assert finding.severity is Severity.WARNING
    assert finding.summary.startswith(
        "The rate is 0.003 from the first step on, and the loss jumps"
    )
    assert finding.fixes[0].action == "Let the rate rise from zero over 1 to 5 % of the run"


def test_a_large_batch_wants_a_warmup_with_any_optimizer() -> None:
    run = make_run(train_loss=JUMPS, lr=cosine_rate())
    assert found("CFG604", run, Config(optimizer="sgd", batch_size=4096))
    assert ask("CFG604", run, Config(optimizer="sgd", batch_size=64)) is None


def test_a_spike_in_the_first_steps_counts() -> None:
    loss = spiked(descent(pace=4.0), 18, height=2.0, width=6.0)
    assert found("CFG604", make_run(train_loss=loss, lr=constant_rate()), ADAM)


def test_a_loss_that_breaks_at_once_counts() -> None:
    values = descent().values.copy()
    values[5:10] *= np.geomspace(2.0, 1e4, 5)
    values[10:] = np.nan
    run = make_run(train_loss=series_of(values), lr=constant_rate())
    assert isinstance(ask("CFG604", run, ADAM), CannotTell), "ten finite rows are too few"
    long = descent(2000).values.copy()
    long[60:80] *= np.geomspace(2.0, 1e9, 20)
    long[80:] = np.nan
    long[1990:] = 2.0
    broken = make_run(train_loss=series_of(long), lr=constant_rate(2000))
    assert "the loss breaks at step 80" in found("CFG604", broken, ADAM).summary


def test_with_a_warmup_or_a_calm_start_it_is_quiet() -> None:
    warm = make_run(train_loss=JUMPS, lr=cosine_rate(warmup=25))
    assert ask("CFG604", warm, ADAM) is None
    assert ask("CFG604", make_run(train_loss=descent(), lr=cosine_rate()), ADAM) is None
    late = spiked(descent(), 250, height=2.0, width=6.0)
    assert ask("CFG604", make_run(train_loss=late, lr=constant_rate()), ADAM) is None


def test_what_never_comes_back_is_told_by_the_overshoot() -> None:
    lost = spiked(series_of(np.full(500, 2.3)), 2, height=40.0, width=5.0)
    assert ask("CFG604", make_run(train_loss=lost, lr=constant_rate()), ADAM) is None


@pytest.mark.parametrize("rows", [30, 500])
def test_cannot_tell_from_few_rows_or_without_the_optimizer(rows: int) -> None:
    run = make_run(train_loss=descent(rows), lr=constant_rate(rows))
    assert isinstance(ask("CFG604", run, ADAM if rows == 30 else None), CannotTell)


def test_without_the_column_it_says_which_is_missing() -> None:
    assert diagnose(make_run(train_loss=descent()), ADAM).skipped["CFG604"].missing == ("lr",)
