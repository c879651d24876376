import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lrdiag.charts.decimate import pick_corners, pick_extremes, spread, spread_places


@given(
    st.lists(st.floats(width=32) | st.just(float("nan")), min_size=1, max_size=400),
    st.integers(10, 100),
)
def test_extremes_and_ends_always_stay(items: list[float], most: int) -> None:
    values = np.array(items)
    keep = pick_extremes(values, most)
    assert (np.diff(keep) > 0).all()
    assert keep[0] == 0
    assert keep[-1] == len(values) - 1
    finite = values[np.isfinite(values)]
    if len(finite):
        kept = values[keep]
        assert np.nanmin(kept[np.isfinite(kept)]) == finite.min()
        assert np.nanmax(kept[np.isfinite(kept)]) == finite.max()


def test_one_point_in_a_million_is_not_lost() -> None:
    values = np.zeros(1_000_000)
    values[[123_457, 700_001]] = 9.0, -9.0
    keep = pick_extremes(values, 4_000)
    assert {123_457, 700_001} <= set(keep.tolist())
    assert len(keep) <= 4_002


def test_every_bucket_keeps_its_lowest_and_highest() -> None:
    values = np.random.default_rng(0).normal(size=100_000)
    keep = pick_extremes(values, 2_002)  # 1,000 buckets and both ends
    for block, start in zip(values.reshape(1000, 100), range(0, 100_000, 100), strict=True):
        assert start + int(block.argmin()) in keep
        assert start + int(block.argmax()) in keep


def test_a_gap_leaves_a_point_so_that_the_line_breaks_there() -> None:
    values = np.ones(50_000)
    values[[7, 20_000, 20_001, 49_998]] = np.nan, np.nan, np.inf, np.nan
    keep = set(pick_extremes(values, 1_000).tolist())
    assert {7, 20_000, 49_998} <= keep


def test_marked_points_stay() -> None:
    values = np.zeros(50_000)
    marks = np.array([-3, 17, 33_333, 60_000])
    keep = set(pick_extremes(values, 500, marks).tolist())
    assert {17, 33_333} <= keep
    assert max(keep) == 49_999


def test_few_points_stay_all() -> None:
    assert pick_extremes(np.zeros(100), 100).tolist() == list(range(100))


def test_a_stepwise_rate_keeps_its_corners() -> None:
    rate = np.repeat([0.1, 0.01, 0.001], [1000, 500, 500])
    assert pick_corners(rate, 4_000).tolist() == [0, 999, 1000, 1499, 1500, 1999]


def test_spread_keeps_both_ends() -> None:
    items = spread(np.arange(1000), 10)
    assert (items[0], items[-1], len(items)) == (0, 999, 10)


def test_a_lone_place_keeps_its_mark_beside_a_crowd() -> None:
    places = np.concatenate(([3.0], np.arange(5_000.0, 10_000.0)))
    marks = spread_places(places, 0.0, 10_000.0)
    assert marks[0] == 3.0
    assert 40 < len(marks) < 60
    assert spread_places(places, 0.0, 4_000.0).tolist() == [3.0]
