"""Addresses of Bitcoin and Ethereum, by their checksums."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curator.personal_data.checksums import BASE58, BECH32, base58check, bech32
from curator.personal_data.keccak import eip_55
from curator.personal_data.span import DIGIT, Span

NEEDS, GATES = DIGIT, ("[13][1-9A-HJ-NP-Za-km-z]{25}", "bc1|BC1|0x")
_PATTERN = re.compile(
    rf"(?<!\w)(?:(?P<base58>[13][{BASE58}]{{25,34}})|(?P<ethereum>0x[0-9A-Fa-f]{{40}})"
    rf"|(?P<bech32>bc1[{BECH32}]{{11,71}}|BC1[{BECH32.upper()}]{{11,71}}))(?!\w)"
)
_CHECKS = {"base58": base58check, "bech32": bech32, "ethereum": eip_55}


def spans(text: str) -> Iterator[Span]:
    """
    Find addresses whose checksum is right.

    Ethereum addresses in letters of one size have none, and are not told from other numbers.
    """
    for match in _PATTERN.finditer(text):
        if match.lastgroup and _CHECKS[match.lastgroup](match[0]):
            yield Span(match.start(), match.end())
