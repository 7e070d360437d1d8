"""Private keys in PEM blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curator.personal_data.span import TEXT, Span

NEEDS, GATES = TEXT, ("PRIVATE KEY",)
_HEAD = re.compile(r"-----BEGIN (?P<what>(?:[A-Z0-9]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?)-----")
_KEY = re.compile(r"[0-9A-Za-z+/]{32}")
_HEADERS_CHARS = 400  # headers such as Proc-Type and DEK-Info stand before the key
_KEY_CHARS = 20_000


def spans(text: str) -> Iterator[Span]:
    """Find blocks that hold a key, to their last line; a first line alone is only talk of one."""
    for match in _HEAD.finditer(text):
        key = _KEY.search(text, match.end(), match.end() + _HEADERS_CHARS)
        last = f"-----END {match['what']}-----"
        end = text.find(last, match.end(), match.end() + _KEY_CHARS)
        if key and end < 0:
            whole = re.compile(r"[0-9A-Za-z+/=\s\\]*").match(text, key.start())
            yield Span(match.start(), whole.end() if whole else key.end())
        elif key and key.start() < end:
            yield Span(match.start(), end + len(last))
