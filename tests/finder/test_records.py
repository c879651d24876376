"""What is asked and what comes back: whole through JSON, and nothing wrong gets in."""

import math
from typing import Any

import orjson
import pytest

from lrdiag.errors import InvalidSpecError, LrdiagError, MalformedResultError
from lrdiag.finder import Progress, RangeTestResult, RangeTestSpec, Regions
from tests.cli.test_main import loaded_after
from tests.finder.records import example_result


def through_json(data: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = orjson.loads(orjson.dumps(data))
    return plain


def test_a_spec_comes_back_from_json() -> None:
    spec = RangeTestSpec("char-gpt", {"depth": 2, "precision": "bf16"}, seeds=4, data="d1")
    assert RangeTestSpec.from_json(through_json(spec.to_json())) == spec
    assert RangeTestSpec.from_json({"task": "char-gpt"}) == RangeTestSpec("char-gpt")


def test_a_result_comes_back_from_json() -> None:
    result = example_result()
    plain = through_json(result.to_json())
    again = RangeTestResult.from_json(plain)
    assert again.to_json() == plain
    assert again.suggestion == result.suggestion
    assert again.rungs[0] == result.rungs[0]
    assert again.stop is result.stop
    assert plain["loss"][-1] is None
    assert math.isnan(again.loss[-1])


def test_progress_comes_back_from_json() -> None:
    told = Progress("rungs", 130, 280, (1e-7, 1e-6), (2.3, 2.2), example_result().rungs[:3])
    assert Progress.from_json(through_json(told.to_json())) == told


def test_regions_are_gone_through_from_the_lowest() -> None:
    regions = Regions(descent=(1e-3, 1e-1), flat=(1e-5, 1e-3))
    assert list(regions) == [("flat", (1e-5, 1e-3)), ("descent", (1e-3, 1e-1))]


@pytest.mark.parametrize(
    "values",
    [
        {"task": ""},
        {"task": "a", "lr_min": 0.0},
        {"task": "a", "lr_min": 1.0, "lr_max": 0.1},
        {"task": "a", "lr_max": math.inf},
        {"task": "a", "lr_max": math.nan},
        {"task": "a", "steps": 9},
        {"task": "a", "steps": 10_001},
        {"task": "a", "seeds": 0},
        {"task": "a", "diverge_threshold": 1.0},
        {"task": "a", "diverge_threshold": math.nan},
    ],
)
def test_a_spec_that_makes_no_sense_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(InvalidSpecError) as refusal:
        RangeTestSpec(**values)
    assert refusal.value.hint


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lr", [1.0]),
        ("lr", "1e-3"),
        ("loss", {"0": 1.0}),
        ("stop", "tired"),
        ("seconds", "long"),
        ("seconds", 10**400),
        ("schema_version", 2),
        ("ratios", [True]),
        ("rungs", [{"lr": 0.1}]),
        ("suggestion", {"lr": 0.1, "low": 0.1, "high": 0.1, "reason": "x" * 20_000}),
        ("suggestion", {"lr": 0.1, "low": 0.2, "high": 0.3, "reason": ""}),
        ("suggestion", {"lr": None, "low": 0.2, "high": 0.3, "reason": ""}),
        ("regions", {"plateau": [1.0, 2.0]}),
        ("regions", {"flat": [1.0]}),
        ("spec", {"task": "a", "values": {"width": [1]}}),
        ("unheard_of", 1),
    ],
)
def test_what_is_no_result_is_refused(field: str, value: object) -> None:
    plain = through_json(example_result().to_json()) | {field: value}
    with pytest.raises(LrdiagError):
        RangeTestResult.from_json(plain)


@pytest.mark.parametrize("data", [None, [], "result", 3, {}])
def test_other_data_is_no_result(data: object) -> None:
    with pytest.raises(MalformedResultError):
        RangeTestResult.from_json(data)


def test_the_plan_is_told_beforehand() -> None:
    assert 200 <= RangeTestSpec("a").plan() <= 300
    assert RangeTestSpec("a", confirm=True).plan() <= 1200


def test_the_records_load_no_torch() -> None:
    assert "torch" not in loaded_after("import lrdiag.finder")
    assert "torch" not in loaded_after("import lrdiag\nlrdiag.range_test, lrdiag.find_lr")
