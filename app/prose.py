"""A rule's docstring as HTML: the little of Markdown that docstrings use, everything escaped.

Headings (``## Title``), paragraphs, lists and indented code; within a line `code`, **strong**,
links to http and https addresses, and the codes of rules, which lead to their pages. Nothing else
has a meaning, so no text can become a tag.
"""

import re
from collections.abc import Collection, Iterator
from textwrap import dedent

from markupsafe import Markup, escape

_ITEM = re.compile(r"(?:[-*]|\d+[.)])\s+")
_INLINE = re.compile(
    r"``(?P<literal>[^`]+)``|`(?P<code>[^`]+)`|\*\*(?P<strong>[^*]+)\*\*"
    r"|\[(?P<text>[^\]]+)\]\((?P<url>https?://[^\s()<>\"]+)\)"
    r"|<(?P<angle>https?://[^\s<>\"]+)>|(?P<bare>https?://[^\s<>\"]+[^\s<>\".,;:)])"
    r"|\b(?P<rule>[A-Z]{2,3}\d{3})\b"
)


def render_prose(text: str, codes: Collection[str] = ()) -> Markup:
    """Return a docstring as HTML.

    Args:
        text: The docstring, indented or not.
        codes: The rules that have a page to lead to.
    """
    lines = dedent(text).strip("\n").splitlines()
    return Markup("\n").join(_render_block(block, codes) for block in _split(lines))


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


def _render_block(block: list[str], codes: Collection[str]) -> Markup:
    first = block[0]
    if first.startswith("#"):
        depth = min(6, max(2, len(first) - len(first.lstrip("#"))))  # the page has its own h1
        return Markup("<h{0}>{1}</h{0}>").format(depth, _inline(first.lstrip("# "), codes))
    if _is_code(first):
        code = dedent("\n".join(block))
        return Markup('<pre tabindex="0"><code>{}</code></pre>').format(code)
    if _ITEM.match(first):
        tag = "ol" if first[0].isdigit() else "ul"
        items = [Markup("<li>{}</li>").format(_inline(one, codes)) for one in _items(block)]
        return Markup("<{0}>{1}</{0}>").format(tag, Markup("").join(items))
    return Markup("<p>{}</p>").format(_inline(" ".join(line.strip() for line in block), codes))


def _items(block: list[str]) -> Iterator[str]:
    item = ""
    for line in block:
        mark = _ITEM.match(line)
        if mark and item:
            yield item
            item = ""
        item = f"{item} {line[mark.end() if mark else 0 :].strip()}".strip()
    yield item


def _inline(text: str, codes: Collection[str]) -> Markup:
    out, at = Markup(""), 0
    for match in _INLINE.finditer(text):
        out += escape(text[at : match.start()]) + _render_span(match, codes)
        at = match.end()
    return out + escape(text[at:])


def _render_span(match: re.Match[str], codes: Collection[str]) -> Markup:
    code = match["literal"] or match["code"]
    if code:
        return Markup("<code>{}</code>").format(code)
    if match["strong"]:
        return Markup("<strong>{}</strong>").format(match["strong"])
    if match["rule"]:
        page = Markup('<a href="/rules/{0}">{0}</a>')
        return page.format(match["rule"]) if match["rule"] in codes else escape(match["rule"])
    url = match["url"] or match["angle"] or match["bare"]
    return Markup('<a href="{0}" rel="noreferrer">{1}</a>').format(url, match["text"] or url)
