"""The calls of the API as a page: FastAPI's own page takes its scripts from another host."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.pages import Page, render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the API."""

    method: str
    path: str
    summary: str
    description: str
    takes: tuple[str, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ApiPage(Page):
    """Every call, and how to make the first."""

    template = "pages/api.html"

    calls: tuple[Call, ...]
    address: str
    asks_token: bool


@router.get("/api/docs")
def read_api_docs(request: Request) -> HTMLResponse:
    """List the calls."""
    calls = tuple(
        _call(method, path, one)
        for path, methods in request.app.openapi()["paths"].items()
        for method, one in methods.items()
    )
    settings = request.app.state.settings
    page = ApiPage(
        title="API",
        here="API",
        calls=calls,
        address=(settings.public_url or str(request.base_url)).rstrip("/"),
        asks_token=bool(settings.tokens),
    )
    return render(request, page)


def _call(method: str, path: str, one: dict[str, Any]) -> Call:
    body = one.get("requestBody", {}).get("content", {})
    queries = [p["name"] for p in one.get("parameters", ()) if p["in"] == "query"]
    return Call(
        method=method.upper(),
        path=path,
        summary=one["summary"],
        description=one["description"].replace("\n", " "),
        takes=(*body, *(f"?{name}=" for name in queries)),
        answers=tuple(one["responses"]),
    )
