"""Any damage inside the records of a .wandb file, whose checksums are right again."""

from collections.abc import Sequence
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from lrdiag.readers.binary.leveldb import records
from lrdiag.readers.formats.wandb_file import HEADER
from tests.property.test_readers import QUICK, check, read_all
from tests.readers.wandb_bytes import frame

SAMPLES = Path(__file__).parents[1] / "readers" / "samples"
RECORDS = tuple(
    [record for record in records(path.read_bytes(), HEADER) if record is not None][:40]
    for path in sorted(SAMPLES.rglob("*.wandb"))
)
PIECES = st.one_of(
    st.binary(max_size=12),
    st.sampled_from(
        [b"\x82\x01", b"\x0a\x02\x12\x00", b"\xff" * 11, b"NaN", b'{"a":', b"[[[", b"9e9"]
    ),
)
EDITS = st.lists(
    st.tuples(st.integers(0, 39), st.integers(0, 300), st.integers(0, 20), PIECES), max_size=8
)


@QUICK
@given(st.sampled_from(RECORDS), EDITS)
def test_records_with_damage(
    found: Sequence[bytes], edits: Sequence[tuple[int, int, int, bytes]]
) -> None:
    changed = list(found)
    for which, at, length, new in edits:
        record = changed[which % len(changed)]
        changed[which % len(changed)] = record[:at] + new + record[at + length :]
    check(read_all(frame(changed)))


@QUICK
@given(st.lists(st.binary(max_size=60), max_size=20))
def test_any_records(found: Sequence[bytes]) -> None:
    check(read_all(frame(found)))
