"""lrdiag diagnose LOG: say what ails a run, and which learning rate to try next."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lrdiag.cli.output import (
    print_error,
    print_note,
    print_renderable,
    terminal_width,
    write_result,
)
from lrdiag.errors import LrdiagError

if TYPE_CHECKING:
    from lrdiag.cli.inputs import Input
    from lrdiag.diagnosis import Diagnosis
    from lrdiag.report.json import SourceError
    from lrdiag.rules import Rule
    from lrdiag.run import Config, Role


class Format(StrEnum):
    """How a diagnosis is written."""

    TEXT = "text"
    JSON = "json"


class FailOn(StrEnum):
    """From which finding on the exit status is 1."""

    ERROR = "error"
    WARNING = "warning"
    NEVER = "never"


def diagnose(
    logs: Annotated[
        list[str], typer.Argument(metavar="LOG...", help="Logs, folders of logs, or - for stdin.")
    ],
    output: Annotated[
        Format, typer.Option("--format", "-f", help="How to write the diagnosis.")
    ] = Format.TEXT,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What the log does not say: JSON or TOML.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="One setting, as in lr=0.003; repeatable."),
    ] = None,
    roles: Annotated[
        list[str] | None,
        typer.Option("--role", metavar="COLUMN=ROLE", help="Correct a column; repeatable."),
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="Ask these rules only: codes, names or families."),
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="Ask all rules but these.")
    ] = None,
    fail_on: Annotated[
        FailOn, typer.Option(help="Exit with 1 from such a finding on.")
    ] = FailOn.WARNING,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="Exit with 0 whatever the logs hold.")
    ] = False,
    columns: Annotated[
        bool, typer.Option("--columns", help="Also print how each column was read.")
    ] = False,
) -> None:
    """Say what ails a run, why, and which learning rate to try next.

    Exit status: 0 healthy, 1 findings, 2 a log could not be read or the call is wrong.
    """
    from lrdiag.cli.settings import build_config, build_roles

    given, asked = build_config(config, settings or ()), build_roles(roles or ())
    rules = choose_rules(select or (), ignore or ())
    diagnoses, errors = _diagnose_all(logs, given, asked, rules)
    if output is Format.JSON:
        from lrdiag.report.json import document, to_bytes

        write_result(to_bytes(document(diagnoses, errors), pretty=True))
    elif diagnoses:
        from lrdiag.report.text import diagnoses_to_renderable

        width = terminal_width()
        print_renderable(diagnoses_to_renderable(diagnoses, columns=columns, width=width), width)
    for error in errors:
        print_error(f"{error.source}: {error.error}", error.hint)
    raise typer.Exit(0 if exit_zero else exit_status(diagnoses, errors, fail_on))


def choose_rules(select: Sequence[str], ignore: Sequence[str]) -> "tuple[Rule, ...]":
    """Return the rules to ask.

    Args:
        select: Codes, names or families (LR, FIT2), one or more a word between commas; none
            means all.
        ignore: The same, taken away.

    Raises:
        UnknownNameError: A word means no rule.
    """
    from lrdiag.rules import RULES

    wanted = _codes(select) if select else {rule.code for rule in RULES}
    unwanted = _codes(ignore)
    return tuple(rule for rule in RULES if rule.code in wanted and rule.code not in unwanted)


def _codes(words: Sequence[str]) -> set[str]:
    from lrdiag.cli.rule import pick_rule
    from lrdiag.rules import RULES

    codes: set[str] = set()
    for word in (part.strip() for group in words for part in group.split(",")):
        if word:
            family = {rule.code for rule in RULES if rule.code.startswith(word.upper())}
            codes |= family or {pick_rule(word).code}
    return codes


def exit_status(
    diagnoses: "Sequence[Diagnosis]", errors: "Sequence[SourceError]", fail_on: FailOn
) -> int:
    """Return 2 if a log gave nothing, else 1 if a finding is as bad as ``fail_on``, else 0."""
    from lrdiag.finding import Severity

    if errors:
        return 2
    least = {FailOn.ERROR: Severity.ERROR, FailOn.WARNING: Severity.WARNING}.get(fail_on)
    if least is None:
        return 0
    severities = (one.severity for run in diagnoses for one in run.findings.values())
    return int(any(severity >= least for severity in severities))


def _diagnose_all(
    logs: Sequence[str], config: "Config", roles: "dict[str, Role]", rules: "tuple[Rule, ...]"
) -> "tuple[list[Diagnosis], list[SourceError]]":
    from lrdiag.cli.inputs import find_inputs
    from lrdiag.report.json import SourceError

    diagnoses: list[Diagnosis] = []
    errors: list[SourceError] = []
    skipped: list[str] = []
    for one in find_inputs(logs):
        try:
            diagnoses += _diagnose_one(one, config, roles, rules)
        except LrdiagError as error:
            if one.named:
                errors.append(SourceError(one.name, error.message, error.hint))
            else:
                skipped.append(one.name)
    if skipped:
        shown = ", ".join(skipped[:3]) + (", …" if len(skipped) > 3 else "")
        print_note(f"{len(skipped):,} files of a folder are no logs and were left out: {shown}")
    return diagnoses, errors


def _diagnose_one(
    one: "Input", config: "Config", roles: "dict[str, Role]", rules: "tuple[Rule, ...]"
) -> "list[Diagnosis]":
    from lrdiag.cli.inputs import read_input
    from lrdiag.diagnosis import diagnose as diagnose_run
    from lrdiag.readers import read_runs, unpack

    sources = unpack(read_input(one))
    runs = [run for source in sources for run in read_runs(source, roles=roles)]
    return [diagnose_run(run, config, rules=rules) for run in runs]
