"""The contract that everything outside reads: every key, no NaN, plain data only."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import orjson
import pytest

from lrdiag import __version__
from lrdiag.report.json import SourceError, document, plain, run_to_json, to_bytes
from lrdiag.rules import SYMPTOMS
from tests.report.examples import (
    KEEP,
    LOWER,
    OVERFITTING,
    SPIKES,
    STILL,
    falling,
    make_diagnosis,
    make_run,
    refused,
)

Check = Callable[[Any], None]


def is_a(*kinds: type) -> Check:
    def check(value: Any) -> None:  # noqa: ANN401 - any JSON
        assert isinstance(value, kinds), value
        assert not (isinstance(value, bool) and bool not in kinds), value

    return check


def maybe(inner: Check) -> Check:
    return lambda value: None if value is None else inner(value)


def one_of(*allowed: str) -> Check:
    def check(value: Any) -> None:  # noqa: ANN401
        assert value in allowed

    return check


def list_of(inner: Check) -> Check:
    def check(value: Any) -> None:  # noqa: ANN401
        assert isinstance(value, list)
        for one in value:
            inner(one)

    return check


def dict_of(inner: Check) -> Check:
    def check(value: Any) -> None:  # noqa: ANN401
        assert isinstance(value, dict)
        for key, one in value.items():
            assert isinstance(key, str)
            inner(one)

    return check


def keys(**inner: Check) -> Check:
    def check(value: Any) -> None:  # noqa: ANN401
        assert set(value) == set(inner)
        for key, one in inner.items():
            one(value[key])

    return check


TEXT, NUMBER, COUNT = is_a(str), is_a(int, float), is_a(int)
PAIR = list_of(NUMBER)
SEVERITY = one_of("error", "warning", "note")
RUN = keys(
    source=TEXT,
    name=TEXT,
    format=TEXT,
    status=one_of("healthy", "findings", "inconclusive", "not-a-loss-log"),
    refusal=maybe(keys(reason=TEXT, hint=TEXT)),
    facts=list_of(TEXT),
    verdict=keys(
        severity=one_of("ok", "note", "warning", "error", "unknown"), headline=TEXT, because=TEXT
    ),
    x=keys(column=maybe(TEXT), unit=one_of("step", "epoch", "index")),
    series=dict_of(
        keys(
            column=TEXT,
            n=COUNT,
            first=maybe(NUMBER),
            last=maybe(NUMBER),
            min=maybe(NUMBER),
            max=maybe(NUMBER),
            nonfinite=COUNT,
        )
    ),
    columns=list_of(
        keys(
            column=TEXT,
            role=TEXT,
            confidence=NUMBER,
            why=TEXT,
            n=COUNT,
            first=maybe(NUMBER),
            last=maybe(NUMBER),
            nonfinite=COUNT,
        )
    ),
    restarts=list_of(NUMBER),
    repeated=COUNT,
    notes=list_of(TEXT),
    config=dict_of(is_a(str, int, float)),
    advice=keys(
        action=one_of("lower", "raise", "keep", "decay", "unsure"),
        factor=maybe(PAIR),
        lr=maybe(PAIR),
        today=maybe(NUMBER),
        confidence=NUMBER,
        reason=TEXT,
        next_step=TEXT,
        heading=TEXT,
        move=TEXT,
        change=TEXT,
    ),
    findings=list_of(
        keys(
            code=TEXT,
            name=TEXT,
            severity=SEVERITY,
            confidence=NUMBER,
            summary=TEXT,
            cause=TEXT,
            symptom=TEXT,
            explained_by=maybe(TEXT),
            evidence=list_of(
                keys(
                    label=TEXT,
                    value=maybe(NUMBER),
                    limit=maybe(NUMBER),
                    unit=TEXT,
                    series=maybe(TEXT),
                    span=maybe(PAIR),
                    at=maybe(NUMBER),
                )
            ),
            fixes=list_of(keys(action=TEXT, reason=TEXT, factor=maybe(PAIR), lr=maybe(NUMBER))),
        )
    ),
    cleared=list_of(TEXT),
    seen=dict_of(keys(clear=TEXT, value=TEXT)),
    skipped=dict_of(list_of(TEXT)),
    skipped_why=dict_of(keys(name=TEXT, why=TEXT)),
    symptoms=list_of(
        keys(
            key=TEXT,
            observation=TEXT,
            cause=TEXT,
            action=TEXT,
            matched=list_of(TEXT),
            severity=maybe(SEVERITY),
        )
    ),
)
DOCUMENT = keys(
    schema_version=COUNT,
    lrdiag_version=TEXT,
    runs=list_of(RUN),
    errors=list_of(keys(source=TEXT, error=TEXT, hint=TEXT)),
)


def no_constant(name: str) -> Any:  # noqa: ANN401
    raise AssertionError(f"{name} is no JSON")


def strict(data: bytes) -> Any:  # noqa: ANN401
    return json.loads(data, parse_constant=no_constant)


def test_every_key_of_the_contract() -> None:
    broken = falling()
    broken[300:] = np.nan
    diagnoses = [
        make_diagnosis(),
        make_diagnosis({"LR104": SPIKES, "FIT201": OVERFITTING}, LOWER),
        make_diagnosis(run=make_run(train_loss=broken)),
        refused(),
    ]
    errors = [SourceError("b.bin", "It is a program.", "Give the log.")]
    made = document(diagnoses, errors)
    DOCUMENT(made)
    assert made["schema_version"] == 1
    assert made["lrdiag_version"] == __version__
    assert made["errors"] == [
        {"source": "b.bin", "error": "It is a program.", "hint": "Give the log."}
    ]
    assert strict(to_bytes(made)) == made == strict(to_bytes(made, pretty=True))


def test_nan_is_null_and_counted() -> None:
    broken = falling()
    broken[0], broken[300:310] = np.inf, np.nan
    series = run_to_json(make_diagnosis(run=make_run(train_loss=broken)))["series"]["train_loss"]
    assert series["n"] == 500
    assert series["nonfinite"] == 11
    finite = broken[np.isfinite(broken)]
    assert series["first"] == finite[0]
    assert (series["min"], series["max"]) == (finite.min(), finite.max())


def test_a_series_without_a_number_has_none() -> None:
    entry = run_to_json(make_diagnosis(run=make_run(train_loss=np.full(500, np.nan))))
    series = entry["series"]["train_loss"]
    assert [series[key] for key in ("first", "last", "min", "max")] == [None] * 4
    assert series["nonfinite"] == 500


def test_a_series_names_its_column() -> None:
    series = run_to_json(make_diagnosis())["series"]
    assert series["train_loss"]["column"] == "loss"


def test_a_finding_that_another_explains_says_so() -> None:
    one = replace(
        make_diagnosis({"LR104": SPIKES, "FIT201": OVERFITTING}), explained={"FIT201": "LR104"}
    )
    said = {finding["code"]: finding["explained_by"] for finding in run_to_json(one)["findings"]}
    assert said == {"LR104": None, "FIT201": "LR104"}


def test_findings_keep_their_order_and_numbers() -> None:
    first = run_to_json(make_diagnosis({"LR104": SPIKES, "LR115": STILL}, LOWER))["findings"][0]
    assert (first["code"], first["name"], first["severity"]) == (
        "LR104",
        "spike-recovers",
        "warning",
    )
    assert first["evidence"][0] == {
        "label": "rise of the highest spike",
        "value": 31.2,
        "limit": 8.0,
        "unit": "noises",
        "series": "train_loss",
        "span": [197, 241],
        "at": None,
    }
    assert first["fixes"][0]["factor"] == [0.333333, 0.5]


def test_all_rows_of_the_symptom_table_with_the_matched_ones_lit() -> None:
    rows = run_to_json(make_diagnosis({"LR104": SPIKES, "FIT201": OVERFITTING}))["symptoms"]
    assert [row["key"] for row in rows] == [symptom.key for symptom in SYMPTOMS]
    lit = {row["key"]: (row["matched"], row["severity"]) for row in rows if row["matched"]}
    assert lit == {
        "spikes": (["LR104"], "warning"),
        "overfitting": (["FIT201"], "warning"),
    }


def test_a_confidence_is_never_beyond_doubt() -> None:
    advice = replace(KEEP, confidence=1.0)
    sure = make_diagnosis({"LR104": replace(SPIKES, confidence=1.0)}, advice)
    entry = run_to_json(sure)
    assert (entry["findings"][0]["confidence"], entry["advice"]["confidence"]) == (0.99, 0.99)


def test_what_was_cleared_and_what_could_not_be_looked_at() -> None:
    entry = run_to_json(make_diagnosis())
    assert entry["cleared"] == ["LR102"]
    assert entry["seen"]["LR102"]["value"] == "end 0.09 above best"
    assert entry["skipped"] == {"LR101": ["classes"]}
    assert entry["skipped_why"]["LR101"]["why"] == "Say the number of classes."


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (float("nan"), None),
        (np.float64("inf"), None),
        ((1, (2.0, None)), [1, [2.0, None]]),
        ({"a": np.arange(2)}, {"a": [0, 1]}),
        ("half \ud800 a character", "half ? a character"),
    ],
)
def test_plain_data(value: object, expected: object) -> None:
    made = plain(value)
    assert made == expected
    assert type(made) is type(expected)
    orjson.dumps(made)


def test_what_has_no_place_in_json_is_an_error() -> None:
    with pytest.raises(TypeError, match="no place in JSON"):
        plain(object())


def test_names_out_of_a_broken_file_are_written() -> None:
    run = replace(make_run(), name="run-\udcff", source="a\udcff.csv")
    entry: Mapping[str, Any] = strict(to_bytes(run_to_json(make_diagnosis(run=run))))
    assert entry["name"] == "run-?"
