"""lrdiag serve: the web pages, for this machine alone unless told otherwise."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from lrdiag.errors import LrdiagError

# The settings that a command line may say; everything else is said by LRDIAG_* alone.
HOST, PORT, DATA = "LRDIAG_HOST", "LRDIAG_PORT", "LRDIAG_DATA"
NEEDED = ("uvicorn", "fastapi", "sqlalchemy", "alembic", "obstore", "pydantic_settings", "app")


def serve(
    host: Annotated[str, typer.Option(envvar=HOST, help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(envvar=PORT, min=0, max=65535, help="Port; 0 takes a free one.")
    ] = 8000,
    data: Annotated[
        Path, typer.Option(envvar=DATA, help="Folder that keeps the logs and diagnoses.")
    ] = Path("lrdiag-data"),
    browser: Annotated[
        bool, typer.Option("--open", help="Open the page in a browser when it is ready.")
    ] = False,
) -> None:
    """Serve the web pages."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise LrdiagError(
            f"The server is not installed: {', '.join(missing)} missing.",
            hint='pip install "lrdiag[server]"',
        )
    from lrdiag.cli.server import bind_socket, run_server

    with bind_socket(host, port) as listener:
        bound: int = listener.getsockname()[1]
        os.environ |= {HOST: host, PORT: str(bound), DATA: str(data)}
        run_server(listener, page_address(host, bound), open_browser=browser)


def page_address(host: str, port: int) -> str:
    """Return what to type into a browser on this machine."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(host, host)
    bracketed = f"[{name}]" if ":" in name and not name.startswith("[") else name
    return f"http://{bracketed}:{port}"
