"""Which tasks are found, and that a broken one of the operator's takes nothing down."""

import sys
from pathlib import Path

import pytest

from lrdiag.errors import UnknownNameError
from lrdiag.training import TASKS, find_tasks, list_broken_tasks, task

OWN = "from tests.training.cards import card\n"


@pytest.fixture
def operator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return a folder that modules can be imported from."""
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def offer(folder: Path, module: str, code: str) -> None:
    (folder / f"{module}.py").write_text(OWN + code)
    sys.modules.pop(module, None)


def test_lrdiags_own_come_first(operator: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(operator, "own_several", "TASKS = [card('mine'), card('mine-too')]")
    offer(operator, "own_single", "TASK = card('single')")
    monkeypatch.setenv("LRDIAG_TASKS", "own_several, own_single")
    found = find_tasks()
    assert found[: len(TASKS)] == TASKS
    assert [one.name for one in found[len(TASKS) :]] == ["mine", "mine-too", "single"]
    assert task(" Mine-Too ").name == "mine-too"
    assert list_broken_tasks() == ()


def test_what_is_broken_is_told_and_left_out(
    operator: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(operator, "broken_syntax", "TASKS = [")
    offer(operator, "broken_exit", "raise SystemExit(3)")
    offer(operator, "broken_empty", "")
    offer(operator, "broken_kind", "TASKS = [card('kept'), 17]")
    offer(operator, "broken_twin", "TASK = card('kept')")
    offer(operator, "broken_card", "TASK = card('No Name')")
    modules = ["syntax", "exit", "empty", "kind", "twin", "card"]
    names = [*(f"broken_{one}" for one in modules), "broken_missing"]
    monkeypatch.setenv("LRDIAG_TASKS", ",".join(names))
    assert [one.name for one in find_tasks()[len(TASKS) :]] == ["kept"]
    broken = {one.source.removeprefix("LRDIAG_TASKS "): one for one in list_broken_tasks()}
    assert set(broken) == set(names)
    assert all(one.hint for one in broken.values())
    assert "SyntaxError" in broken["broken_syntax"].error
    assert "ModuleNotFoundError" in broken["broken_missing"].error
    assert "already" in broken["broken_twin"].error
    assert "int is no Task" in broken["broken_kind"].error


def test_an_unknown_task_names_those_that_come_near(
    operator: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(operator, "own_near", "TASK = card('rather-special')")
    monkeypatch.setenv("LRDIAG_TASKS", "own_near")
    with pytest.raises(UnknownNameError) as caught:
        task("rather-spatial")
    assert caught.value.hint == "Did you mean rather-special?"
    with pytest.raises(UnknownNameError) as caught:
        task("zzz")
    assert "lrdiag tasks" in caught.value.hint
