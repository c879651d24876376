"""The advice: each direction on curves that ask for it, what silences it, and its words."""

from dataclasses import replace

import numpy as np
import pytest

from lrdiag.advice import Advice, advise, agree
from lrdiag.advice.advice import factor_range
from lrdiag.advice.decision import weigh
from lrdiag.advice.move import Action, Move
from lrdiag.advice.weights import CALIBRATED
from lrdiag.diagnosis import diagnose
from lrdiag.finding import Evidence, Finding, Fix, Severity
from lrdiag.numerics import FloatArray
from lrdiag.run import Config, Run, Series
from lrdiag.scorecard import FactorLine, Points, Scorecard, Trust, Weight
from lrdiag.signals import Signals
from lrdiag.signals.shape import measure_shape
from tests.curves import constant_rate, cosine_rate, descent, line, make_run, run_of, series_of


def finding() -> Finding:
    return Finding(Severity.WARNING, 0.9, "seen", "cause", (Evidence("value", 1.0),))


def advice_on(run: Run, *codes: str, config: Config | None = None) -> Advice:
    return advise(Signals(run, config), {code: finding() for code in codes})


def noisy(values: FloatArray, noise: float = 0.02) -> FloatArray:
    return values + noise * np.random.default_rng(3).standard_normal(len(values))


def too_slow() -> Run:
    """Fall by a few percent, steadily, where a full fall was to be had."""
    values = noisy(2.3 - 0.1 * np.linspace(0.0, 1.0, 500))
    return make_run(train_loss=series_of(values), lr=constant_rate(500, 1e-5))


def too_high() -> Run:
    """Rise tenfold at once and come to rest above the start."""
    share = np.arange(500) / 500
    values = 2.5 + 30.0 * np.exp(-40.0 * share) * (share > 0.004)
    return make_run(train_loss=series_of(noisy(values, 0.3)), lr=constant_rate(500, 1.0))


def right() -> Run:
    """Fall fast and come to rest far below the start."""
    share = np.arange(500) / 500
    values = noisy(2.25 / (1.0 + 60.0 * share) + 0.02, 0.01)
    return make_run(train_loss=series_of(values), lr=constant_rate(500, 0.01))


def falling_validation(rows: int = 10) -> Series:
    return Series(np.linspace(49.0, 499.0, rows), np.linspace(1.2, 0.2, rows))


def test_a_loss_that_hardly_falls_asks_for_a_much_higher_rate() -> None:
    advice = advice_on(too_slow())
    assert advice.action == "raise"
    assert advice.factor is not None
    assert 1.5 <= advice.factor[0] < advice.factor[1]
    assert advice.factor[1] > 30.0, "4 % of the fall in a whole run deserves more than x3"
    assert "falls by only 3.8 %" in advice.reason


def test_a_loss_that_jumps_at_once_asks_for_a_lower_rate() -> None:
    advice = advice_on(too_high())
    assert advice.action == "lower"
    assert advice.factor is not None
    assert advice.factor[0] < advice.factor[1] <= 1.0 / 1.5
    assert "times its start" in advice.reason


def test_a_fast_fall_that_rests_is_left_alone() -> None:
    advice = advice_on(right())
    assert advice.action == "keep"
    assert advice.factor is None
    assert advice.lr is None
    assert advice.next_step.startswith("Nothing needs to be run")


@pytest.mark.parametrize("columns", [(), ("val_loss",), ("grad_norm",), ("val_loss", "grad_norm")])
@pytest.mark.parametrize("rated", [True, False])
def test_every_set_of_columns_gives_the_direction(columns: tuple[str, ...], rated: bool) -> None:
    for run, action in ((too_slow(), "raise"), (right(), "keep")):
        series = {"train_loss": run["train_loss"]}
        if rated:
            series["lr"] = run["lr"]
        if "grad_norm" in columns:
            series["grad_norm"] = series_of(np.full(500, 1.0))
        if "val_loss" in columns:
            places = np.arange(49, 500, 50)
            losses = np.minimum.accumulate(run["train_loss"].values[places])
            series["val_loss"] = Series(places.astype(float), losses)
        assert advice_on(run_of(series)).action in (action, "decay")


