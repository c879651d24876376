"""What a card takes, refuses and fills in."""

from typing import Any

import pytest

from lrdiag.errors import InvalidSpecError
from lrdiag.training import Field, Task
from tests.training.cards import BATCH, DECAY, FLIP, OPTIMIZER, build, card


def test_what_is_not_given_is_the_default() -> None:
    chosen = card().choose({"weight_decay": None})
    assert chosen == {"batch_size": 32, "weight_decay": 0.0, "optimizer": "adam", "flip": False}


def test_values_come_typed_from_the_text_of_a_form() -> None:
    raw = {"batch_size": " 64 ", "weight_decay": "1e-4", "optimizer": "SGD", "flip": "on"}
    chosen = card().choose(raw)
    assert chosen == {"batch_size": 64, "weight_decay": 1e-4, "optimizer": "sgd", "flip": True}
    assert [type(one) for one in chosen.values()] == [int, float, str, bool]


@pytest.mark.parametrize(
    ("field", "raw", "hint"),
    [
        (BATCH, 0, "Give a whole number from 1 to 4096."),
        (BATCH, "4097", "whole number from 1 to 4096"),
        (BATCH, 1.5, "whole"),
        (BATCH, True, "whole"),
        (BATCH, "1e400", "whole"),
        (BATCH, [3], "whole"),
        (BATCH, "", "whole"),
        (DECAY, "nan", "from 0 to 1"),
        (DECAY, float("inf"), "from 0 to 1"),
        (DECAY, -0.1, "from 0 to 1"),
        (OPTIMIZER, "lion", "sgd, adam"),
        (FLIP, "perhaps", "true or false"),
    ],
)
def test_a_field_refuses_by_its_label_and_says_what_it_takes(
    field: Field, raw: object, hint: str
) -> None:
    with pytest.raises(InvalidSpecError) as caught:
        field.read(raw)
    assert field.label in caught.value.message
    assert hint in caught.value.hint


def test_a_long_value_is_not_said_whole() -> None:
    with pytest.raises(InvalidSpecError) as caught:
        BATCH.read("9" * 10_000)
    assert len(caught.value.message) < 100


def test_a_field_that_the_task_does_not_have() -> None:
    with pytest.raises(InvalidSpecError) as caught:
        card().choose({"batchsize": 3})
    assert caught.value.hint == "Did you mean batch_size?"


@pytest.mark.parametrize(
    "wrong",
    [
        {"default": 0},
        {"default": 2.0},
        {"default": "32"},
        {"choices": ("1", "2")},
        {"kind": "choice"},
        {"name": "Batch size"},
    ],
)
def test_a_field_that_contradicts_itself_is_not_made(wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {
        "name": "batch_size",
        "label": "Batch size",
        "kind": "int",
        "default": 32,
        "low": 1,
    }
    assert Field(**right)
    with pytest.raises(ValueError, match=r"name|choice|default"):
        Field(**right | wrong)


@pytest.mark.parametrize(
    "wrong",
    [{"name": "Two Words"}, {"fields": (BATCH, BATCH)}, {"data": ("pickle",)}, {"build": None}],
)
def test_a_card_that_contradicts_itself_is_not_made(wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {
        "name": "a",
        "title": "A",
        "about": "",
        "fields": (BATCH,),
        "data": ("csv",),
        "build": build,
    }
    assert Task(**right)
    with pytest.raises(ValueError, match=r"name|data|build"):
        Task(**right | wrong)
