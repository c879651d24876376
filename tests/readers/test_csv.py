"""Delimited text: what a cell says, and what it does not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrdiag.errors import EmptyLogError, LimitError
from lrdiag.readers import Limits, Source, read_runs
from lrdiag.readers.formats.csv import count_lines
from lrdiag.run import Run

PARTS = (("train", 0.0), ("val", 0.5))


def read(text: str | bytes, **limits: int) -> Run:
    data = text.encode() if isinstance(text, str) else text
    (run,) = read_runs(Source("log.csv", data), limits=Limits(**limits))
    return run


def rows(*lines: str) -> str:
    return "\n".join(lines) + "\n"


def test_an_empty_cell_was_not_logged_and_a_nan_was() -> None:
    run = read(rows("step,loss,val_loss", "0,2.5,", "1,nan,2.0", "2,,NaN", "3,inf,", "4,-inf,1.5"))
    train, val = run["train_loss"], run["val_loss"]
    np.testing.assert_array_equal(train.steps, [0.0, 1.0, 3.0, 4.0])
    np.testing.assert_array_equal(train.values, [2.5, np.nan, np.inf, -np.inf])
    np.testing.assert_array_equal(val.steps, [1.0, 2.0, 4.0])
    np.testing.assert_array_equal(val.values, [2.0, np.nan, 1.5])
    (column,) = [one for one in run.columns if one.name == "loss"]
    assert (column.n, column.first, column.last, column.nonfinite) == (4, 2.5, 2.5, 3)


@pytest.mark.parametrize("word", ["nan", "NaN", "NAN", "-nan", "+nan"])
@pytest.mark.parametrize("note", ["", "hello"])  # words in another column take the slow way
def test_every_spelling_of_nan_is_a_logged_value(word: str, note: str) -> None:
    lines = [f"{k},{3 - k * 0.1:.1f},{note}" for k in range(5)]
    run = read(rows("step,loss,note", *lines, f"5,{word},{note}"))
    assert len(run["train_loss"]) == 6
    assert np.isnan(run["train_loss"].values[-1])


@pytest.mark.parametrize("word", ["None", "null", "N/A", "-", "  "])
def test_words_for_nothing_are_empty(word: str) -> None:
    run = read(rows("step,loss", "0,2.5", f"1,{word}", "2,2.0"))
    np.testing.assert_array_equal(run["train_loss"].steps, [0.0, 2.0])


@pytest.mark.parametrize(
    ("mark", "title"),
    [
        (",", "CSV"),
        (";", "Semicolon-separated text"),
        ("\t", "TSV"),
        (" ", "Text in columns"),
        ("    ", "Text in columns"),
        ("|", "Text between bars"),
    ],
)
def test_delimiters(mark: str, title: str) -> None:
    lines = [mark.join(cells) for cells in (("step", "loss", "lr"), ("1", "2.5", "0.1"))]
    run = read(rows(*lines, mark.join(("2", "2.25", "0.1"))))
    np.testing.assert_array_equal(run["train_loss"].values, [2.5, 2.25])
    np.testing.assert_array_equal(run["lr"].values, [0.1, 0.1])
    assert (run.format, run.title) == ("csv", title)


def test_decimal_commas_between_semicolons() -> None:
    run = read(rows("epoch;loss;val_loss", "1;2,5;2,75", "2;1,25;1,5"))
    np.testing.assert_array_equal(run["train_loss"].values, [2.5, 1.25])
    np.testing.assert_array_equal(run["val_loss"].values, [2.75, 1.5])


def test_quoted_padded_and_repeated_names() -> None:
    run = read(rows('" step "," train/loss ","train/loss"', '"1","2.5","9"', '"2","2.0","8"'))
    assert [column.name for column in run.columns] == ["step", "train/loss", "train/loss.2"]
    np.testing.assert_array_equal(run["train_loss"].values, [2.5, 2.0])


def test_a_header_behind_a_hash() -> None:
    run = read(rows("# made by hand", "#  step   loss", "0   2.5", "10   2.0"))
    assert run.x.column == "step"
    np.testing.assert_array_equal(run["train_loss"].values, [2.5, 2.0])


def test_two_bare_columns_are_steps_and_a_loss() -> None:
    run = read("10 2.5\n20 2.0\n30 1.5\n")
    assert run.x.column == "column 1"
    np.testing.assert_array_equal(run["train_loss"].steps, [10.0, 20.0, 30.0])
    (column,) = [one for one in run.columns if one.role == "train_loss"]
    assert column.confidence <= 0.5


def test_a_header_that_stands_again_with_a_new_name() -> None:
    run = read(rows("step,loss", "0,2.5", "1,2.0", "step,loss,lr", "2,1.5,0.1", "3,1.0,0.1"))
    np.testing.assert_array_equal(run["train_loss"].values, [2.5, 2.0, 1.5, 1.0])
    np.testing.assert_array_equal(run["lr"].steps, [2.0, 3.0])
    assert any("header stands 2 times" in note for note in run.notes)


def test_lines_that_do_not_fit_are_counted_and_left_out() -> None:
    lines = [f"{k},{3 - 0.1 * k:.2f}" for k in range(20)]
    lines[7] = "7,2.3,1,2,3"
    run = read(rows("step,loss", *lines))
    assert len(run["train_loss"]) == 19
    assert any("1 line does not fit" in note for note in run.notes)


def test_a_delimiter_at_the_end_of_every_row_is_no_column() -> None:
    run = read(rows("step,loss", "0,2.5,", "1,2.0,", "2,1.5,"))
    np.testing.assert_array_equal(run["train_loss"].values, [2.5, 2.0, 1.5])
    assert run.notes == ()


def test_a_first_row_that_does_not_fit() -> None:
    run = read(rows("step,loss", "0,2.5,7,8", *(f"{k},{3 - 0.1 * k:.2f}" for k in range(1, 12))))
    assert len(run["train_loss"]) == 11


def test_a_row_cut_off_in_mid_write_loses_nothing_else() -> None:
    run = read(rows("step,loss,val_loss", "0,2.5,2.6", "1,2.4,2.5", "2,2.3,2.4") + "3,2")
    assert run["train_loss"].values[:3].tolist() == [2.5, 2.4, 2.3]
    assert len(run["val_loss"]) == 3


def test_clocks_percentages_and_tensors_are_numbers() -> None:
    run = read(
        rows(
            "epoch,loss,accuracy,time",
            "0,tensor(2.5),81.5%,01:30",
            "1,tensor(2.0),82.5%,1:01:00",
            "2,tensor(1.5),83.0%,00:05",
        )
    )
    np.testing.assert_array_equal(run["train_loss"].values, [2.5, 2.0, 1.5])
    np.testing.assert_array_equal(run["train_accuracy"].values, [81.5, 82.5, 83.0])
    (time,) = [one for one in run.columns if one.name == "time"]
    assert (time.first, time.last) == (90.0, 5.0)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_encodings_and_line_ends(end: str, encoding: str) -> None:
    text = end.join(("step,loss", "0,2.5", "1,2.0", ""))
    run = read(text.encode(encoding))
    np.testing.assert_array_equal(run["train_loss"].values, [2.5, 2.0])
    assert [column.name for column in run.columns] == ["step", "loss"]


@pytest.mark.parametrize("column", ["phase", "Split"])
def test_rows_of_training_and_of_validation_are_two_losses(column: str) -> None:
    lines = [f"{k},{part},{2 + at - k / 10},0.001" for k in range(6) for part, at in PARTS]
    run = read(rows(f"epoch,{column},loss,lr", *lines))
    np.testing.assert_allclose(run["train_loss"].values, 2 - np.arange(6) / 10)
    np.testing.assert_allclose(run["val_loss"].values, 2.5 - np.arange(6) / 10)
    np.testing.assert_array_equal(run["val_loss"].steps, np.arange(6))
    assert len(run["lr"]) == 6


def test_a_mode_that_is_no_part_of_the_data_splits_nothing() -> None:
    run = read(rows("epoch,mode,loss", *(f"{k},{('min', 'train')[k % 2]},{k}.5" for k in range(6))))
    assert len(run["train_loss"]) == 6


def test_words_are_a_column_that_is_left_alone() -> None:
    run = read(rows("step,phase,loss", "0,warm,2.5", "1,cool,2.0", "2,cool,1.5"))
    (phase,) = [one for one in run.columns if one.name == "phase"]
    assert phase.role == "ignore"
    assert phase.why == "the cells hold words"


def test_a_word_that_never_changes_is_a_word() -> None:
    run = read(rows("step,state,loss,none", "0,finished,2.5,", "1,finished,2.0,-", "2,,1.5,"))
    why = {column.name: column.why for column in run.columns}
    assert why["state"] == "the cells hold words"
    assert why["none"] == "every cell is empty"


def test_a_header_alone_holds_no_rows() -> None:
    with pytest.raises(EmptyLogError, match="no rows"):
        read("step,loss\n")


@pytest.mark.parametrize(
    ("limits", "text", "said"),
    [
        ({"max_rows": 10}, rows("step,loss", *(f"{k},1.5" for k in range(20))), "rows"),
        (
            {"max_columns": 5},
            rows(",".join(f"loss{k}" for k in range(9)), "1,2,3,4,5,6,7,8,9"),
            "9",
        ),
        ({"max_line": 50}, rows("step,loss,note", "0,2.5," + "x" * 60, "1,2.0,y"), "line"),
    ],
)
def test_limits_say_which_and_what_to_do(limits: dict[str, int], text: str, said: str) -> None:
    with pytest.raises(LimitError, match=said) as caught:
        read(text, **limits)
    assert caught.value.hint


def test_a_million_rows_are_read_exactly() -> None:
    n = 200_000
    body = "".join(f"{k},{k % 7}.5,0.001,{'1.25' if k % 1000 == 0 else ''}\n" for k in range(n))
    run = read("step,loss,lr,val_loss\n" + body)
    np.testing.assert_array_equal(run["train_loss"].steps, np.arange(n, dtype=np.float64))
    np.testing.assert_array_equal(run["train_loss"].values, np.arange(n) % 7 + 0.5)
    np.testing.assert_array_equal(run["val_loss"].steps, np.arange(0.0, n, 1000.0))


@given(st.lists(st.sampled_from(["\n", "\r\n", "1", "2,3", "\n\n"]), max_size=12))
def test_lines_are_counted_by_what_begins_them(pieces: list[str]) -> None:
    text = "".join(pieces).encode()
    assert count_lines(text) == sum(bool(line.strip(b"\r")) for line in text.split(b"\n"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lrdiag.readers.formats.csv.CHUNK", 3)
        assert count_lines(text) == sum(bool(line.strip(b"\r")) for line in text.split(b"\n"))


def test_a_printed_data_frame() -> None:
    run = read(
        rows(
            "    epoch    loss  val_loss",
            "0       1  2.3010    2.2950",
            "1       2  1.9500    1.9800",
            "2       3  1.7000    1.7500",
            "..    ...     ...       ...",
            "97     98  0.4100    0.6200",
            "98     99  0.4000       NaN",
            "",
            "[99 rows x 3 columns]",
        )
    )
    np.testing.assert_array_equal(run["train_loss"].values, [2.301, 1.95, 1.7, 0.41, 0.4])
    np.testing.assert_array_equal(run["train_loss"].steps, [1.0, 2.0, 3.0, 98.0, 99.0])
    assert run.x.column == "epoch"
