"""lrdiag serve: the web pages, on this machine unless told otherwise."""

from pathlib import Path
from typing import Annotated

import typer


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
    data: Annotated[Path, typer.Option(help="Folder that keeps logs and diagnoses.")] = Path(
        "lrdiag-data"
    ),
    browser: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
) -> None:
    """Serve the web pages."""
    raise NotImplementedError(host, port, data, browser)
