"""The web server's process: one listening socket, one application, one line when it is ready."""

import errno
import socket
import webbrowser
from contextlib import suppress

import uvicorn
from uvicorn.importer import import_from_string

from lrdiag.errors import LrdiagError

APPLICATION = "app.main:create_app"  # a name: the library imports nothing from the server
KEEP_ALIVE = 5  # seconds an idle connection stays open
GRACE = 5  # seconds that answers under way get at the end


class AnnouncingServer(uvicorn.Server):
    """A server that says where it is once it answers."""

    def __init__(self, config: uvicorn.Config, address: str, *, open_browser: bool) -> None:
        super().__init__(config)
        self.address = address
        self.open_browser = open_browser

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, then say so."""
        await super().startup(sockets)
        if self.started:
            print(f"lrdiag is at {self.address}  (Ctrl-C ends it)", flush=True)
            if self.open_browser:
                webbrowser.open(self.address)


def bind_socket(host: str, port: int) -> socket.socket:
    """Take the port before anything else is built.

    Raises:
        LrdiagError: The port is taken or not allowed, or the address is not of this machine.
    """
    bare = host.strip("[]")
    family = socket.AF_INET6 if ":" in bare else socket.AF_INET
    # With the protocol named asyncio sends at once; without, each answer waited 40 ms for its ack.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((bare, port))
    except OSError as error:
        listener.close()
        raise _say_bind_error(error, host, port) from None
    listener.set_inheritable(True)
    return listener


def _say_bind_error(error: OSError, host: str, port: int) -> LrdiagError:
    if error.errno == errno.EADDRINUSE:
        hint = f"Another program listens there. Take another port: lrdiag serve --port {port + 1}"
        return LrdiagError(f"Port {port} on {host} is taken.", hint=hint)
    if error.errno == errno.EACCES:
        hint = "Ports below 1024 are the system's: lrdiag serve --port 8000"
        return LrdiagError(f"Port {port} on {host} is not for this user.", hint=hint)
    hint = "Use 127.0.0.1 for this machine alone, or 0.0.0.0 for every address it has."
    return LrdiagError(f"{host} is no address of this machine.", hint=hint)


def run_server(listener: socket.socket, address: str, *, open_browser: bool) -> None:
    """Build the application from the environment and serve it until told to end.

    Raises:
        LrdiagError: The settings make no sense, or the data folder cannot be used.
    """
    try:
        application = import_from_string(APPLICATION)()
    except ValueError as error:
        raise LrdiagError(_say_settings(error), hint="See LRDIAG_* in app/settings.py.") from None
    except OSError as error:
        raise LrdiagError(f"The data folder cannot be used: {error}.", hint="--data DIR") from None
    config = uvicorn.Config(
        application,
        log_level="warning",
        access_log=False,  # a share's token is part of its address
        proxy_headers=False,  # whoever reaches the port could claim to be someone else
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=GRACE,
    )
    with suppress(KeyboardInterrupt):
        AnnouncingServer(config, address, open_browser=open_browser).run(sockets=[listener])


def _say_settings(error: ValueError) -> str:
    """Say the messages of a settings error without the library's preamble."""
    details = getattr(error, "errors", None)
    if not callable(details):
        return str(error)
    said = [
        f"{'LRDIAG_' + str(one['loc'][0]).upper() + ': ' if one['loc'] else ''}"
        f"{str(one['msg']).removeprefix('Value error, ')}"
        for one in details()
    ]
    return " ".join(said)
