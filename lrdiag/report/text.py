"""A diagnosis for the terminal: the curve, the verdict, the advice, then the evidence."""

from collections import Counter
from collections.abc import Sequence
from io import StringIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from lrdiag.diagnosis import Diagnosis, Status
from lrdiag.finding import Evidence
from lrdiag.report import words
from lrdiag.report.plot import GUTTER, Mark, Painted, draw_curve, draw_spark
from lrdiag.run import Run
from lrdiag.wording import (
    count,
    printable,
    say_confidence,
    say_limit,
    say_logged,
    say_quantity,
    say_rate,
    say_span,
    say_step,
)

WIDTH = 80
ROLE_HINT = "lrdiag diagnose LOG --role COLUMN=train_loss"
SIGNS = {"error": "◆", "warning": "▲", "note": "●", "ok": "✓", "unknown": "○"}
STYLES = {
    "error": "red",
    "warning": "yellow",
    "note": "cyan",
    "ok": "green",
    "unknown": "magenta",
    "train": "blue",
    "raw": "dim blue",
    "val": "bright_white",
    "nonfinite": "bold red",
    "axis": "dim",
    "dim": "dim",
    "strong": "bold",
    "": "",
}


def diagnoses_to_renderable(
    diagnoses: Sequence[Diagnosis], *, columns: bool = False, width: int = WIDTH
) -> Group:
    """Build what a terminal shows: one run whole, several as a short block each.

    Args:
        diagnoses: The runs.
        columns: Whether to add how each column of the log was read.
        width: Characters across.
    """
    if len(diagnoses) == 1:
        parts = [diagnosis_to_renderable(diagnoses[0], width=width)]
        return Group(*parts, *(columns_table(diagnoses[0].run) if columns else ()))
    blocks: list[RenderableType] = []
    for one in diagnoses:
        blocks += [_brief(one), *(columns_table(one.run) if columns else ()), say("")]
    return Group(*blocks, say(summary(diagnoses), "strong"))


def to_text(renderable: RenderableType, width: int = WIDTH) -> str:
    """Return what a terminal would show, without colours and trailing spaces."""
    out = StringIO()
    console = Console(file=out, width=width, color_system=None, force_terminal=False, emoji=False)
    console.print(renderable, highlight=False)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def diagnosis_to_renderable(diagnosis: Diagnosis, *, width: int = WIDTH) -> Group:
    """Build the whole report of one run."""
    run, verdict = diagnosis.run, words.verdict(diagnosis)
    facts = say(" · ".join(words.facts(run)), "dim")
    gap = "  " if len(run.name) + 2 + len(facts.plain) <= width else "\n"
    head = Text.assemble(say(run.name, "strong"), gap, facts)
    said = [say(f"{SIGNS[verdict.severity]} {verdict.headline}", f"strong {verdict.severity}")]
    if verdict.because:
        said.append(say(f"  {verdict.because}"))
    parts: list[RenderableType] = [head, say("")]
    curve = draw_curve(run, _marks(diagnosis), columns=min(width, 100) - GUTTER - 4)
    if curve:
        parts += [*(painted(line) for line in curve), say("")]
    if run.refusal is not None and run.columns:
        said.append(say(f"  If a column is its loss, say so: {ROLE_HINT}", "dim"))
    parts += [*(hang(line, 2) for line in said), say("")]
    if diagnosis.status != "not-a-loss-log":
        parts += [*_advice(diagnosis), say("")]
    for n, code in enumerate(diagnosis.findings, start=1):
        parts += [*_finding(str(n), code, diagnosis), say("")]
    parts += _looked(diagnosis)
    return Group(*parts)


def summary(diagnoses: Sequence[Diagnosis]) -> str:
    """Say how many runs are how: ``5 runs: 3 healthy, 2 with findings; 1 with another rate``."""
    names: dict[Status, str] = {
        "healthy": "healthy",
        "findings": "with findings",
        "inconclusive": "without a verdict",
        "not-a-loss-log": "no loss log",
    }
    counted = Counter(one.status for one in diagnoses)
    said = [f"{counted[status]:,} {name}" for status, name in names.items() if counted[status]]
    moved = sum(one.advice.action in {"lower", "raise", "decay"} for one in diagnoses)
    if moved:
        said[-1] += f"; {moved:,} with another rate to try"
    return f"{count(len(diagnoses), 'run')}{': ' if said else ''}{', '.join(said)}."


def columns_table(run: Run) -> tuple[RenderableType, ...]:
    """Build the table of how each column of the log was read."""
    table = Table.grid(padding=(0, 2))
    for justify in ("left", "left", "right", "right", "right", "right"):
        table.add_column(justify=justify)
    heads = ("column", "read as", "sure", "values", "first", "last", "not finite", "why")
    table.add_row(*(say(head, "dim") for head in heads))
    for one in run.columns:
        cells = (say_confidence(one.confidence), f"{one.n:,}", say_logged(one.first, one.role))
        more = (say_logged(one.last, one.role), f"{one.nonfinite:,}", one.why)
        table.add_row(
            say(one.name),
            say(one.role, "" if one.role != "ignore" else "dim"),
            *(say(cell) for cell in (*cells, *more)),
        )
    return say("How the columns were read", "strong"), Padding(table, (0, 0, 1, 2), expand=False)


