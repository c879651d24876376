"""All the logs of an archive, of a folder, or of files that were given together."""

import json
import math
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from lrdiag.errors import EmptyLogError, LimitError, ReadError
from lrdiag.readers import Limits, Source, bundle, disk, read_logs, read_path


def csv_log(rows: int, *, start: float = 2.5, digits: int = 6) -> bytes:
    lines = [f"{10 * k},{start - 0.9 * k / rows:.{digits}f}" for k in range(rows)]
    return "\n".join(["step,loss", *lines]).encode()


def trainer_state(rows: int) -> bytes:
    history = [{"step": 10 * k, "loss": 2.5 - 0.009 * k} for k in range(rows)]
    return json.dumps({"log_history": history}).encode()


def folder(*files: tuple[str, bytes]) -> Source:
    return Source("out", b"", tuple(Source(name, data) for name, data in files))


def test_what_is_no_loss_log_is_left_out_and_said() -> None:
    people = b"age,height\n" + b"".join(b"%d,%d\n" % (20 + k, 150 + k % 7) for k in range(40))
    reading = read_logs(
        [folder(("out/a.csv", csv_log(50)), ("out/people.csv", people), ("out/empty.txt", b""))]
    )
    assert [run.source for run in reading.runs] == ["out/a.csv"]
    assert [file.name for file in reading.left_out] == ["out/empty.txt", "out/people.csv"]
    assert (
        "Left out, for they hold no losses of training steps: empty.txt, people.csv."
        in reading.runs[0].notes
    )


def test_the_results_beside_a_log_are_no_run() -> None:
    results = b'{"epoch": 3.0, "eval_loss": 1.61, "train_loss": 1.82}'
    files = (("out/all_results.json", results), ("out/trainer_state.json", trainer_state(50)))
    reading = read_logs([folder(*files)])
    assert [run.source for run in reading.runs] == ["out/trainer_state.json"]
    assert [file.name for file in reading.left_out] == ["out/all_results.json"]
    assert "one value of each loss" in str(reading.left_out[0].error)
    assert len(read_logs([folder(files[0])]).runs) == 1


def test_where_nothing_is_a_loss_log_everything_is_said() -> None:
    people = b"age,height\n" + b"".join(b"%d,%d\n" % (20 + k, 150 + k % 7) for k in range(40))
    reading = read_logs([folder(("out/people.csv", people), ("out/empty.txt", b""))])
    assert [run.refusal is not None for run in reading.runs] == [True]
    assert [type(file.error) for file in reading.left_out] == [EmptyLogError]


def test_a_run_without_a_loss_beside_one_with_is_left_out_by_its_name() -> None:
    header = "Step,calm-1 - loss,calm-1 - loss__MIN,late-2 - f1,late-2 - f1__MIN"
    rows = [f"{k},{5 / (k + 1)},{5 / (k + 1)},0.{k},0.{k}" for k in range(20)]
    reading = read_logs([Source("chart.csv", "\n".join([header, *rows]).encode())])
    assert [run.name for run in reading.runs] == ["calm-1"]
    assert [file.name for file in reading.left_out] == ["late-2"]


def test_the_last_checkpoint_tells_what_the_earlier_ones_tell() -> None:
    files = [(f"out/checkpoint-{n}/trainer_state.json", trainer_state(n)) for n in (20, 100, 60)]
    reading = read_logs([folder(*files)])
    (run,) = reading.runs
    assert run.name == "checkpoint-100/trainer_state"
    assert len(run["train_loss"]) == 100
    assert any(note.endswith("tell the same run.") for note in run.notes)


def test_a_console_that_prints_fewer_digits_tells_the_same_run() -> None:
    files = (("out/metrics.csv", csv_log(50)), ("out/console.csv", csv_log(50, digits=4)))
    assert len(read_logs([folder(*files)]).runs) == 1


def test_two_seeds_are_two_runs_and_so_are_two_runs_of_one_file() -> None:
    files = (("out/1.csv", csv_log(50)), ("out/2.csv", csv_log(50, start=2.6)))
    assert [run.source for run in read_logs([folder(*files)]).runs] == ["out/1.csv", "out/2.csv"]
    twice = csv_log(50) + csv_log(50).removeprefix(b"step,loss")
    assert len(read_logs([Source("a.csv", twice)]).runs) == 2


def table_of(losses: Sequence[float], *, rate: float | None = None, form: str = ".6f") -> bytes:
    names, ends = ("step,loss", "") if rate is None else ("step,loss,lr", f",{rate}")
    rows = (f"{10 * k},{loss:{form}}{ends}" for k, loss in enumerate(losses))
    return "\n".join([names, *rows]).encode()


