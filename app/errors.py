"""Every error to one answer: a status, what happened, and what to do.

The JSON API answers with a problem object (RFC 9457); a browser that asked for a page gets one.
"""

import html
import importlib.util
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lrdiag.errors import ConfigError, LimitError, LrdiagError, ReadError, UnknownNameError
from lrdiag.report.json import SourceError, plain

RETRY_SECONDS = "10"
MOST_ERRORS = 20  # of one request that are told of
log = logging.getLogger("uvicorn.lrdiag")  # under uvicorn's own logger, so that it is shown


class NothingReadError(ReadError):
    """None of the files gave a run.

    Attributes:
        errors: What was wrong with each.
        too_large: Whether every one of them was beyond a limit.
    """

    def __init__(self, errors: Sequence[SourceError], *, too_large: bool = False) -> None:
        one = errors[0] if len(errors) == 1 else None
        super().__init__(
            one.error if one else f"None of the {len(errors)} files could be read.",
            hint=one.hint if one else "What was wrong with each is listed under errors.",
        )
        self.errors = tuple(errors)
        self.too_large = too_large


class UnforeseenError(LrdiagError):
    """A mistake of the server's own; its number is in the message and in the log."""


class NotFoundError(LrdiagError):
    """There is no such thing, or it is somebody else's; nobody learns which."""


class GoneError(LrdiagError):
    """There was such a thing, and its owner ended it."""


class SignInError(LrdiagError):
    """The server asks for a token and the request holds none that it knows."""


class RefusedError(LrdiagError):
    """The request comes from another site, or under a name that the server does not answer to."""


class BadRequestError(LrdiagError):
    """The request itself cannot be understood."""


class BusyError(LrdiagError):
    """The server works on as much as it can at once; later it will do."""


class ChangedError(LrdiagError):
    """Somebody else kept changing the same thing."""


def unknown_diagnosis() -> NotFoundError:
    """Return what is said of a diagnosis that is not there, or not the asker's."""
    return NotFoundError(
        "There is no such diagnosis.",
        hint="It was deleted, or it belongs to another browser or token.",
    )