@pytest.mark.parametrize("make", [too_slow, too_high, right])
def test_the_same_move_when_the_loss_is_multiplied_or_the_steps_stretched(make: object) -> None:
    run = make()  # type: ignore[operator]
    plain = advice_on(run)
    scaled = make_run(
        train_loss=Series(run["train_loss"].steps, 1000.0 * run["train_loss"].values), lr=run["lr"]
    )
    stretched = make_run(
        train_loss=Series(50.0 * run["train_loss"].steps, run["train_loss"].values),
        lr=Series(50.0 * run["lr"].steps, run["lr"].values),
    )
    for other in (advice_on(scaled), advice_on(stretched)):
        assert other.action == plain.action
        assert other.factor == plain.factor
        assert other.confidence == pytest.approx(plain.confidence)


def test_rates_are_given_when_todays_is_known_and_the_config_goes_before_the_log() -> None:
    logged = advice_on(too_slow())
    assert logged.today == pytest.approx(1e-5)
    assert logged.factor is not None
    assert logged.lr is not None
    assert logged.lr == pytest.approx([factor * 1e-5 for factor in logged.factor], rel=0.01)
    told = advice_on(too_slow(), config=Config(lr=2e-5))
    assert told.today == pytest.approx(2e-5)
    unknown = advice_on(make_run(train_loss=too_slow()["train_loss"]))
    assert unknown.today is None
    assert unknown.lr is None
    assert "times the rate" in unknown.next_step


def test_the_long_tail_of_a_language_model_is_not_slow() -> None:
    early = np.concatenate((np.arange(1.0, 10.0), np.arange(10.0, 1001.0, 10.0)))
    values = 2.0 + 5.0 * (1.0 + early / 8.0) ** -0.7
    run = make_run(train_loss=Series(early, noisy(values, 0.01)))
    assert advice_on(run).action in ("keep", "unsure", "decay")


def test_a_cosine_to_zero_is_not_taken_for_a_flat_end() -> None:
    rate = cosine_rate(500, 0.003, warmup=20)
    passed = np.cumsum(rate.values) / rate.values.sum()
    values = noisy(2.25 / (1.0 + 60.0 * passed) + 0.02, 0.01)
    advice = advice_on(make_run(train_loss=series_of(values), lr=rate))
    assert advice.action == "keep"
    assert advice.today == pytest.approx(0.003)


def test_a_loss_that_grows_and_breaks_asks_for_a_lower_rate() -> None:
    values = noisy(2.3 * np.exp(np.linspace(0.0, 5.0, 200)))
    values[150:] = np.nan
    advice = advice_on(make_run(train_loss=series_of(values)))
    assert advice.action == "lower"
    assert "stops being a number at step 150" in advice.reason


def test_a_loss_that_breaks_without_growing_asks_for_the_batch_first() -> None:
    values = descent(500).values.copy()
    values[300:] = np.nan
    advice = advice_on(make_run(train_loss=series_of(values)))
    assert advice.action == "unsure"
    assert "step 300" in advice.reason
    assert "batch at step 300" in advice.next_step


def test_single_holes_are_no_matter_of_the_rate() -> None:
    values = descent(500).values.copy()
    values[[100, 200]] = np.inf
    advice = advice_on(make_run(train_loss=series_of(values)))
    assert advice.action == "unsure"
    assert "2 of 500" in advice.reason


@pytest.mark.parametrize("code", ["FIT203", "LOG905", "LOG901"])
def test_what_cannot_be_learned_is_not_called_slow(code: str) -> None:
    assert advice_on(too_slow()).action == "raise"
    assert advice_on(too_slow(), code).action == "unsure"


def test_chance_at_a_usual_rate_speaks_of_labels_and_at_a_tiny_one_of_pace() -> None:
    assert advice_on(too_slow(), "LR111").action == "raise"
    usual = advice_on(too_slow(), "LR111", config=Config(lr=0.01))
    assert usual.action == "unsure"
    assert "labels" in usual.reason
    assert "one batch" in usual.next_step


def test_overfitting_is_not_the_rates_fault() -> None:
    run = make_run(train_loss=right()["train_loss"], val_loss=falling_validation())
    advice = advice_on(run, "FIT201")
    assert advice.action == "keep"
    assert "not the cause" in advice.reason
    assert advice.factor is None


def test_overfitting_does_not_hide_a_plain_overshoot() -> None:
    restless = Series(np.linspace(49.0, 499.0, 10), np.array([2.6, 3.1] * 5))
    run = make_run(train_loss=too_high()["train_loss"], val_loss=restless)
    assert advice_on(run).action == "lower"
    assert advice_on(run, "FIT201").action == "lower"


def test_a_spike_that_comes_back_asks_for_a_decay() -> None:
    assert advice_on(right(), "LR104").action == "decay"


