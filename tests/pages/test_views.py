import pytest

from app.views import say_verdict, view_advice, view_run, worst_run
from tests.pages.entries import Entry, diagnose_log, make_finding, make_log


@pytest.fixture(scope="module")
def nan_run() -> tuple[Entry, Entry]:
    return diagnose_log(make_log(bad_from=200))


def with_findings(run: tuple[Entry, Entry], *findings: Entry) -> Entry:
    return {**run[0], "findings": list(findings)}


def test_a_run_is_said_with_its_findings_numbered_like_the_chart(
    nan_run: tuple[Entry, Entry],
) -> None:
    entry, chart = nan_run
    view = view_run(entry, chart)
    assert view.severity == "error"
    assert view.findings[0].n == chart["findings"][0]["n"] == "1"
    assert view.findings[0].zoom == "steps 200–299"
    lit = [row for row in view.symptoms if row.severity]
    assert [row.findings for row in lit] == [("1",)]
    assert view.symptoms_sub == "1 of 7 rows matches"


def test_a_symptom_stands_under_the_finding_that_explains_it(
    nan_run: tuple[Entry, Entry],
) -> None:
    entry = with_findings(
        nan_run,
        make_finding("LR102"),
        make_finding("LR101", explained_by="LR102"),
        make_finding("FIT201"),
    )
    view = view_run(entry, {**nan_run[1], "findings": []})
    assert [(one.code, one.n) for one in view.findings] == [("LR102", "1"), ("FIT201", "3")]
    assert [(one.code, one.n) for one in view.findings[0].effects] == [("LR101", "2")]
    assert view.findings[0].effects[0].effect_of == "LR102"


def test_findings_that_explain_each_other_or_nobody_here_are_still_shown(
    nan_run: tuple[Entry, Entry],
) -> None:
    alone = with_findings(nan_run, make_finding("LR101", explained_by="LR102"))
    assert [one.code for one in view_run(alone, {**nan_run[1], "findings": []}).findings] == [
        "LR101"
    ]
    itself = with_findings(nan_run, make_finding("LR101", explained_by="LR101"))
    assert len(view_run(itself, {**nan_run[1], "findings": []}).findings) == 1


def test_more_than_three_findings_are_folded(nan_run: tuple[Entry, Entry]) -> None:
    codes = ("LR101", "LR102", "LR103", "LR104", "LR105")
    entry = with_findings(
        nan_run, *map(make_finding, codes), make_finding("LR106", explained_by="LR105")
    )
    view = view_run(entry, {**nan_run[1], "findings": []})
    assert [one.code for one in view.findings] == list(codes[:3])
    assert view.folded_head == "3 more"
    assert view.findings_head == "6 findings"


def test_evidence_stands_beside_its_limit_with_whole_steps(nan_run: tuple[Entry, Entry]) -> None:
    entry = with_findings(nan_run, make_finding("LR105"))
    chart = {"findings": [{"n": "1", "letters": ["a"], "spans": [[200.4, 209.7]]}]}
    (finding,) = view_run(entry, chart).findings
    (row,) = finding.evidence
    assert (row.mark, row.value, row.limit, row.where) == ("1a", "31.2 noises", "8", "200–210")
    assert finding.marked
    assert finding.limited
    assert finding.placed
    assert finding.fixes[0].action == "Clip the gradient."


def test_a_long_table_of_columns_shows_those_with_a_role_first(
    nan_run: tuple[Entry, Entry],
) -> None:
    column = nan_run[0]["columns"][0]
    unused = [{**column, "column": f"c{i}", "role": "ignore"} for i in range(500)]
    entry = {**nan_run[0], "columns": [*unused, *nan_run[0]["columns"]]}
    view = view_run(entry, nan_run[1])
    assert [one.role for one in view.columns.seen[:3]] == ["step", "train_loss", "lr"]
    assert (len(view.columns.seen), len(view.columns.more), view.columns.left) == (12, 188, 303)
    short = view_run({**entry, "columns": entry["columns"][-6:]}, nan_run[1])
    assert [one.role for one in short.columns.seen] == ["ignore"] * 3 + ["step", "train_loss", "lr"]
    assert short.columns.more == ()


