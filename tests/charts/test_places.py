import numpy as np
import pytest

from lrdiag.charts import measure_curves, span_letters
from lrdiag.charts.places import Place, place_findings
from lrdiag.charts.scale import choose_scale
from lrdiag.diagnosis import Diagnosis
from lrdiag.finding import Evidence, Severity
from tests.charts.runs import diagnosed, finding, series, spikes


def places(diagnosis: Diagnosis) -> tuple[Place, ...]:
    curves = measure_curves(diagnosis)
    return place_findings(diagnosis, curves, choose_scale(curves))


def evidence(*span: float, at: float | None = None, label: str = "seen") -> Evidence:
    where = (span[0], span[1]) if span else None
    return Evidence(label, 1.0, None, "", "train_loss", where, at)


def run_of(*findings: object, n: int = 1000) -> Diagnosis:
    loss = 2.0 + np.exp(-np.arange(n) / 100.0)
    return diagnosed(
        {"train_loss": series(loss), "lr": series(np.full(n, 0.1))},
        {f"LR{101 + i}": one for i, one in enumerate(findings)},  # type: ignore[misc]
    )


def test_findings_keep_their_number_spans_and_panel() -> None:
    first, second, third = places(spikes())
    assert (first.n, first.code, first.severity, first.panel) == ("1", "LR105", "warning", "loss")
    assert first.spans == ((196.0, 220.0), (296.0, 320.0), (396.0, 420.0))
    assert first.tags == ("1a", "1b", "1c")
    assert (second.panel, second.spans) == ("lr", ())
    assert (third.panel, third.tags) == ("loss", ("3",))


def test_letters_run_from_left_to_right_whatever_the_order_of_evidence() -> None:
    one = finding(evidence(700, 720), evidence(), evidence(100, 120), evidence(110, 130))
    assert span_letters(one) == ("b", None, "a", "a")
    assert places(run_of(one))[0].tags == ("1a", "1b")
    assert span_letters(finding(evidence(1, 5), evidence())) == (None, None)


def test_after_z_comes_aa() -> None:
    many = finding(*(evidence(10.0 * i, 10.0 * i + 5.0) for i in range(30)))
    assert span_letters(many)[25:28] == ("z", "aa", "ab")


def test_overlapping_spans_are_one() -> None:
    (place,) = places(run_of(finding(evidence(100, 300), evidence(200, 400))))
    assert place.spans == ((100.0, 400.0),)
    assert place.tags == ("1",)


def test_a_span_of_one_step_can_be_seen_and_one_outside_is_left_out() -> None:
    (place,) = places(run_of(finding(evidence(500, 500), evidence(2000, 3000))))
    ((start, end),) = place.spans
    assert start < 500.0 < end
    assert place.tags == ("1a",)


def test_overlapping_findings_get_their_own_lanes() -> None:
    found = places(
        run_of(finding(evidence(100, 900)), finding(evidence(500, 999)), finding(evidence(0, 50)))
    )
    assert [place.lane for place in found] == [0, 1, 0]


def test_the_number_of_a_point_is_the_loss_at_its_step() -> None:
    first = places(spikes())[0]
    loss = spikes().run["train_loss"].values
    assert [point.text for point in first.points] == [f"{loss[at]:.2f}" for at in (200, 300, 400)]
    assert all(point.side == "right" for point in first.points)


def test_best_is_said_of_the_lowest_value_only() -> None:
    loss = series(np.concatenate((np.linspace(3.0, 1.0, 50), np.linspace(1.0, 2.0, 50))))
    rise = finding(evidence(49, 99, at=49.0, label="rise after the best step"))
    later = finding(evidence(49, 99, at=55.0, label="rise after the best step"))
    (best,) = places(diagnosed({"train_loss": loss}, {"LR113": rise}))[0].points
    (other,) = places(diagnosed({"train_loss": loss}, {"LR113": later}))[0].points
    assert best.text == "best 1.00"
    assert best.side in {"below", "above"}
    assert "best" not in other.text


def test_a_point_that_is_no_number_is_not_drawn() -> None:
    loss = series([1.0, np.nan, 1.0])
    (place,) = places(diagnosed({"train_loss": loss}, {"LR101": finding(evidence(1, 2, at=1.0))}))
    assert place.points == ()


def test_text_turns_away_from_broken_values_and_from_the_frame() -> None:
    loss = np.linspace(1.0, 2.0, 1000)
    loss[640:660] = np.nan
    findings = {f"LR10{i}": finding(evidence(at=float(at))) for i, at in enumerate((600, 960, 300))}
    found = places(diagnosed({"train_loss": series(loss)}, findings))
    # a rising line: half of the near values are lower, so that none of these is a low
    assert [place.points[0].side for place in found] == ["left", "left", "right"]


@pytest.mark.parametrize("severity", list(Severity))
def test_severity_is_a_word(severity: Severity) -> None:
    (place,) = places(run_of(finding(evidence(1, 9), severity=severity)))
    assert place.to_plain()["severity"] == severity.name.lower()
