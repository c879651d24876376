"""FIT205 noisy-validation."""

from lrdiag.diagnosis import diagnose
from lrdiag.finding import CannotTell, Severity
from tests.curves import ask, climbing, descent, every, flat, found, make_run


def test_fires_on_validations_that_scatter() -> None:
    run = make_run(train_loss=descent(30), val_loss=descent(30, noise=0.6, seed=3), unit="epoch")
    finding = found("FIT205", run)
    assert finding.severity is Severity.NOTE
    assert finding.summary.startswith("Late validations scatter by 0.")
    assert finding.evidence[0].value > 15.0
    assert finding.evidence[0].span == (15.0, 29.0)
    assert finding.fixes[0].action == "Validate on four times as many samples"


def test_is_quiet_where_the_scatter_is_small_beside_the_fall() -> None:
    run = make_run(train_loss=descent(30), val_loss=descent(30, noise=0.1, seed=3), unit="epoch")
    assert ask("FIT205", run) is None


def test_is_quiet_where_the_scatter_is_small_beside_the_level() -> None:
    run = make_run(train_loss=descent(), val_loss=flat(2.3, 30))
    assert ask("FIT205", run) is None


def test_a_note_leaves_the_run_healthy() -> None:
    diagnosis = diagnose(
        make_run(train_loss=descent(), val_loss=every(descent(noise=0.6, seed=2), 20))
    )
    assert "FIT205" in diagnosis.findings
    assert diagnosis.status == "healthy"


def test_a_training_that_diverges_explains_it() -> None:
    train = climbing(descent(), start=0.6, rise=3.0)
    val = climbing(every(descent(noise=0.9, seed=2), 20), start=0.6, rise=3.0)
    assert diagnose(make_run(train_loss=train, val_loss=val)).explained["FIT205"] == "LR102"


def test_cannot_tell_from_eight_values() -> None:
    verdict = ask("FIT205", make_run(train_loss=descent(), val_loss=every(descent(), 60)))
    assert isinstance(verdict, CannotTell)
    assert verdict.missing == ("12 values of val_loss",)
