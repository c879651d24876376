"""Readers of other packages: the example of the documentation, installed."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from lrdiag.errors import ReadError
from lrdiag.readers import READERS, Source, catalogue, find_readers, list_tools, read_runs

DOCS = Path(__file__).parents[2] / "docs" / "readers.md"


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """Yield the objects that entry points of the group name, by name; set them before reading."""
    offered: dict[str, Any] = {}

    class Point(SimpleNamespace):
        dist = SimpleNamespace(name="mypackage")

        def load(self) -> object:
            if isinstance(offered[self.name], Exception):
                raise offered[self.name]
            return offered[self.name]

    def entry_points(*, group: str) -> list[Point]:
        assert group == "lrdiag.readers"
        return [Point(name=name, value=f"mypackage:{name}") for name in offered]

    monkeypatch.setattr(catalogue, "entry_points", entry_points)
    find_readers.cache_clear()
    yield offered
    find_readers.cache_clear()


def documented() -> dict[str, Any]:
    (code,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)
    made: dict[str, Any] = {}
    exec(code, made)  # the documentation's own example
    return made


def test_the_documented_reader_reads_its_format(installed: dict[str, Any]) -> None:
    installed["mylog"] = documented()["READER"]
    (run,) = read_runs(Source("a.mylog", b"MYLOG1\n0;2.5;0.1\n1;2.0;0.1\n2;1.8;\n3;nan;0.1\n"))
    assert (run.format, run.title) == ("mylog", "My log")
    np.testing.assert_array_equal(run["train_loss"].values, [2.5, 2.0, 1.8, np.nan])
    np.testing.assert_array_equal(run["lr"].steps, [0.0, 1.0, 3.0])
    assert list_tools()["My trainer"][0].file == "run.mylog"


def test_a_reader_that_fails_says_so_by_its_title(installed: dict[str, Any]) -> None:
    installed["mylog"] = documented()["READER"]
    with pytest.raises(ReadError, match=r"cannot be read|No losses"):
        read_runs(Source("a.mylog", b"MYLOG1\n0;2.5\n"))


@pytest.mark.parametrize("broken", [ImportError("no module named x"), "no reader"])
def test_a_broken_plugin_is_named(installed: dict[str, Any], broken: object) -> None:
    installed["mylog"] = broken
    with pytest.raises(catalogue.PluginError, match="mylog") as caught:
        find_readers()
    assert "mypackage" in caught.value.hint


def test_without_plugins_there_are_the_own_readers(installed: dict[str, Any]) -> None:
    assert find_readers() == READERS