def _brief(diagnosis: Diagnosis) -> Group:
    run, verdict = diagnosis.run, words.verdict(diagnosis)
    sign = say(f"{SIGNS[verdict.severity]} ", verdict.severity)
    head = Text.assemble(sign, say(run.name, "strong"), "  ", say(draw_spark(run), "train"))
    lines = [say(verdict.headline), say(" · ".join(words.facts(run)), "dim")]
    if diagnosis.status != "not-a-loss-log":
        lines.append(_move(diagnosis))
    if diagnosis.findings:
        names = (f"{code} {words.rule_words(code).name}" for code in diagnosis.findings)
        lines.append(say(", ".join(names), "dim"))
    return Group(head, *(Padding(line, (0, 0, 0, 2), expand=False) for line in lines))


def _advice(diagnosis: Diagnosis) -> list[RenderableType]:
    advice = diagnosis.advice
    lines = [say(words.advice_heading(diagnosis), "strong")]
    if diagnosis.status != "inconclusive" or advice.factor is not None:
        lines.append(Text.assemble("  ", _move(diagnosis)))
    if advice.reason and advice.reason != words.verdict(diagnosis).headline:
        lines.append(say(f"  Why: {advice.reason}"))
    if advice.next_step:
        lines.append(say(f"  Next: {advice.next_step}"))
    return [hang(line, 4) for line in lines]


def _move(diagnosis: Diagnosis) -> Text:
    advice = diagnosis.advice
    move, change = words.advice_move(advice), words.advice_change(advice)
    today = "" if advice.today is None or advice.lr is None else f"{say_rate(advice.today)} → "
    pieces = [say(f"{today}{move}", "strong")]
    if change and (advice.lr is not None or advice.factor is None):  # else the move says it
        pieces.append(say(change))
    if advice.action != "unsure":
        pieces.append(say(f"confidence {say_confidence(advice.confidence)}", "dim"))
    return Text("   ").join(pieces)


def _finding(n: str, code: str, diagnosis: Diagnosis) -> list[RenderableType]:
    finding, explained_by = diagnosis.findings[code], diagnosis.explained.get(code)
    word, rule = finding.severity.word, words.rule_words(code)
    head = say(f"{n} {SIGNS[word]} {finding.summary}", f"strong {word}")
    sub = f"    {code} {rule.name}, {word}, confidence {say_confidence(finding.confidence)}"
    if explained_by is not None:
        sub += f", follows from {explained_by}"
    parts: list[RenderableType] = [hang(head, 4), hang(say(sub, "dim"), 4)]
    parts.append(_evidence_table(finding.evidence, diagnosis.run.x.unit))
    if finding.cause:
        parts.append(hang(say(f"    Cause: {finding.cause}"), 4))
    for k, fix in enumerate(finding.fixes, start=1):
        line = Text.assemble(f"    {k}. ", say(_stop(fix.action), "strong"), " ", say(fix.reason))
        parts.append(hang(line, 7))
    return parts


def _evidence_table(evidence: Sequence[Evidence], axis: str) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    for _ in range(4):
        table.add_column()
    for one in evidence:
        limit = "" if one.limit is None else f"limit {say_limit(one.limit, one.unit)}"
        table.add_row(
            say(one.label),
            say(say_quantity(one.value, one.unit), "strong"),
            say(limit, "dim"),
            say(_where(one, axis), "dim"),
        )
    return Padding(table, (0, 0, 0, 4), expand=False)


def _where(one: Evidence, axis: str) -> str:
    if one.at is not None:
        return f"at {say_step(one.at, axis)}"
    return "" if one.span is None else f"at {say_span(*one.span, axis)}"


def _looked(diagnosis: Diagnosis) -> list[RenderableType]:
    parts: list[RenderableType] = []
    if diagnosis.cleared:
        clear = ", ".join(words.rule_words(code).clear for code in diagnosis.cleared)
        many = count(len(diagnosis.cleared), "rule")
        parts.append(hang(say(f"✓ {many} looked and saw nothing: {clear}.", "dim"), 2))
    if diagnosis.skipped:
        parts.append(say(f"○ {count(len(diagnosis.skipped), 'rule')} could not look:", "dim"))
        for why, names in words.group_reasons(
            (words.rule_words(code).name, one.why) for code, one in diagnosis.skipped.items()
        ).items():
            line = Text.assemble("  ", say(", ".join(names)), "  ", say(why, "dim"))
            parts.append(hang(line, 4))
    return parts


def _marks(diagnosis: Diagnosis) -> list[Mark]:
    marks = []
    for n, finding in enumerate(diagnosis.findings.values(), start=1):
        spans = [one.span for one in finding.evidence if one.span is not None]
        spans += [(one.at, one.at) for one in finding.evidence if one.at is not None and not spans]
        marks += [
            Mark(str(n), finding.severity.word, first, last) for first, last in dict.fromkeys(spans)
        ]
    return marks


def painted(line: Painted) -> Text:
    """Make a line of a curve of its pieces."""
    return Text.assemble(*((piece, STYLES[role]) for piece, role in line), no_wrap=True)


def say(text: str, roles: str = "") -> Text:
    """Make styled text; a log's own names may hold control codes, which no terminal shall see."""
    return Text(printable(text), " ".join(STYLES[role] for role in roles.split()))


def hang(text: Text, indent: int) -> RenderableType:
    """Wrap text so that its further lines start under its own first word."""
    table = Table.grid()
    table.add_column(width=indent, no_wrap=True)
    table.add_column()
    table.add_row(text[:indent], text[indent:])
    return table


def _stop(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."
