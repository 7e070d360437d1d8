"""UK NHS numbers: ten digits with a check digit, written 3-3-4 or named as such."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curator.personal_data.checksums import mod_11
from curator.personal_data.span import LONG_NUMBER, Span

NEEDS = LONG_NUMBER
GATES = (
    "[4679][0-9]{2}[ \u00a0\u2011-][0-9]{3}[ \u00a0\u2011-][0-9]{4}",
    "NHS|nhs|Nhs",
)
_PATTERN = re.compile(
    r"[0-9](?<![\w.+/(-].)[0-9]{2}(?P<gap>[- \u00a0\u2011]?)[0-9]{3}(?P=gap)[0-9]{4}"
    r"(?![\w/-]|[.,][0-9])"
)
_CUE = re.compile(r"(?i)\bnhs\b[^0-9]{0,40}$")
_NEIGHBOURS = re.compile(r"[0-9][ \u00a0].*|.*[ \u00a0][0-9]", re.DOTALL)
_NANP = re.compile(r"[2-9][0-8][0-9][2-9]")  # a US telephone number reads so


def spans(text: str) -> Iterator[Span]:
    """
    Find numbers of the ranges in use (4, 6 and 7) in three groups, and any that is named.

    Nobody's are those that begin with 999, which are kept for tests.
    """
    for match in _PATTERN.finditer(text):
        digits = re.sub("[^0-9]", "", match[0])
        if not mod_11(digits) or len(set(digits)) == 1:
            continue
        is_test = digits.startswith("999")
        is_in_use = match["gap"] and (digits[0] in "467" or is_test) and not _NANP.match(digits)
        around = text[max(0, match.start() - 2) : match.end() + 2]
        is_named = _CUE.search(text, max(0, match.start() - 50), match.start())
        if is_named or (is_in_use and not _NEIGHBOURS.fullmatch(around)):
            yield Span(match.start(), match.end(), is_test)
