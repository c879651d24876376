"""Lines that hold names and numbers and are no log: the source code that a run prints of itself."""

import re

MARK = "\x01"  # stands for a number, as in shapes

_STATEMENT = re.compile(
    r"\s*(?:"
    r"(?:def|class)\s+\w+\s*[(:]"
    r"|(?:if|elif|for|while|with)\s.*:\s*(?:#.*)?$"
    r"|(?:return|assert|raise|yield)\s"
    r"|(?:print\w*|parser\.add_argument|logger\.\w+|logging\.\w+)\("
    r"|self\.\w"
    r")"
)
_FORMAT = re.compile(rf"\{{[^{{}}]*:[<>^=]?[{MARK}.,+]*[defg%]\}}|%[{MARK}.]*[dfge]\b(?!\))")
_REMARK = re.compile(r"\s*[A-Za-z_]\w*\s*(?::\s*\w+\s*)?=[^=].*\s#\s")


def is_code(skeleton: str) -> bool:
    """Say whether a line without its numbers is a statement of a program.

    A remark alone, "# 0.8 gave a loss of 3.28", is none: some logs begin their lines so.
    """
    return bool(_STATEMENT.match(skeleton) or _FORMAT.search(skeleton) or _REMARK.match(skeleton))