@pytest.mark.parametrize(("code", "factor"), [("LR105", (1 / 3, 0.5)), ("LR107", (0.2, 0.5))])
def test_instability_asks_for_the_cut_of_the_symptom_table(
    code: str, factor: tuple[float, float]
) -> None:
    cut = advice_on(right(), code)
    assert cut.action == "lower"
    assert cut.factor == pytest.approx(factor, rel=0.02)
    assert cut.confidence < 0.8


def rising_again() -> Run:
    """Fall to a fifth of the start, then rise to nine tenths of it, without overshoot."""
    share = np.arange(60) / 60
    rise = 0.2 + 0.75 * (1.0 - np.exp(-4.0 * (share - 0.2)))
    values = noisy(np.where(share < 0.2, 1.05 - 1.5 * share, rise), 0.01)
    return make_run(train_loss=series_of(values))


def test_a_training_loss_that_rises_while_validation_falls_has_changed_its_meaning() -> None:
    train = rising_again()["train_loss"]
    falls = Series(np.linspace(5.0, 59.0, 10), np.geomspace(5.5, 0.93, 10))
    rises = Series(falls.steps, np.linspace(1.0, 1.6, 10))
    told = advice_on(make_run(train_loss=train, val_loss=falls))
    assert told.action == "unsure"
    assert "change its meaning" in told.reason
    assert advice_on(make_run(train_loss=train, val_loss=rises)).action == "lower"


def test_a_rate_that_slips_for_a_step_is_not_todays() -> None:
    rates = np.full(500, 0.003)
    rates[[200, 300]] = 0.18
    run = right()
    slipped = make_run(train_loss=run["train_loss"], lr=Series(run["train_loss"].steps, rates))
    assert advice_on(slipped).today == 0.003


@pytest.mark.parametrize("code", ["LR103", "LR104", "LR112", "LR113"])
def test_no_raise_beside_a_finding_of_too_high(code: str) -> None:
    assert advice_on(too_slow(), code).action == "unsure"


def test_a_plateau_asks_for_a_decay_and_an_early_decay_for_patience() -> None:
    assert advice_on(right(), "LR112").action == "decay"
    assert advice_on(too_slow(), "SCH401").action == "keep"


def test_a_rough_start_keeps_the_rate_and_asks_for_a_warmup() -> None:
    advice = advice_on(right(), "LR103")
    assert advice.action == "keep"
    assert "from zero over the first 25 steps" in advice.next_step


def test_only_a_validation_loss_is_not_enough() -> None:
    advice = advice_on(make_run(val_loss=falling_validation(40)))
    assert advice.action == "unsure"
    assert "no training loss" in advice.reason


def test_epochs_are_counted_as_epochs() -> None:
    values = np.linspace(2.3, 2.25, 40)
    advice = advice_on(make_run(unit="epoch", train_loss=series_of(values)))
    assert "epoch" in advice.next_step
    assert "20 epochs" not in advice.next_step


def test_a_loss_below_zero_is_said_to_be_so_and_given_a_run_to_compare() -> None:
    values = 1.0 - 3.0 * (1.0 - np.exp(-np.arange(60.0) / 15.0))
    advice = diagnose(make_run(train_loss=series_of(values), lr=constant_rate(60, lr=1e-3))).advice
    assert advice.action == "unsure"
    assert "falls below zero" in advice.reason
    assert "Train as long at 0.003" in advice.next_step
    still = diagnose(make_run(train_loss=series_of(np.full(60, 2.0)))).advice
    assert "below zero" not in still.reason


@pytest.mark.parametrize("rows", range(6))
def test_a_handful_of_rows_gives_no_direction(rows: int) -> None:
    advice = advice_on(make_run(train_loss=series_of(line(max(rows, 1)).values[:rows])))
    assert advice.action == "unsure"
    assert advice.confidence == 0.0
    assert advice.next_step


@pytest.mark.parametrize(
    "values",
    [np.full(60, np.nan), np.full(60, 2.0), np.zeros(60), -np.linspace(1.0, 2.0, 60)],
    ids=["nan", "constant", "zero", "negative"],
)
def test_losses_without_a_shape_give_a_reason_and_no_direction(values: FloatArray) -> None:
    run = make_run(train_loss=series_of(values), val_loss=series_of(values[::6]))
    advice = advice_on(run, "LR111", "FIT201", "LR105")
    assert advice.action == "unsure"
    assert advice.reason.endswith(".")
    assert advice.next_step.endswith(".")


