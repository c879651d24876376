"""Links to one diagnosis: make, list, end; and what they serve besides the page."""

from fastapi import APIRouter, Request, Response

from app.dependencies import CurvesDep, OwnerDep, StoredDep, StoreDep
from app.errors import GoneError, NotFoundError, unknown_diagnosis
from app.links import absolute
from app.routes.diagnoses import SMALL_BODY, Problem, WindowDep, chart_answer, window_answer
from app.schemas import ShareAnswer, ShareList, ShareRequest, ShareRow
from app.store import Ended, Shared, Store

router = APIRouter(tags=["shares"])


@router.post(
    "/api/diagnoses/{diagnosis_id}/shares",
    status_code=201,
    responses={404: Problem, 422: Problem},
    max_body_size=SMALL_BODY,
)
def create_share(
    request: Request,
    diagnosis_id: str,
    store: StoreDep,
    owner: OwnerDep,
    body: ShareRequest | None = None,
) -> ShareAnswer:
    """Make a link that shows this diagnosis, read-only, to anyone who has it.

    The server keeps only a hash of it: the address is told here and never again.
    """
    wish = body or ShareRequest()
    made = store.create_share(owner, diagnosis_id, wish.days, wish.hide_name)
    if made is None:
        raise unknown_diagnosis()
    url = absolute(request, f"/s/{made.token}")
    return ShareAnswer(id=made.id, url=url, expires_at=made.expires_at)


@router.get("/api/diagnoses/{diagnosis_id}/shares", responses={404: Problem})
def list_shares(stored: StoredDep, store: StoreDep) -> ShareList:
    """List the links to a diagnosis; their addresses are not known any more."""
    return ShareList(
        shares=[
            ShareRow(
                id=one.id,
                created_at=one.created_at,
                expires_at=one.expires_at,
                ended_at=one.ended_at,
                hide_name=one.hide_name,
            )
            for one in store.list_shares(stored.owner, stored.id)
        ]
    )


@router.delete("/api/shares/{share_id}", status_code=204, responses={404: Problem})
def end_share(share_id: str, store: StoreDep, owner: OwnerDep) -> None:
    """End a link at once."""
    if not store.end_share(owner, share_id):
        raise NotFoundError("There is no such link, or it has ended already.")


@router.get("/s/{token}/runs/{k}/chart", include_in_schema=False)
def read_shared_chart(token: str, k: int, store: StoreDep) -> Response:
    """Return the chart of a shared run."""
    return chart_answer(store, find_shared(store, token).stored, k)


@router.get("/s/{token}/runs/{k}/window", include_in_schema=False)
def read_shared_window(
    token: str, k: int, window: WindowDep, store: StoreDep, curves: CurvesDep
) -> Response:
    """Return a part of the chart of a shared run."""
    return window_answer(curves, find_shared(store, token).stored, k, window)


def find_shared(store: Store, token: str) -> Shared:
    """Return what a link shows.

    Raises:
        GoneError: The link has ended.
        NotFoundError: There never was one.
    """
    found = store.find_shared(token)
    if isinstance(found, Ended):
        raise GoneError(
            "Its time was up, or its owner ended it.", hint="Ask its owner for a new one."
        )
    if found is None:
        raise NotFoundError("There is no such link.", hint="Check that it was copied whole.")
    return found
