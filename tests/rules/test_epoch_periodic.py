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


def sawtooth(rows: int = 640, length: int = 64) -> Series:
    """A loss that jumps at each of four classes, and is forgotten as the next one comes."""
    loss, place = descent(rows), np.arange(rows) % length
    wave = np.exp(-(place % (length // 4)) * 16.0 / length) * (place // (length // 4))
    return Series(loss.steps, loss.values + 0.6 * wave)


def test_finds_the_cycle_where_no_epoch_was_logged() -> None:
    finding = found("LOG905", make_run(train_loss=sawtooth()))
    assert "every 64 steps" in finding.summary
    assert finding.confidence < 0.7
    assert "restarts" in finding.cause
    known = make_run(train_loss=sawtooth(), lr=series_of(np.full(640, 0.01)))
    assert found("LOG905", known).confidence > finding.confidence
    assert fires(known, codes=("LOG905", "LOG904", "LR105", "LR107")) >= {"LOG905"}


def test_finds_the_cycle_in_a_thinned_log() -> None:
    loss = sawtooth(6400, 640)
    thin = Series(10.0 * loss.steps[::10], loss.values[::10])
    assert "every 6,400 steps" in found("LOG905", make_run(train_loss=thin)).summary


def test_random_spikes_and_restarts_of_the_rate_are_no_order_of_the_batches() -> None:
    rng, loss = np.random.default_rng(5), descent(640)
    for at in rng.choice(np.arange(40, 600), 6, replace=False):
        loss = spiked(loss, int(at), height=2.0, width=5.0)
    assert "LOG905" not in fires(make_run(train_loss=loss), codes=("LOG905",))
    cosine = 0.5 * (1.0 + np.cos(np.pi * (np.arange(640) % 64) / 64))
    restarts = make_run(train_loss=sawtooth(), lr=series_of(0.1 * cosine))
    assert ask("LOG905", restarts) is None


def test_a_cycle_of_several_epochs_is_no_order_of_the_batches() -> None:
    run = make_run(train_loss=sawtooth(), unit="epoch")
    assert isinstance(ask("LOG905", run), CannotTell)


def test_cannot_tell_from_few_epochs() -> None:
    few = make_run(train_loss=sorted_data(), epochs=epochs_of(length=200))
    assert isinstance(ask("LOG905", few), CannotTell)
    assert isinstance(ask("LOG905", make_run(train_loss=descent(30))), CannotTell)
