"""LR105 repeated-spikes."""

from lrdiag.finding import CannotTell
from lrdiag.run import Series
from tests.curves import ask, descent, found, make_run, spiked


def spikes_at(*rows: int, width: float = 5.0) -> Series:
    loss = descent()
    for at in rows:
        loss = spiked(loss, at, height=2.0, width=width)
    return loss


def test_fires_on_three_with_a_piece_of_evidence_each() -> None:
    finding = found("LR105", make_run(train_loss=spikes_at(150, 250, 400)))
    assert finding.summary.startswith("Three spikes, each back within")
    assert [one.at for one in finding.evidence[:3]] == [150.0, 250.0, 400.0]
    assert finding.fixes[0].factor == (1 / 3, 1 / 2)


def test_costly_spikes_ask_for_a_larger_step_down() -> None:
    finding = found("LR105", make_run(train_loss=spikes_at(120, 240, 360, width=12.0)))
    assert finding.fixes[0].factor == (1 / 5, 1 / 2)


def test_leaves_two_to_its_neighbour() -> None:
    assert ask("LR105", make_run(train_loss=spikes_at(150, 400))) is None


def test_cannot_tell_from_an_epoch_log() -> None:
    assert isinstance(ask("LR105", make_run(train_loss=descent(30))), CannotTell)
