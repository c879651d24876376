"""What the server keeps: tables, migrations, blobs."""

from app.store.records import (
    Draft,
    Ended,
    NewShare,
    RunCharts,
    Share,
    Shared,
    Stored,
    StoredFile,
)
from app.store.store import Store

__all__ = [
    "Draft",
    "Ended",
    "NewShare",
    "RunCharts",
    "Share",
    "Shared",
    "Store",
    "Stored",
    "StoredFile",
]
