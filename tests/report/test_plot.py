"""The curve in characters: nothing that stands out may be lost."""

from dataclasses import replace

import numpy as np

from lrdiag.numerics import FloatArray
from lrdiag.report.plot import GUTTER, Mark, draw_curve, draw_spark, fit_frame
from lrdiag.run import Run, Series, SeriesName
from tests.report.examples import falling, make_run

COLUMNS, ROWS = 60, 8


def run_of(**series: FloatArray) -> Run:
    held: dict[SeriesName, Series] = {}
    for name in ("train_loss", "val_loss"):
        if name in series:
            values = series[name]
            held[name] = Series(np.arange(len(values), dtype=np.float64), values)
    return replace(make_run(), series=held)


def picture(run: Run, *marks: Mark) -> list[str]:
    lines = draw_curve(run, marks, columns=COLUMNS, rows=ROWS)
    return ["".join(piece for piece, _ in line) for line in lines]


def cells(run: Run) -> list[str]:
    """The plot without legend, axis and labels."""
    return [line[GUTTER + 2 :] for line in picture(run)[1 : ROWS + 1]]


def dots(run: Run) -> FloatArray:
    """The braille dots as a grid of zeros and ones, top row first."""
    grid = np.zeros((4 * ROWS, 2 * COLUMNS))
    bits = [(0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80)]
    for row, line in enumerate(cells(run)):
        for column, character in enumerate(line):
            code = ord(character) - 0x2800
            if not 0 <= code < 256:
                continue
            for down, pair in enumerate(bits):
                for right, bit in enumerate(pair):
                    grid[4 * row + down, 2 * column + right] = bool(code & bit)
    return grid


def test_a_straight_fall_is_a_straight_line() -> None:
    grid = dots(run_of(train_loss=np.linspace(1.0, 0.0, 500)))
    assert np.all(grid.sum(axis=0) >= 1)
    heights = grid.argmax(axis=0)
    assert np.all(np.diff(heights) >= 0)
    assert (heights[0], heights[-1]) == (0, 4 * ROWS - 1)
    assert abs(heights[60] - 2 * ROWS) <= 1


def test_two_points_are_joined() -> None:
    grid = dots(run_of(train_loss=np.array([1.0, 0.0])))
    assert np.all(grid.sum(axis=0) >= 1)


def test_one_bad_step_in_a_million_is_seen() -> None:
    values = np.full(1_000_000, 1.0)
    values[700_000] = 9.0
    grid = dots(run_of(train_loss=values))
    assert grid[1, 84] == 1
    assert grid[1].sum() == 1


def test_a_jump_between_two_columns_is_joined() -> None:
    for at in range(240, 260):
        grid = dots(run_of(train_loss=np.where(np.arange(500) < at, 1.0, 3.0)))
        assert np.all(grid[1:-1, 40:80].max(axis=1))


def test_noise_does_not_hide_the_trend() -> None:
    noise = np.random.default_rng(3).normal(0.0, 0.5, 3000)
    run = run_of(train_loss=np.linspace(3.0, 1.0, 3000) + noise)
    lines = draw_curve(run, columns=COLUMNS, rows=ROWS)[1 : ROWS + 1]
    roles = {role for line in lines for _, role in line}
    assert {"train", "raw"} <= roles
    assert sum("⣿" in "".join(piece for piece, _ in line) for line in lines) > 2
    filled = dots(run).mean(axis=0)
    assert 0.1 < filled.mean() < 0.7


def test_a_gap_is_not_bridged_and_is_marked() -> None:
    values = np.linspace(2.0, 1.0, 600)
    values[200:400] = np.nan
    lines = cells(run_of(train_loss=values))
    assert lines[0][21:40] == "×" * 19
    assert "×" not in lines[0][:19]
    assert "".join(line[22:38] for line in lines[1:]).strip() == ""


