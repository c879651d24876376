"""Does the server live?"""

from fastapi import APIRouter

from app.dependencies import StoreDep
from app.schemas import HealthAnswer
from lrdiag import __version__

router = APIRouter(tags=["health"])


@router.get("/health")
def read_health(store: StoreDep) -> HealthAnswer:
    """Say that the server and its database answer; for Docker and load balancers."""
    store.check()
    return HealthAnswer(status="ok", version=__version__)