STATUS: Mapping[type[LrdiagError], int] = {
    LimitError: 413,
    ReadError: 422,
    ConfigError: 422,
    UnknownNameError: 422,
    NotFoundError: 404,
    GoneError: 410,
    SignInError: 401,
    RefusedError: 403,
    BadRequestError: 400,
    ChangedError: 409,
    BusyError: 503,
}
TITLES: Mapping[int, str] = {
    400: "The request cannot be understood",
    401: "This server asks for a token",
    403: "The request was refused",
    404: "There is nothing here",
    405: "That cannot be done here",
    409: "Changed by someone else meanwhile",
    410: "This link has ended",
    413: "That is too large",
    415: "This kind of content is not read",
    422: "This could not be read",
    500: "Something broke on the server",
    503: "The server is busy",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as the client sees it."""

    status: int
    detail: str
    hint: str = ""
    errors: tuple[SourceError, ...] = ()

    @property
    def title(self) -> str:
        """A few words for the head of a page."""
        return TITLES.get(self.status, HTTPStatus(self.status).phrase)

    def to_json(self) -> bytes:
        """Return the problem object of RFC 9457."""
        body = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "hint": self.hint,
            "errors": [asdict(one) for one in self.errors],
        }
        return orjson.dumps(plain(body))  # a message may quote half a character


def problem_of(error: Exception) -> Problem:
    """Return the answer to an error that was raised on purpose; 500 for the library's others."""
    if isinstance(error, NothingReadError):
        return Problem(413 if error.too_large else 422, error.message, error.hint, error.errors)
    if isinstance(error, LrdiagError):
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
        return Problem(status, error.message, error.hint)
    if isinstance(error, RequestValidationError):
        return _invalid(error)
    if isinstance(error, HTTPException):
        return _http_problem(error)
    return _unexpected(error)


def answer(request: Request, problem: Problem) -> Response:
    """Return the problem as JSON, or as a page to a browser that asked for one."""
    wants_page = _wants_page(request)
    if wants_page and problem.status == 401 and request.method == "GET":
        return RedirectResponse("/login", status_code=303)
    response: Response
    if wants_page:
        response = _page(request, problem)
    else:
        response = Response(
            problem.to_json(), problem.status, media_type="application/problem+json"
        )
    if problem.status == 401:
        response.headers["www-authenticate"] = "Bearer"
    if problem.status == 503:
        response.headers["retry-after"] = RETRY_SECONDS
    return response


def _wants_page(request: Request) -> bool:
    asked = "text/html" in request.headers.get("accept", "")
    return asked and not request.url.path.startswith("/api")


def add_error_handlers(app: FastAPI) -> None:
    """Teach the application what each error means."""

    async def handle(request: Request, error: Exception) -> Response:
        problem = problem_of(error)
        if isinstance(error, RequestValidationError) and _wants_page(request):
            problem = _odd_address(error)
        response = answer(request, problem)
        if isinstance(error, HTTPException):
            response.headers.update(error.headers or {})
        return response

    for kind in (LrdiagError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, handle)


class CatchErrors:
    """Turns what nobody foresaw into a 500 with a number that is also in the log.

    Starlette has such a layer too, but outside of all others: its answers would go without the
    security headers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except ClientDisconnect:
            return  # nobody is there to answer
        except Exception as error:
            problem = problem_of(error)
            if started:
                raise
            await answer(Request(scope), problem)(scope, receive, send)


def _invalid(error: RequestValidationError) -> Problem:
    errors = tuple(
        SourceError(
            ".".join(str(part) for part in one["loc"] if part != "body"), str(one["msg"]), ""
        )
        for one in error.errors()[:MOST_ERRORS]
    )
    told = "; ".join(f"{one.source}: {one.error}" if one.source else one.error for one in errors)
    return Problem(422, f"The request does not fit: {told}.", "See /api/openapi.json.", errors)


def _odd_address(error: RequestValidationError) -> Problem:
    """Word for a person what an address holds that no page has; the API names fields instead."""
    one = error.errors()[0]
    given = one.get("input")
    said = f" is {str(given)[:40]!r}" if isinstance(given, str | int | float) else ""
    return Problem(
        422,
        f"In this address {str(one['loc'][-1])[:40]}{said}, and no page has that.",
        "Take away what stands behind the question mark, or start again at /.",
    )


def _http_problem(error: HTTPException) -> Problem:
    """Word what the framework says in one phrase; our own errors of this kind are worded."""
    if error.status_code == 404 and error.detail == "Not Found":
        return Problem(404, "No page and no call has this address.", "Start again at /.")
    if error.status_code == 405 and error.detail == "Method Not Allowed":
        allowed = (error.headers or {}).get("Allow", "")
        return Problem(
            405, "This address takes other calls.", f"It takes {allowed}." * bool(allowed)
        )
    return Problem(error.status_code, str(error.detail), str(getattr(error, "hint", "")))


def _unexpected(error: Exception) -> Problem:
    number = secrets.token_hex(4)
    log.error("error %s", number, exc_info=error)
    return Problem(
        500,
        f"The server met an error that nobody foresaw, number {number}.",
        "Try again; if it comes back, report it with the number and, if you may, the log.",
    )


def _page(request: Request, problem: Problem) -> HTMLResponse:
    try:
        if importlib.util.find_spec("app.pages"):
            from app.pages import error_page

            return error_page(request, problem.status, problem.title, problem.detail, problem.hint)
    except Exception as error:  # a broken template must not hide the first error
        log.error("the error page itself failed", exc_info=error)
    words: dict[str, Any] = {
        "title": html.escape(problem.title),
        "detail": html.escape(problem.detail),
        "hint": html.escape(problem.hint),
    }
    return HTMLResponse(PLAIN_PAGE.format(**words), status_code=problem.status)


PLAIN_PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
    "<h1>{title}</h1><p>{detail}</p><p>{hint}</p></html>"
)
