"""The file that W&B keeps of every run: its traps, its damage, its limits."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from lrdiag.errors import EmptyLogError, LimitError, MalformedLogError
from lrdiag.readers import Limits, Source, read_logs, read_path, read_runs
from lrdiag.run import Run
from tests.clock import costs_less_than
from tests.readers.wandb_bytes import BLOCK, IDENT, field, frame, item, run, step

SAMPLES = Path(__file__).parent / "samples"
LOSSES = tuple(2.5 - 0.02 * k for k in range(100))
STEPS = tuple(step({"_step": k, "train/loss": loss}) for k, loss in enumerate(LOSSES))


def read(*records: bytes, limits: Limits = Limits()) -> Run:  # noqa: B008  frozen
    (found,) = read_runs(Source("run-x.wandb", frame(records)), limits=limits)
    return found


def test_the_run_is_called_what_its_user_called_it_and_says_its_settings() -> None:
    config = {"lr": "0.0003", "optimizer": '"adamw"', "layers": "12", "batch_size": "[1]"}
    found = read(run("calm-river-7", config), *STEPS)
    assert found.name == "calm-river-7"
    assert found.notes == ("The config of the run says: lr 0.0003, optimizer adamw.",)
    np.testing.assert_array_equal(found["train_loss"].values, LOSSES)
    np.testing.assert_array_equal(found["train_loss"].steps, np.arange(100))


def test_a_run_without_a_name_is_called_by_its_id() -> None:
    assert read(run(""), *STEPS).name == "ab12cd34"
    assert read(*STEPS).name == "run-x"


def test_numbers_that_json_has_no_word_for() -> None:
    texts = ["2.5", "9" * 400, "NaN", '"NaN"', "Infinity", '"-Infinity"', "1e-3", "2"]
    found = read(*(step({"_step": k, "loss": text}) for k, text in enumerate(texts)))
    expected = [2.5, np.nan, np.nan, np.inf, -np.inf, 0.001, 2.0]
    np.testing.assert_array_equal(found["train_loss"].steps, [0, 2, 3, 4, 5, 6, 7])
    np.testing.assert_array_equal(found["train_loss"].values, expected)


def test_nested_names_in_both_spellings_and_media_left_out() -> None:
    image = {"_type": "image-file", "width": 4, "loss": 3.0}
    rows = [
        field(
            2,
            field(1, item(("train", "loss"), f"{2.5 - k}"))
            + field(1, item("eval", json.dumps({"loss": 3.0 - k, "plot": image})))
            + field(1, item(("val_loss_plot", "_type"), '"histogram"'))
            + field(1, item(("val_loss_plot", "packedBins", "size"), "0.5"))
            + field(1, item(("grads", "values"), str([0.25] * 60)))
            + field(1, item("phase", '"warm"')),
        )
        for k in range(3)
    ]
    found = read(*rows)
    np.testing.assert_array_equal(found["train_loss"].values, [2.5, 1.5, 0.5])
    np.testing.assert_array_equal(found["val_loss"].values, [3.0, 2.0, 1.0])
    assert {one.name for one in found.columns} == {"train/loss", "eval/loss", "phase"}


def test_the_step_of_a_record_stands_in_for_one_that_is_not_logged() -> None:
    found = read(*(step({"loss": 2.5 - 0.1 * k}, number=10 * k) for k in range(5)))
    np.testing.assert_array_equal(found["train_loss"].steps, [0, 10, 20, 30, 40])


def test_a_counter_that_the_user_logs_stands_above_calls_of_the_logger() -> None:
    found = read(*(step({"_step": k, "iter": 250 * k, "loss": 2.5 - 0.1 * k}) for k in range(5)))
    assert found.x.column == "iter"
    assert found["train_loss"].steps[-1] == 1000.0


def test_the_axis_that_the_user_defined_is_told() -> None:
    metric = field(12, field(2, b"*") + field(4, b"images"))
    (note,) = read(metric, *STEPS).notes
    assert note == "The run asks W&B to draw everything over images."


def test_names_change_from_step_to_step_and_may_be_long() -> None:
    long = "val/" + "very_" * 25 + "loss"
    rows = []
    for k in range(30):
        rows.append(step({"_step": k, "loss": 2.5 - 0.01 * k, "lr": "1e-3"}))
        if k % 10 == 9:
            rows[-1] = step({long: 3.0, "loss": 2.5 - 0.01 * k, "_step": k})
    found = read(*rows)
    assert (len(found["train_loss"]), len(found["val_loss"]), len(found["lr"])) == (30, 3, 27)
    np.testing.assert_array_equal(found["val_loss"].steps, [9, 19, 29])


def test_a_run_that_was_killed_is_read_up_to_there() -> None:
    (path,) = (SAMPLES / "wandb-killed").glob("*.wandb")
    (found,) = read_runs(Source(path.name, path.read_bytes()))
    assert any("ends in the middle of a record" in note for note in found.notes)
    whole = frame(STEPS)
    for cut in (1, 5, 6, 7, 30, 60):
        (found,) = read_runs(Source("a.wandb", whole[:-cut]))
        assert len(found["train_loss"]) == 100 - 1 - (cut > len(STEPS[0]) + 7)
        assert "ends in the middle" in found.notes[-1]
    (found,) = read_runs(Source("a.wandb", whole + bytes(40_000)))
    assert (len(found["train_loss"]), found.notes) == (100, ())


def test_behind_damage_the_next_block_is_read() -> None:
    rows = [step({"_step": k, "loss": 3.0 - k / 3000, "pad": '"x"'}) for k in range(3000)]
    data = bytearray(frame(rows))
    data[BLOCK + 20_000] ^= 1
    (found,) = read_runs(Source("a.wandb", bytes(data)))
    lost = set(range(3000)) - set(found["train_loss"].steps.astype(int))
    assert 100 < len(lost) < 400
    assert max(lost) - min(lost) == len(lost) - 1
    assert "1 record is damaged and left out." in found.notes


def test_a_record_that_lies_in_many_blocks() -> None:
    long = field(3, bytes(5 * BLOCK))
    assert len(read(*STEPS[:50], long, *STEPS[50:])["train_loss"]) == 100


def test_a_run_without_history_says_so() -> None:
    with pytest.raises(EmptyLogError, match="The run logged no history"):
        read(run("empty"))
    with pytest.raises(EmptyLogError, match="The run logged no history"):
        read_runs(Source("a.wandb", IDENT))


def test_a_file_that_is_nothing_but_damage_says_so() -> None:
    with pytest.raises(MalformedLogError, match="no record can be read"):
        read_runs(Source("a.wandb", IDENT + b"\x07" * 70_000))


def test_limits() -> None:
    with pytest.raises(LimitError, match="more than 50 steps"):
        read(*STEPS, limits=Limits(max_rows=50))
    with pytest.raises(LimitError, match="more than 50 records"):
        read(*[b"\x08\x01"] * 51, limits=Limits(max_rows=50))
    with pytest.raises(LimitError, match="more than 30 columns"):
        read(step({f"a{k}": 1.5 for k in range(31)}), limits=Limits(max_columns=30))
    with pytest.raises(LimitError, match="MB at one step"):
        read(step({"table": '"' + "x" * 10_000_000 + '"'}))
    media = {f"w{k}/_type": '"histogram"' for k in range(40)}
    sizes = {f"w{k}/size": 4 for k in range(40)}
    rows = [step({"_step": k, "loss": 2.5 - k, **media, **sizes}) for k in range(3)]
    assert len(read(*rows, limits=Limits(max_columns=30))["train_loss"]) == 3


def test_hostile_names_cost_little() -> None:
    with costs_less_than(4.0):
        read(*[step({"/" * 20_000 + str(k): 1.5 for k in range(100)})] * 4)


def test_a_resumed_run_is_one_run_and_what_latest_run_shows_no_second() -> None:
    (first, second) = sorted((SAMPLES / "wandb-resumed").glob("*/*.wandb"))
    parts = [
        Source(f"wandb/{folder}/{first.name}", path.read_bytes())
        for folder, path in (
            (second.parent.name, second),
            ("latest-run", second),
            (first.parent.name, first),
        )
    ]
    (found,) = read_logs([Source("wandb", b"", tuple(parts))]).runs
    assert found.name == "resumed"
    assert len(found["train_loss"]) == 180
    assert found.restarts == (80.0,)
    assert any("2 files are read as one log" in note for note in found.notes)


def whole_folder(*, digits: int, every: int = 1) -> dict[str, bytes]:
    """The files of a W&B run whose console prints what it logs."""
    lines = [
        f"step {k}: train loss {loss:.{digits}f}\n"
        for k, loss in enumerate(LOSSES)
        if k % every == 0
    ]
    summary = {"_step": 99, "_runtime": 9.5, "train/loss": LOSSES[-1], "_wandb": {"runtime": 9}}
    return {
        "run-x.wandb": frame([run("calm"), *STEPS]),
        "files/output.log": "".join(lines).encode(),
        "files/config.yaml": b"lr:\n  value: 0.1\n",
        "files/wandb-summary.json": json.dumps(summary).encode(),
        "files/wandb-metadata.json": b'{"os": "Linux", "python": "3.11"}',
        "files/requirements.txt": b"numpy==2.0.0\ntorch==2.5.0\n",
        "files/media/table/a_1.table.json": b'{"columns": ["loss"], "data": [[1.5]]}',
        "logs/debug.log": b"2025-03-01 10:00:00,000 INFO MainThread:1 starting backend\n",
        "logs/debug-internal.log": b'{"time": "2025-03-01T10:00:00Z", "msg": "stream: loss"}\n',
        "logs/debug-core.log": b'{"time": "2025-03-01T10:00:00Z", "msg": "stream: loss"}\n',
    }


@pytest.mark.parametrize("top", ["", "run-20250301_101500-x/", "wandb/offline-run-20250301_1-x/"])
@pytest.mark.parametrize(("digits", "every"), [(17, 1), (4, 1), (2, 1), (4, 10)])
def test_a_whole_folder_is_one_run(top: str, digits: int, every: int) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in whole_folder(digits=digits, every=every).items():
            archive.writestr(top + name, data)
    reading = read_logs([Source("run.zip", packed.getvalue())])
    assert reading.left_out == ()
    (found,) = reading.runs
    assert (found.name, found.format) == ("calm", "wandb-file")
    assert any(note.endswith("output.log tells the same run.") for note in found.notes)


def test_a_console_with_a_curve_of_its_own_is_a_run_of_its_own() -> None:
    files = whole_folder(digits=4)
    files["files/output.log"] = files["files/output.log"].replace(b"loss 2.", b"loss 3.")
    parts = tuple(Source(f"run/{name}", data) for name, data in files.items())
    reading = read_logs([Source("run", b"", parts)])
    assert [one.name for one in reading.runs] == ["calm", "run/output"]


def test_a_folder_on_disk_with_the_links_that_wandb_makes(tmp_path: Path) -> None:
    folder = tmp_path / "wandb" / "run-20250301_101500-x"
    for name, data in whole_folder(digits=4).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (tmp_path / "wandb" / "latest-run").symlink_to(folder)
    (tmp_path / "wandb" / "debug.log").symlink_to(folder / "logs" / "debug.log")
    reading = read_logs(read_path(tmp_path))
    assert (len(reading.runs), reading.left_out) == (1, ())
