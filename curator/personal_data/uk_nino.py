"""UK National Insurance numbers: two letters, six digits, a letter from A to D."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curator.personal_data.span import DIGIT, Span

NEEDS, GATES = DIGIT, (r"(?-u)[0-9]{2} ?[0-9]{2} ?[0-9]{2}[ -]?[A-Da-d]\b",)
_PATTERN = re.compile(
    r"[A-CEGHJ-PR-TW-Z](?<![\w/.-].)[A-CEGHJ-NPR-TW-Z](?<!BG|GB|NK|KN|TN|NT|ZZ)"
    r"(?P<gap>[ -]?)[0-9]{2}(?P<inner> ?)[0-9]{2}(?P=inner)[0-9]{2}(?P=gap)[A-D](?![\w/-])"
    r"|[a-ceghj-pr-tw-z](?<![\w/.-].)[a-ceghj-npr-tw-z](?<!bg|gb|nk|kn|tn|nt|zz)[0-9]{6}[a-d](?![\w/-])"
)


def spans(text: str) -> Iterator[Span]:
    """
    Find numbers in one piece or in pairs; small letters only in one piece.

    Prefixes that are never given out are no numbers; so is QQ, which forms show as an example.
    Source: HMRC, National Insurance Manual NIM39110.
    """
    for match in _PATTERN.finditer(text):
        yield Span(match.start(), match.end())