@pytest.mark.parametrize("seed", range(8))
def test_random_walks_with_holes_are_answered_in_words(seed: int) -> None:
    random = np.random.default_rng(seed)
    values = np.cumsum(random.standard_normal(120)) ** (seed % 3 + 1)
    values[random.integers(0, 120, 30 * (seed % 2))] = np.nan
    advice = advice_on(make_run(train_loss=series_of(values), lr=constant_rate(120)))
    for words in (advice.reason, advice.next_step):
        assert words.endswith(".")
        assert "nan" not in words
        assert "inf" not in words
        assert "!" not in words


@pytest.mark.parametrize(
    "codes", [(), ("LR103",), ("LR104",), ("LR105",), ("LR111",), ("LR112",), ("LR113",)]
)
@pytest.mark.parametrize("make", [too_slow, too_high, right])
def test_confidence_and_factor_agree_with_the_action(make: object, codes: tuple[str, ...]) -> None:
    advice = advice_on(make(), *codes)  # type: ignore[operator]
    assert 0.0 <= advice.confidence <= 1.0
    assert (advice.factor is None) == (advice.action in ("keep", "decay", "unsure"))
    if advice.action == "keep":
        assert advice.confidence >= 0.6


def test_a_move_has_a_factor_of_its_direction() -> None:
    with pytest.raises(ValueError, match="raise"):
        Move("raise", 0.9, "too-slow", -1.0)
    with pytest.raises(ValueError, match="keep"):
        Move("keep", 0.9, "right", 1.0)
    with pytest.raises(ValueError, match="confidence"):
        Move("keep", 1.2, "right")


def test_a_card_clips_fills_and_adds_up() -> None:
    card = Scorecard(0.0, 0.0, (Points("x", 0.0, 1.0, 0.5, 2.0, -2.0),))
    even = card.odds({"x": 0.0})
    assert (even.too_high, even.right, even.too_slow) == pytest.approx((1 / 3, 1 / 3, 1 / 3))
    assert card.odds({"x": 9.0}) == card.odds({"x": 1.0})
    assert card.odds({}) == card.odds({"x": 0.5}) == card.odds({"x": float("nan")})
    assert card.odds({"x": 1.0}).too_high > 0.8
    line_ = FactorLine(1.0, (Weight("x", 0.0, 1.0, 0.0, 0.5),))
    assert line_.decades({"x": 1.0}) == pytest.approx(1.5)
    with pytest.raises(ValueError, match="empty"):
        Points("x", 1.0, 1.0, 0.0, 0.0, 0.0)


def test_a_card_counts_a_measurement_more_in_one_part_of_its_range() -> None:
    parts = (Points("x", -1.0, 0.0, 0.0, 0.0, 0.0), Points("x", 0.0, 1.0, 0.0, 3.0, 0.0))
    card = Scorecard(0.0, 0.0, parts)
    assert card.odds({"x": -1.0}) == card.odds({"x": 0.0})
    assert card.odds({"x": 1.0}).too_high > 0.8


def test_a_trust_corrects_what_the_odds_state_and_keeps_their_order() -> None:
    assert Trust(0.0, 1.0).share_right(0.7) == pytest.approx(0.7)
    boastful = Trust(-0.5, 0.8)
    told = [boastful.share_right(stated) for stated in (0.0, 0.6, 0.8, 0.95, 1.0)]
    assert told == sorted(told)
    assert told[2] < 0.8
    assert 0.0 < told[0] < told[-1] < 1.0


@pytest.mark.parametrize("decades", [0.5, 0.7, 2.0])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_middle_of_the_range_is_the_best_guess_and_all_of_it_on_one_side(
    decades: float, sign: float
) -> None:
    action: Action = "raise" if sign > 0.0 else "lower"
    found = factor_range(Move(action, 0.9, "too-slow", sign * decades))
    assert found is not None
    assert (found[0] * found[1]) ** 0.5 == pytest.approx(10.0 ** (sign * decades), rel=0.01)
    assert found[0] > 1.49 if sign > 0.0 else found[1] < 1.0 / 1.49


@pytest.mark.parametrize("seed", range(8))
def test_a_flat_loss_of_small_batches_is_not_called_too_high(seed: int) -> None:
    """Three lucky first rows put the start of this loss below all that follows."""
    values = 2.0 + 0.4 * np.random.default_rng(seed).standard_normal(800)
    values[:3] = 1.7
    run = make_run(train_loss=series_of(values), lr=constant_rate(800, 1e-5))
    loss = measure_shape(run).loss
    assert loss is not None
    assert loss.late_overshoot < 0.04
    assert loss.time_to_20 > 0.0
    assert advice_on(run).action != "lower"


