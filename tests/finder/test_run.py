"""From a spec to a result."""

import math
from typing import Any

import orjson
import pytest

from lrdiag.errors import InvalidSpecError, LrdiagError, UnknownNameError
from lrdiag.finder import Progress, RangeTestResult, RangeTestSpec
from lrdiag.finder.run import run_range_test
from lrdiag.training.source import DataSource


@pytest.fixture(autouse=True)
def _offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LRDIAG_TASKS", "tests.finder.offered")


def test_a_spec_is_run_and_comes_back_with_its_result() -> None:
    spec = RangeTestSpec("offered", {"momentum": 0.5}, seeds=3, device="cpu")
    told: list[Progress] = []
    result = run_range_test(spec, watch=told.append)
    assert result.suggestion is not None
    assert result.spec == spec
    assert result.band is not None
    assert result.band.seeds == 3
    assert "A note." in result.warnings
    assert result.device == "cpu"
    assert told[-1].phase == "done"
    plain = orjson.loads(orjson.dumps(result.to_json()))
    again = RangeTestResult.from_json(plain)
    assert again.to_json() == plain
    assert math.isclose(again.suggestion.lr if again.suggestion else 0.0, result.suggestion.lr)


@pytest.mark.parametrize(
    ("error", "spec", "data"),
    [
        (UnknownNameError, {"task": "unheard-of"}, None),
        (InvalidSpecError, {"task": "offered", "values": {"width": 3}}, None),
        (InvalidSpecError, {"task": "offered", "values": {"momentum": 3.0}}, None),
        (InvalidSpecError, {"task": "offered", "device": "cuda:99"}, None),
        (InvalidSpecError, {"task": "offered", "device": "toaster"}, None),
        (InvalidSpecError, {"task": "offered"}, DataSource("csv", b"a,b\n1,2\n", "a.csv")),
    ],
)
def test_what_cannot_be_run_is_refused(
    error: type[LrdiagError], spec: dict[str, Any], data: DataSource | None
) -> None:
    with pytest.raises(error) as refusal:
        run_range_test(RangeTestSpec(**spec), data)
    assert refusal.value.hint
