"""Stored diagnoses to pages: which numbers a page needs, and where the browser gets its chart."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from app.errors import NotFoundError
from app.findings import Json
from app.pages import (
    ChartBox,
    DiagnosisPage,
    FileProblem,
    LinkRow,
    RecentRow,
    RunTab,
    SharedPage,
    Spark,
)
from app.reading import SPARK_HEIGHT, SPARK_WIDTH
from app.shapes import shape_of_entry
from app.store import Share, Shared, Store, Stored
from app.views import SPOKEN, say_verdict, speaks_of_rate, view_advice, view_run, worst_run
from lrdiag.wording import X_NAMES, count

TAB_WIDTH, TAB_HEIGHT = 100.0, 24.0
TAB_POINTS = 80
MOST_CURVES = 24  # tabs with a curve of their own: each costs a read of its chart, about 3 ms
LABEL = 40  # characters of a name in a tab


def diagnosis_page(
    store: Store,
    stored: Stored,
    k: int | None,
    *,
    problem: FileProblem | None = None,
    typed: Mapping[str, str] | None = None,
) -> DiagnosisPage:
    """Return the page of one run of a diagnosis to its owner.

    Args:
        store: Where its chart is.
        stored: The diagnosis.
        k: The run; the one with the most urgent verdict when None.
        problem: What went wrong with a correction that was just sent.
        typed: The settings of that correction, so that nothing typed is lost.

    Raises:
        NotFoundError: There is no such run.
    """
    picked, k = k is not None, pick_run(stored, k)
    entry, chart = stored.result["runs"][k], read_chart(store, stored, k)
    base = f"/api/diagnoses/{stored.id}"
    return DiagnosisPage(
        title=stored.title,
        here="Diagnose",
        id=stored.id,
        k=k,
        heading=_name_of(stored, k),
        run=view_run(entry, chart),
        chart=chart_box(entry, chart, f"{base}/runs/{k}"),
        tabs=run_tabs(store, stored, k, f"/d/{stored.id}"),
        strip=say_strip(stored.result["runs"], k, picked=picked),
        whole=say_whole(stored.result["runs"], entry),
        errors=tuple(
            FileProblem(shorten_path(one["source"]), one["error"], one["hint"])
            for one in stored.result["errors"]
        ),
        links=working_links(store.list_shares(stored.owner, stored.id), datetime.now(UTC)),
        recalled=store.recalls(stored.owner, shape_of_entry(entry)),
        problem=problem,
        typed=typed,
    )


def shared_page(store: Store, shared: Shared, token: str, k: int | None) -> SharedPage:
    """Return the page that a link shows to anyone; it holds nothing but one diagnosis.

    Raises:
        NotFoundError: There is no such run.
    """
    stored = shared.stored
    picked, k = k is not None, pick_run(stored, k)
    entry, chart = stored.result["runs"][k], read_chart(store, stored, k)
    return SharedPage(
        title="Shared diagnosis" if shared.hide_name else stored.title,
        nav=False,
        made=say_day(stored.created_at),
        ends=_say_end(shared.expires_at),
        hides=shared.hide_name,
        heading=_name_of(stored, k),
        run=view_run(entry, chart),
        chart=chart_box(entry, chart, f"/s/{token}/runs/{k}"),
        tabs=run_tabs(store, stored, k, f"/s/{token}"),
        strip=say_strip(stored.result["runs"], k, picked=picked),
    )


def shorten_path(path: str) -> str:
    """Return a path as a page has room for it: the file and the folder that it lies in."""
    return path if path.count("/") < 2 else "…/" + "/".join(path.split("/")[-2:])


def _name_of(stored: Stored, k: int) -> str:
    """Return the head of a page: the file's name, or the run's where there are several."""
    runs = stored.result["runs"]
    name: str = runs[k]["name"]
    return stored.title if len(runs) == 1 else name


def pick_run(stored: Stored, k: int | None) -> int:
    """Return which run to show.

    Raises:
        NotFoundError: There is no such run.
    """
    runs = stored.result["runs"]
    if k is None:
        return worst_run(runs)
    if not 0 <= k < len(runs):
        raise NotFoundError(
            f"This diagnosis has no run {k}.", hint=f"It holds {count(len(runs), 'run')}."
        )
    return k


def read_chart(store: Store, stored: Stored, k: int) -> dict[str, Any]:
    """Return the chart payload of a run.

    Raises:
        NotFoundError: Its blob is gone.
    """
    data = store.chart(stored, k)
    if data is None:
        raise NotFoundError(f"This diagnosis has no run {k}.")
    payload: dict[str, Any] = orjson.loads(data)
    return payload


def chart_box(entry: Json, chart: Json, base: str) -> ChartBox | None:
    """Return where the chart's numbers are, and its table; None where nothing can be drawn."""
    if chart["empty"]:
        return None
    return ChartBox(
        src=f"{base}/chart",
        window=f"{base}/window",
        name=entry["name"],
        label=chart["label"],
        unit=chart["x"]["name"],
        each=chart["x"]["name"] if chart["smooth"]["gap"] == 1.0 else "value",
        smoothed=chart["smooth"]["width"] > 1,
        units=f"{X_NAMES.get(chart['x']['unit'], 'step')}s",
        has=chart["has"],
        heads=tuple(chart["numbers"]["head"]),
        numbers=tuple(tuple(row) for row in chart["numbers"]["rows"]),
    )


