"""Two processes train together: they see the same curve, decide alike and end together."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import lrdiag
from tests.finder.small import classes, cross_entropy, plain_net
from tests.finder.test_range_test import sgd


def run_two(folder: Path, how: str) -> list[dict[str, Any]]:
    """Run two processes that meet in a file, and return what each of them tells."""
    call = [sys.executable, "-m", "tests.finder.distributed", str(folder / "meeting")]
    pair = [
        subprocess.Popen([*call, str(rank), "2", how], stdout=subprocess.PIPE, text=True)
        for rank in range(2)
    ]
    try:
        return [json.loads(one.communicate(timeout=100)[0].splitlines()[-1]) for one in pair]
    finally:
        for one in pair:
            one.kill()
            one.wait()


@pytest.mark.slow
def test_two_processes_decide_alike(tmp_path: Path) -> None:
    first, second = run_two(tmp_path, "train")
    assert first == second
    assert first["restored"]
    model = plain_net()
    alone = lrdiag.range_test(model, sgd(model), classes(), loss=cross_entropy, steps=40)
    assert alone.suggestion is not None
    assert abs(first["lr"] / alone.suggestion.lr - 1.0) < 2.5


@pytest.mark.slow
def test_a_cancel_in_one_process_ends_all(tmp_path: Path) -> None:
    first, second = run_two(tmp_path, "cancel")
    assert first == {"ended": "KeyboardInterrupt", "restored": True}
    assert second == {"ended": "InterruptedTestError", "restored": True}
