"""lrdiag diagnose --compare: what is printed below the diagnoses."""

from pathlib import Path

import pytest

from tests.cli.command import csv_of, diagnose_json, healthy_log, lrdiag
from tests.comparison.runs import falling


@pytest.fixture
def sweep(tmp_path: Path) -> list[Path]:
    """Three logs whose names tell the rate; the middle one is best."""
    paths = []
    for k, (rate, end) in enumerate((("1e-3", 1.2), ("1e-2", 0.3), ("1e-1", 0.9))):
        path = tmp_path / f"lr{rate}.csv"
        path.write_bytes(csv_of(train_loss=falling(end, seed=k)))
        paths.append(path)
    return paths


def test_the_comparison_stands_under_the_diagnoses(sweep: list[Path]) -> None:
    text = lrdiag("diagnose", "--compare", *sweep).stdout.decode()
    together = text.partition("Compared: 3 runs by their training loss, up to row 299")[2]
    assert "The best of 3 rates is 0.01;" in together
    assert "lr1e-2" in together


def test_the_json_gains_one_key_and_loses_none(sweep: list[Path]) -> None:
    status, plain = diagnose_json(*sweep)
    again, made = diagnose_json("--compare", *sweep)
    assert again == status
    assert made.pop("comparison")["sweep"]["best"] == 0.01
    assert made == plain


def test_one_log_is_compared_with_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(healthy_log())
    status, made = diagnose_json("--compare", path)
    assert status == 0
    assert "two or more" in made["comparison"]["refusal"]
    assert b"One run is nothing to compare" in lrdiag("diagnose", "--compare", path).stdout
