"""Whatever the bytes: runs, or a ReadError that says what to do."""

import os
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrdiag.errors import ReadError
from lrdiag.readers import Limits, Source, read_logs, read_runs, unpack
from lrdiag.run import ROLES, Role, Run
from tests.clock import costs_less_than

# More examples than each run of the tests affords: LRDIAG_EXAMPLES=4000 pytest tests/property
EXAMPLES = int(os.environ.get("LRDIAG_EXAMPLES", "150"))
SLOWEST = 5.0  # seconds of processor time for a log of at most 100 kB; most take 0.01
LARGEST = 100_000  # bytes of a sample; a few console logs are longer
FILES = tuple(
    path
    for path in sorted((Path(__file__).parents[1] / "readers" / "samples").rglob("*"))
    if path.is_file() and path.name not in ("expect.json", "README.md")
)
SAMPLES = tuple(path.read_bytes()[:LARGEST] for path in FILES)
FOLDERS = tuple(
    tuple(Source(str(path.relative_to(path.parents[1])), path.read_bytes()) for path in files)
    for _, files in ((key, list(found)) for key, found in groupby(FILES, lambda one: one.parent))
    if len(files) > 1
)
LIMITS = Limits(max_bytes=1_000_000, max_rows=20_000, max_columns=500)
QUICK = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

PIECES = st.sampled_from(
    [
        *(
            "step",
            "epoch",
            "loss",
            "train_loss",
            "val_loss",
            "lr",
            "iter",
            "Epoch",
            "acc",
            "D_loss",
        ),
        *(",", ";", "\t", " ", "|", ":", "=", "[", "]", "{", "}", "(", ")", "/", '"', "'", " - "),
        *("\n", "\r\n", "\r", "\n\n", "#", "%", "_", "*", "\ufeff", "\x1b[36m", "\x00", "é", "訓"),
        *("0", "1", "2", "10", "1e-3", "2.5", "-1", "nan", "inf", "-inf", "NaN", "1e999", "1,5"),
        *("\r 10%|█  | 1/10", "[64/60000]", "损失", "Verlust", "train/box_loss", "val/cls_loss"),
        *("00:12", "1/10", "100%", "tensor(", '{"loss": 1}', "[1, 2]", "| loss | 2 |", "null"),
        *(
            "9" * 400,
            "-" * 50,
            "Test:",
            "step,loss\n",
            "1,2.0\n",
            "2,1.0\n",
            "==>",
            "__MIN",
            " - a",
        ),
    ]
)
LOG_LIKE = st.lists(PIECES, max_size=120).map(lambda parts: "".join(parts).encode())


def read_all(data: bytes, roles: dict[str, Role] | None = None) -> list[Run]:
    found: list[Run] = []
    with costs_less_than(SLOWEST):
        try:
            for source in unpack(Source("log", data), limits=LIMITS):
                found += read_runs(source, roles=roles, limits=LIMITS)
        except ReadError as error:
            said = (error.message, error.hint)
        else:
            said = ("", "")
        assert bool(said[0]) == bool(said[1])
    return found


def check(runs: Sequence[Run]) -> None:
    for run in runs:
        losses = {"train_loss", "val_loss"} & set(run)
        assert bool(losses) == (run.refusal is None)
        for name in run:
            assert len(run[name]) > 0
            assert np.all(np.diff(run[name].steps) > 0.0)
            assert np.all(np.isfinite(run[name].steps))
        for column in run.columns:
            assert column.role in ROLES
            assert 0.0 <= column.confidence <= 1.0
            assert column.why


@QUICK
@given(st.binary(max_size=2_000))
def test_any_bytes(data: bytes) -> None:
    check(read_all(data))


@QUICK
@given(LOG_LIKE)
def test_any_text_that_looks_like_a_log(data: bytes) -> None:
    check(read_all(data))


@QUICK
@given(LOG_LIKE, st.integers(2, 30))
def test_any_lines_over_and_over(data: bytes, times: int) -> None:
    check(read_all((data + b"\n") * times))


@QUICK
@given(st.text(max_size=500), st.sampled_from(["utf-8", "utf-16", "utf-32", "latin-1"]))
def test_any_text_in_any_encoding(text: str, encoding: str) -> None:
    check(read_all(text.encode(encoding, "replace")))


@QUICK
@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 40), LOG_LIKE), max_size=4),
    st.integers(0, 20_000),
)
def test_real_logs_with_damage(
    data: bytes, cuts: Sequence[tuple[int, int, bytes]], end: int
) -> None:
    for at, length, new in cuts:
        data = data[:at] + new + data[at + length :]
    check(read_all(data[:end]))


@QUICK
@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=8)), max_size=8),
    st.floats(0, 1),
)
def test_real_logs_with_wrong_bytes(
    data: bytes, wrong: Sequence[tuple[float, bytes]], end: float
) -> None:
    damaged = bytearray(data)
    for at, new in wrong:
        place = int(at * len(data))
        damaged[place : place + len(new)] = new
    check(read_all(bytes(damaged[: 1 + int(end * len(data))])))


@QUICK
@given(
    st.sampled_from(FOLDERS), st.integers(0, 9), st.floats(0, 1), st.binary(min_size=1, max_size=8)
)
def test_folders_of_which_one_file_is_damaged(
    files: tuple[Source, ...], which: int, at: float, new: bytes
) -> None:
    one = files[which % len(files)]
    place = int(at * len(one.data))
    damaged = Source(one.name, one.data[:place] + new + one.data[place + len(new) :])
    parts = tuple(damaged if file is one else file for file in files)
    reading = read_logs([Source("folder", b"", parts)], limits=LIMITS)
    check(reading.runs)
    assert reading.runs or reading.left_out
    assert all(file.error.message and file.error.hint for file in reading.left_out)


@QUICK
@given(
    st.lists(
        st.tuples(
            st.integers(-3, 50),
            st.one_of(st.floats(), st.sampled_from(["", "nan", "x"])),
            st.one_of(st.floats(0, 10), st.just("")),
        ),
        min_size=1,
        max_size=60,
    ),
    st.dictionaries(st.sampled_from(["step", "loss", "b"]), st.sampled_from(ROLES)),
)
def test_any_table_with_any_roles(
    rows: Sequence[tuple[int, float | str, float | str]], roles: dict[str, Role]
) -> None:
    text = "step,loss,b\n" + "".join(f"{a},{b},{c}\n" for a, b, c in rows)
    check(read_all(text.encode(), roles))