def test_validation_points_are_circles() -> None:
    run = replace(
        run_of(train_loss=np.linspace(2.0, 1.0, 601)),
        series={
            "train_loss": Series(np.arange(601.0), np.linspace(2.0, 1.0, 601)),
            "val_loss": Series(np.arange(0.0, 601.0, 100.0), np.full(7, 1.9)),
        },
    )
    assert "".join(cells(run)).count("○") == 7
    assert "○ validation" in picture(run)[0]


def test_dense_validation_does_not_hide_the_line() -> None:
    run = run_of(train_loss=falling(), val_loss=falling() + 0.1)
    drawn = "".join(cells(run))
    assert drawn.count("○") <= COLUMNS // 3


def test_validation_alone_is_the_line() -> None:
    run = run_of(val_loss=np.linspace(1.0, 0.0, 100))
    assert dots(run).sum() > COLUMNS


def test_two_decades_make_it_logarithmic() -> None:
    for last, log in ((0.02, False), (0.005, True)):
        run = run_of(train_loss=np.geomspace(1.0, last, 500))
        frame = fit_frame(run, COLUMNS, ROWS)
        assert frame is not None
        assert frame.log is log
        assert any("log" in line for line in picture(run)) is log
    steep = dots(run_of(train_loss=np.geomspace(1.0, 1e-4, 500))).argmax(axis=0)
    assert abs(steep[60] - 2 * ROWS) <= 1  # straight on a log axis


def test_the_axis_says_both_ends() -> None:
    lines = picture(run_of(train_loss=np.linspace(4.0, 1.0, 500)))
    assert lines[1].split()[0] == "4.00"
    assert lines[ROWS].split()[0] == "1.00"
    assert lines[ROWS + 2].split() == ["0", "step", "499"]


def test_a_loss_that_never_changes_is_a_line() -> None:
    assert dots(run_of(train_loss=np.full(50, 2.3))).any()
    assert dots(run_of(train_loss=np.zeros(50))).any()


def test_huge_and_tiny_values_are_drawn() -> None:
    assert dots(run_of(train_loss=np.array([1e300, 1.0, 1e-300]))).any()
    assert dots(run_of(train_loss=np.array([-1e200, 0.0, 1e200]))).any()


def test_nothing_to_draw() -> None:
    for values in (np.array([1.0]), np.full(9, np.nan), np.array([])):
        assert picture(run_of(train_loss=values)) == []
        assert draw_spark(run_of(train_loss=values)) == ""
    assert picture(run_of()) == []


def test_marks_stand_beneath_their_part() -> None:
    run = run_of(train_loss=np.linspace(2.0, 1.0, 600))
    lines = picture(run, Mark("1", "warning", 300.0, 399.0))
    assert lines[-1] == " " * (GUTTER + 2 + 30) + "1" + "━" * 9


def test_marks_that_overlap_get_lanes_of_their_own() -> None:
    run = run_of(train_loss=np.linspace(2.0, 1.0, 600))
    marks = [
        Mark("1", "error", 100.0, 400.0),
        Mark("2", "note", 300.0, 599.0),
        Mark("3", "warning", 500.0, 500.0),
    ]
    lines = picture(run, *marks)
    assert [line.strip()[0] for line in lines[-2:]] == ["1", "2"]
    assert "3" in lines[-2]
    assert "─" in lines[-1]


def test_a_mark_at_the_last_step_stays_inside() -> None:
    lines = picture(run_of(train_loss=falling()), Mark("12", "error", 499.0, 499.0))
    assert len(lines[-1]) == GUTTER + 2 + COLUMNS
    assert lines[-1].endswith("12")


def test_every_line_fits() -> None:
    run = run_of(train_loss=falling() * 1e-9, val_loss=falling() * 1e-9)
    assert all(len(line) <= GUTTER + 2 + COLUMNS for line in picture(run))


def test_a_spark_is_one_line() -> None:
    spark = draw_spark(make_run(), columns=20)
    assert len(spark) == 20
    assert all(0x2800 <= ord(one) < 0x2900 for one in spark)
