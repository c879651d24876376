"""Send logs, get a diagnosis; correct it, look closer, delete it."""

from dataclasses import dataclass
from math import isfinite
from typing import Annotated, Any
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse

from app.curves import CurveCache
from app.dependencies import (
    CurvesDep,
    OwnerDep,
    SettingsDep,
    SlotDep,
    StoredDep,
    StoreDep,
    WorkersDep,
)
from app.errors import BadRequestError, NotFoundError, unknown_diagnosis
from app.links import absolute
from app.schemas import CorrectionRequest, DiagnosisAnswer, PasteRequest, ProblemAnswer
from app.store import Store, Stored
from app.uploads import UploadDep
from app.work import diagnose_again, diagnose_sources, forget_shape, report_stored
from lrdiag.charts import loss_window

SMALL_BODY = 2**20
Problem: dict[str, Any] = {
    "model": ProblemAnswer,
    "content": {"application/problem+json": {}},
}
SEND_LOGS: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {
                        "files": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "description": "Logs, packed or not; those of a folder by their paths.",
                        }
                    },
                }
            },
            "application/json": {"schema": PasteRequest.model_json_schema()},
        },
    }
}
MOST_SMOOTH = 10_001  # values; the slider of the page ends far below


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a run to look at closely.

    Attributes:
        x0: First step, on the run's own axis.
        x1: Last step, after the first.
        smooth: Width of the smoothing in logged values; the run's own where not given.

    Raises:
        BadRequestError: The steps are not finite or out of order.
    """

    x0: float
    x1: float
    smooth: Annotated[int | None, Query(ge=1, le=MOST_SMOOTH)] = None

    def __post_init__(self) -> None:
        if not (isfinite(self.x0) and isfinite(self.x1) and self.x0 < self.x1):
            raise BadRequestError(
                "A window goes from a step to a later one.", hint="Give numbers with x0 < x1."
            )


WindowDep = Annotated[Window, Depends()]

router = APIRouter(prefix="/api/diagnoses", tags=["diagnoses"])


@router.post(
    "",
    status_code=201,
    response_model=DiagnosisAnswer,
    openapi_extra=SEND_LOGS,
    responses={413: Problem, 415: Problem, 422: Problem, 503: Problem},
)
def create_diagnosis(
    request: Request,
    owner: OwnerDep,  # first: nothing is taken in from a stranger
    upload: UploadDep,
    store: StoreDep,
    workers: WorkersDep,
    settings: SettingsDep,
    _: SlotDep,
) -> Response:
    """Diagnose one or more logs.

    A file that cannot be read is told of under errors while the others go on; if none can be
    read, the answer is 422 and nothing is kept.
    """
    stored = diagnose_sources(store, workers, settings, owner, upload.read())
    response = _answer(request, stored, status=201)
    response.headers["Location"] = f"/api/diagnoses/{stored.id}"
    return response


@router.get("/{diagnosis_id}", response_model=DiagnosisAnswer, responses={404: Problem})
def read_diagnosis(request: Request, stored: StoredDep) -> Response:
    """Return a diagnosis to its owner."""
    return _answer(request, stored)


@router.patch(
    "/{diagnosis_id}",
    response_model=DiagnosisAnswer,
    responses={404: Problem, 409: Problem, 422: Problem, 503: Problem},
    max_body_size=SMALL_BODY,
)
def correct_diagnosis(
    request: Request,
    stored: StoredDep,
    body: CorrectionRequest,
    store: StoreDep,
    workers: WorkersDep,
    settings: SettingsDep,
    _: SlotDep,
) -> Response:
    """Correct what columns mean or tell what the log does not, and diagnose again.

    Roles are remembered: the owner's next logs with the same columns are read so from the start,
    and say so with ``remembered`` beside the column.
    """
    again = diagnose_again(store, workers, settings, stored, roles=body.roles, config=body.config)
    return _answer(request, again)


@router.delete(
    "/{diagnosis_id}/runs/{k}/memory",
    response_model=DiagnosisAnswer,
    responses={404: Problem, 409: Problem, 503: Problem},
)
def forget_corrections(
    request: Request,
    stored: StoredDep,
    k: int,
    store: StoreDep,
    workers: WorkersDep,
    settings: SettingsDep,
    _: SlotDep,
) -> Response:
    """Forget the roles that were corrected in logs with the columns of this run, and read it so.

    What was corrected in this diagnosis itself stands; later logs are read as if new.
    """
    return _answer(request, forget_shape(store, workers, settings, stored, k))


@router.delete("/{diagnosis_id}", status_code=204, responses={404: Problem})
def delete_diagnosis(diagnosis_id: str, store: StoreDep, owner: OwnerDep) -> None:
    """Delete a diagnosis, its upload and its charts; its links end."""
    if not store.delete(owner, diagnosis_id):
        raise unknown_diagnosis()


@router.get("/{diagnosis_id}/runs/{k}/chart", responses={404: Problem})
def read_chart(stored: StoredDep, k: int, store: StoreDep) -> Response:
    """Return what the browser draws of a run, at most about 4,000 points a curve."""
    return chart_answer(store, stored, k)


@router.get("/{diagnosis_id}/runs/{k}/window", responses={404: Problem})
def read_window(stored: StoredDep, k: int, window: WindowDep, curves: CurvesDep) -> Response:
    """Return the same curves between two steps, thinned anew from the full log."""
    return window_answer(curves, stored, k, window)


@router.get(
    "/{diagnosis_id}/runs/{k}/report.html",
    response_class=HTMLResponse,
    responses={404: Problem, 503: Problem},
)
def read_report(
    stored: StoredDep,
    k: int,
    store: StoreDep,
    workers: WorkersDep,
    settings: SettingsDep,
    _: SlotDep,
) -> Response:
    """Return the report of a run as one HTML file that needs no server and no network."""
    name, report = report_stored(store, workers, settings, stored, k)
    name = quote(f"{name}.html", safe="")
    return HTMLResponse(
        report, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    )


def chart_answer(store: Store, stored: Stored, k: int) -> Response:
    """Return the chart of run ``k``."""
    chart = store.chart(stored, k)
    if chart is None:
        raise NotFoundError(f"This diagnosis has no run {k}.")
    return Response(chart, media_type="application/json")


def window_answer(curves: CurveCache, stored: Stored, k: int, window: Window) -> Response:
    """Return a part of the chart of run ``k``."""
    part = loss_window(curves.read(stored, k), window.x0, window.x1, smooth=window.smooth)
    return Response(
        orjson.dumps(part, option=orjson.OPT_SERIALIZE_NUMPY), media_type="application/json"
    )


def _answer(request: Request, stored: Stored, *, status: int = 200) -> Response:
    url = absolute(request, f"/d/{stored.id}")
    body = orjson.dumps({"id": stored.id, "url": url, **stored.result})
    return Response(body, status, media_type="application/json")
