"""The fields of protobuf messages, beside protobuf's own encoding of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrdiag.readers.binary.protobuf import BYTES, FIXED32, FIXED64, VARINT, fields, signed


def listed(data: bytes) -> list[tuple[int, int, int | bytes]]:
    return [
        (number, kind, value if isinstance(value, int) else bytes(value))
        for number, kind, value in fields(memoryview(data))
    ]


def test_each_kind_of_field_is_yielded_in_order() -> None:
    # 1: 150 is the example of the format's own description.
    data = b"\x08\x96\x01" + b"\x11" + bytes(8) + b"\x1a\x02ab" + b"\x25\1\2\3\4" + b"\x82\x01\0"
    assert listed(data) == [
        (1, VARINT, 150),
        (2, FIXED64, bytes(8)),
        (3, BYTES, b"ab"),
        (4, FIXED32, b"\1\2\3\4"),
        (16, BYTES, b""),
    ]


def test_a_negative_number_takes_ten_bytes() -> None:
    ((_, _, value),) = listed(b"\x08" + b"\xff" * 9 + b"\x01")
    assert isinstance(value, int)
    assert signed(value) == -1
    assert signed(150) == 150


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x08", "breaks off"),
        (b"\x08\x80", "breaks off"),
        (b"\x1a\x05ab", "beyond"),
        (b"\x1a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "beyond"),
        (b"\x0b", "wire type 3"),
        (b"\x08" + b"\xff" * 11, "64 bits"),
    ],
)
def test_damage_is_said(data: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        listed(data)


@given(st.binary(max_size=200))
def test_any_bytes_give_few_fields_or_a_value_error(data: bytes) -> None:
    try:
        found = listed(data)
    except ValueError:
        return
    assert len(found) <= len(data) / 2
