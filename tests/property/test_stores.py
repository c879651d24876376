"""Whatever is in a database or a metric file: runs, or a ReadError, and soon."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from lrdiag.errors import ReadError
from lrdiag.readers import Source, read_runs
from tests.clock import costs_less_than
from tests.property.test_readers import LIMITS, LOG_LIKE, QUICK, check

FOLDER = Path(__file__).parents[1] / "readers" / "samples"
DATABASES = tuple(path.read_bytes() for path in sorted(FOLDER.rglob("*.db")))
SLOWEST = 5.0  # seconds; a database of 60 kB takes 0.02
RUN = "0123456789abcdef0123456789abcdef"


def read(source: Source) -> None:
    with costs_less_than(SLOWEST), suppress(ReadError):
        check(read_runs(source, limits=LIMITS))


@QUICK
@given(
    st.sampled_from(DATABASES),
    st.lists(st.tuples(st.integers(0, 60_000), st.binary(min_size=1, max_size=8)), max_size=6),
    st.integers(0, 1_000_000),
)
def test_databases_with_damage(data: bytes, changes: Sequence[tuple[int, bytes]], end: int) -> None:
    for at, new in changes:
        at = 16 + at % (len(data) - 24)  # the mark stays
        data = data[:at] + new + data[at + len(new) :]
    read(Source("store.db", data[: max(end, 16)]))


@QUICK
@given(
    st.sampled_from(DATABASES),
    st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=1, max_size=4),
)
def test_databases_whose_pages_are_mixed_up(data: bytes, swaps: Sequence[tuple[int, int]]) -> None:
    size = int.from_bytes(data[16:18], "big")
    pages = [data[at : at + size] for at in range(0, len(data), size)]
    for a, b in swaps:
        a, b = 1 + a % (len(pages) - 1), 1 + b % (len(pages) - 1)
        pages[a] = pages[b]
    read(Source("store.db", b"".join(pages)))


LINE = st.tuples(
    st.integers(-1, 10**19), st.one_of(st.floats(), st.text(max_size=4)), st.integers(-5, 10**19)
).map(lambda line: f"{line[0]} {line[1]} {line[2]}\n".encode("utf-8", "replace"))
FILE = st.one_of(st.lists(LINE, max_size=20).map(b"".join), LOG_LIKE, st.binary(max_size=200))


@QUICK
@given(
    st.dictionaries(
        st.sampled_from(
            [
                *("metrics/loss", "metrics/val/loss", "metrics/step", "metrics/epoch"),
                *("params/lr", "tags/mlflow.runName", "meta.yaml"),
            ]
        ),
        FILE,
        min_size=1,
    )
)
def test_run_folders_of_any_files(files: dict[str, bytes]) -> None:
    parts = tuple(Source(f"{RUN}/{name}", data) for name, data in files.items())
    read(Source(RUN, b"", parts))
    for part in parts:
        read(part)
