"""A comparison for the terminal: what the runs say together, then a table of them."""

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from lrdiag.comparison import Comparison
from lrdiag.report.comparison_words import Row, describe_basis, notes, rows, tell
from lrdiag.report.text import SIGNS, hang, say

HEADS = ("run", "rate", "final", "lowest", "")


def comparison_to_renderable(comparison: Comparison) -> Group:
    """Build what a terminal shows of a comparison."""
    told = tell(comparison)
    parts: list[RenderableType] = [
        Text.assemble(say("Compared: ", "strong"), say(describe_basis(comparison), "dim")),
        say(""),
        hang(say(f"{SIGNS[told.severity]} {told.headline}", f"strong {told.severity}"), 2),
    ]
    if told.because:
        parts.append(hang(say(f"  {told.because}"), 2))
    parts += [say(""), _table(rows(comparison))]
    said = notes(comparison)
    if said:
        parts += [say(""), *(hang(say(f"  {one}"), 4) for one in said)]
    return Group(*parts)


def _table(made: tuple[Row, ...]) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    for justify in ("left", "right", "right", "right", "left"):
        table.add_column(justify=justify)
    table.add_row(*(say(head, "dim") for head in HEADS))
    for one in made:
        role = "strong" if one.best else ""
        cells = (one.name, one.rate, one.final, one.lowest)
        table.add_row(*(say(cell, role) for cell in cells), say(one.remark, "dim"))
    return Padding(table, (0, 0, 0, 2), expand=False)
