"""Bytes by key: a folder by default, an object store by URL."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import obstore
from obstore.store import LocalStore, ObjectStore, from_url


class Blobs:
    """The only code that knows where bytes lie.

    Every write is atomic: a reader sees the whole blob or none.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    @classmethod
    def open(cls, folder: Path, url: str | None = None) -> "Blobs":
        """Open the object store at ``url``, or else the folder, which is made if need be."""
        if url:
            return cls(from_url(url))
        folder.mkdir(parents=True, exist_ok=True)
        return cls(LocalStore(folder, automatic_cleanup=True))

    def put(self, key: str, data: bytes) -> None:
        """Write a blob, over an older one if there is one."""
        obstore.put(self._store, key, data)

    def get(self, key: str) -> bytes | None:
        """Return a blob, or None if there is none."""
        try:
            return obstore.get(self._store, key).bytes().to_bytes()
        except FileNotFoundError:
            return None

    def has(self, key: str) -> bool:
        """Say whether there is such a blob."""
        try:
            obstore.head(self._store, key)
        except FileNotFoundError:
            return False
        return True

    def delete(self, keys: Iterable[str]) -> None:
        """Delete blobs; one that is gone already is no error."""
        for key in keys:
            try:
                obstore.delete(self._store, key)
            except FileNotFoundError:
                continue

    def older(self, prefix: str, before: datetime) -> Iterator[str]:
        """Yield the keys in a folder of the blobs that were written before a time."""
        for batch in obstore.list(self._store, prefix):
            yield from (str(one["path"]) for one in batch if one["last_modified"] < before)

    def delete_under(self, prefix: str) -> None:
        """Delete every blob of a folder."""
        found = [str(item["path"]) for batch in obstore.list(self._store, prefix) for item in batch]
        self.delete(found)
