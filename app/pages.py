"""What every page shows: one frozen record for each template, and the one way to render it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app.assets import asset_url
from app.settings import Settings
from app.views import RunView, SymptomRow
from lrdiag import __version__
from lrdiag.readers.folders import JUNK
from lrdiag.report.nobreak import hold_units
from lrdiag.report.rule_facts import Limit
from lrdiag.rules import RULES, Rule
from lrdiag.run import OPTIMIZERS, PRECISIONS, ROLES, SCALINGS

FIELD_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "lr": "Peak learning rate",
        "optimizer": "Optimizer",
        "batch_size": "Batch size, samples",
        "precision": "Precision",
        "planned_steps": "Planned steps",
        "clip_norm": "Gradient clip, norm",
        "classes": "Classes",
        "loss_scaling": "Loss scaling",
        "base_lr": "Learning rate of the recipe",
        "base_batch_size": "Batch size of the recipe",
    }
)


@dataclass(frozen=True, slots=True)
class Site:
    """What the frame of every page names."""

    version: str
    rules: int
    local: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A template and the names that it may use; a page is one of the records below.

    Attributes:
        title: The window's title.
        here: The entry of the navigation that is lit; may be empty.
        nav: Whether the page belongs to the owner's side; a shared page does not.
    """

    template: ClassVar[str]

    title: str
    here: str = field(default="", kw_only=True)
    nav: bool = field(default=True, kw_only=True)


@dataclass(frozen=True, slots=True)
class Band:
    """A part of a small curve to shade."""

    x: float
    width: float
    severity: str


@dataclass(frozen=True, slots=True)
class Spark:
    """A curve as small as a word: SVG path data and what to shade behind it."""

    width: int
    height: int
    path: str
    bands: tuple[Band, ...] = ()


@dataclass(frozen=True, slots=True)
class SampleCard:
    """A sample log and what lrdiag says of it."""

    name: str
    title: str
    spark: Spark
    severity: str
    words: str
    facts: str


@dataclass(frozen=True, slots=True)
class RecentRow:
    """One diagnosis in a list of the owner's own."""

    id: str
    title: str
    spark: Spark
    severity: str
    words: str
    advice: str
    steps: str
    when: str
    at: str


@dataclass(frozen=True, slots=True)
class FileProblem:
    """A file that gave no run, or a request that failed: what happened and what to do."""

    source: str
    error: str
    hint: str


@dataclass(frozen=True, slots=True)
class HomePage(Page):
    """Where a log is dropped, and what was dropped before."""

    template = "pages/home.html"

    samples: tuple[SampleCard, ...]
    recent: tuple[RecentRow, ...]
    hero: Spark
    limit: str
    limit_bytes: int
    limit_files: int
    tools: int
    problem: FileProblem | None = None
    pasted: str = ""
    beside: ClassVar[tuple[str, ...]] = tuple(sorted(JUNK))


