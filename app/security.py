"""Who asks, from where, and what every answer says to the browser.

An owner is a random id in a signed cookie, or the hash of a bearer token. With tokens configured
there are as many owners as tokens: a cookie then only carries the owner of a token that was typed
at /login, and it stops working when that token is taken out of the settings.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from itsdangerous import BadSignature, TimestampSigner
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import BadRequestError, RefusedError, SignInError, answer, problem_of

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# A link is for those who have it: no index, no copy on disk (W3C TAG, capability URLs).
SHARED_HEADERS = {
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "private, no-store",
}
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
COOKIE_SECONDS = 400 * 86_400  # the longest that browsers keep one
RENEW_SECONDS = 30 * 86_400
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Owners:
    """Tells owners apart.

    Attributes:
        key: Signs the cookies; whoever has it can be any owner.
        tokens: The secrets that the server asks for; empty where anyone may own.
        secure: Whether people come by https though the request does not show it.
    """

    key: bytes
    tokens: tuple[str, ...] = ()
    secure: bool = False

    @property
    def cookie(self) -> str:
        """The cookie's name. Cookies know no ports, so each server has a name of its own."""
        return f"lrdiag_{hashlib.sha256(b'name' + self.key).hexdigest()[:8]}"

    def identify(self, request: Request) -> str:
        """Return the owner who asks; a visitor without a cookie becomes a new one.

        Raises:
            SignInError: The server asks for a token, and the request holds none that it knows.
        """
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and bearer.strip():
            return self.sign_in(bearer.strip())
        owner, age = self._read(request.cookies.get(self.cookie, ""))
        if owner is None and self.tokens:
            raise SignInError(
                "This server shows logs only to those who have a token.",
                hint="Sign in at /login, or send the header Authorization: Bearer TOKEN.",
            )
        if owner is None or age > RENEW_SECONDS:
            owner = owner or secrets.token_hex(16)
            self.remember(request, owner)
        return owner

    def sign_in(self, token: str) -> str:
        """Return the owner that a token stands for.

        Raises:
            SignInError: The server asks for tokens and this is none of them.
        """
        if self.tokens and not _is_one_of(token, self.tokens):
            raise SignInError(
                "The server does not know this token.",
                hint="Ask whoever runs the server for one.",
            )
        return _owner_of(token)

    def remember(self, request: Request, owner: str) -> None:
        """Send the owner's cookie with the answer to this request."""
        signed = TimestampSigner(self.key, salt="owner").sign(owner).decode()
        secure = "; Secure" if self.secure or request.url.scheme == "https" else ""
        request.state.set_cookie = (
            f"{self.cookie}={signed}; Max-Age={COOKIE_SECONDS}; Path=/; "
            f"HttpOnly; SameSite=Lax{secure}"
        )

    def _read(self, cookie: str) -> tuple[str | None, float]:
        """Return the cookie's owner and its age in seconds; no owner if it is not ours."""
        signer = TimestampSigner(self.key, salt="owner")
        try:
            owner = signer.unsign(cookie, max_age=COOKIE_SECONDS).decode()
        except (BadSignature, UnicodeError):
            return None, 0.0
        if self.tokens and owner not in {_owner_of(token) for token in self.tokens}:
            return None, 0.0
        _, signed_at = signer.unsign(cookie, return_timestamp=True)
        return owner, signer.get_timestamp() - signed_at.timestamp()


def load_key(folder: Path) -> bytes:
    """Return the server's secret key, made at the first start and readable by its user alone."""
    path = folder / "secret.key"
    draft = folder / f".secret.{secrets.token_hex(8)}"
    if not path.exists():
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
        try:
            os.link(draft, path)  # whole or not at all; the first of two servers wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    key = path.read_bytes()
    if len(key) != KEY_BYTES:  # signed with less, any cookie could be made by anyone
        raise ValueError(f"{path} is damaged; delete it, and everyone becomes a new owner.")
    return key


class HeadAsGet:
    """Answers HEAD like GET; the web server itself leaves the body out."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self.app(scope, receive, send)


class SecurityHeaders:
    """Adds the headers of this file, and the owner's cookie, to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        shared = scope["path"].startswith("/s/")

        async def dress(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if shared:
                    headers.update(SHARED_HEADERS)
                elif "cache-control" not in headers:
                    headers["Cache-Control"] = "private, no-cache"
                if "set_cookie" in state:
                    headers.append("Set-Cookie", state["set_cookie"])
            await send(message)

        await self.app(scope, receive, dress)


class SameSite:
    """Lets in requests under a known host name, and changes only from the server's own pages.

    The host check stops a page whose name was pointed at 127.0.0.1 (DNS rebinding). The origin
    check follows Sec-Fetch-Site, and Origin where a browser does not send that; programs send
    neither and pass, since no browser lends them its cookies.
    """

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str], public_url: str | None) -> None:
        self.app = app
        self.hosts = frozenset(hosts) | {_hostname(public_url or "")} - {""}
        self.public = _netloc(public_url or "")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            try:
                self._check_host(headers)
                if scope["method"] not in SAFE_METHODS:
                    self._check_origin(headers)
            except (RefusedError, BadRequestError) as error:
                await answer(Request(scope), problem_of(error))(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _check_host(self, headers: Headers) -> None:
        given = headers.get("host", "")
        name = _hostname(f"//{given}")
        if "*" in self.hosts or name in self.hosts:
            return
        raise BadRequestError(
            f"The server does not answer to the name {name[:80]!r}.",
            hint="Whoever runs it can add the name to LRDIAG_ALLOWED_HOSTS.",
        )

    def _check_origin(self, headers: Headers) -> None:
        site = headers.get("sec-fetch-site")
        origin = headers.get("origin")
        if site is not None:
            allowed = site in ("same-origin", "none")
        else:
            own = {headers.get("host", "").lower(), self.public} - {""}
            allowed = origin is None or _netloc(origin) in own
        if not allowed:
            raise RefusedError(
                "Another site's page sent this request.",
                hint="Open the page on this server and do it there.",
            )


def _hostname(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:  # as from an unclosed bracket
        return ""


def _netloc(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def _owner_of(token: str) -> str:
    return f"token-{hashlib.sha256(token.encode()).hexdigest()[:32]}"


def _is_one_of(token: str, tokens: Iterable[str]) -> bool:
    """Compare with every one, so that the time taken tells nothing."""
    found = False
    for known in tokens:
        found |= hmac.compare_digest(token.encode(), known.encode())
    return found
