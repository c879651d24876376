"""How much of a log lrdiag takes in before it says no."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one reading; every breach is a LimitError that names its limit.

    Attributes:
        max_bytes: Bytes of one source after decompression, all members together. A text
            log of a million steps has about 40 MB.
        max_ratio: Decompressed over compressed bytes of one member. Logs reach about 12;
            a 300 MB table of one repeated row reaches 686.
        ratio_floor: Bytes of a member below which its ratio is not looked at.
        max_members: Logs of an archive or a folder, and runs of one file.
        max_columns: Columns of a table.
        max_rows: Rows of a table, or lines of a console log.
        max_line: Bytes of one line of a table.
        max_json: Bytes of one JSON document, or of one line of JSON lines, which takes up to
            twenty times as much memory while it is read.
        max_depth: Nesting of a JSON document.
    """

    max_bytes: int = 200_000_000
    max_ratio: float = 200.0
    ratio_floor: int = 1_000_000
    max_members: int = 50
    max_columns: int = 2_000
    max_rows: int = 5_000_000
    max_line: int = 64_000
    max_json: int = 100_000_000
    max_depth: int = 20

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be positive.")
