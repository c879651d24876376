"""Addresses that people take elsewhere."""

from fastapi import Request


def absolute(request: Request, path: str) -> str:
    """Return the full address of a path on this server, as people outside reach it."""
    public: str | None = request.app.state.settings.public_url
    return f"{(public or str(request.base_url)).rstrip('/')}{path}"
