"""User names and passwords in addresses: ``scheme://user:password@host``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curator.personal_data.email import RESERVED
from curator.personal_data.span import TEXT, Span

NEEDS, GATES = TEXT, (r"://[^\s/@]*:[^\s/@]*@",)
_PART = r"[^\s:/@?#\"'<>\[\]\\]"
_PATTERN = re.compile(
    rf"(?<=://)(?P<user>{_PART}{{0,128}}):(?P<password>{_PART}{{1,256}})@"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[\w.-]+)"
)
_PLACEHOLDER = re.compile(
    r"(?i)[*x.•]+|\$?\{.*\}|\$\w+|%\w+%|(?:your|my|the)?[_-]?(?:pass(?:word|wd)?|pwd|pw|secret|token)"
)


def spans(text: str) -> Iterator[Span]:
    """
    Find ``user:password``, without what surrounds it.

    Nobody's are placeholders such as ``user:password``, and hosts kept for examples.
    """
    for match in _PATTERN.finditer(text):
        is_nobodys = bool(
            _PLACEHOLDER.fullmatch(match["password"]) or RESERVED.fullmatch(match["host"])
        )
        yield Span(match.start("user"), match.end("password"), is_nobodys)
