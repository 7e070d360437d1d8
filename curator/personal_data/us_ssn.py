"""US Social Security numbers, written 3-2-4 or named as such."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curator.personal_data.span import LONG_NUMBER, Span

NEEDS = LONG_NUMBER
GATES = (
    "[0-9]{3}[\u2011-][0-9]{2}[\u2011-][0-9]{4}",
    "SSN|ssn|Ssn|Social Security|social security|Social security|SOCIAL SEC",
)
_PATTERN = re.compile(
    r"(?P<area>[0-9](?<![\w.+/-].)[0-9]{2})(?P<gap>[- \u2011]?)(?P<group>[0-9]{2})(?P=gap)"
    r"(?P<serial>[0-9]{4})(?![\w/-]|[.,][0-9])"
)
_CUE = re.compile(r"(?i)\b(?:ssn|social security)[^0-9]{0,40}$")
_ADVERTISED = frozenset({"078051120", "219099999"})
"""Numbers that an advert and a leaflet showed, and that were taken out of use."""


def spans(text: str) -> Iterator[Span]:
    """
    Find numbers with hyphens, and others where words before them say what they are.

    Areas 000, 666 and 900 on, group 00 and serial 0000 are never given out.
    """
    for match in _PATTERN.finditer(text):
        area, group, serial = match["area"], match["group"], match["serial"]
        if area in {"000", "666"} or area[0] == "9" or group == "00" or serial == "0000":
            continue
        is_named = _CUE.search(text, max(0, match.start() - 60), match.start())
        if match["gap"] in {"-", "\u2011"} or is_named:
            yield Span(match.start(), match.end(), area + group + serial in _ADVERTISED)
