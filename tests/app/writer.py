"""A process of its own that corrects one diagnosis again and again."""

import sys
from pathlib import Path

from app.store import Draft, RunCharts, Store

WRITES = 25


def make_draft(text: str = "", /, **config: object) -> Draft:
    """Return a small diagnosis, its chart as told by ``text``."""
    run = {"name": "a", "source": "a.csv", "config": {}, "notes": [text]}
    charts = (RunCharts(f"chart {text}".encode(), b"curves"),)
    return Draft({"runs": [run], "errors": []}, charts, {}, config, "M0 0")


def count_up(store: Store, diagnosis_id: str, key: str) -> None:
    """Add one to a setting, WRITES times; each time read, change, write."""
    for _ in range(WRITES):
        while True:
            stored = store.get("anna", diagnosis_id)
            assert stored is not None
            config = {**stored.config, key: stored.config.get(key, 0) + 1}
            if store.replace(stored, make_draft(**config)) is not None:
                break


if __name__ == "__main__":
    url, folder, diagnosis_id, key = sys.argv[1:]
    opened = Store.open(database_url=url, folder=Path(folder))
    count_up(opened, diagnosis_id, key)
    opened.close()
