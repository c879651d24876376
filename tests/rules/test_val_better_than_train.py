"""FIT204 val-better-than-train."""

import numpy as np

from lrdiag.finding import CannotTell, Severity
from lrdiag.run import Series
from tests.curves import ask, descent, every, found, line, make_run, run_of, series_of


def accuracies(lead: float, *, top: float = 0.8) -> dict[str, Series]:
    """Return two accuracies that settle, the validation's ``lead`` above the training's."""
    rise = top * (1.0 - np.exp(-np.arange(30) / 5.0))
    return {"train_accuracy": series_of(rise), "val_accuracy": series_of(rise + lead)}


def losses() -> dict[str, Series]:
    """Return the losses of a model with dropout, by epochs."""
    return {"train_loss": descent(30, end=0.6), "val_loss": descent(30, end=0.4, seed=1)}


def test_fires_on_a_validation_that_stays_below() -> None:
    run = make_run(train_loss=descent(end=0.6), val_loss=every(descent(end=0.4, seed=1), 20))
    finding = found("FIT204", run)
    assert finding.severity is Severity.NOTE
    assert finding.summary == "Validation lies clearly below training 100 % of the later run"
    assert "validation samples are easier" in finding.cause
    assert finding.evidence[0].span == (259.0, 499.0)


def test_an_accuracy_that_leads_too_asks_for_the_leak_first() -> None:
    finding = found("FIT204", run_of({**losses(), **accuracies(0.08)}, unit="epoch"))
    assert "its accuracy leads training by 8 points" in finding.summary
    assert finding.evidence[0].label.startswith("validation accuracy")
    assert finding.fixes[0].action.startswith("Look for samples")


def test_an_accuracy_in_per_cent_is_read_as_such() -> None:
    logged = {k: Series(v.steps, v.values * 100.0) for k, v in accuracies(0.08).items()}
    finding = found("FIT204", run_of({**losses(), **logged}, unit="epoch"))
    assert "leads training by 8 points" in finding.summary


def test_accuracies_that_agree_speak_against_a_leak() -> None:
    finding = found("FIT204", run_of({**losses(), **accuracies(0.01)}, unit="epoch"))
    assert "leak is unlikely" in finding.cause
    assert not any("both sets" in fix.action for fix in finding.fixes)


def test_a_mean_over_an_epoch_is_older_than_its_validation() -> None:
    val = line(30, noise=0.0)
    train = Series(val.steps, val.values + 0.5 * (val.values[0] - val.values[1]))
    assert ask("FIT204", make_run(train_loss=train, val_loss=val, unit="epoch")) is None


def test_is_quiet_on_losses_that_agree() -> None:
    run = make_run(train_loss=descent(), val_loss=every(descent(seed=1), 20))
    assert ask("FIT204", run) is None


def test_cannot_tell_from_four_values() -> None:
    verdict = ask("FIT204", make_run(train_loss=descent(), val_loss=every(descent(), 125)))
    assert isinstance(verdict, CannotTell)
    assert verdict.missing == ("6 values of val_loss",)
