from typing import Any

from app.columns import MOST_OTHERS, view_columns


def column(name: str, role: str = "ignore", **more: object) -> dict[str, Any]:
    told = {"confidence": 0.8, "why": "why", "n": 100, "first": 1.0, "last": 0.5, "nonfinite": 0}
    return {"column": name, "role": role, **told, **more}


def test_a_choice_tells_what_was_chosen_how_surely_and_what_else_there_is() -> None:
    view = view_columns(
        [
            column("loss", "train_loss", confidence=0.94),
            column("loss_ema", n=50),
            column("aux_loss"),
            column("val_loss", "val_loss", confidence=1.0),
            column("eval_loss", n=1),
            column("tokens"),
        ]
    )
    train, val = view.choices
    assert (train.column, train.sure, train.others) == (
        "loss",
        "0.94 of 1",
        ("aux_loss", "loss_ema"),
    )
    assert (val.column, val.sure, val.others) == ("val_loss", "", ())
    assert not view.remembered


def test_without_a_loss_any_curve_may_be_it() -> None:
    many = [column(f"c{i}") for i in range(MOST_OTHERS + 2)]
    (train,) = view_columns([column("step", "step"), *many]).choices
    assert train.column == ""
    assert train.others == tuple(f"c{i}" for i in range(MOST_OTHERS))


def test_a_role_from_an_earlier_log_is_known() -> None:
    assert view_columns([column("loss", "train_loss", remembered=True)]).remembered
    assert not view_columns([])