@dataclass(frozen=True, slots=True)
class ChartBox:
    """Where the browser gets the curve, and what the page knows of it without scripts.

    Attributes:
        each: What one logged value stands for: "step", "epoch", "row"; "value" where steps are
            left out between two.
        smoothed: Whether a line is drawn through the values, or only the values.
    """

    src: str
    window: str
    name: str
    label: str
    unit: str
    units: str
    each: str
    smoothed: bool
    has: Mapping[str, bool]
    heads: tuple[str, ...]
    numbers: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class RunTab:
    """One run of several, in the strip that picks one."""

    href: str
    name: str
    severity: str
    spoken: str
    spark: Spark
    current: bool


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A share link that still works."""

    id: str
    made: str
    ends: str
    hides: bool


@dataclass(frozen=True, slots=True)
class DiagnosisPage(Page):
    """The findings of one run, beside its curves."""

    template = "pages/diagnosis.html"

    id: str
    k: int
    heading: str
    run: RunView
    chart: ChartBox | None
    tabs: tuple[RunTab, ...]
    strip: str
    whole: str
    errors: tuple[FileProblem, ...]
    links: tuple[LinkRow, ...]
    recalled: bool
    problem: FileProblem | None = None
    typed: Mapping[str, str] | None = None
    roles: ClassVar[tuple[str, ...]] = ROLES
    labels: ClassVar[Mapping[str, str]] = FIELD_LABELS
    optimizers: ClassVar[tuple[str, ...]] = OPTIMIZERS
    precisions: ClassVar[tuple[str, ...]] = PRECISIONS
    scalings: ClassVar[tuple[str, ...]] = SCALINGS

    def setting(self, name: str) -> str:
        """What to show in a field of the form: what was typed, else what is stored."""
        if self.typed is not None:
            return self.typed.get(name, "")
        return self.run.config.get(name, "")


@dataclass(frozen=True, slots=True)
class SharedPage(Page):
    """One diagnosis as a stranger reads it: no form, no link to anything else of the owner."""

    template = "pages/shared.html"

    made: str
    ends: str
    hides: bool
    heading: str
    run: RunView
    chart: ChartBox | None
    tabs: tuple[RunTab, ...]
    strip: str


@dataclass(frozen=True, slots=True)
class RuleLink:
    """A rule in a list, with the worst severity that it gives."""

    code: str
    name: str
    title: str
    severity: str


@dataclass(frozen=True, slots=True)
class RuleFamily:
    """The rules whose codes share their letters."""

    name: str
    about: str
    rules: tuple[RuleLink, ...]


@dataclass(frozen=True, slots=True)
class RulesPage(Page):
    """The catalogue, and the symptom table that it refines."""

    template = "pages/rules.html"

    families: tuple[RuleFamily, ...]
    symptoms: tuple[SymptomRow, ...]
    total: int
    sparks: Mapping[str, Spark]


@dataclass(frozen=True, slots=True)
class ToolRow:
    """A tool whose logs are read: its files, and what is worth knowing of them."""

    name: str
    files: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class FormatsPage(Page):
    """Whose logs are read, and how much of them."""

    template = "pages/formats.html"

    tools: tuple[ToolRow, ...]
    limits: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ExampleBox:
    """A real run that shows a rule: what was trained, what the rule says, and its chart."""

    title: str
    summary: str
    severity: str
    drawing: Markup
    smoothed: bool
    validated: bool


@dataclass(frozen=True, slots=True)
class RulePage(Page):
    """One rule of the catalogue: its docstring, its limits, and where one's own logs show it."""

    template = "pages/rule.html"

    rule: Rule
    prose: Markup
    severities: tuple[str, ...]
    symptom: SymptomRow | None
    limits: tuple[Limit, ...]
    example: ExampleBox | None
    family: RuleFamily
    logs: tuple[RecentRow, ...]


@dataclass(frozen=True, slots=True)
class ErrorPage(Page):
    """What happened, what was seen, and the one thing to do."""

    template = "pages/error.html"

    status: int
    detail: str
    hint: str


def render(request: Request, page: Page, *, status: int = 200) -> HTMLResponse:
    """Render a page for a request."""
    settings: Settings = request.app.state.settings
    site = Site(__version__, len(RULES), settings.local)
    template = environment(settings.templates, settings.static).get_template(page.template)
    return HTMLResponse(hold_units(template.render(page=page, site=site)), status_code=status)


def error_page(
    request: Request, status: int, title: str, detail: str, hint: str = ""
) -> HTMLResponse:
    """Render the page of an error."""
    nav = not request.url.path.startswith("/s/")
    page = ErrorPage(title=title, status=status, detail=detail, hint=hint, nav=nav)
    return render(request, page, status=status)


@cache
def environment(templates: Path, static: Path) -> Environment:
    """Return the templates of a folder; an unknown name in one is an error, not a blank."""
    env = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.globals["asset"] = partial(asset_url, folder=static)
    return env