def run_tabs(store: Store, stored: Stored, current: int, base: str) -> tuple[RunTab, ...]:
    """Return the strip that picks a run; empty for a single run."""
    runs = stored.result["runs"]
    if len(runs) < 2:
        return ()
    drawn = len(runs) <= MOST_CURVES
    return tuple(
        RunTab(
            href=f"{base}?run={k}",
            name=run["name"][:LABEL],
            severity=run["verdict"]["severity"],
            spoken=SPOKEN.get(run["verdict"]["severity"], run["verdict"]["severity"]),
            spark=draw_spark(read_chart(store, stored, k) if drawn else {}),
            current=k == current,
        )
        for k, run in enumerate(runs)
    )


def say_strip(runs: Sequence[Json], k: int, *, picked: bool) -> str:
    """Say which run is shown, and why this one when nobody has picked it."""
    worst = len({one["verdict"]["severity"] for one in runs}) > 1 and not picked
    return f"Run {k + 1} of {len(runs)}{', shown first as the worst' if worst else ''}"


def say_whole(runs: Sequence[Json], entry: Json) -> str:
    """Say that columns were counted over a whole file where the run is a part of it; else ""."""

    def counted(run: Json) -> list[tuple[object, ...]]:
        return [(one["column"], one["n"], one["first"], one["last"]) for one in run["columns"]]

    parts = sum(one["source"] == entry["source"] and counted(one) == counted(entry) for one in runs)
    return f"Counted over the whole file, which holds {parts} runs." if parts > 1 else ""


def draw_spark(chart: Json) -> Spark:
    """Draw the train line of a chart, or validation where that is all, as a small curve."""
    columns = chart.get("columns", {})
    xs, ys = columns.get("x"), columns.get("smooth")
    if not xs:
        xs, ys = columns.get("val_x"), columns.get("val")
    points = [(x, y) for x, y in zip(xs or (), ys or (), strict=False) if y is not None]
    points = points[:: max(1, len(points) // TAB_POINTS)]
    path = ""
    if len(points) > 1:
        low, high = min(y for _, y in points), max(y for _, y in points)
        across = TAB_WIDTH / ((points[-1][0] - points[0][0]) or 1.0)
        down = (TAB_HEIGHT - 2.0) / ((high - low) or 1.0)
        start = points[0][0]
        path = "M" + "L".join(
            f"{(x - start) * across:.1f} {1.0 + (high - y) * down:.1f}" for x, y in points
        )
    return Spark(int(TAB_WIDTH), int(TAB_HEIGHT), path)


def recent_rows(recent: Sequence[Stored], now: datetime) -> tuple[RecentRow, ...]:
    """Return the list of the owner's last diagnoses."""
    return tuple(_recent_row(stored, now) for stored in recent)


def _recent_row(stored: Stored, now: datetime) -> RecentRow:
    runs = stored.result["runs"]
    entry = runs[worst_run(runs)]
    advice = view_advice(entry["advice"], entry["status"])
    move = f"{advice.today} → {advice.move}" if advice.today else entry["advice"]["move"]
    judged = speaks_of_rate(entry["advice"], entry["status"])
    length = entry["facts"][0].split(", ")[-1] if entry["facts"] else ""
    return RecentRow(
        id=stored.id,
        title=stored.title,
        spark=Spark(SPARK_WIDTH, SPARK_HEIGHT, stored.spark),
        severity=entry["verdict"]["severity"],
        words=say_verdict(entry),
        advice=move if judged else "–",
        steps=length if len(runs) == 1 else count(len(runs), "run"),
        when=say_when(stored.created_at, now),
        at=stored.created_at.isoformat(timespec="seconds"),
    )


def working_links(shares: Sequence[Share], now: datetime) -> tuple[LinkRow, ...]:
    """Return the links that still show something."""
    return tuple(
        LinkRow(one.id, say_day(one.created_at), _say_end(one.expires_at), one.hide_name)
        for one in shares
        if one.ended_at is None and (one.expires_at is None or one.expires_at > now)
    )


def say_when(then: datetime, now: datetime) -> str:
    """Say how long ago something was: "4 min ago", "yesterday", "23 Nov 2026"."""
    seconds = max(0.0, (now - then).total_seconds())
    if seconds < 60.0:
        return "just now"
    if seconds < 3600.0:
        return f"{seconds // 60.0:.0f} min ago"
    if seconds < 86_400.0:
        return f"{seconds // 3600.0:.0f} h ago"
    return "yesterday" if seconds < 2.0 * 86_400.0 else say_day(then)


def say_day(then: datetime) -> str:
    """Say a day as people write it, in any locale the same: "23 Nov 2026"."""
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return f"{then.day} {months[then.month - 1]} {then.year}"


def _say_end(end: datetime | None) -> str:
    return "never ends" if end is None else f"ends {say_day(end)}"
