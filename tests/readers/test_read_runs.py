"""The front door: any bytes give runs or a ReadError that helps."""

import pickle

import numpy as np
import pytest

from lrdiag.errors import (
    EmptyLogError,
    LimitError,
    MalformedLogError,
    ReadError,
    UnknownFormatError,
)
from lrdiag.readers import READERS, Limits, Source, read_runs

PLAIN = b"step,loss\n0,2.5\n1,2.0\n"


def test_readers_have_unique_names() -> None:
    names = [reader.name for reader in READERS]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"  \t \r\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_nothing_at_all(data: bytes) -> None:
    with pytest.raises(EmptyLogError, match="empty"):
        read_runs(Source("a.csv", data))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "an image"),
        (b"%PDF-1.7\n" + bytes(50), "a PDF"),
        (pickle.dumps({"loss": [1.0, 2.0]}), "a pickle"),
        (pickle.dumps({"loss": [1.0]}, protocol=0), "a pickle"),
        (b"PK\x03\x04" + bytes(50), "a zip archive"),
        (b"\x93NUMPY" + bytes(50), "NumPy"),
        (b"\x89HDF\r\n\x1a\n" + bytes(50), "HDF5"),
        (b"7\x7f\x06\x82" + bytes(50), "SQLite"),
        (bytes(range(256)) * 8, "binary data"),
    ],
)
def test_what_is_no_text_is_named_and_never_opened(data: bytes, said: str) -> None:
    with pytest.raises(UnknownFormatError, match=said) as caught:
        read_runs(Source("x.bin", data))
    assert caught.value.hint


def test_prose_is_no_log() -> None:
    text = "It was a dark and stormy night. The rain fell in 3 torrents.\n" * 20
    with pytest.raises(UnknownFormatError, match="No losses") as caught:
        read_runs(Source("x.txt", text.encode()))
    assert "step" in caught.value.hint


def test_terminal_colours_are_taken_off() -> None:
    text = b"\x1b[36mstep: 1 \x1b[32mloss: 2.5\x1b[0m\n\x1b[36mstep: 2 \x1b[32mloss: 2.0\x1b[0m\n"
    (run,) = read_runs(Source("x.log", text))
    np.testing.assert_array_equal(run["train_loss"].values, [2.5, 2.0])


def test_the_run_is_named_after_the_file() -> None:
    (run,) = read_runs(Source("metrics.csv", PLAIN))
    assert (run.name, run.source, run.format) == ("metrics", "metrics.csv", "csv")


@pytest.mark.parametrize(
    ("stride", "total", "unit"),
    [
        (160, 1_800, "index"),
        (640, 60_000, "index"),
        (1_000, 50_000, "index"),
        (50, 1_251, "step"),
        (100, 2_000, "step"),
        (10, 5_005, "step"),
    ],
)
def test_samples_in_brackets_are_no_steps(stride: int, total: int, unit: str) -> None:
    lines = [
        f"Train Epoch: {e} [{i}/{total} ({100 * i // total}%)]\tLoss: {3 - 0.2 * e - i / 1e6:.6f}\n"
        for e in range(1, 6)
        for i in range(0, min(total, 12 * stride), stride)
    ]
    (run,) = read_runs(Source("train.log", "".join(lines).encode()))
    assert run.x.unit == unit
    assert len(run["train_loss"]) == len(lines)
    assert run.epochs is not None
    assert any("count samples" in note for note in run.notes) == (unit == "index")
    assert {column.name: column.role for column in run.columns}.get("step") == (
        None if unit == "index" else "step"
    )


def test_source_code_is_passed_over() -> None:
    code = 'train_loss = 0.0\nlr = 0.003\nprint(f"step:{step} train_loss:{loss:.4f}")\n'
    log = "".join(f"step:{k}/20 train_loss:{3 - 0.1 * k:.4f}\n" for k in range(1, 21))
    (run,) = read_runs(Source("run.txt", (code + log).encode()))
    np.testing.assert_array_equal(run["train_loss"].steps, np.arange(1.0, 21.0))


def test_json_lines_with_a_broken_line_and_nan() -> None:
    text = (
        '{"step": 0, "loss": 2.5}\n{"step": 1, "loss": NaN}\n'
        '{"step": 2, "lo\n{"step": 3, "loss": Infinity}\n'
    )
    (run,) = read_runs(Source("x.jsonl", text.encode()))
    np.testing.assert_array_equal(run["train_loss"].values, [2.5, np.nan, np.inf])
    np.testing.assert_array_equal(run["train_loss"].steps, [0.0, 1.0, 3.0])


def test_nested_records_are_flattened() -> None:
    text = (
        '[{"step": 0, "train": {"loss": 2.5}, "val": {"loss": 2.6}},'
        ' {"step": 1, "train": {"loss": 2.0}}]'
    )
    (run,) = read_runs(Source("x.json", text.encode()))
    assert {column.name for column in run.columns} == {"step", "train/loss", "val/loss"}
    assert len(run["val_loss"]) == 1


