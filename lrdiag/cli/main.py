"""The command line: one file per command, and errors in two lines."""

import os
import sys
from typing import Annotated

import typer

from lrdiag import __version__
from lrdiag.cli.diagnose import diagnose
from lrdiag.cli.output import print_error
from lrdiag.cli.rule import rule
from lrdiag.cli.serve import serve
from lrdiag.errors import LrdiagError

COMMANDS = (diagnose, rule, serve)

app = typer.Typer(
    name="lrdiag",
    help="A linter for training curves: what is wrong, why, and the next learning rate to try.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a traceback goes into a bug report: keep it plain
    rich_markup_mode=None,  # plain help costs 0.05 s less than boxes
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in COMMANDS:
    app.command()(command)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"lrdiag {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version and exit.", callback=_show_version, is_eager=True
        ),
    ] = False,
) -> None:
    """A linter for training curves: what is wrong, why, and the next learning rate to try."""


def main() -> None:
    """Run one command; what lrdiag raises on purpose is two lines, not a traceback."""
    try:
        app()
    except LrdiagError as error:
        print_error(error.message, error.hint)
        sys.exit(2)
    except BrokenPipeError:
        # The reader of our output left, as `head` does: nothing is wrong. Python would complain
        # once more when it flushes at exit, so what is left goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
