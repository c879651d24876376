"""The command as such: its help, its version, what it loads, and what it says of rules."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import lrdiag
from lrdiag.readers import READERS
from lrdiag.rules import RULES
from tests.cli.command import lrdiag as run

HEAVY = {"numpy", "pandas", "plotly", "scipy", "torch", "rich", "orjson", "uvicorn", "fastapi"}


def loaded_after(code: str) -> set[str]:
    """Return the modules that another Python has loaded once it ran some code."""
    program = f"{textwrap.dedent(code)}\nimport json, sys\nprint(json.dumps(list(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, text=True, timeout=60
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_version() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout.decode()) == (0, f"lrdiag {lrdiag.__version__}\n")


def test_help_names_the_commands() -> None:
    for words in (["--help"], ["-h"]):
        done = run(*words)
        assert done.returncode == 0
        text = done.stdout.decode()
        for command in ("diagnose", "formats", "rule", "serve"):
            assert f"  {command}" in text
    assert "--fail-on" in run("diagnose", "--help").stdout.decode()


def test_without_a_word_it_says_what_it_can_do() -> None:
    done = run()
    assert done.returncode == 2
    assert b"diagnose" in done.stdout


def test_a_wrong_word_is_two_lines() -> None:
    for words, said in (
        (["wrong"], "No such command"),
        (["diagnose"], "Missing argument"),
        (["diagnose", "--wrong", "x"], "No such option"),
        (["diagnose", "--format", "yaml", "x"], "'yaml' is not one of"),
        (["serve", "--port", "99999"], "--port"),
    ):
        done = run(*words)
        assert (done.returncode, done.stdout) == (2, b"")
        error, hint = done.stderr.decode().strip().split("\n")
        assert error.startswith("error: ")
        assert said in error
        assert hint.startswith("hint: ")
        assert "lrdiag" in hint
        assert hint.endswith(" --help")


def test_help_loads_nothing_heavy() -> None:
    loaded = loaded_after(
        """
        import sys
        sys.argv = ["lrdiag", "--help"]
        from lrdiag.cli.main import main
        try:
            main()
        except SystemExit:
            pass
        """
    )
    assert not HEAVY & loaded


def test_diagnose_as_json_loads_no_chart_library(tmp_path_factory: pytest.TempPathFactory) -> None:
    log = tmp_path_factory.mktemp("logs") / "a.csv"
    log.write_text("step,loss\n" + "".join(f"{k},{1 / (k + 1):.4f}\n" for k in range(60)))
    loaded = loaded_after(
        f"""
        import sys
        sys.argv = ["lrdiag", "diagnose", "--format", "json", {str(log)!r}]
        from lrdiag.cli.main import main
        try:
            main()
        except SystemExit:
            pass
        """
    )
    assert not {"plotly", "scipy", "torch", "rich", "uvicorn"} & loaded  # pandas reads the table


def test_a_rule_is_explained() -> None:
    for word in ("LR104", "lr104", "spike-recovers"):
        done = run("rule", word)
        text = done.stdout.decode()
        assert done.returncode == 0
        assert text.startswith("# LR104 spike-recovers\n")
        for section in ("What it shows", "Why it matters", "Example", "What to do", "References"):
            assert f"## {section}" in text


def test_the_catalogue_is_listed() -> None:
    text = run("rule", "--list").stdout.decode()
    assert text == run("rule").stdout.decode()
    lines = text.splitlines()
    assert [line.split()[:2] for line in lines] == [[rule.code, rule.name] for rule in RULES]


def test_an_unknown_rule_has_neighbours() -> None:
    done = run("rule", "LR1O4")
    assert done.returncode == 2
    assert done.stdout == b""
    error, hint = done.stderr.decode().strip().split("\n")
    assert error == "error: No rule is called 'LR1O4'."
    assert "LR104 spike-recovers" in hint
    assert run("rule", "nothing-like-it-at-all").returncode == 2


def test_formats_lists_every_tool_with_its_file() -> None:
    text = run("formats").stdout.decode()
    for reader in READERS:
        for tool in reader.tools:
            assert f"\n{tool.name} " in f"\n{text}"
            assert tool.file in text


def test_a_rule_in_a_terminal_shows_a_run_that_shows_it() -> None:
    pty = pytest.importorskip("pty")  # there is none on Windows
    main, side = pty.openpty()
    command = [sys.executable, "-W", "error", "-m", "lrdiag", "rule", "LR104"]
    with subprocess.Popen(command, stdout=side, env=os.environ | {"TERM": "dumb"}) as process:
        os.close(side)
        read = b""
        while True:
            try:
                part = os.read(main, 65536)
            except OSError:  # Linux says so when the other side is closed
                break
            if not part:
                break
            read += part
    os.close(main)
    text = read.decode()
    assert process.returncode == 0
    assert "A run that shows it" in text
    assert "step 499" in text
    assert "▲" in text
    assert "A run that shows it" not in run("rule", "LR104").stdout.decode()


def test_pages_are_written_or_said_why_not(tmp_path: Path) -> None:
    done = run("rule", "--write", tmp_path / "rules")
    assert done.stdout.decode() == f"{len(RULES) + 1} pages written.\n"
    (tmp_path / "file").write_text("")
    done = run("rule", "--write", tmp_path / "file")
    assert done.returncode == 2
    assert b"hint: Name a folder" in done.stderr
