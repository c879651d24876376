"""An expression for a line reads what taking the line apart reads, or does not match."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrdiag.errors import UnknownFormatError
from lrdiag.readers import Limits, Source, decode, read_runs
from lrdiag.readers.console import lines
from lrdiag.readers.console.patterns import pattern_of
from lrdiag.readers.console.shapes import MARK, take_apart

TEXTS = st.one_of(
    st.sampled_from([" ", "-", ",", ", ", ".", ":", "/", " | ", "e", "e-", "[", "] ", "%", "m "]),
    st.sampled_from([" loss ", "a-", "a.", " -", "@", "_", "+", " +", "=", "损", "nan", "x2 "]),
    st.text("ae.,-+ 1n@_٣\x01", max_size=4),
)
NUMBERS = st.one_of(
    st.sampled_from(["1", "12", "1234", "-5", "+.5", "1.", "1,234", "1,23", "1e-3", "56,789"]),
    st.sampled_from(["nan", "-inf", "1.5e", "1.2.3", "1,234.5", "12,345,678", "1e5.", "٣"]),
    st.floats().map(repr),
    st.text("0123456789.,e-+", max_size=7),
)


@settings(max_examples=500, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=5), st.data())
def test_a_pattern_reads_what_taking_apart_reads(texts: Sequence[str], data: st.DataObject) -> None:
    def line() -> str:
        return "loss " + "".join(text + data.draw(NUMBERS) for text in texts[:-1]) + texts[-1]

    skeleton, numbers = take_apart(line().replace(MARK, " "))
    pattern = pattern_of(skeleton, range(len(numbers)))
    if pattern is None:
        return
    for _ in range(4):
        other = line().replace(MARK, " ")
        found = pattern.fullmatch(other)
        if found:
            assert take_apart(other) == (skeleton, list(found.groups()))


@pytest.mark.parametrize(
    "line",
    [
        "2024-03-01 12:34:56,789 - INFO - step 1,200 | loss: 2.31 (2.40), lr=1e-3",
        "Epoch 3:  45%|████▌     | 45/100 [00:12<00:15,  3.5it/s, loss=0.5, v_num=12]",
        "[10/50] loss -0.25",
    ],
)
def test_the_lines_that_loops_print_have_a_pattern(line: str) -> None:
    skeleton, numbers = take_apart(line)
    pattern = pattern_of(skeleton, [0, len(numbers) - 1])
    assert pattern is not None
    found = pattern.fullmatch(line)
    assert found is not None
    assert found.groups() == (numbers[0], numbers[-1])


@pytest.mark.parametrize(
    "line", ["1 2.5 3e-4", "| loss | 2.5 |", "1 2G 45%|##| 4/9", "1.2.3 loss 4"]
)
def test_what_may_be_a_row_or_run_into_a_number_has_none(line: str) -> None:
    skeleton, numbers = take_apart(line)
    assert pattern_of(skeleton, range(len(numbers))) is None


def console(rows: int) -> str:
    """Return a log in which every kind of line stands among others of its kind."""
    made = []
    for i in range(rows):
        made.append(f"2024-03-01 12:00:{i % 60:02d},123 step {i:,} loss {5 / (1 + i):.4f} lr 1e-3")
        made.append(f"step {i}: {'nan' if i % 7 == 0 else 'inf'} grad")
        if i % 5 == 0:
            made.append(f"val loss {6 / (1 + i):.4f}\r")
        if i % 9 == 0:
            made += ["| loss | 1.5 |", "no number", "损失 2,5", f"step {i} loss 1.2.3"]
    return "\n".join(made)


def test_patterns_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    text = console(2_000).encode()
    monkeypatch.setattr(decode, "PIECE", 997)
    (fast,) = read_runs(Source("a.log", text))
    monkeypatch.setattr(lines, "OFTEN", 10**9)
    monkeypatch.setattr(decode, "PIECE", 10**9)
    (slow,) = read_runs(Source("a.log", text))
    assert fast.columns == slow.columns
    assert set(fast) == set(slow)
    for name in fast:
        assert fast[name].steps.tolist() == slow[name].steps.tolist()
        assert repr(fast[name].values.tolist()) == repr(slow[name].values.tolist())


def test_a_long_line_of_digits_costs_little() -> None:
    text = b"loss " + (b"9" * 3_900 + b"@\n") * 200
    with pytest.raises(UnknownFormatError):
        read_runs(Source("a.log", text), limits=Limits())