ADVICE: Entry = {
    "action": "lower",
    "factor": [0.33, 0.5],
    "lr": [0.001, 0.0015],
    "today": 0.003,
    "confidence": 0.86,
    "reason": "Why.",
    "next_step": "Train 250 steps.",
    "heading": "Lower the learning rate",
    "move": "0.001–0.0015",
    "change": "divide by 2 to 3",
}


def test_known_rates_are_said_as_from_and_to() -> None:
    view = view_advice(ADVICE, "findings")
    assert (view.today, view.move) == ("0.003", "0.001–0.0015")
    assert view.ruler is not None
    assert "0.003" in view.ruler.label


def test_without_todays_rate_the_factor_is_the_number() -> None:
    view = view_advice({**ADVICE, "lr": None, "today": None, "move": "÷ 2 to 3"}, "findings")
    assert (view.today, view.move) == ("", "÷ 2 to 3")
    assert view.ruler is not None
    assert "today × 1" in view.ruler.label


def test_a_kept_rate_is_said_once() -> None:
    kept = {**ADVICE, "action": "keep", "factor": None, "lr": None}
    assert view_advice(kept, "healthy").move == "0.003"
    assert view_advice({**kept, "today": None}, "healthy").move == ""


@pytest.mark.parametrize("status", ["inconclusive", "not-a-loss-log"])
def test_no_rate_is_shown_where_nothing_was_judged(status: str) -> None:
    view = view_advice({**ADVICE, "action": "unsure"}, status)
    assert view.move == ""
    assert view.ruler is None


def test_the_most_urgent_run_is_opened_first() -> None:
    runs = [{"verdict": {"severity": one}} for one in ("ok", "unknown", "warning", "warning")]
    assert worst_run(runs) == 2


def test_lists_say_a_verdict_in_few_words() -> None:
    entry, _ = diagnose_log(make_log(bad_from=200))
    assert say_verdict(entry) == entry["findings"][0]["summary"]
    assert say_verdict({**entry, "status": "inconclusive"}) == "Too early to tell"
    assert say_verdict({**entry, "status": "not-a-loss-log"}) == "No loss log"
    keep = {**entry, "status": "healthy", "advice": {"action": "keep"}}
    assert say_verdict(keep) == "Normal"
    decay = {**keep, "advice": {"action": "decay"}}
    assert say_verdict(decay) == "No symptom; decay the rate"
    moved = {**keep, "status": "inconclusive", "advice": {"action": "raise"}}
    assert say_verdict(moved) == "No single symptom; raise the rate"


def test_rules_that_lack_the_same_share_a_line() -> None:
    entry, chart = diagnose_log(make_log(30))
    view = view_run(entry, chart)
    said = {check.value: check.label for check in view.skipped}
    why = "It takes 50 values of train_loss and the log holds 30: log more often."
    assert said[why].startswith("Spike recovers, repeated spikes, ")
    assert len(view.skipped) < view.unanswered == len(entry["skipped"])
    assert view.skipped_sub == f"{view.unanswered} questions this log cannot answer"


@pytest.mark.parametrize(("action", "rate"), [("lower", "lower"), ("raise", "higher")])
def test_a_rate_to_move_without_a_symptom_is_not_called_normal(action: str, rate: str) -> None:
    entry, chart = diagnose_log(make_log())
    asked = {**entry["advice"], "action": action}
    view = view_run({**entry, "status": "inconclusive", "findings": [], "advice": asked}, chart)
    assert view.findings_head == "No single symptom"
    assert view.findings_sub == f"the shape of the whole curve asks for a {rate} rate"
