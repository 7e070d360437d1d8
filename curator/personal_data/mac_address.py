"""Hardware addresses of network devices: six pairs, two of hexadecimal digits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curator.personal_data.span import DIGIT, Span

NEEDS, GATES = DIGIT, ("[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-][0-9A-Fa-f]{2}[:-]",)
_PATTERN = re.compile(
    r"[0-9A-Fa-f](?<![\w:-].)[0-9A-Fa-f](?P<gap>[:-])(?:[0-9A-Fa-f]{2}(?P=gap)){4}[0-9A-Fa-f]{2}(?![\w:-])"
)
_EXAMPLES = re.compile("00005e0053|01005e901|02005e1")
_BROADCAST = 0x01  # the lowest bit of the first byte: not one device, but several


def spans(text: str) -> Iterator[Span]:
    """
    Find addresses with a letter among their digits: six pairs of digits alone may be anything.

    Nobody's are those kept for documentation, and those of groups. Source: RFC 7042, section 2.1.
    """
    for match in _PATTERN.finditer(text):
        digits = match[0].replace(match["gap"], "").lower()
        if digits.isdecimal():
            continue
        is_group = int(digits[:2], 16) & _BROADCAST
        yield Span(match.start(), match.end(), bool(is_group or _EXAMPLES.match(digits)))
