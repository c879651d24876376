"""What is kept stays whole, whatever happens at the same time."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from app.settings import Settings
from app.store import Store, Stored
from app.store.engine import create_engines
from app.store.migrate import alembic_config, migrate
from app.store.tables import Base
from tests.app.conftest import running
from tests.app.logs import make_csv, send
from tests.app.writer import WRITES, make_draft

THREADS = 8


@pytest.fixture
def store(tmp_path: Path, database_url: str) -> Iterator[Store]:
    one = Store.open(database_url=database_url, folder=tmp_path / "data")
    yield one
    one.close()


def at_once(work: Callable[[int], Any], n: int = THREADS) -> list[Any]:
    """Run ``work`` in threads that all begin at the same moment."""
    gate = threading.Barrier(n)

    def start(i: int) -> Any:  # noqa: ANN401
        gate.wait()
        return work(i)

    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(start, range(n)))


def files_in(store_folder: Path) -> list[Path]:
    return [one for one in store_folder.rglob("*") if one.is_file()]


def test_migrations_make_exactly_the_tables(database_url: str) -> None:
    engines = create_engines(database_url)
    try:
        migrate(engines)
        migrate(engines)
        with engines.write.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []
            connection.rollback()
        with engines.write.begin() as connection:
            command.downgrade(alembic_config(connection), "base")
        with engines.read.connect() as connection:
            assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
        migrate(engines)
    finally:
        engines.dispose()


def test_servers_that_start_at_once_migrate_once(database_url: str, tmp_path: Path) -> None:
    def start(_: int) -> None:
        Store.open(database_url=database_url, folder=tmp_path / "data").close()

    at_once(start, 4)


def test_what_goes_in_comes_out(store: Store) -> None:
    stored = store.add("anna", "a.csv", [("a.csv", b"123")], make_draft("x", lr=0.1))
    assert store.get("anna", stored.id) == stored
    assert stored.created_at.tzinfo is not None
    assert store.upload(stored.files[0]) == b"123"
    assert store.chart(stored, 0) == b"chart x"
    assert store.curves(stored, 0) == b"curves"
    assert store.curves(stored, 1) is None
    assert store.get("bert", stored.id) is None
    assert store.recent("anna", 10) == [stored]
    assert store.recent("bert", 10) == []


def test_the_newest_comes_first(store: Store) -> None:
    made = [store.add("anna", f"{i}", [], make_draft()).id for i in range(5)]
    assert [one.id for one in store.recent("anna", 3)] == made[::-1][:3]


def test_a_chart_is_found_while_the_diagnosis_is_made_anew(store: Store) -> None:
    old = store.add("anna", "a", [], make_draft("old"))
    assert store.replace(old, make_draft("new")) is not None
    assert store.chart(old, 0) == b"chart new"


def test_replacing_what_has_changed_writes_nothing(store: Store, tmp_path: Path) -> None:
    old = store.add("anna", "a", [], make_draft("old"))
    new = store.replace(old, make_draft("new"))
    before = files_in(tmp_path / "data" / "blobs")
    assert store.replace(old, make_draft("late")) is None
    assert files_in(tmp_path / "data" / "blobs") == before
    assert store.get("anna", old.id) == new


def test_no_update_is_lost(store: Store) -> None:
    first = store.add("anna", "a", [], make_draft())

    def add_setting(i: int) -> None:
        current: Stored | None = first
        while current is not None:
            if store.replace(current, make_draft(**current.config, **{f"k{i}": i})):
                return
            current = store.get("anna", first.id)

    at_once(add_setting)
    last = store.get("anna", first.id)
    assert last is not None
    assert last.config == {f"k{i}": i for i in range(THREADS)}
    assert store.chart(last, 0) is not None


def test_no_update_of_another_process_is_lost(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    first = store.add("anna", "a", [("a.csv", b"same")], make_draft())
    work = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.app.writer",
                database_url,
                tmp_path / "data",
                first.id,
                k,
            ],
            cwd=Path(__file__).parents[2],
        )
        for k in ("one", "two")
    ]
    assert [one.wait(60.0) for one in work] == [0, 0], "locked, or worse"
    last = store.get("anna", first.id)
    assert last is not None
    assert last.config == {"one": WRITES, "two": WRITES}
    assert store.chart(last, 0) is not None
    assert store.upload(last.files[0]) == b"same"
    folders = tmp_path / "data" / "blobs" / "diagnoses" / first.id
    assert len(list(folders.iterdir())) == 1, "charts of an older edition were left"


def test_what_a_crash_left_is_swept_and_nothing_else(store: Store, tmp_path: Path) -> None:
    kept = store.add("anna", "a", [("a.csv", b"kept")], make_draft())
    blobs = tmp_path / "data" / "blobs"
    lost = [
        blobs / "uploads" / ("0" * 64),
        blobs / "diagnoses" / "gone" / "edition" / "0" / "chart.json",
        blobs / "diagnoses" / kept.id / "older" / "0" / "curves.npz",
    ]
    young = [blobs / "uploads" / ("1" * 64), blobs / "diagnoses" / "new" / "e" / "0" / "chart.json"]
    for one in (*lost, *young):
        one.parent.mkdir(parents=True, exist_ok=True)
        one.write_bytes(b"left behind")
    long_ago = time.time() - 7_200.0
    for one in {*files_in(blobs), *lost} - set(young):
        os.utime(one, (long_ago, long_ago))
    assert store.sweep() == len(lost)
    assert not [one for one in lost if one.exists()]
    assert all(one.exists() for one in young), "an upload under way lost its files"
    assert store.upload(kept.files[0]) == b"kept"
    assert store.chart(kept, 0) is not None
    assert store.sweep() == 0


def test_a_server_sweeps_as_it_starts(tmp_path: Path) -> None:
    lost = tmp_path / "data" / "blobs" / "uploads" / ("0" * 64)
    lost.parent.mkdir(parents=True)
    lost.write_bytes(b"left behind")
    os.utime(lost, (0.0, 0.0))
    with running(Settings(data=tmp_path / "data")):
        assert not lost.exists()


def test_what_is_deleted_is_gone_from_the_disk(tmp_path: Path) -> None:
    marker = "marker-of-a-secret-run"
    with running(Settings(data=tmp_path / "data")) as site, site.visitor() as anna:
        keep = send(anna, make_csv(60), "other.csv")
        home = f"/api/diagnoses/{send(anna, make_csv(80, seed=1), f'{marker}.csv')['id']}"
        anna.patch(home, json={"config": {"lr": 0.01}})
        assert anna.delete(home).status_code == 204
        assert anna.get(f"/api/diagnoses/{keep['id']}").status_code == 200
    for file in files_in(tmp_path / "data"):
        assert marker.encode() not in file.read_bytes(), file


def test_links_made_at_once_are_all_kept(store: Store) -> None:
    stored = store.add("anna", "a", [], make_draft())
    made = at_once(lambda _: store.create_share("anna", stored.id, 1, hide_name=False))
    assert len({one.token for one in made}) == THREADS
    assert {one.id for one in store.list_shares("anna", stored.id)} == {one.id for one in made}


def test_a_link_cannot_outlive_a_deletion_that_comes_at_the_same_time(store: Store) -> None:
    stored = store.add("anna", "a", [], make_draft())

    def work(i: int) -> Any:  # noqa: ANN401
        if i == 0:
            return store.delete("anna", stored.id)
        return store.create_share("anna", stored.id, 1, hide_name=False)

    for made in at_once(work)[1:]:
        if made is not None:
            assert store.find_shared(made.token).__class__.__name__ == "Ended"


def test_the_same_upload_is_kept_once_and_as_long_as_somebody_needs_it(
    store: Store, tmp_path: Path
) -> None:
    one = store.add("anna", "a", [("a.csv", b"same"), ("b.csv", b"same")], make_draft())
    two = store.add("bert", "b", [("c.csv", b"same")], make_draft())
    uploads = tmp_path / "data" / "blobs" / "uploads"
    assert len(files_in(uploads)) == 1
    store.delete("anna", one.id)
    assert store.upload(two.files[0]) == b"same"
    store.delete("bert", two.id)
    assert store.upload(two.files[0]) is None
    assert files_in(tmp_path / "data" / "blobs") == []


def test_an_upload_survives_deletions_that_come_at_the_same_time(store: Store) -> None:
    doomed = [store.add("anna", "a", [("a.csv", b"same")], make_draft()) for _ in range(4)]

    def work(i: int) -> Stored | bool:
        if i < 4:
            return store.delete("anna", doomed[i].id)
        return store.add("bert", "b", [("b.csv", b"same")], make_draft())

    for _ in range(5):
        for kept in at_once(work):
            if isinstance(kept, Stored):
                assert store.upload(kept.files[0]) == b"same"
                assert store.chart(kept, 0) is not None
        doomed = [store.add("anna", "a", [("a.csv", b"same")], make_draft()) for _ in range(4)]


def test_corrections_at_once_are_all_kept(tmp_path: Path, database_url: str) -> None:
    settings = Settings(data=tmp_path / "data", database_url=database_url)
    changes: list[dict[str, Any]] = [
        {"config": {"lr": 0.003}},
        {"config": {"batch_size": 64}},
        {"config": {"optimizer": "adam"}},
        {"roles": {"val_loss": "ignore"}},
        {"roles": {"aux": "grad_norm"}},
    ]
    with running(settings) as site, site.visitor() as anna:
        home = f"/api/diagnoses/{send(anna, make_csv(100))['id']}"

        def correct(i: int) -> None:
            answer = anna.patch(home, json=changes[i])
            assert answer.status_code == 200, answer.text

        at_once(correct, len(changes))
        run = anna.get(home).json()["runs"][0]
        roles = {one["column"]: one["role"] for one in run["columns"]}
    assert run["config"] == {"lr": 0.003, "batch_size": 64, "optimizer": "adam"}
    assert (roles["val_loss"], roles["aux"]) == ("ignore", "grad_norm")


def test_blobs_can_lie_elsewhere(tmp_path: Path) -> None:
    url = f"file://{tmp_path / 'elsewhere'}"
    (tmp_path / "elsewhere").mkdir()
    with (
        running(Settings(data=tmp_path / "data2", blob_url=url)) as other,
        other.visitor() as client,
    ):
        sent = send(client)
        assert client.get(f"/api/diagnoses/{sent['id']}/runs/0/chart").status_code == 200
    assert files_in(tmp_path / "elsewhere")
