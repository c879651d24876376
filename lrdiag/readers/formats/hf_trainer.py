"""Hugging Face trainer_state.json: train and evaluation records, interleaved."""

from collections.abc import Mapping

from lrdiag.errors import MalformedLogError
from lrdiag.readers.limits import Limits
from lrdiag.readers.reader import Reader, Source, Table, Tool
from lrdiag.readers.tables.jsontext import check_depth, check_size, flatten, parse
from lrdiag.readers.tables.records import table_from_records

KEY = "log_history"


def recognises(source: Source) -> bool:
    """Say whether the text is an object that holds a log_history."""
    return source.data.lstrip()[:1] == b"{" and b'"log_history"' in source.data


def read(source: Source, limits: Limits) -> tuple[Table, ...]:
    """Read the history.

    Raises:
        MalformedLogError: The text is no JSON, or its history no list of records.
        LimitError: It nests too deeply or is too long.
        EmptyLogError: The history is empty.
    """
    check_size(source.data, limits)
    try:
        state = parse(source.data)
    except ValueError as error:
        raise MalformedLogError(
            f"The trainer state cannot be read: {error}.",
            hint="Give the file of an earlier checkpoint.",
        ) from error
    check_depth(state, limits)
    history = state.get(KEY) if isinstance(state, Mapping) else None
    if not isinstance(history, list):
        raise MalformedLogError(
            f"The file holds no list named {KEY}.",
            hint="Give the trainer_state.json of a checkpoint.",
        )
    records = (flatten(one, depth=limits.max_depth) for one in history if isinstance(one, Mapping))
    name = source.run_name
    return (table_from_records(records, name=name, log_format="hf_trainer", limits=limits),)


READER = Reader(
    name="hf_trainer",
    title="Hugging Face trainer_state.json",
    suffixes=(".json",),
    recognises=recognises,
    read=read,
    sure=True,
    tools=(Tool("Hugging Face Trainer", "trainer_state.json"),),
)