@pytest.mark.parametrize(
    "text",
    [
        '{"loss": [2.5, 2.0, 1.5], "val_loss": [2.6, 2.1, 1.6]}',
        "{'loss': [2.5, 2.0, 1.5], 'val_loss': [2.6, 2.1, 1.6]}",
        '{"history": {"loss": [2.5, 2.0, 1.5], "val_loss": [2.6, 2.1, 1.6]}, "p": {"n": 3}}',
        '{"loss": {"0": 2.5, "1": 2.0, "2": 1.5}, "val_loss": {"0": 2.6, "1": 2.1, "2": 1.6}}',
    ],
)
def test_keras_histories(text: str) -> None:
    (run,) = read_runs(Source("history.json", text.encode()))
    assert run.format == "keras"
    np.testing.assert_array_equal(run["train_loss"].values, [2.5, 2.0, 1.5])
    np.testing.assert_array_equal(run["val_loss"].values, [2.6, 2.1, 1.6])


def test_a_trainer_state() -> None:
    text = """{"best_metric": null, "log_history": [
      {"epoch": 0.5, "learning_rate": 1e-4, "loss": 2.5, "step": 10},
      {"epoch": 0.5, "eval_loss": 2.6, "eval_runtime": 1.0, "step": 10},
      {"epoch": 1.0, "learning_rate": 5e-5, "loss": 2.0, "step": 20},
      {"epoch": 1.0, "total_flos": 1e15, "train_loss": 2.25, "step": 20}], "max_steps": 20}"""
    (run,) = read_runs(Source("trainer_state.json", text.encode()))
    assert run.format == "hf_trainer"
    np.testing.assert_array_equal(run["train_loss"].values, [2.5, 2.0])
    np.testing.assert_array_equal(run["val_loss"].steps, [10.0])
    assert run.epochs is not None


@pytest.mark.parametrize(
    "text", ['{"log_history": [{"loss": 1', '{"log_history": 7}', '{"loss": [1.0, 2.0']
)
def test_json_that_is_cut_off(text: str) -> None:
    with pytest.raises((MalformedLogError, UnknownFormatError)):
        read_runs(Source("x.json", text.encode()))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"loss": [1,2', "it ends in the middle, in line 1"),
        ('{"loss": [1.5, 2.', "it ends in the middle, in line 1"),
        ('{"log_history": [\n{"loss": 1.5, "st', "it ends in the middle, in line 2"),
        ('{"log_history": [\n{"loss": 1.5 "step": 2}]}', "line 2 is no JSON from character 14 on"),
        ("[[1.5, 2, 3.5],\n [1.5, 3", "it ends in the middle, in line 2"),
    ],
)
def test_json_that_breaks_off_is_told_in_our_words(text: str, said: str) -> None:
    with pytest.raises(MalformedLogError) as caught:
        read_runs(Source("x.json", text.encode()))
    assert said in caught.value.message


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG\r\n\x1a\n", b"step,loss\n", b"{}", b'{"loss": [1,2', b"no log 1"]
)
def test_an_error_leaves_the_name_of_the_file_to_who_shows_it(data: bytes) -> None:
    with pytest.raises(ReadError) as caught:
        read_runs(Source("c17.csv", data))
    assert "c17" not in caught.value.message
    assert caught.value.message[0].isupper()


def test_json_that_nests_too_deeply() -> None:
    text = '{"a": ' * 50 + '{"loss": 1}' + "}" * 50
    with pytest.raises(LimitError, match="nests"):
        read_runs(Source("x.json", text.encode()))
    hopeless = "[" * 200_000 + "]" * 200_000
    with pytest.raises((LimitError, MalformedLogError, UnknownFormatError)):
        read_runs(Source("x.json", b'[{"a":' + hopeless.encode() + b"}]"))


WANDB = """"Step","a - loss","a - loss__MIN","a - loss__MAX","b - loss","b - loss__MIN","b - 2"
"0","2.5","2.5","2.5","3.5","3.5",""
"10","2.0","2.0","2.0","","",""
"20","1.5","1.5","1.5","3.0","3.0",""
"""


def test_a_wandb_export_gives_one_run_each() -> None:
    one, two = read_runs(Source("wandb_export.csv", WANDB.encode()))
    assert (one.name, two.name) == ("a", "b")
    np.testing.assert_array_equal(one["train_loss"].values, [2.5, 2.0, 1.5])
    np.testing.assert_array_equal(two["train_loss"].steps, [0.0, 20.0])


def test_a_wandb_runs_table_is_refused() -> None:
    lines = ['"Name","State","User","Created","Runtime","Sweep","lr","train/loss","val/loss"']
    row = '"run{k}","finished","me","2026-01-0{k}","7","","0.1","1.{k}","2"'
    lines += [row.format(k=k) for k in range(1, 6)]
    (run,) = read_runs(Source("wandb_export.csv", "\n".join(lines).encode()))
    assert run.refusal is not None
    assert "finished runs" in run.refusal.reason


def test_too_many_lines_of_text() -> None:
    text = "step 1 loss 2.5\n" * 100
    with pytest.raises(LimitError, match="lines"):
        read_runs(Source("x.log", text.encode()), limits=Limits(max_rows=50))


def test_a_log_of_rows_at_once_never_blocks_on_one_line() -> None:
    text = "step 1 loss 2.5 " + "a1 " * 300_000 + "\n" + "step 2 loss 2.0\nstep 3 loss 1.5\n"
    (run,) = read_runs(Source("x.log", text.encode()))
    assert len(run["train_loss"]) == 2
