"""TensorBoard event files: the scalars of one run, kept in one file or in several."""

import re
from dataclasses import replace
from pathlib import PurePosixPath

from lrdiag.errors import MalformedLogError
from lrdiag.readers.binary.events import read_events
from lrdiag.readers.folders import EVENTS, split_run
from lrdiag.readers.limits import Limits
from lrdiag.readers.names import phase_of, words_of
from lrdiag.readers.reader import Reader, Source, Table, Tool
from lrdiag.readers.tables.scalars import Scalars, merge, table_from_scalars

MARK = b"brain.Event:"  # in the first record, which says the version of the format
NEAR = 64  # bytes within which the mark stands
NAMELESS = "TensorBoard run"  # one whose file lay in no folder
_BEGUN = re.compile(r"tfevents\.(\d{1,19})")
_AT_EPOCH = re.compile(r"(?:.*/)?epoch_[^/]+")  # what Keras logs at the number of the epoch


def recognises(source: Source) -> bool:
    """Say whether a file, or one of the files of a log, begins as an event file does."""
    return any(_is_events(file) for file in source.parts or (source,))


def _is_events(file: Source) -> bool:
    """Look for the version; a file that lost its head, or has none yet, is known by its name."""
    if MARK in file.data[:NEAR]:
        return True
    length = file.data[:8]  # of the first record: its upper bytes are 0
    return EVENTS.search(file.name) is not None and not any(length[4:])


def read(source: Source, limits: Limits) -> tuple[Table, ...]:
    """Read the scalars of all files of the run.

    Raises:
        LimitError: Too many points, or too many records that are like no other.
        EmptyLogError: No scalar was logged.
        MalformedLogError: What was logged is damaged.
    """
    files = [file for file in source.parts or (source,) if _is_events(file)]
    files.sort(key=lambda file: (_begun(file.name), file.name))
    belows = [_below(file.name, source) for file in files]
    points: list[Scalars] = []
    notes: list[str] = []
    for file, below in zip(files, belows, strict=True):
        found, said = read_events(file.data, limits)
        points.append(_put_below(found, below, always=len(set(belows)) > 1))
        notes += said
    merged = merge(points)
    if len(merged) == 0 and notes:
        raise MalformedLogError(
            f"No scalar of the event file can be read. {notes[0]}",
            hint="Copy the file again from where the training wrote it.",
        )
    table = table_from_scalars(
        merged,
        name=_name_of(source),
        log_format=READER.name,
        limits=limits,
        at_epoch=_AT_EPOCH,
        notes=tuple(dict.fromkeys(notes)),
    )
    return (table,)


def _begun(name: str) -> int:
    """Return when a file was begun, in seconds, as its name says."""
    found = _BEGUN.search(name)
    return int(found[1]) if found else 0


def _below(name: str, source: Source) -> str:
    """Return the folder of a file inside that of its run, as in "train"."""
    if not source.parts:
        return split_run(name)[1]
    folder = PurePosixPath(name).parent
    below = folder.relative_to(source.name) if folder.is_relative_to(source.name) else folder
    return str(below).strip("./")


def _put_below(points: Scalars, below: str, *, always: bool) -> Scalars:
    """Put the folder before tags that do not say themselves which part of the data they are of."""
    if not below:
        return points
    tags = (
        f"{below}/{tag}" if always or not phase_of(words_of(tag)) else tag for tag in points.tags
    )
    return replace(points, tags=tuple(tags))


def _name_of(source: Source) -> str:
    """Call the run by its folder: event files are called by a time and a machine."""
    folder = PurePosixPath(source.name)
    if not source.parts or EVENTS.search(source.name):
        folder, _ = split_run(source.name)
    return folder.name or NAMELESS


READER = Reader(
    name="tensorboard",
    title="TensorBoard event file",
    suffixes=(".tfevents",),
    recognises=recognises,
    read=read,
    sure=True,
    binary=True,
    tools=(
        Tool("PyTorch SummaryWriter", "events.out.tfevents.*", "add_scalar and add_scalars"),
        Tool("tensorboardX", "events.out.tfevents.*", "with a restart of the run"),
        Tool("Lightning TensorBoardLogger", "lightning_logs/version_0"),
        Tool("Keras TensorBoard", "train and validation", "give the folder that holds both"),
        Tool("TensorFlow summaries", "events.out.tfevents.*.v2"),
    ),
)
