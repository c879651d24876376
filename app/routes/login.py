"""Type a token once, then be known by the cookie; only where the server asks for tokens."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.dependencies import OwnersDep
from app.errors import SignInError
from app.pages import Page, render

SMALL_FORM = 4_096

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class LoginPage(Page):
    """One field for the token."""

    template = "pages/login.html"

    wrong: bool = False


@router.get("/login")
def read_login(request: Request, owners: OwnersDep) -> Response:
    """Show the form."""
    if not owners.tokens:
        return RedirectResponse("/", status_code=303)
    return _form(request)


@router.post("/login", max_body_size=SMALL_FORM)
def sign_in(
    request: Request, owners: OwnersDep, token: Annotated[str, Form(max_length=1000)] = ""
) -> Response:
    """Remember whose token this is, and go home."""
    try:
        owners.remember(request, owners.sign_in(token.strip()))
    except SignInError:
        return _form(request, wrong=True)
    return RedirectResponse("/", status_code=303)


def _form(request: Request, *, wrong: bool = False) -> HTMLResponse:
    page = LoginPage(title="Sign in", nav=False, wrong=wrong)
    return render(request, page, status=401 if wrong else 200)
