"""From the bytes of any editor or terminal to plain UTF-8 text."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from collections import Counter
from collections.abc import Iterator

from lrdiag.readers.reader import Source

SAMPLE = 4_096  # bytes that tell an encoding
FEWEST = 16  # bytes; fewer tell nothing
LATIN = 0.8  # of the letters of a log are of the first 256, whatever its language
HEAD = 65_536  # bytes that a reader looks at to recognise its format
PIECE = 1 << 20  # bytes that a reader takes at a time

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (BOM_UTF32_LE, "utf-32"),
    (BOM_UTF32_BE, "utf-32"),
    (BOM_UTF8, "utf-8-sig"),
    (BOM_UTF16_LE, "utf-16"),
    (BOM_UTF16_BE, "utf-16"),
)
# Control sequences of ECMA-48 (colours, cursor) and operating system commands (titles).
_ANSI = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]")

# What a launcher or a collector of logs writes before every line: the time in UTC with the stream
# (Kubernetes, GitHub), the rank (torchrun), the container (Docker Compose).
_RANK = re.compile(rb"^\[(?:rank|default)\d{1,5}\]: ?", re.MULTILINE)
_STAMPS = (
    re.compile(
        rb"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z (?:std(?:out|err) [FP] )?", re.MULTILINE
    ),
    _RANK,
    re.compile(rb"^[a-z][\w.-]{0,60}[-_]\d{1,5} {1,60}\| ", re.MULTILINE),
)
# "0,25" and "12,5": a number that no thousands are marked in. Not "10:00:00,123" of a clock.
_COMMAS = re.compile(
    rb"(?<![\w.,])(?<!\d:)[-+]?(?:0,\d+|\d+,(?:\d{1,2}|\d{4,}))(?:[eE][-+]?\d+)?(?![\w.]|,\d)"
)
_POINTS = re.compile(rb"(?<![\w.,])[-+]?\d+\.\d+(?:[eE][-+]?\d+)?(?![\w.])")
_COMMA = re.compile(rb"(?<![\w.,])(?<!\d:)([-+]?\d+),(\d+)(?![\d.]|,\d)")
FEWEST_COMMAS = 5  # decimal commas; fewer may be lists
MANY_COMMAS = 4.0  # times the decimal points, which versions and times have in any language
STAMPED = 0.95  # of the lines have the stamp; a crash of the launcher leaves a few without
FEW_LINES = 5  # fewer tell nothing


def encoding_of(data: bytes) -> str | None:
    """Return the encoding that the first bytes tell; None for UTF-8 without a mark and the like.

    UTF-16 without a mark, as PowerShell appends it, is known by the zero in every other byte.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding
    head = data[:SAMPLE]
    low, high = head[::2], head[1::2]
    if len(head) >= FEWEST and high.count(0) >= LATIN * len(high) and not low.count(0):
        return "utf-16-le"
    if len(head) >= FEWEST and low.count(0) >= LATIN * len(low) and not high.count(0):
        return "utf-16-be"
    return None


def plain(source: Source) -> Source:
    """Return the source as UTF-8: no byte order mark, no terminal colours, no stamp on each line.

    Bytes that are already so are handed on, not copied.
    """
    data, notes = source.data, source.notes
    encoding = encoding_of(data)
    if encoding:
        data = data.decode(encoding, "replace").encode("utf-8", "replace")
    if b"\x1b" in data:
        data = _ANSI.sub(b"", data)
    stamp = _stamp_of(data[:HEAD])
    if stamp is _RANK:
        data, more = _of_one_rank(data)
        notes += more
    if stamp:
        data = stamp.sub(b"", data)
    return source if data is source.data else Source(source.name, data, notes=notes)


def _of_one_rank(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Keep the lines of the rank that speaks most of a loss, where several wrote one log."""
    spoken: Counter[bytes] = Counter()
    lines = data.splitlines(keepends=True)
    ranks = [found.group() if (found := _RANK.match(line)) else b"" for line in lines]
    for rank, line in zip(ranks, lines, strict=True):
        if rank and b"loss" in line.lower():
            spoken[rank] += 1
    if len(spoken) < 2:
        return data, ()
    chosen = min(spoken, key=lambda rank: (-spoken[rank], len(rank), rank))
    kept = b"".join(line for rank, line in zip(ranks, lines, strict=True) if rank == chosen)
    name = chosen.decode().strip("[]: ")
    return kept, (f"{len(spoken)} ranks wrote this log; the lines of {name} are read.",)


def _stamp_of(head: bytes) -> re.Pattern[bytes] | None:
    """Return what finds the stamp before every line; None where there is none."""
    lines = [line for line in head.split(b"\n") if line.strip()]
    for stamp in _STAMPS if len(lines) >= FEW_LINES else ():
        if sum(bool(stamp.match(line)) for line in lines) >= STAMPED * len(lines) - 1:
            return stamp
    return None


def with_points(data: bytes) -> bytes:
    """Return a text with decimal points where its numbers have decimal commas: "Loss 0,25"."""
    head = data[:HEAD]
    commas = len(_COMMAS.findall(head))
    if commas < FEWEST_COMMAS or commas < MANY_COMMAS * len(_POINTS.findall(head)):
        return data
    return _COMMA.sub(rb"\1.\2", data)


def text_of(source: Source) -> str:
    """Return the text of a source; bytes that are no UTF-8 become the replacement mark."""
    return plain(source).data.decode("utf-8", "replace")


def head_of(source: Source, size: int = HEAD) -> str:
    """Return the text of the first ``size`` bytes, cut back to whole lines where it can be."""
    data = source.data[:size]
    if len(source.data) > size:
        cut = max(data.rfind(b"\n"), data.rfind(b"\r"))
        data = data[: cut + 1] if cut > 0 else data
    return data.decode("utf-8", "replace")


def count_ends(data: bytes) -> int:
    """Return how often a line ends: a bar that draws over itself ends each with a return alone."""
    return data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")


def whole_lines(data: bytes) -> Iterator[bytes]:
    """Yield a text in pieces of about a megabyte that end with a line."""
    start = 0
    for seen in range(0, len(data), PIECE):
        end = min(seen + PIECE, len(data))
        cut = max(data.rfind(b"\n", seen, end), data.rfind(b"\r", seen, end)) + 1
        if end == len(data):
            cut = end
        if cut > 0:
            yield data[start:cut]
            start = cut
