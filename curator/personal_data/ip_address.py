"""IP addresses, version 4 and 6."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

from curator.personal_data.span import DIGIT, Span

NEEDS = DIGIT
GATES = (r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]", ":[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]")
_V4 = re.compile(r"[0-9](?<![\w.].)[0-9]{0,2}(?:\.[0-9]{1,3}){3}(?![\w%]|\.[0-9])")
_PAIR = re.compile(r":[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]")  # an address is read to both sides of it
_V6 = re.compile(r"[0-9A-Fa-f:.]{3,45}+(?![\w%])")
_VERSION = re.compile(
    r"(?i)(?:\bv\.|\bver(?:sion|\.)?|\brelease|\bbuild|\brev(?:ision|\.)?|\bsection|\bchapter"
    r"|\bclause|\bfirmware|\u00a7)\s{0,2}[:=]?\s{0,2}$|[A-Za-z]/$"
)
_SERVICES = frozenset(
    re.findall(
        r"\S+",
        "8.8.8.8 8.8.4.4 1.1.1.1 1.0.0.1 9.9.9.9 149.112.112.112 208.67.222.222 208.67.220.220"
        " 2001:4860:4860::8888 2001:4860:4860::8844 2606:4700:4700::1111 2606:4700:4700::1001",
    )
)
"""Name servers that everybody knows."""
_TITLE = re.compile(r"\.?[ \t]+[A-Z][a-z]")
_MIN_GROUPS = 3  # that are written: C++ has a::b
_HEX = frozenset("0123456789abcdefABCDEF:")
_MAX_CHARS, _LOOK_BACK = 45, 20


def spans(text: str) -> Iterator[Span]:
    """
    Find addresses; numbers of sections and versions are told from them by what stands around.

    Nobody's are those of private networks, those kept for documentation, and public name servers.
    Source: the IANA special-purpose registries, as ``ipaddress`` has them.
    """
    for match in _V4.finditer(text):
        if not _is_version(text, match):
            yield from _checked(match[0], match.start(), IPv4Address)
    end = 0
    for match in _PAIR.finditer(text):
        if match.start() < end:
            continue
        start = match.start()
        while start and match.start() - start < _MAX_CHARS and text[start - 1] in _HEX:
            start -= 1
        is_inside = bool(start) and (text[start - 1].isalnum() or text[start - 1] in "_.")
        whole = _V6.match(text, start)
        if whole is None or is_inside:
            continue
        end = whole.end()
        written = whole[0].rstrip(".")
        written = written if written.endswith("::") else written.rstrip(":")
        groups = [group for group in written.split(":") if group]
        if len(groups) >= _MIN_GROUPS and any(map(str.isdecimal, written)):
            yield from _checked(written, start, IPv6Address)


def _checked(written: str, start: int, kind: type[IPv4Address | IPv6Address]) -> Iterator[Span]:
    try:
        address = kind(written)
    except ValueError:  # a time, or some other list of numbers
        return
    is_public = address.is_global and not address.is_multicast and str(address) not in _SERVICES
    yield Span(start, start + len(written), not is_public)


def _is_version(text: str, match: re.Match[str]) -> bool:
    """Four single digits, a number behind a word such as "version", or that of a heading."""
    has_only_digits = len(match[0]) == 7 and match[0] not in _SERVICES
    before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
    line = before.rpartition("\n")[2]
    begins_line = not line.strip("#* \t") and (line != before or len(before) < _LOOK_BACK)
    is_heading = begins_line and _TITLE.match(text, match.end())
    return bool(has_only_digits or is_heading or _VERSION.search(line))
