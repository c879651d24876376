"""A request's body to logs: bounded while it streams, never more in memory than it must.

A multipart body goes to temporary files as it arrives; only then is it read, in a worker thread.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Annotated

import anyio
import orjson
from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import Headers, UploadFile
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import BadRequestError
from app.schemas import PasteRequest
from app.settings import Settings
from lrdiag.errors import EmptyLogError, LimitError
from lrdiag.readers.reader import Source

MAX_PASTE = 32_000_000  # bytes; held in memory, JSON up to 25 times over, unlike a file
PASTE_KEYS = 10  # of a JSON object that are looked at, for each unknown one is an error
MAX_ENCODED = 4_000_000  # bytes of one field of a urlencoded form, a third of a second to decode
FRAME_BYTES = 2**20  # multipart heads, or what JSON escapes add
MAX_FIELDS = 4  # text and name are read
IDLE_SECONDS = 30.0  # a body that stands still this long is given up
DRAIN_SECONDS = 5.0
LONGEST_NAME = 200
LONGEST_PATH = 290  # what a row of the store takes is 300
MOST_FOLDERS = 7  # mlruns/<experiment>/<run>/metrics/val/loss/<part> has six
SEPARATORS = re.compile(r"[/\\]")
ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:[/\\]")
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


class TooLargeError(HTTPException):
    """The body passed the limit; raised from the middle of whoever reads it."""

    def __init__(self, limit: int) -> None:
        super().__init__(413, f"The upload is larger than {megabytes(limit)}.")
        self.hint = "Send fewer files at once, or keep every tenth row."


class BodyLimit:
    """Ends a request as soon as its body passes the limit, or stands still.

    What still comes after the refusal is read and thrown away for a moment: a client that is
    busy sending would otherwise see a broken connection instead of the answer.
    """

    def __init__(self, app: ASGIApp, *, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        announced = int(declared) if declared.isdecimal() else 0
        seen, complete, refused = 0, False, False

        async def receive_within() -> Message:
            nonlocal seen, complete, refused
            if announced > self.limit:
                refused = True
                raise TooLargeError(self.limit - FRAME_BYTES)
            if complete:
                return await receive()
            with anyio.move_on_after(IDLE_SECONDS) as idle:
                message = await receive()
            if idle.cancelled_caught:
                raise HTTPException(408, "The upload stood still and was given up.")
            seen += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if seen > self.limit:
                refused = True
                raise TooLargeError(self.limit - FRAME_BYTES)
            return message

        async def send_then_drain(message: Message) -> None:
            last = message["type"] == "http.response.body" and not message.get("more_body", False)
            if not (last and refused and not complete):
                await send(message)
                return
            await send({**message, "more_body": True})
            await _drain(receive)
            await send({"type": "http.response.body", "body": b""})

        await self.app(scope, receive_within, send_then_drain)


async def _drain(receive: Receive) -> None:
    with anyio.move_on_after(DRAIN_SECONDS):
        while (await receive()).get("more_body", False):
            pass


@dataclass(frozen=True, slots=True)
class Upload:
    """A body that has arrived: files, or a pasted text.

    Attributes:
        files: In the order of the form; still on disk.
        text: The pasted log, None if the request holds none.
        name: What the pasted log is called.
        json: A body that holds text and name, not parsed yet: that takes memory and time.
    """

    files: tuple[UploadFile, ...]
    text: str | None = None
    name: str = "pasted log"
    json: bytes | None = None

    def read(self) -> list[Source]:
        """Return the logs; blocks, so call it in a worker thread.

        Raises:
            EmptyLogError: There is no log in the request.
            RequestValidationError: The JSON lacks its text, or is none.
        """
        if self.json is not None:
            return _paste(self.json).read()
        sources = [
            Source(clean_name(file.filename or ""), file.file.read())
            for file in self.files
            if file.filename or file.size
        ]
        if self.text is not None and (self.text or not sources):
            sources.append(Source(clean_name(self.name), self.text.encode("utf-8", "replace")))
        if not sources:
            raise EmptyLogError(
                "The request holds no log.",
                hint="Send one or more files as the form field files, or JSON with text.",
            )
        return sources


async def receive_upload(request: Request) -> AsyncIterator[Upload]:
    """Take in the body of a request; a dependency, which closes the files after the answer.

    Raises:
        BadRequestError: The body is not what its Content-Type says.
        HTTPException: It is neither a form nor JSON (415), or too large (413).
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        yield Upload((), json=await _read_body(request, MAX_PASTE))
    elif kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
        encoded = kind != "multipart/form-data"
        async with _form(request, MAX_ENCODED if encoded else MAX_PASTE) as upload:
            yield upload
    else:
        raise HTTPException(
            415, "A log comes as multipart/form-data with files, or as JSON with text and name."
        )


