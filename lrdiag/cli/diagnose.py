"""lrdiag diagnose LOG: say what ails a run, and which learning rate to try next."""

from collections.abc import Sequence
from dataclasses import dataclass
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
    from lrdiag.diagnosis import Diagnosis
    from lrdiag.readers import LeftOut, Limits
    from lrdiag.report.json import SourceError
    from lrdiag.rules import Rule
    from lrdiag.run import Config, Role


class Format(StrEnum):
    """How a diagnosis is written."""

    TEXT = "text"
    JSON = "json"


@dataclass(slots=True)
class Outcome:
    """What the logs of one call gave.

    Attributes:
        diagnoses: One a run, in the order of the call.
        errors: One for every named file that could not be read.
        refused: Whether a file that was named is readable and no loss log.
    """

    diagnoses: "list[Diagnosis]"
    errors: "list[SourceError]"
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """How the logs of one call are read and judged."""

    config: "Config"
    roles: "dict[str, Role]"
    limits: "Limits"
    rules: "tuple[Rule, ...]"


class FailOn(StrEnum):
    """From which finding on the exit status is 1."""

    ERROR = "error"
    WARNING = "warning"
    NEVER = "never"


def diagnose(
    logs: Annotated[
        list[str], typer.Argument(metavar="LOG", help="Logs, folders of logs, or - for stdin.")
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
    limits: Annotated[
        list[str] | None,
        typer.Option(
            "--limit", metavar="NAME=VALUE", help="Read more or less, as in max_rows=2e7."
        ),
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
    compare: Annotated[
        bool, typer.Option("--compare", help="Also say what the runs say together.")
    ] = False,
    columns: Annotated[
        bool, typer.Option("--columns", help="Also print how each column was read.")
    ] = False,
) -> None:
    """Say what ails a run, why, and which learning rate to try next.

    Exit status: 0 healthy, 1 findings, 2 a log could not be read, is no loss log, or the call
    is wrong.
    """
    from lrdiag.cli.settings import build_config, build_limits, build_roles

    plan = Plan(
        build_config(config, settings or ()),
        build_roles(roles or ()),
        build_limits(limits or ()),
        choose_rules(select or (), ignore or ()),
    )
    outcome = _diagnose_all(logs, plan)
    if output is Format.JSON:
        _write_json(outcome, compare=compare)
    elif outcome.diagnoses:
        _print_text(outcome, columns=columns, compare=compare)
    for error in outcome.errors:
        print_error(f"{error.source}: {error.error}", error.hint)
    raise typer.Exit(0 if exit_zero else exit_status(outcome, fail_on))


def _write_json(outcome: Outcome, *, compare: bool) -> None:
    from lrdiag.report.json import document, to_bytes

    comparison = None
    if compare:
        from lrdiag.comparison import compare_runs
        from lrdiag.report.comparison_json import comparison_to_json

        comparison = comparison_to_json(compare_runs(outcome.diagnoses))
    made = document(outcome.diagnoses, outcome.errors, comparison=comparison)
    write_result(to_bytes(made, pretty=True))


def _print_text(outcome: Outcome, *, columns: bool, compare: bool) -> None:
    from lrdiag.report.text import diagnoses_to_renderable

    width = terminal_width()
    report = diagnoses_to_renderable(outcome.diagnoses, columns=columns, width=width)
    print_renderable(report, width)
    if compare:
        from lrdiag.comparison import compare_runs
        from lrdiag.report.comparison_text import comparison_to_renderable

        print()
        print_renderable(comparison_to_renderable(compare_runs(outcome.diagnoses)), width)


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


def exit_status(outcome: Outcome, fail_on: FailOn) -> int:
    """Return 2 if a named log gave nothing, else 1 if a finding is as bad as ``fail_on``."""
    from lrdiag.finding import Severity

    if outcome.errors or outcome.refused:
        return 2
    least = {FailOn.ERROR: Severity.ERROR, FailOn.WARNING: Severity.WARNING}.get(fail_on)
    if least is None:
        return 0
    severities = (one.severity for run in outcome.diagnoses for one in run.findings.values())
    return int(any(severity >= least for severity in severities))


def _diagnose_all(logs: Sequence[str], plan: Plan) -> Outcome:
    from lrdiag.cli.inputs import open_inputs
    from lrdiag.diagnosis import diagnose as diagnose_run
    from lrdiag.readers import read_logs
    from lrdiag.report.json import SourceError

    outcome = Outcome([], [])
    for name, sources in open_inputs(logs, plan.limits):
        try:
            reading = read_logs(sources, roles=plan.roles, limits=plan.limits)
            made = [diagnose_run(run, plan.config, rules=plan.rules) for run in reading.runs]
        except LrdiagError as error:
            outcome.errors.append(SourceError(name, error.message, error.hint))
            continue
        outcome.diagnoses.extend(made)
        refused = any(run.refusal is not None for run in reading.runs)
        outcome.refused |= refused
        if made and not refused:
            _note_left_out(name, reading.left_out)
            continue
        for file in reading.left_out:
            outcome.errors.append(SourceError(file.name, file.error.message, file.error.hint))
    return outcome


def _note_left_out(name: str, files: "Sequence[LeftOut]") -> None:
    if files:
        shown = ", ".join(Path(file.name).name for file in files[:3])
        shown += f" and {len(files) - 3:,} more" if len(files) > 3 else ""
        print_note(f"left out of {name}, for they hold no losses of training steps: {shown}")
