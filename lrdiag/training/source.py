"""A user's data set as it arrived: its bytes and what the user said of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

DataKind = Literal["csv", "npz", "text"]
DATA_KINDS: tuple[DataKind, ...] = get_args(DataKind)


@dataclass(frozen=True, slots=True)
class DataSource:
    """A data set that a task is to be trained on; nothing is read before a task asks.

    Attributes:
        kind: "csv" (a table with a header), "npz" (arrays of NumPy, no objects) or "text".
        data: Its bytes, or the file that holds them.
        name: What the user calls it, as in "churn.csv".
        target: The column (CSV) or the array (NPZ) to predict; empty for the task's own choice:
            the last column, the array called y.
        inputs: The array (NPZ) to predict from; empty for the task's own choice: x.
    """

    kind: DataKind
    data: bytes | Path
    name: str
    target: str = ""
    inputs: str = ""

    def __post_init__(self) -> None:
        if self.kind not in DATA_KINDS:
            raise ValueError(f"A data set is one of {', '.join(DATA_KINDS)}, not {self.kind!r}.")

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return self.data.stat().st_size if isinstance(self.data, Path) else len(self.data)
