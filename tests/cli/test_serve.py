"""lrdiag serve: the port, the settings, and the one line when it is ready."""

import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from lrdiag.cli.serve import page_address
from tests.cli.command import lrdiag


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("localhost", "http://localhost:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("::1", "http://[::1]:8000"),
    ],
)
def test_the_address_is_one_that_a_browser_takes(host: str, address: str) -> None:
    assert page_address(host, 8000) == address


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = lrdiag("serve", "--port", str(port), "--data", tmp_path / "d")
    assert done.returncode == 2
    assert done.stderr.decode().splitlines()[0] == (f"error: Port {port} on 127.0.0.1 is taken.")
    assert f"--port {port + 1}" in done.stderr.decode()
    assert not (tmp_path / "d").exists()


def test_an_address_of_another_machine_is_said(tmp_path: Path) -> None:
    done = lrdiag("serve", "--host", "192.0.2.1", "--data", tmp_path)
    assert done.returncode == 2
    assert "no address of this machine" in done.stderr.decode()


def test_it_does_not_open_to_a_network_without_tokens(tmp_path: Path) -> None:
    done = lrdiag("serve", "--host", "0.0.0.0", "--port", "0", "--data", tmp_path)
    assert done.returncode == 2
    assert "LRDIAG_TOKENS" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_it_serves_and_ends_on_a_signal(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "lrdiag", "serve", "--port", "0", "--data", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline().decode()
            assert line.startswith("lrdiag is at http://127.0.0.1:")
            address = line.split()[3]
            with urllib.request.urlopen(f"{address}/health", timeout=10) as answer:
                assert answer.status == 200
                assert "uvicorn" not in str(answer.headers).lower()
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=20)
        finally:
            process.kill()
    assert process.returncode == 0
    assert errors == b""