UploadDep = Annotated[Upload, Depends(receive_upload)]


@asynccontextmanager
async def _form(request: Request, largest: int) -> AsyncIterator[Upload]:
    settings: Settings = request.app.state.settings
    try:
        form = await request.form(
            max_files=settings.max_files,
            max_fields=MAX_FIELDS,
            max_part_size=largest,
        )
    except TooLargeError:
        raise
    except HTTPException as error:  # Starlette wraps what the form parser says
        if "Too many files" in str(error.detail):
            raise LimitError(
                f"The request holds more than {settings.max_files} files.",
                hint="Send them in several requests, or zip them.",
            ) from None
        if "exceeded maximum size" in str(error.detail):
            raise _paste_too_large(largest) from None
        raise BadRequestError(
            f"The form cannot be read: {error.detail}", hint="Send multipart/form-data."
        ) from None
    try:
        fields = form.multi_items()
        text = form.get("text")
        name = form.get("name")
        yield Upload(
            files=tuple(value for _, value in fields if not isinstance(value, str)),
            text=text if isinstance(text, str) else None,
            name=name if isinstance(name, str) and name else "pasted log",
        )
    finally:
        await form.close()


async def _read_body(request: Request, limit: int) -> bytes:
    """Return a body that is held in memory, and so has a limit of its own."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise _paste_too_large(limit)
    return bytes(body)


def _paste_too_large(limit: int) -> LimitError:
    return LimitError(
        f"The pasted text is larger than {megabytes(limit)}.",
        hint="Send it as a file; files may be larger.",
    )


def _paste(body: bytes) -> Upload:
    try:
        data = orjson.loads(body)
        fields = dict(islice(data.items(), PASTE_KEYS)) if isinstance(data, dict) else None
        if fields is None:
            raise _bad_json("it is no object")
        paste = PasteRequest.model_validate(fields)
    except orjson.JSONDecodeError as error:
        raise _bad_json(f"it is no JSON: {error.msg}") from None
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False)) from None
    return Upload((), paste.text, paste.name)


def _bad_json(words: str) -> RequestValidationError:
    return RequestValidationError([{"type": "json_invalid", "loc": ("body",), "msg": words}])


def clean_name(name: str) -> str:
    """Return a file name fit to be shown: without control or direction characters.

    A path from a dropped folder on is kept, for it tells which files are one log; one from the
    root of a disk is nobody's business.
    """
    parts = [_clean(part) for part in SEPARATORS.split(name)]
    parts = [part for part in parts if part not in ("", ".", "..")][-MOST_FOLDERS - 1 :]
    if ABSOLUTE.match(name):
        del parts[:-1]
    while len(parts) > 1 and sum(map(len, parts)) + len(parts) - 1 > LONGEST_PATH:
        del parts[0]
    return "/".join(parts) or "log"


def _clean(part: str) -> str:
    shown = UNPRINTABLE.sub("", part).strip().encode("utf-8", "replace").decode()
    return shown[:LONGEST_NAME]


def megabytes(size: int) -> str:
    """Return a size in words, as in "200 MB"."""
    return f"{size / 1e6:,.0f} MB" if size >= 1e6 else f"{size:,} bytes"
