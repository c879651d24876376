"""MLflow's folder of runs: one small file a metric, a parameter and a tag."""

import re
from array import array
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from lrdiag.readers.folders import MLFLOW, MLFLOW_TAG
from lrdiag.readers.limits import Limits
from lrdiag.readers.names import guess, words_of
from lrdiag.readers.reader import Reader, Source, Table, Tool
from lrdiag.readers.tables.dialect import number_of
from lrdiag.readers.tables.metrics import Metric, check_sizes, table_from_metrics
from lrdiag.run import Refusal
from lrdiag.wording import printable

LONGEST = 100  # characters of a name or a setting; the rest is cut off
HEAD = 2_000  # bytes that tell a metric file
META_BYTES = 20_000  # of a setting, a tag or meta.yaml; MLflow allows 8,000 characters
SETTINGS = 5  # told of a run; a configuration may hold the rate of every part of a model
NAME_TAG = "mlflow.runName"
_PART = re.compile(r"(?P<kind>metrics|params|tags)/(?P<key>.+)")
_NUMBER = rb"[-+]?(?:nan|inf(?:inity)?|(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)"
# Time in milliseconds, value, and in newer files the step and the data set with its digest.
_LINE = re.compile(
    rb"^(\d{1,18}) (" + _NUMBER + rb")(?: (-?\d{1,18})(?: \S+ \S+)?)?[ \r]*$",
    re.IGNORECASE | re.MULTILINE,
)
_META = re.compile(r"^(run_name|lifecycle_stage):(.*)$", re.MULTILINE)
DELETED = Refusal(
    "the run is deleted in MLflow",
    "Restore the run in MLflow, or give another one.",
)


def recognises(source: Source) -> bool:
    """Say whether the parts lie as MLflow lays them, or every line is time, value and step."""
    if source.parts:
        return _folder(source.parts) is not None
    lines = source.data[:HEAD].splitlines()
    if len(source.data) > HEAD:
        lines = lines[:-1]
    return bool(lines) and all(_LINE.match(line) and line[13:14] == b" " for line in lines)


def read(source: Source, limits: Limits) -> tuple[Table, ...]:
    """Read one run, or one metric of it.

    Raises:
        EmptyLogError: The run holds no metric.
        LimitError: Too many values or metrics.
    """
    if not source.parts:
        return (_one_metric(source, limits),)
    files = _files(source.parts)
    check_sizes(0, len(files["metrics"]), limits)
    metrics = {key: _metric(data, limits) for key, data in files["metrics"].items()}
    meta = _meta(source.parts)
    name = clean(_text(files["tags"].get(NAME_TAG, b""))) or clean(meta.get("run_name", ""))
    table = table_from_metrics(
        metrics,
        name=name or source.run_name,
        log_format=READER.name,
        limits=limits,
        notes=note_settings((key, _text(data)) for key, data in files["params"].items()),
    )
    return (replace(table, refusal=DELETED if meta.get("lifecycle_stage") == "deleted" else None),)


def _one_metric(source: Source, limits: Limits) -> Table:
    """Read a metric file that came alone; it is called like the metric."""
    folder = _folder((source,))
    found = _PART.fullmatch(source.name[len(folder) :]) if folder else None
    name = found["key"] if found and found["kind"] == "metrics" else source.run_name
    # A column called value is taken for what its file is called.
    column = name if guess(name).role != "ignore" else "value"
    metrics = {column: _metric(source.data, limits)}
    return table_from_metrics(metrics, name=name, log_format=READER.name, limits=limits)


def _files(parts: Iterable[Source]) -> dict[str, dict[str, bytes]]:
    """Return the metrics, the params and the tags of a run by their keys."""
    files: dict[str, dict[str, bytes]] = {"metrics": {}, "params": {}, "tags": {}}
    start = len(_folder(parts) or "")
    for part in parts:
        found = _PART.fullmatch(part.name, start)
        if found:
            files[found["kind"]][found["key"]] = part.data
    return files


def _folder(parts: Iterable[Source]) -> str | None:
    """Return the path of the run that files belong to, with its "/"; None where there is none."""
    for part in parts:
        found = MLFLOW.match(part.name)
        if found:
            return f"{found['run'] or found['meta']}/"
        tag = MLFLOW_TAG.fullmatch(part.name)
        if tag:
            return f"{tag['run']}/" if tag["run"] else ""
    return None


def _metric(data: bytes, limits: Limits) -> Metric:
    """Read the lines of one metric; a line that was cut off is left out."""
    check_sizes(data.count(b"\n"), 1, limits)
    times, values, steps = array("d"), array("d"), array("d")
    for line in _LINE.finditer(data):
        times.append(float(line[1]))
        values.append(float(line[2]))
        steps.append(float(line[3] or 0))
    return Metric(np.array(times), np.array(steps), np.array(values))


def _meta(parts: Iterable[Source]) -> dict[str, str]:
    """Return the name and the stage of a run that its meta.yaml tells."""
    text = next((_text(part.data) for part in parts if part.name.endswith("meta.yaml")), "")
    return {key: value.strip().strip("'\"") for key, value in _META.findall(text)}


def _text(data: bytes) -> str:
    return data[:META_BYTES].decode("utf-8", "replace")


def clean(text: str) -> str:
    """Return the first line of a name that somebody gave, cut to a sane length."""
    line = text.strip().split("\n", 1)[0][:LONGEST]
    return printable(line, "").strip()


def note_settings(settings: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Tell the rate and the size of a batch that a run was given, as far as they are numbers."""
    told = [
        f"{clean(key)} {value.strip()}"
        for key, value in settings
        if (guess(key).role == "lr" or {"batch", "size"} <= set(words_of(key)))
        and number_of(value[:LONGEST].strip()) is not None
    ]
    return (f"The run was given {', '.join(sorted(told)[:SETTINGS])}.",) if told else ()


READER = Reader(
    name="mlflow",
    title="MLflow run folder",
    suffixes=(),
    recognises=recognises,
    read=read,
    binary=True,
    tools=(Tool("MLflow", "mlruns/", "also one metric file alone"),),
)
