"""The pages that people see, and the forms that work without scripts."""

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from app.catalogue import list_bounds, list_formats, list_symptoms, rule_families
from app.columns import CHOSEN
from app.compose import diagnosis_page, recent_rows, shared_page
from app.csvexport import curves_to_csv
from app.dependencies import (
    OwnerDep,
    SettingsDep,
    SlotDep,
    StoredDep,
    StoreDep,
    WorkersDep,
)
from app.errors import NotFoundError, problem_of, unknown_diagnosis
from app.examples import example_box, example_sparks
from app.pages import FIELD_LABELS, FileProblem, FormatsPage, HomePage, RulePage, RulesPage, render
from app.prose import render_prose
from app.routes.shares import find_shared
from app.samples import open_log, sample_cards
from app.settings import Settings
from app.store import Store, Stored
from app.uploads import UploadDep, megabytes
from app.work import diagnose_again, diagnose_sources, forget_shape, read_curves
from lrdiag.errors import LrdiagError, UnknownNameError
from lrdiag.report.rule_facts import read_limits, read_severities
from lrdiag.rules import RULES, SYMPTOMS, find_rule

RECENT = 12  # logs on the home page
SOUGHT = 50  # logs looked through for those that show a rule
SMALL_FORM = 2**20
RunQuery = Annotated[int | None, Query(ge=0)]
Fields = tuple[tuple[str, str], ...]


async def _fields(request: Request) -> Fields:
    """Return the text fields of a form, in its order."""
    form = await request.form(max_files=0)
    return tuple((name, value) for name, value in form.multi_items() if isinstance(value, str))


FieldsDep = Annotated[Fields, Depends(_fields)]

router = APIRouter(include_in_schema=False)


@router.get("/")
def show_home(
    request: Request, store: StoreDep, settings: SettingsDep, owner: OwnerDep
) -> HTMLResponse:
    """Where a log is dropped."""
    return render(request, _home(store, settings, owner))


@router.post("/diagnoses")
def send_form(
    request: Request,
    owner: OwnerDep,  # first: nothing is taken in from a stranger
    upload: UploadDep,
    store: StoreDep,
    workers: WorkersDep,
    settings: SettingsDep,
    _: SlotDep,
) -> Response:
    """Take a log from a form; what could not be read is said on the same page."""
    try:
        stored = diagnose_sources(store, workers, settings, owner, upload.read())
    except LrdiagError as error:
        shown, pasted = _say_problem(error), upload.text or ""
        page = _home(store, settings, owner, problem=shown, pasted=pasted)
        return render(request, page, status=problem_of(error).status)
    return _see(f"/d/{stored.id}")


@router.get("/diagnoses")
def leave_form() -> Response:
    """Lead someone who reloads after a failed form back home."""
    return _see("/")


@router.post("/samples/{name}")
def open_sample(
    name: str,
    store: StoreDep,
    workers: WorkersDep,
    settings: SettingsDep,
    owner: OwnerDep,
    _: SlotDep,
) -> Response:
    """Diagnose one of the samples, or the example of a rule, as if it had been dropped."""
    found = open_log(name, settings.static)
    if found is None:
        raise NotFoundError(f"There is no sample {name[:80]!r}.")
    source, config = found
    stored = diagnose_sources(store, workers, settings, owner, [source])
    if config:
        stored = diagnose_again(store, workers, settings, stored, roles={}, config=config)
    return _see(f"/d/{stored.id}")


@router.get("/d/{diagnosis_id}")
def show_diagnosis(
    request: Request, stored: StoredDep, store: StoreDep, run: RunQuery = None
) -> HTMLResponse:
    """Show one run of a diagnosis to its owner."""
    return render(request, diagnosis_page(store, stored, run))


@router.post("/d/{diagnosis_id}/roles", max_body_size=SMALL_FORM)
def send_roles(
    request: Request,
    stored: StoredDep,
    fields: FieldsDep,
    store: StoreDep,
    workers: WorkersDep,
    settings: SettingsDep,
    _: SlotDep,
    run: RunQuery = None,
) -> Response:
    """Read the columns as the form says; only what it changes becomes a correction.

    A button of a choice is named after its role, and its value is the column.
    """
    before = diagnosis_page(store, stored, run).run.columns
    known = {one.name: one.role for one in (*before.seen, *before.more)}
    columns = [value for name, value in fields if name == "column"]
    roles = [value for name, value in fields if name == "role"]
    changed = {
        column: role
        for column, role in zip(columns, roles, strict=False)
        if known.get(column) != role
    }
    changed |= {value: name for name, value in fields if name in CHOSEN}
    try:
        diagnose_again(store, workers, settings, stored, roles=changed, config={})
    except LrdiagError as error:
        page = diagnosis_page(store, stored, run, problem=_say_problem(error))
        return render(request, page, status=problem_of(error).status)
    return _see(_address(stored, run, "columns"))


@router.post("/d/{diagnosis_id}/forget", max_body_size=SMALL_FORM)
def send_forget(
    stored: StoredDep,
    store: StoreDep,
    workers: WorkersDep,
    settings: SettingsDep,
    _: SlotDep,
    run: RunQuery = 0,
) -> Response:
    """Forget what was corrected in logs with the columns of a run."""
    forget_shape(store, workers, settings, stored, run or 0)
    return _see(_address(stored, run, "columns"))


