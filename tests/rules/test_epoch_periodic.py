"""LOG905 epoch-periodic."""

import numpy as np

from lrdiag.finding import CannotTell, Severity
from lrdiag.run import Series
from tests.curves import ask, descent, fires, found, make_run, series_of, spiked


def epochs_of(rows: int = 600, length: int = 50) -> Series:
    return series_of(np.arange(rows) / length)


def sorted_data(rows: int = 600, length: int = 50) -> Series:
    loss = descent(rows)
    wave = 0.4 * np.sin(2.0 * np.pi * np.arange(rows) / length)
    return Series(loss.steps, loss.values + wave)


def test_fires_on_a_pattern_of_every_epoch() -> None:
    finding = found("LOG905", make_run(train_loss=sorted_data(), epochs=epochs_of()))
    assert finding.severity is Severity.WARNING
    assert finding.fixes[0].action.startswith("Shuffle")


def test_works_with_whole_epochs_too() -> None:
    epochs = series_of(np.floor(epochs_of().values))
    assert found("LOG905", make_run(train_loss=sorted_data(), epochs=epochs))


def test_is_quiet_on_a_shuffled_run() -> None:
    assert ask("LOG905", make_run(train_loss=descent(600), epochs=epochs_of())) is None


def test_is_quiet_on_a_pattern_of_another_length() -> None:
    run = make_run(train_loss=sorted_data(length=71), epochs=epochs_of())
    assert ask("LOG905", run) is None


def test_spikes_at_the_start_of_some_epochs_make_no_pattern() -> None:
    loss = descent(600)
    for at in (200, 350, 500):
        loss = spiked(loss, at, height=2.0, width=5.0)
    assert fires(make_run(train_loss=loss, epochs=epochs_of()), codes=("LR105", "LOG905")) == {
        "LR105"
    }


def test_cannot_tell_without_epochs_or_from_few() -> None:
    assert isinstance(ask("LOG905", make_run(train_loss=sorted_data())), CannotTell)
    few = make_run(train_loss=sorted_data(), epochs=epochs_of(length=200))
    assert isinstance(ask("LOG905", few), CannotTell)
