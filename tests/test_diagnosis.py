"""In which order findings come, and which of them are folded."""

from lrdiag.diagnosis import diagnose
from tests.curves import constant_rate, descent, every, make_run, spiked


def test_a_note_that_asks_for_something_comes_before_one_that_calms() -> None:
    loss = descent(noise=0.01)
    for row in (200, 300, 400):
        loss = spiked(loss, row, height=2.0, width=0.1)
    val = every(descent(noise=0.6, seed=2), 20)
    diagnosis = diagnose(make_run(train_loss=loss, val_loss=val, lr=constant_rate()))
    codes = list(diagnosis.findings)
    assert diagnosis.findings["LR114"].confidence > diagnosis.findings["FIT205"].confidence
    assert codes.index("FIT205") < codes.index("LR114")