@router.post("/d/{diagnosis_id}/config", max_body_size=SMALL_FORM)
def send_config(
    request: Request,
    stored: StoredDep,
    fields: FieldsDep,
    store: StoreDep,
    workers: WorkersDep,
    settings: SettingsDep,
    _: SlotDep,
    run: RunQuery = None,
) -> Response:
    """Tell what the log does not; an empty field takes its setting back."""
    typed = {name: value.strip() for name, value in fields}
    given = {name: value or None for name, value in typed.items()}
    try:
        diagnose_again(store, workers, settings, stored, roles={}, config=given)
    except LrdiagError as error:
        problem = _name_fields(_say_problem(error))
        page = diagnosis_page(store, stored, run, problem=problem, typed=typed)
        return render(request, page, status=problem_of(error).status)
    return _see(_address(stored, run, "config"))


@router.post("/d/{diagnosis_id}/delete")
def send_delete(diagnosis_id: str, store: StoreDep, owner: OwnerDep) -> Response:
    """Delete a diagnosis for good."""
    if not store.delete(owner, diagnosis_id):
        raise unknown_diagnosis()
    return _see("/#recent")


@router.get("/d/{diagnosis_id}/data.csv")
def read_data(stored: StoredDep, store: StoreDep, run: Annotated[int, Query(ge=0)] = 0) -> Response:
    """Return the curves of a run as CSV."""
    curves = read_curves(store, stored, run)
    name = quote(f"{stored.result['runs'][run]['name']}.csv", safe="")
    return StreamingResponse(
        curves_to_csv(curves),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


@router.get("/s/{token}")
def show_shared(
    request: Request, token: str, store: StoreDep, run: RunQuery = None
) -> HTMLResponse:
    """Show one diagnosis to whoever has the link."""
    return render(request, shared_page(store, find_shared(store, token), token, run))


@router.get("/rules")
def show_rules(request: Request) -> HTMLResponse:
    """Show the catalogue."""
    page = RulesPage(
        title="Rules",
        here="Rules",
        families=rule_families(),
        symptoms=list_symptoms(),
        total=len(RULES),
        sparks=example_sparks(),
    )
    return render(request, page)


@router.get("/rules/{code}")
def show_rule(request: Request, code: str, store: StoreDep, owner: OwnerDep) -> HTMLResponse:
    """Show one rule, by code or name, and which of the owner's own logs show it."""
    try:
        rule = find_rule(code)
    except UnknownNameError as error:
        raise NotFoundError(error.message, hint="All rules are listed at /rules.") from None
    recent = store.recent(owner, SOUGHT)
    showing = [
        one
        for one in recent
        if any(f["code"] == rule.code for run in one.result["runs"] for f in run["findings"])
    ]
    rows = dict(zip((one.key for one in SYMPTOMS), list_symptoms(), strict=True))
    page = RulePage(
        title=f"{rule.code} {rule.name}",
        here="Rules",
        rule=rule,
        prose=render_prose(rule.doc.strip().partition("\n")[2], [one.code for one in RULES]),
        severities=tuple(one.word for one in sorted(read_severities(rule), reverse=True)),
        symptom=rows.get(rule.symptom),
        limits=read_limits(rule),
        example=example_box(rule.code),
        family=next(
            family
            for family in rule_families()
            if any(one.code == rule.code for one in family.rules)
        ),
        logs=recent_rows(showing, datetime.now(UTC)),
    )
    return render(request, page)


@router.get("/formats")
def show_formats(request: Request, settings: SettingsDep) -> HTMLResponse:
    """Show whose logs are read, and how much of them."""
    page = FormatsPage(
        title="What lrdiag reads",
        here="Formats",
        tools=list_formats(),
        limits=list_bounds(settings.limits(), settings.max_upload_bytes),
    )
    return render(request, page)


def _home(
    store: Store,
    settings: Settings,
    owner: str,
    *,
    problem: FileProblem | None = None,
    pasted: str = "",
) -> HomePage:
    cards = sample_cards()
    return HomePage(
        title="Diagnose a training log",
        here="Diagnose",
        samples=cards,
        recent=recent_rows(store.recent(owner, RECENT), datetime.now(UTC)),
        hero=cards[-1].spark,
        limit=megabytes(settings.max_upload_bytes),
        limit_bytes=settings.max_upload_bytes,
        limit_files=settings.max_files,
        tools=len(list_formats()),
        problem=problem,
        pasted=pasted,
    )


def _say_problem(error: LrdiagError) -> FileProblem:
    problem = problem_of(error)
    return FileProblem(problem.title, problem.detail, problem.hint)


def _name_fields(problem: FileProblem) -> FileProblem:
    """Call a setting as its field is called on the page."""
    name, _, rest = problem.error.partition(" ")
    label = FIELD_LABELS.get(name)
    return FileProblem(label, f"{label} {rest}", problem.hint) if label else problem


def _address(stored: Stored, run: int | None, section: str) -> str:
    picked = "" if run is None else f"?run={run}"
    return f"/d/{stored.id}{picked}#{section}"


def _see(path: str) -> RedirectResponse:
    return RedirectResponse(path, status_code=303)
