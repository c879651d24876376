"""A rule's docstring as HTML: the little of Markdown that docstrings use, everything escaped.

Headings (``## Title``), paragraphs, lists, indented or fenced code; within a line `code`,
**strong** and links to http and https addresses. Nothing else has a meaning, so no text can
become a tag.
"""

import re
from collections.abc import Iterator
from textwrap import dedent

from markupsafe import Markup, escape

_ITEM = re.compile(r"(?:[-*]|\d+[.)])\s+")
_INLINE = re.compile(
    r"``(?P<literal>[^`]+)``|`(?P<code>[^`]+)`|\*\*(?P<strong>[^*]+)\*\*"
    r"|\[(?P<text>[^\]]+)\]\((?P<url>https?://[^\s()<>\"]+)\)"
    r"|<(?P<angle>https?://[^\s<>\"]+)>|(?P<bare>https?://[^\s<>\"]+[^\s<>\".,;:)])"
)


def render_prose(text: str, *, level: int = 2) -> Markup:
    """Return a docstring as HTML.

    Args:
        text: The docstring, indented or not.
        level: The level that the top headings get.
    """
    lines = dedent(text).strip("\n").splitlines()
    return Markup("\n").join(_render_block(block, level) for block in _split(lines))


def _split(lines: list[str]) -> Iterator[list[str]]:
    """Cut lines into blocks: at blank lines, headings, and where code begins or ends."""
    block: list[str] = []
    for line in lines:
        starts = line.startswith("#") or (
            block and _is_code(line) != _is_code(block[0]) and not _ITEM.match(block[0])
        )
        if block and (not line.strip() or starts or block[0].startswith("#")):
            yield block
            block = []
        if line.strip():
            block.append(line)
    if block:
        yield block


def _is_code(line: str) -> bool:
    return line.startswith("    ")


def _render_block(block: list[str], level: int) -> Markup:
    first = block[0]
    if first.startswith("#"):
        depth = min(6, level + max(0, len(first) - len(first.lstrip("#")) - 2))
        return Markup("<h{0}>{1}</h{0}>").format(depth, _inline(first.lstrip("# ")))
    if _is_code(first):
        code = dedent("\n".join(block))
        return Markup('<pre tabindex="0"><code>{}</code></pre>').format(code)
    if _ITEM.match(first):
        tag = "ol" if first[0].isdigit() else "ul"
        items = Markup("").join(Markup("<li>{}</li>").format(_inline(one)) for one in _items(block))
        return Markup("<{0}>{1}</{0}>").format(tag, items)
    return Markup("<p>{}</p>").format(_inline(" ".join(line.strip() for line in block)))


def _items(block: list[str]) -> Iterator[str]:
    item = ""
    for line in block:
        mark = _ITEM.match(line)
        if mark and item:
            yield item
            item = ""
        item = f"{item} {line[mark.end() if mark else 0 :].strip()}".strip()
    yield item


def _inline(text: str) -> Markup:
    out, at = Markup(""), 0
    for match in _INLINE.finditer(text):
        out += escape(text[at : match.start()]) + _render_span(match)
        at = match.end()
    return out + escape(text[at:])


def _render_span(match: re.Match[str]) -> Markup:
    code = match["literal"] or match["code"]
    if code:
        return Markup("<code>{}</code>").format(code)
    if match["strong"]:
        return Markup("<strong>{}</strong>").format(match["strong"])
    url = match["url"] or match["angle"] or match["bare"]
    return Markup('<a href="{0}" rel="noreferrer">{1}</a>').format(url, match["text"] or url)