FALL = [10.82 - 0.02 * k + 0.004 * math.sin(7 * k) for k in range(100)]
SEED = [10.82 - 0.02 * k + 0.004 * math.cos(9 * k) for k in range(100)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (table_of(FALL), table_of(SEED[:5])),  # a short trial of another seed
        (table_of(FALL, form=".4f"), table_of(SEED, form=".4f")),
        (table_of(FALL, rate=0.1, form=".2f"), table_of(FALL[:5], rate=0.2)),
        (table_of([math.nan] * 50, rate=0.1), table_of([math.nan] * 50, rate=1.0)),
        (table_of([2.302585] * 50), table_of([2.302585] * 50)),
        (table_of([4.0, 3.0] + [2.302585] * 98), table_of([4.0, 9.0] + [2.302585] * 98)),
        (table_of([2.0, 1.0] + [0.0] * 98), table_of([1.5, 0.5] + [0.0] * 98)),
        (table_of([1e308, 9e307, 8e307, 5e-324]), table_of([9e307, 8e307, 7e307, 0.0])),
    ],
    ids=["seed", "digits", "rate", "nan", "constant", "dead", "zeros", "extreme"],
)
def test_runs_that_are_alike_in_part_are_two(one: bytes, other: bytes) -> None:
    reading = read_logs([folder(("out/1.csv", one), ("out/2.csv", other))])
    assert [run.source for run in reading.runs] == ["out/1.csv", "out/2.csv"]


@pytest.mark.parametrize("form", [".6g", ".4g", ".3g", ".5f", ".2f", ".3e"])
def test_one_run_is_one_however_a_console_rounds_it(form: str) -> None:
    losses = [12.0 * math.exp(-0.05 * k) + 0.01 * math.sin(7 * k) ** 2 for k in range(100)]
    files = (
        ("out/1.csv", table_of(losses, form=".17g")),
        ("out/2.csv", table_of(losses, form=form)),
    )
    (run,) = read_logs([folder(*files)]).runs
    assert run.source == "out/1.csv"


def test_two_files_of_one_path_are_two_logs() -> None:
    reading = read_logs([folder(("out/a.csv", csv_log(50)), ("out/a.csv", csv_log(50, start=3.0)))])
    assert [run["train_loss"].values[0] for run in reading.runs] == [2.5, 3.0]


def test_a_folder_on_disk_is_walked_and_what_is_no_log_never_opened(tmp_path: Path) -> None:
    (tmp_path / "b" / "deep").mkdir(parents=True)
    (tmp_path / "b" / "deep" / "log.csv").write_bytes(csv_log(9))
    (tmp_path / "a.csv").write_bytes(csv_log(9))
    (tmp_path / "model.pt").write_bytes(b"x")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "log.csv").write_bytes(csv_log(9))
    (tmp_path / "link.csv").symlink_to(tmp_path / "a.csv")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.csv")
    found = [source.name.removeprefix(str(tmp_path)) for source in read_path(tmp_path)]
    assert found == ["/a.csv", "/b/deep/log.csv"]


def test_an_empty_folder_a_full_one_and_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(EmptyLogError, match="holds no file"):
        list(read_path(tmp_path))
    with pytest.raises(ReadError, match="no such file"):
        list(read_path(tmp_path / "a.csv"))
    for k in range(3):
        (tmp_path / f"{k}.csv").touch()
    monkeypatch.setattr(disk, "MOST_FILES", 2)
    with pytest.raises(LimitError, match="more than 2 files"):
        list(read_path(tmp_path))


def test_a_file_beyond_the_limit_is_not_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(csv_log(1000))
    (source,) = read_path(tmp_path / "a.csv", limits=Limits(max_bytes=100))
    assert len(source.data) == 101


def test_files_of_one_dropped_folder_are_one_source() -> None:
    names = ("run/a.csv", "b.csv", "run/deep/c.csv", "other/d.csv", "b.csv")
    bundled = bundle([Source(name, b"") for name in names])
    assert [(one.name, len(one.parts)) for one in bundled] == [
        ("run", 2),
        ("b.csv", 0),
        ("other", 1),
        ("b.csv", 0),
    ]


def test_files_of_one_log_are_one_source_without_a_folder_too() -> None:
    names = ("run-a-tag-loss.csv", "b.csv", "run-a-tag-val_loss.csv", "events.out.tfevents.1.vm")
    bundled = bundle([Source(name, b"") for name in (*names, "weights.pt")])
    assert [(one.name, len(one.parts)) for one in bundled] == [
        ("run-a", 2),
        ("b.csv", 0),
        ("events.out.tfevents.1.vm", 0),
        ("weights.pt", 0),
    ]
    twice = [Source("run-a-tag-loss.csv", b"")] * 2
    assert bundle(twice) == tuple(twice)
