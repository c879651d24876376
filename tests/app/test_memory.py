"""Corrections of columns are remembered for the owner's next log of the same shape."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.settings import Settings
from app.shapes import merge_roles, shape_of
from app.store import Store
from app.store.memory import MOST_ROLES, MOST_SHAPES
from tests.app.conftest import Site, running
from tests.app.logs import make_csv, send

OTHER = make_csv().replace(b"step,loss,val_loss,lr,aux", b"step,loss,val_loss,lr,tok")


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[Site]:
    with running(Settings(data=tmp_path / "data", database_url=database_url)) as one:
        yield one


@pytest.fixture
def store(tmp_path: Path, database_url: str) -> Iterator[Store]:
    one = Store.open(database_url=database_url, folder=tmp_path / "data")
    yield one
    one.close()


def roles_of(answer: dict[str, Any], run: int = 0) -> dict[str, str]:
    return {one["column"]: one["role"] for one in answer["runs"][run]["columns"]}


def remembered_in(answer: dict[str, Any], run: int = 0) -> list[str]:
    columns = answer["runs"][run]["columns"]
    return [one["column"] for one in columns if one.get("remembered")]


def correct(client: httpx.Client, sent: dict[str, Any], **roles: str | None) -> dict[str, Any]:
    answer = client.patch(f"/api/diagnoses/{sent['id']}", json={"roles": roles})
    assert answer.status_code == 200, answer.text
    corrected: dict[str, Any] = answer.json()
    return corrected


def test_the_next_log_of_the_shape_is_read_as_corrected(
    anna: httpx.Client, bert: httpx.Client
) -> None:
    first = correct(anna, send(anna), aux="grad_norm", val_loss="ignore")
    assert remembered_in(first) == [], "what was said here needs no memory"

    second = send(anna, make_csv(200, seed=5), "another.csv")
    assert roles_of(second) == roles_of(first)
    assert remembered_in(second) == ["val_loss", "aux"]
    whys = {one["column"]: one["why"] for one in second["runs"][0]["columns"]}
    assert "earlier log" in whys["aux"]
    assert "earlier log" not in whys["loss"]

    other = send(anna, OTHER)
    assert remembered_in(other) == []
    assert roles_of(other)["val_loss"] == "val_loss"
    assert remembered_in(send(bert)) == [], "one owner's memory reached another"


def test_deleting_the_diagnosis_does_not_lose_what_it_taught(anna: httpx.Client) -> None:
    first = correct(anna, send(anna), aux="grad_norm")
    anna.delete(f"/api/diagnoses/{first['id']}")
    assert remembered_in(send(anna)) == ["aux"]


def test_forgetting_reads_this_log_and_the_next_as_new(anna: httpx.Client) -> None:
    plain = send(anna)
    corrected = correct(anna, plain, aux="grad_norm")
    second = send(anna)
    forgotten = anna.delete(f"/api/diagnoses/{second['id']}/runs/0/memory").json()
    assert roles_of(forgotten) == roles_of(plain)
    assert remembered_in(forgotten) == []
    assert remembered_in(send(anna)) == []
    first = anna.get(f"/api/diagnoses/{corrected['id']}").json()
    assert roles_of(first)["aux"] == "grad_norm", "its own correction stands"
    assert anna.delete(f"/api/diagnoses/{second['id']}/runs/7/memory").status_code == 404


def test_a_correction_taken_back_is_forgotten(anna: httpx.Client) -> None:
    first = correct(anna, send(anna), aux="grad_norm", lr="ignore")
    second = send(anna)
    assert remembered_in(second) == ["lr", "aux"]
    back = correct(anna, second, aux=None)
    assert remembered_in(back) == ["lr"]
    assert remembered_in(send(anna)) == ["lr"]
    assert roles_of(anna.get(f"/api/diagnoses/{first['id']}").json())["aux"] == "grad_norm"


def test_a_new_choice_of_a_loss_takes_the_place_of_the_old_one(anna: httpx.Client) -> None:
    sent = correct(anna, send(anna), aux="train_loss")
    assert roles_of(sent)["loss"] == "ignore"
    again = correct(anna, sent, val_loss="train_loss")
    assert [name for name, role in roles_of(again).items() if role == "train_loss"] == ["val_loss"]
    third = send(anna)
    assert roles_of(third) == roles_of(again)
    back = correct(anna, third, loss="train_loss")
    assert [name for name, role in roles_of(back).items() if role == "train_loss"] == ["loss"]


def test_of_several_logs_each_is_read_by_its_own_shape(anna: httpx.Client) -> None:
    correct(anna, send(anna), val_loss="ignore")
    files = [("files", (f"{i}.csv", one)) for i, one in enumerate((OTHER, make_csv(seed=3)))]
    both = anna.post("/api/diagnoses", files=files).json()
    assert remembered_in(both, 0) == []
    assert roles_of(both, 0)["val_loss"] == "val_loss"
    assert remembered_in(both, 1) == ["val_loss"]


def test_telling_settings_keeps_what_is_remembered(anna: httpx.Client) -> None:
    correct(anna, send(anna), aux="grad_norm")
    second = send(anna)
    told = anna.patch(f"/api/diagnoses/{second['id']}", json={"config": {"lr": 0.1}}).json()
    assert remembered_in(told) == ["aux"]


def test_the_oldest_shape_is_forgotten_beyond_the_limit(store: Store) -> None:
    for k in range(MOST_SHAPES + 3):
        store.remember("anna", {f"shape {k}": {"a": "val_loss"}})
    store.remember("bert", {"shape 0": {"a": "ignore"}})
    kept = store.recall("anna")
    assert len(kept) == MOST_SHAPES
    assert "shape 2" not in kept
    assert kept[f"shape {MOST_SHAPES + 2}"] == {"a": "val_loss"}
    assert store.recall("bert") == {"shape 0": {"a": "ignore"}}
    assert store.recalls("bert", "shape 0")
    assert not store.recalls("anna", "shape 0")


def test_a_shape_with_too_many_corrections_is_not_remembered(store: Store) -> None:
    store.remember("anna", {"a": {f"c{i}": "ignore" for i in range(MOST_ROLES + 1)}})
    assert store.recall("anna") == {}


def test_the_shape_is_the_columns_and_the_format_and_no_sum_of_ours() -> None:
    shape = shape_of("csv", ["a", "b"])
    assert shape == shape_of("csv", ["b", "a", "a + b"])
    assert shape != shape_of("csv", ["a", "c"])
    assert shape != shape_of("jsonl", ["a", "b"])
    assert shape != shape_of("csv", ["a", "b", "a + c"])


def test_a_role_that_is_given_anew_leaves_who_had_it_in_the_same_run() -> None:
    had = {"a": "train_loss", "x": "ignore"}
    assert merge_roles(had, {"b": "train_loss"}, [{"a", "b"}]) == {"b": "train_loss", "x": "ignore"}
    apart = merge_roles(had, {"b": "train_loss"}, [{"a"}, {"b"}])
    assert apart == {**had, "b": "train_loss"}
    assert merge_roles(had, {"a": None}, []) == {"x": "ignore"}
