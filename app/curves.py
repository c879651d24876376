"""Decoded curves of the last runs that somebody zoomed into."""

from collections import OrderedDict
from threading import Lock

from app.store import Store, Stored
from app.work import read_curves
from lrdiag.charts import Curves

KEPT = 4  # runs; one of a million steps takes about 30 MB


class CurveCache:
    """Reads the full curves of a run, once for a row of zooms.

    A diagnosis that was corrected has another edition and so another entry; nothing here grows
    stale, it is only forgotten.
    """

    def __init__(self, store: Store, kept: int = KEPT) -> None:
        self._store = store
        self._kept = kept
        self._curves: OrderedDict[tuple[str, int], Curves] = OrderedDict()
        self._lock = Lock()

    def read(self, stored: Stored, k: int) -> Curves:
        """Return the full curves of run ``k``.

        Raises:
            NotFoundError: There is no such run.
        """
        key = (stored.edition, k)
        with self._lock:
            if key in self._curves:
                self._curves.move_to_end(key)
                return self._curves[key]
        curves = read_curves(self._store, stored, k)
        with self._lock:
            self._curves[key] = curves
            while len(self._curves) > self._kept:
                self._curves.popitem(last=False)
        return curves
