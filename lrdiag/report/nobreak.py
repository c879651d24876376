"""Numbers kept on one line with what they count, in HTML that is already made."""

import re

NBSP = "\N{NO-BREAK SPACE}"
COUNTED = (  # what numbers of a diagnosis count, as rules, readers and pages write it
    "%|steps?|epochs?|rows?|values?|times|noises?|spikes?|swings?|batches|classes|columns?|runs?"
    "|files?|rules?|findings?|halvings?|decades?|min|h|days?|[kMG]B|of 1"
)
_HELD = re.compile(
    rf"(?<=\d) (?=(?:{COUNTED})(?!\w))|\b(?:steps?|epochs?|rows?) (?=\d)|[×÷] (?=\d)"
)
_TEXT = re.compile(
    r"<(?P<tag>textarea|pre|code|title|style|script)\b.*?</(?P=tag)>|(?<=>)[^<]+", re.DOTALL
)


def hold_units(page: str) -> str:
    """Put no-break spaces between numbers and their units in the text of a page.

    Attributes, code, and what people type stay as they are, for they are read by machines.
    """
    return _TEXT.sub(lambda found: found[0] if found["tag"] else _hold(found[0]), page)


def _hold(text: str) -> str:
    return _HELD.sub(lambda found: found[0].replace(" ", NBSP), text)
