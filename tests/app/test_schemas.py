"""What the API says of itself is what it does."""

import httpx
import pytest

from app.compareschemas import CompareAnswer, ComparisonAnswer
from app.schemas import (
    DiagnosisAnswer,
    HealthAnswer,
    ProblemAnswer,
    RunAnswer,
    ShareAnswer,
    ShareList,
)
from tests.app.logs import make_csv, send

NOT_A_LOSS_LOG = b"run,accuracy,params\n" + b"".join(b"r%d,0.%d,1000\n" % (i, i) for i in range(9))


@pytest.mark.parametrize(
    "data", [make_csv(), make_csv(5), make_csv(300, noise=0.8), NOT_A_LOSS_LOG]
)
def test_answers_are_as_described(anna: httpx.Client, data: bytes) -> None:
    files = [("files", ("a.csv", data)), ("files", ("b.bin", bytes(range(256))))]
    answer = anna.post("/api/diagnoses", files=files).json()
    DiagnosisAnswer.model_validate(answer)
    for run in answer["runs"]:
        assert set(run) == set(RunAnswer.model_fields), "a key that the description does not tell"


def test_a_comparison_is_as_described(anna: httpx.Client) -> None:
    rates = [
        ("lr1e-3.csv", make_csv(60)),
        ("lr1e-2.csv", make_csv(60, seed=1)),
        ("no.csv", NOT_A_LOSS_LOG),
    ]
    several = anna.post("/api/diagnoses", files=[("files", one) for one in rates]).json()["id"]
    for ids in (
        [several],
        [send(anna)["id"], send(anna, make_csv(300, noise=0.5))["id"]],
        [several, send(anna)["id"]],
    ):
        answer = anna.get("/api/compare", params={"id": ids})
        assert answer.status_code == 200, answer.text
        CompareAnswer.model_validate(answer.json())
        assert set(answer.json()["comparison"]) == set(ComparisonAnswer.model_fields)


def test_other_answers_are_as_described(anna: httpx.Client) -> None:
    home = f"/api/diagnoses/{send(anna)['id']}"
    ShareAnswer.model_validate(anna.post(f"{home}/shares").json())
    ShareList.model_validate(anna.get(f"{home}/shares").json())
    HealthAnswer.model_validate(anna.get("/health").json())
    ProblemAnswer.model_validate(anna.get("/api/diagnoses/x").json())


def test_the_description_names_every_call(anna: httpx.Client) -> None:
    described = anna.get("/api/openapi.json").json()
    calls = {
        (method.upper(), path) for path, methods in described["paths"].items() for method in methods
    }
    assert calls == {
        ("POST", "/api/diagnoses"),
        ("GET", "/api/diagnoses/{diagnosis_id}"),
        ("PATCH", "/api/diagnoses/{diagnosis_id}"),
        ("DELETE", "/api/diagnoses/{diagnosis_id}"),
        ("DELETE", "/api/diagnoses/{diagnosis_id}/runs/{k}/memory"),
        ("GET", "/api/diagnoses/{diagnosis_id}/runs/{k}/chart"),
        ("GET", "/api/diagnoses/{diagnosis_id}/runs/{k}/report.html"),
        ("GET", "/api/diagnoses/{diagnosis_id}/runs/{k}/window"),
        ("POST", "/api/diagnoses/{diagnosis_id}/shares"),
        ("GET", "/api/diagnoses/{diagnosis_id}/shares"),
        ("DELETE", "/api/shares/{share_id}"),
        ("GET", "/api/compare"),
        ("GET", "/api/compare/chart"),
        ("GET", "/health"),
    }
    send_logs = described["paths"]["/api/diagnoses"]["post"]
    assert set(send_logs["requestBody"]["content"]) == {"multipart/form-data", "application/json"}
    assert {"201", "413", "415", "422"} <= set(send_logs["responses"])
    for path, methods in described["paths"].items():
        for method, one in methods.items():
            assert one["summary"], (method, path)
            assert one["description"], (method, path)


def test_the_page_lists_the_same_calls(anna: httpx.Client) -> None:
    described = anna.get("/api/openapi.json").json()["paths"]
    page = anna.get("/api/docs")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    for path, methods in described.items():
        for method in methods:
            assert f"{method.upper()} {path}</code>" in page.text
    assert "//cdn" not in page.text