def test_every_row_of_every_card_is_a_measurement_that_exists() -> None:
    run = replace(
        right(),
        series={
            **right().series,
            "val_loss": falling_validation(),
            "grad_norm": series_of(np.full(500, 1.0)),
        },
    )
    known = set(measure_shape(run).values())
    names = {row.name for card in CALIBRATED.cards.values() for row in card.rows}
    for line_ in (*CALIBRATED.up.values(), *CALIBRATED.down.values()):
        names |= {row.name for row in line_.rows}
    assert names <= known


def half_fallen(rows: int = 200) -> Run:
    """Fall to a third of the start along a straight line: a run cut short, or too slow."""
    values = noisy(3.0 - 2.0 * np.linspace(0.0, 1.0, rows))
    return make_run(train_loss=series_of(values), lr=constant_rate(rows, 1e-3))


def test_a_run_that_learns_is_raised_by_no_more_than_it_can_bear() -> None:
    told = advice_on(half_fallen())
    assert told.action == "raise"
    assert told.factor is not None
    assert (told.factor[0] * told.factor[1]) ** 0.5 <= 10.0 * 1.01
    far = advice_on(too_slow()).factor
    assert far is not None
    assert far[1] > 100.0


def test_a_run_that_is_not_over_is_not_called_slow() -> None:
    assert advice_on(half_fallen(), config=Config(planned_steps=220)).action == "raise"
    told = advice_on(half_fallen(), config=Config(planned_steps=2000))
    assert told.action == "unsure"
    assert "2,000 planned" in told.reason


def test_a_schedule_that_has_run_out_speaks_against_too_slow() -> None:
    run = half_fallen()
    assert advice_on(make_run(train_loss=run["train_loss"], lr=cosine_rate(200, 1e-3))).action in {
        "keep",
        "unsure",
    }


def test_a_loss_that_overshot_and_ends_above_its_start_is_never_kept() -> None:
    shape = measure_shape(right())
    assert shape.loss is not None
    assert weigh(shape).action == "keep"
    unlearned = replace(shape.loss, overshoot=0.05, end=1.05)
    assert weigh(replace(shape, loss=unlearned)).action == "lower"
    assert weigh(replace(shape, loss=replace(unlearned, overshoot=0.0))).action == "keep"


def test_fixes_take_the_range_of_the_advice_unless_they_wait_or_go_the_other_way() -> None:
    advice = replace(advice_on(too_high()), factor=(0.1, 0.2), today=0.5)
    lower = Fix("Divide", "why", (0.2, 0.5))
    waits = Fix("If spikes come back", "why", (0.3, 0.5), conditional=True)
    raises = Fix("Multiply", "why", (3.0, 10.0))
    clips = Fix("Clip", "why")
    told = agree({"LR102": replace(finding(), fixes=(lower, waits, raises, clips))}, advice)
    first, *others = told["LR102"].fixes
    assert first.factor == (0.1, 0.2)
    assert first.action == "Lower the learning rate from 0.5 to 0.05–0.1"
    assert others == [waits, raises, clips]


def test_a_move_without_a_symptom_is_neither_healthy_nor_a_finding() -> None:
    assert diagnose(too_slow(), rules=()).status == "inconclusive"
    assert diagnose(right(), rules=()).status == "healthy"


def test_a_schedule_that_is_not_over_speaks_for_patience() -> None:
    run = half_fallen()
    falling = Series(run["train_loss"].steps, np.linspace(1e-3, 5e-4, 200))
    told = advice_on(make_run(train_loss=run["train_loss"], lr=falling))
    assert told.action == "unsure"
    assert "50 % of its peak" in told.reason


@pytest.mark.parametrize("code", ["LOG903", "LOG906"])
def test_what_is_not_the_loss_tells_nothing_of_the_rate(code: str) -> None:
    hidden = replace(finding(), severity=Severity.ERROR)
    advice = advise(Signals(right()), {code: hidden})
    assert (advice.action, advice.confidence) == ("unsure", 0.0)
    assert "not the loss all along" in advice.reason
    assert advise(Signals(right()), {code: finding()}).action == "keep", "some rows are odd"


def test_a_rate_that_decays_twice_is_right_at_its_peak() -> None:
    advice = advice_on(too_slow(), "SCH405")
    assert advice.action == "keep"
    assert "peak" in advice.reason
