"""lrdiag rule CODE: what a rule sees, why it matters, and what to do."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lrdiag.cli.output import terminal_width
from lrdiag.errors import ConfigError, UnknownNameError

if TYPE_CHECKING:
    from lrdiag.rules import Rule

EDGE = 12  # characters that the axis of a curve takes


def rule(
    code: Annotated[
        str | None, typer.Argument(help="A code or a name, as in LR104 or spike-recovers.")
    ] = None,
    catalogue: Annotated[bool, typer.Option("--list", help="List every rule.")] = False,
    write: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write a page a rule, as Markdown, there.")
    ] = None,
) -> None:
    """Explain a rule, or list them all."""
    if write is not None:
        _write_pages(write)
        return
    if catalogue or code is None:
        _print_catalogue()
        return
    one = pick_rule(code)
    page = f"# {one.code} {one.name}\n\n{one.doc.strip()}\n"
    if sys.stdout.isatty():
        _show_page(page, one.code)
    else:
        print(page, end="")


def _show_page(page: str, code: str) -> None:
    """Print the page for a terminal, and a real run that shows the rule."""
    from rich.console import Console
    from rich.markdown import Markdown

    from lrdiag.examples import show_example
    from lrdiag.report.rule_pages import draw_example, say_example
    from lrdiag.report.text import painted

    width = terminal_width()
    console = Console(width=width, emoji=False, highlight=False)
    console.print(Markdown(page))
    shown = show_example(code)
    if shown is None:
        return
    console.print(Markdown(f"## A run that shows it\n{say_example(shown)}"))
    for line in draw_example(shown, width - EDGE):
        console.print(painted(line))


def pick_rule(code_or_name: str) -> "Rule":
    """Return the rule of that code or name.

    Raises:
        UnknownNameError: No rule bears it; the hint names those that come near.
    """
    from lrdiag.rules import RULES, find_rule

    try:
        return find_rule(code_or_name)
    except UnknownNameError as error:
        from difflib import get_close_matches

        names = {rule.name: rule for rule in RULES} | {rule.code.lower(): rule for rule in RULES}
        near = get_close_matches(code_or_name.strip().lower(), names, n=4, cutoff=0.5)
        said = list(dict.fromkeys(f"{names[one].code} {names[one].name}" for one in near))
        if not said:
            raise
        raise UnknownNameError(error.message, hint=f"Perhaps {' or '.join(said[:3])}.") from None


def _write_pages(folder: Path) -> None:
    from lrdiag.report.rule_pages import write_pages

    try:
        written = write_pages(folder)
    except OSError as error:
        raise ConfigError(
            f"The pages could not be written: {error.strerror}.",
            hint="Name a folder that you may write to.",
        ) from None
    print(f"{written} pages written.")


def _print_catalogue() -> None:
    from lrdiag.rules import RULES

    widest = max((len(one.name) for one in RULES), default=0)
    for one in RULES:
        print(f"{one.code:6}  {one.name:{widest}}  {one.title}")
