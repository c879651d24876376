"""The command line: one file per command, and errors in two lines."""

import os
import sys
from typing import Annotated

import typer

from lrdiag import __version__
from lrdiag.cli.diagnose import diagnose
from lrdiag.cli.formats import formats
from lrdiag.cli.output import print_error
from lrdiag.cli.rule import rule
from lrdiag.cli.serve import serve
from lrdiag.errors import LrdiagError

COMMANDS = (diagnose, formats, rule, serve)
WRONG_CALL = 2
INTERRUPTED = 130  # 128 and the number of the signal, as shells say it

app = typer.Typer(
    name="lrdiag",
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


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version and exit.", callback=_show_version, is_eager=True
        ),
    ] = False,
) -> None:
    """A linter for training curves: what is wrong, why, and the next learning rate to try."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(WRONG_CALL)


def main() -> None:
    """Run one command; what lrdiag raises on purpose is two lines, not a traceback."""
    try:
        status = app(standalone_mode=False)
    except LrdiagError as error:
        print_error(error.message, error.hint)
        status = WRONG_CALL
    except BrokenPipeError:
        # The reader of our output left, as `head` does: nothing is wrong. Python would complain
        # once more when it flushes at exit, so what is left goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except (KeyboardInterrupt, typer.Abort):
        status = INTERRUPTED
    except Exception as error:
        status = _say_wrong_call(error)
    sys.exit(status)


def _say_wrong_call(error: Exception) -> int:
    """Say what typer says of a wrong call in our two lines.

    Its class has no public home: some versions of typer carry a copy of click, others use it.
    """
    format_message = getattr(error, "format_message", None)
    if not callable(format_message):
        raise error
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "lrdiag"
    print_error(str(format_message()).replace("Value error, ", ""), f"{path} --help")
    return WRONG_CALL
