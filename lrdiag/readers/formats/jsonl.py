"""JSON records: one object a line, or a list of objects anywhere in a document."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace

from lrdiag.errors import EmptyLogError, MalformedLogError
from lrdiag.readers.decode import head_of, whole_lines
from lrdiag.readers.formats import tools
from lrdiag.readers.limits import Limits
from lrdiag.readers.reader import Reader, Source, Table, Tool
from lrdiag.readers.tables.jsontext import check_depth, check_size, flatten, parse
from lrdiag.readers.tables.records import table_from_records, widen

MIN_OBJECTS = 0.5  # share of the first lines that are objects
SAMPLE = 50
NONFINITE = ("NaN", "Infinity", "-Infinity")  # how it writes what JSON has no number for
SCALAR = ("Wall time", "Step", "Value")  # a point in what TensorBoard exports as JSON


def recognises(source: Source) -> bool:
    """Say whether the text begins as an object or a list of them, or most lines are objects."""
    head = head_of(source).lstrip()
    if head.startswith("[["):
        return True
    if head.startswith(("{", "[{", "[\n", "[ ", "[\r")):
        return '"' in head[:2000]
    lines = [line for line in head.splitlines() if line.strip()][:SAMPLE]
    objects = sum(line.lstrip().startswith('{"') for line in lines)
    return objects > MIN_OBJECTS * len(lines)


def read(source: Source, limits: Limits) -> tuple[Table, ...]:
    """Read the records; broken lines are counted and left out.

    Raises:
        MalformedLogError: No line is an object and the whole is no JSON.
        LimitError: Too many records or keys, or nested too deeply.
        EmptyLogError: The document holds no record.
    """
    lines = _Lines(source.data, limits)
    try:
        table = _table(source, lines, limits)
    except EmptyLogError:
        table = None
    if table is None or not lines.are_log:
        check_size(source.data, limits)
        return (_table(source, _document(source, limits), limits),)
    if lines.all == 1:  # one record, or a document without line ends that holds some
        with suppress(EmptyLogError):
            return (_table(source, _document(source, limits), limits),)
    notes = (f"{lines.bad:,} lines are no JSON object.",) if lines.bad else ()
    return (replace(table, notes=notes),)


def _table(source: Source, records: Iterable[Mapping[str, object]], limits: Limits) -> Table:
    return table_from_records(
        map(widen, records), name=source.run_name, log_format="jsonl", limits=limits
    )


class _Lines:
    """The records of JSON lines, one at a time, and how many lines were records."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self.data = data
        self.limits = limits
        self.all = self.good = self.bad = 0

    @property
    def are_log(self) -> bool:
        """Whether so many lines were records that the text is a log of lines, no document."""
        return (self.good > 1 or self.all == 1) and self.good >= MIN_OBJECTS * self.all

    def __iter__(self) -> Iterator[Mapping[str, object]]:
        for piece in whole_lines(self.data):
            for line in piece.splitlines():
                bare = line.strip()
                if not bare:
                    continue
                self.all += 1
                record = self._record(bare.rstrip(b","))
                if record is None:
                    self.bad += 1
                elif record:
                    self.good += 1
                    yield record

    def _record(self, line: bytes) -> Mapping[str, object] | None:
        if not (line.startswith(b"{") and line.endswith(b"}")):
            return None
        if len(line) > min(self.limits.max_json, self.limits.max_rows):
            check_size(line, self.limits)
        try:
            record: dict[str, object] = parse(line)
        except ValueError:
            return None
        if b"[" in line or b"{" in line[1:]:  # else it is flat
            check_depth(record, self.limits)
            return flatten(record, depth=self.limits.max_depth)
        return record


def _document(source: Source, limits: Limits) -> Iterator[Mapping[str, object]]:
    try:
        document = parse(source.data)
    except ValueError as error:
        raise MalformedLogError(
            f"The JSON cannot be read: {error}.",
            hint="Give one record a line; then a broken line costs nothing else.",
        ) from error
    check_depth(document, limits)
    if isinstance(document, list) and document and all(_is_scalar(one) for one in document):
        document = [dict(zip(SCALAR, one, strict=True)) for one in document]
    records = max(_record_lists(document), key=len, default=[])
    if not records:
        raise EmptyLogError(
            "The document holds no list of records.",
            hint="Give a list of objects, one a step, each with its step and its losses.",
        )
    for record in records:
        yield flatten(record, depth=limits.max_depth)


def _is_scalar(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == len(SCALAR)
        and all(isinstance(one, int | float) or one in NONFINITE for one in value)
    )


def _record_lists(value: object) -> Iterator[list[Mapping[str, object]]]:
    if isinstance(value, list):
        records = [one for one in value if isinstance(one, Mapping)]
        if records:
            yield records
        for one in value:
            if isinstance(one, list):
                yield from _record_lists(one)
    elif isinstance(value, Mapping):
        inner = [one for one in value.values() if isinstance(one, Mapping)]
        if len(inner) == len(value) > 1 and all(str(key).isdigit() for key in value):
            yield inner  # {"1": {"loss": …}, "2": …}
        for one in value.values():
            yield from _record_lists(one)


READER = Reader(
    name="jsonl",
    title="JSON records",
    suffixes=(".jsonl", ".json", ".ndjson"),
    recognises=recognises,
    read=read,
    tools=(
        Tool("DeiT, MAE, ConvNeXt", "log.txt"),
        Tool("LLaMA-Factory", "trainer_log.jsonl"),
        Tool("W&B before 0.10", "wandb-history.jsonl"),
        *tools.RECORDS,
    ),
)
