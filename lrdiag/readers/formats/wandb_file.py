"""The file that W&B keeps of every run on its machine: run-*.wandb."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lrdiag.errors import EmptyLogError, LimitError, MalformedLogError
from lrdiag.readers.binary.leveldb import records
from lrdiag.readers.binary.protobuf import BYTES, fields, signed
from lrdiag.readers.limits import Limits
from lrdiag.readers.reader import Reader, Source, Table, Tool
from lrdiag.readers.tables.history import Column, History
from lrdiag.readers.tables.jsontext import parse
from lrdiag.wording import printable

IDENT = b":W&B"
HEADER = 7  # bytes before the first chunk: IDENT, 0xBEE1, the version
# Numbers of fields in W&B's wandb_internal.proto; they have stood since its first release.
_HISTORY, _CONFIG, _METRIC, _RUN = 2, 5, 12, 17  # of a Record
# Two thirds of all records: those whose number is followed by a summary, output or statistics.
_ABOUT = re.compile(rb"\x08[\x80-\xff]{0,9}[\x00-\x7f](.)", re.DOTALL)
_SAYS_NOTHING = frozenset(bytes([number << 3 | BYTES]) for number in (3, 4, 7, 13))
_ITEM, _STEP = 1, 2  # of a HistoryRecord
_ITEM_TAG = _ITEM << 3 | BYTES
_STEP_NUM = 1  # of a HistoryStep
_KEY, _NESTED_KEY, _VALUE = 1, 2, 16  # of an item, of the history or of the config
_RUN_ID, _RUN_CONFIG, _DISPLAY_NAME = 1, 4, 8  # of a RunRecord
_NAME, _GLOB_NAME, _STEP_METRIC = 1, 2, 4  # of a MetricRecord
_VALUE_TAG = bytes([(_VALUE << 3 | BYTES) & 0x7F | 0x80, 1])  # the tag takes two bytes
_SHORT = 0x80  # bytes; the length of anything shorter is one byte

MOST_WAITING = 1 << 22  # bytes of steps whose values wait; they take up to ten times that
MOST_STEP = 10_000_000  # bytes; histograms of 5,000 weights have half of that
MOST_DRAWN = 20  # metrics with an axis of their own that are told
LONGEST_NAME = 1_000  # characters
LONG_LIST = 128  # bytes; a list of one number, which is read as that number, is shorter
_DATE = re.compile(r"run-(\d{8}_\d{6})-")  # in the name of a run's folder
_LONGEST_SETTING = 40  # characters
_SETTINGS = ("lr", "learning_rate", "optimizer", "optim", "batch_size")


@dataclass(slots=True)
class _Log:
    """What the records of a run have said so far.

    Attributes:
        history: The columns.
        rows: The number of steps.
        known: The column that the bytes of an item say before its value.
        name: What the user calls the run, else its id.
        settings: Those of the config that lrdiag can word.
        drawn: What ``define_metric`` draws over another metric, and over which.
    """

    history: History
    limits: Limits
    rows: int = 0
    waiting: int = 0
    known: dict[bytes, Column] = field(default_factory=dict)
    name: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    drawn: dict[str, str] = field(default_factory=dict)


def recognises(source: Source) -> bool:
    """Say whether the bytes begin as a .wandb file, or all parts do."""
    files = source.parts or (source,)
    return all(file.data.startswith(IDENT) for file in files)


def read(source: Source, limits: Limits) -> tuple[Table, ...]:
    """Read the history of one run, kept in one file or, where it was resumed, in several.

    Raises:
        EmptyLogError: The run logged no history.
        MalformedLogError: No record can be read.
        LimitError: Too many records or columns.
    """
    log = _Log(History(limits), limits)
    notes: list[str] = []
    files = _different(source.parts or (source,))
    for file in files:
        notes += _read_file(file.data, log)
    log.history.parse()
    if log.rows == 0:
        raise EmptyLogError(
            "The run logged no history: the file holds its settings, but not one step.",
            hint="Give the file of a run that has called wandb.log, or the run's output.log.",
        )
    if len(files) > 1:
        notes.append(f"The run was resumed; its {len(files)} files are read as one log.")
    table = Table(
        name=log.name or source.run_name,
        format=READER.name,
        rows=log.rows,
        columns=log.history.cells(),
        texts=log.history.texts(),
        notes=(*notes, *_say_settings(log), *_say_drawn(log)),
    )
    return (table,)


def _different(files: tuple[Source, ...]) -> tuple[Source, ...]:
    """Put files in the order of their dates, without copies, as of what latest-run points to."""
    dated = sorted(files, key=lambda file: str(_DATE.findall(file.name)[-1:] or ""), reverse=True)
    kept = {file.data: file for file in dated}
    return tuple(reversed(kept.values()))


def _read_file(data: bytes, log: _Log) -> list[str]:
    """Take in all records of a file; return what there is to note."""
    good = damaged = 0
    cut = False
    for record in records(data, HEADER):
        cut = record is None
        if record is not None:
            try:
                _take(record, log)
                good += 1
            except (ValueError, IndexError):
                damaged += 1
        damaged += cut
        if good + damaged > log.limits.max_rows:
            raise LimitError(
                f"The file holds more than {log.limits.max_rows:,} records.",
                hint="Give the history of the run as CSV, with every tenth step.",
            )
    if damaged and not good:
        raise MalformedLogError(
            "The .wandb file is damaged: no record can be read.",
            hint="Copy the file again, or give the run's output.log.",
        )
    notes = []
    if cut:
        notes.append("The file ends in the middle of a record: the run goes on, or was killed.")
    if damaged - cut:
        are = "records are" if damaged - cut > 1 else "record is"
        notes.append(f"{damaged - cut:,} {are} damaged and left out.")
    return notes


def _take(record: bytes, log: _Log) -> None:
    """Take in one record; those of system metrics, summaries and files say nothing here."""
    about = _ABOUT.match(record)
    if about and about[1] in _SAYS_NOTHING:
        return
    for number, _, body in fields(memoryview(record)):
        if isinstance(body, int):
            continue
        if number == _HISTORY:
            _take_step(bytes(body), log)
        elif number == _RUN:
            _take_run(body, log)
        elif number == _CONFIG:
            _take_config(body, log)
        elif number == _METRIC:
            _take_metric(body, log)


def _take_step(body: bytes, log: _Log) -> None:
    """Take in the values that were logged at one step."""
    if not body:
        return
    if len(body) > MOST_STEP:
        raise LimitError(
            f"The run logged more than {MOST_STEP / 1e6:,.0f} MB at one step.",
            hint="Give the history of the run as CSV: the losses and the learning rate.",
        )
    step = None
    for number, _, inner in fields(memoryview(body)[_take_known(body, log) :]):
        if isinstance(inner, int):
            continue
        if number == _STEP:
            step = inner
        elif number == _ITEM:
            _take_item(inner, log)
    column = log.history.column("_step")
    if step is not None and column.rows[-1:] != [log.rows]:
        column.rows.append(log.rows)
        column.texts.append(b"%d" % _number_of_step(step))
    log.rows += 1
    log.waiting += len(body)
    if log.rows > log.limits.max_rows:
        raise LimitError(
            f"The run logged more than {log.limits.max_rows:,} steps.",
            hint="Give the history of the run as CSV, with every tenth step.",
        )
    if log.waiting > MOST_WAITING:
        log.history.parse()
        log.waiting = 0


def _take_known(body: bytes, log: _Log) -> int:
    """Take in short items of names seen before, as nearly all are; return where they end.

    What stands before the value of such an item is known byte by byte, so nothing is decoded.
    """
    known, row = log.known, log.rows
    at, end = 0, len(body)
    while at < end and body[at] == _ITEM_TAG:
        stop = at + 2 + body[at + 1]
        head, _, value = body[at + 2 : stop].partition(_VALUE_TAG)
        column = known.get(head)
        if column is None or not value or value[0] != len(value) - 1 or stop - at >= _SHORT:
            break
        column.rows.append(row)
        column.texts.append(value[1:])
        at = stop
    return at


def _number_of_step(step: memoryview) -> int:
    """Return the number of a HistoryStep; zero is not written."""
    for number, _, value in fields(step):
        if number == _STEP_NUM and isinstance(value, int):
            return signed(value)
    return 0


def _take_item(item: memoryview, log: _Log) -> None:
    """Take in a value whose item is long, or is the first of its name."""
    name, value, rest = _read_item(item)
    if not name or (value.startswith(b"[") and len(value) >= LONG_LIST):
        return
    column = log.history.column(name)
    column.rows.append(log.rows)
    column.texts.append(value)
    if rest == 0 and len(value) < _SHORT:
        head = bytes(item)[: -len(value) - 1 - len(_VALUE_TAG)]
        if head + _VALUE_TAG + bytes([len(value)]) + value == item:
            log.known[head] = column


def _read_item(item: memoryview) -> tuple[str, bytes, int]:
    """Return the name of an item, its value, and how many fields stand behind the value."""
    parts: list[str] = []
    value, rest = b"", 0
    for number, kind, one in fields(item):
        rest += bool(value)
        if isinstance(one, int) or kind != BYTES:
            continue
        if number in (_KEY, _NESTED_KEY):
            parts.append(str(one, "utf-8", "replace"))
        elif number == _VALUE:
            value = bytes(one)
    return "/".join(parts)[:LONGEST_NAME], value, rest


def _take_run(run: memoryview, log: _Log) -> None:
    """Take in what the run is called and what its config says."""
    name = ""
    for number, _, value in fields(run):
        if isinstance(value, int):
            continue
        if number == _DISPLAY_NAME or (number == _RUN_ID and not name):
            name = _clean(str(value, "utf-8", "replace")) or name
        elif number == _RUN_CONFIG:
            _take_config(value, log)
    log.name = name or log.name


def _take_config(config: memoryview, log: _Log) -> None:
    """Take in the settings that say something of the loss."""
    for number, _, item in fields(config):
        if number != _ITEM or isinstance(item, int):
            continue
        name, text, _ = _read_item(item)
        if name not in _SETTINGS or len(text) > _LONGEST_SETTING:
            continue
        try:
            value = parse(text)
        except ValueError:
            continue
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            log.settings[name] = _clean(str(value))


def _take_metric(metric: memoryview, log: _Log) -> None:
    """Take in over what the user wants a metric drawn."""
    said = {number: value for number, _, value in fields(metric) if not isinstance(value, int)}
    over = _clean(str(said.get(_STEP_METRIC, b""), "utf-8", "replace"))
    name = _clean(str(said.get(_NAME) or said.get(_GLOB_NAME) or b"", "utf-8", "replace"))
    if over and name and over != "_step" and len(log.drawn) < MOST_DRAWN:
        log.drawn[name] = over


def _clean(text: str) -> str:
    return printable(text[:LONGEST_NAME], "")


def _say_settings(log: _Log) -> Iterator[str]:
    if log.settings:
        said = ", ".join(f"{name} {value}" for name, value in log.settings.items())
        yield f"The config of the run says: {said}."


def _say_drawn(log: _Log) -> Iterator[str]:
    for over in dict.fromkeys(log.drawn.values()):
        names = [name for name, one in log.drawn.items() if one == over]
        said = "everything" if "*" in names else ", ".join(names)
        yield f"The run asks W&B to draw {said} over {over}."


READER = Reader(
    name="wandb-file",
    title="W&B run file",
    suffixes=(".wandb",),
    recognises=recognises,
    read=read,
    binary=True,
    tools=(Tool("W&B", "run-*.wandb", "the file in wandb/run-…, synced or not"),),
)
