"""E-mail addresses: a local part, and a domain whose top level is a word."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curator.personal_data.span import TEXT, Span

NEEDS, GATES = TEXT, ("@",)
_LETTERS = "0-9A-Za-z\u00c0-\u024f"
_LOCAL = re.compile(f"[{_LETTERS}._%+'-]")
_LABEL = f"[{_LETTERS}](?:[{_LETTERS}-]{{0,61}}[{_LETTERS}])?"
_DOMAIN = re.compile(
    rf"@(?P<domain>(?:{_LABEL}\.){{1,8}}(?P<top>[A-Za-z]{{2,24}}|xn--[0-9A-Za-z-]{{2,59}}))(?![\w@-])"
)
_MAX_LOCAL_CHARS = 64
_FILES = frozenset(
    re.findall(
        "[a-z]+",
        "bmp css csv gif htm html ico jpeg jpg js json jsx pdf php png svg ts tsx txt webp xml yml",
    )
)
RESERVED = re.compile(
    r"(?:.*\.)?(?:example(?:\.(?:com|net|org))?|test|invalid|localhost|local)", re.IGNORECASE
)
"""Domains that are kept for examples. Source: RFC 2606, RFC 6761, RFC 6762."""


def spans(text: str) -> Iterator[Span]:
    """
    Find addresses.

    Nobody's are those at domains kept for examples.
    """
    for match in _DOMAIN.finditer(text):
        start = at = match.start()
        while start and at - start <= _MAX_LOCAL_CHARS and _LOCAL.match(text[start - 1]):
            start -= 1
        local = text[start:at].lstrip("'.-")  # a quote or a dash before it is not part of it
        is_one = 0 < len(local) <= _MAX_LOCAL_CHARS and ".." not in local and local[-1] not in ".'"
        is_repository = local == "git" and text[match.end() : match.end() + 1] in {":", "/"}
        if is_one and not is_repository and match["top"].lower() not in _FILES:
            is_nobodys = RESERVED.fullmatch(match["domain"]) is not None
            yield Span(at - len(local), match.end(), is_nobodys)
