"""Several diagnoses together: the page, the same as JSON, and what the browser draws."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from app.compareschemas import CompareAnswer
from app.compareview import compare_page
from app.comparing import choose_runs, comparison_document
from app.compose import recent_rows
from app.dependencies import ComparisonsDep, OwnerDep, SlotDep, StoreDep
from app.pages import render
from app.schemas import ProblemAnswer

RECENT = 50  # logs to choose from
MOST_IDS = 60

Problem: dict[str, Any] = {
    "model": ProblemAnswer,
    "content": {"application/problem+json": {}},
}
IdsQuery = Annotated[
    list[str],
    Query(
        alias="id",
        min_length=1,
        max_length=MOST_IDS,
        description="Diagnoses of yours, once each; all their runs are compared.",
    ),
]
PickedQuery = Annotated[list[str], Query(alias="d", max_length=MOST_IDS)]

router = APIRouter(tags=["compare"])


@router.get("/compare", include_in_schema=False)
def show_comparison(
    request: Request,
    store: StoreDep,
    owner: OwnerDep,
    comparisons: ComparisonsDep,
    _: SlotDep,
    d: PickedQuery = [],  # noqa: B006  read only
    by: Literal["", "age"] = "",
) -> HTMLResponse:
    """Show what runs say together, or let them be chosen; by age where nobody has put an order."""
    chosen = choose_runs(store, owner, d)
    if by == "age":
        chosen = tuple(sorted(chosen, key=lambda one: one.stored.created_at))
    picked = tuple(dict.fromkeys(one.stored.id for one in chosen))
    compared = comparisons.compare(chosen) if chosen else None
    recent = recent_rows(store.recent(owner, RECENT), datetime.now(UTC))
    return render(request, compare_page(chosen, compared, recent, picked=picked))


@router.get(
    "/api/compare",
    response_model=CompareAnswer,
    responses={400: Problem, 404: Problem, 422: Problem, 503: Problem},
)
def read_comparison(
    ids: IdsQuery, store: StoreDep, owner: OwnerDep, comparisons: ComparisonsDep, _: SlotDep
) -> Response:
    """Compare all runs of some diagnoses: by rate, as repeats, or as before and after.

    Of two runs the first is taken for the one before a change.
    """
    chosen = choose_runs(store, owner, ids)
    made = comparison_document(chosen, comparisons.compare(chosen))
    return Response(orjson.dumps(made), media_type="application/json")


@router.get(
    "/api/compare/chart", responses={400: Problem, 404: Problem, 422: Problem, 503: Problem}
)
def read_comparison_chart(
    ids: IdsQuery, store: StoreDep, owner: OwnerDep, comparisons: ComparisonsDep, _: SlotDep
) -> Response:
    """Return what the browser draws of a comparison, about 6,000 points in all."""
    chosen = choose_runs(store, owner, ids)
    return Response(comparisons.compare(chosen).chart, media_type="application/json")
