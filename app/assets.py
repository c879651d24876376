"""Static files: compressed once, named by their content, cached for good under that name."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Request, Response

from app.errors import NotFoundError
from app.settings import STATIC

# Said here and not by the machine's own table, which differs from one system to the next.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".csv": "text/csv; charset=utf-8",
    ".jsonl": "application/x-ndjson",
    ".txt": "text/plain; charset=utf-8",
}
PACKED = (".woff2", ".png")  # compressed already
FOREVER = "public, max-age=31536000, immutable"
A_WEEK = "public, max-age=604800"
ASK = "no-cache"  # keep it, but ask with the ETag each time

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Asset:
    """A static file as it goes over the wire.

    Attributes:
        content: As on disk.
        packed: The same with gzip; None where that saves nothing.
        version: The first twelve hex digits of the content's SHA-256.
        media_type: The Content-Type.
    """

    content: bytes
    packed: bytes | None
    version: str
    media_type: str


def asset_url(name: str, folder: Path = STATIC) -> str:
    """Return the URL of a static file, with its content's hash so that it may be kept for good.

    A font goes without one: the stylesheet that also names it knows no hash, and two URLs would
    be two downloads.

    Raises:
        NotFoundError: There is no such file, which is a mistake in a template.
    """
    if name.endswith(".woff2"):
        return f"/static/{name}"
    return f"/static/{name}?v={find_asset(folder, name).version}"


def find_asset(folder: Path, name: str) -> Asset:
    """Return a static file; read and compressed at its first use and after every change.

    Raises:
        NotFoundError: There is no such file inside the folder, or not of a kind that is served.
    """
    root = folder.resolve()
    try:
        path = (root / name).resolve()
        if not (path.is_relative_to(root) and path.suffix in TYPES and path.is_file()):
            raise NotFoundError(f"There is no file /static/{name[:80]}.")
        changed = path.stat().st_mtime_ns
    except (ValueError, OSError):  # a NUL, or a name too long for the disk
        raise NotFoundError("There is no such file.") from None
    return _load(path, changed)


@lru_cache(maxsize=256)
def _load(path: Path, changed: int) -> Asset:
    content = path.read_bytes()
    packed = None if path.suffix in PACKED else gzip.compress(content, 9, mtime=0)
    if packed is not None and len(packed) >= len(content):
        packed = None
    version = hashlib.sha256(content).hexdigest()[:12]
    return Asset(content, packed, version, TYPES[path.suffix])


@router.get("/static/{name:path}")
def read_static(request: Request, name: str, v: str = "") -> Response:
    """Send a static file."""
    asset = find_asset(request.app.state.settings.static, name)
    etag = f'"{asset.version}"'
    headers = {"ETag": etag, "Vary": "Accept-Encoding", "Cache-Control": ASK}
    if v == asset.version:
        headers["Cache-Control"] = FOREVER
    elif name.endswith(".woff2"):
        headers["Cache-Control"] = A_WEEK
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    body = asset.content
    if asset.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        body = asset.packed
        headers["Content-Encoding"] = "gzip"
    return Response(body, headers=headers, media_type=asset.media_type)
