"""The two lines that passports have for machines (MRZ), by their five check digits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curator.personal_data.checksums import mrz
from curator.personal_data.span import LONG_NUMBER, Span

NEEDS, GATES = LONG_NUMBER, ("[0-9]{7}[MFX<][0-9]{7}",)
_PATTERN = re.compile(
    r"(?P<first>P[A-Z<][A-Z<]{3}[A-Z<]{39}\s{1,4})?"
    r"(?<![0-9A-Z<])(?P<number>[0-9A-Z<]{9})(?P<number_check>[0-9])(?P<state>[A-Z<]{3})"
    r"(?P<born>[0-9]{6})(?P<born_check>[0-9])[MFX<](?P<ends>[0-9]{6})(?P<ends_check>[0-9])"
    r"(?P<more>[0-9A-Z<]{14})(?P<more_check>[0-9<])(?P<check>[0-9])(?![0-9A-Z<])"
)
_UTOPIA = "UTO"


def spans(text: str) -> Iterator[Span]:
    """
    Find the second line, and the first, which holds the name, where it stands before it.

    Nobody's are citizens of Utopia, the state of specimens. Source: ICAO Doc 9303, part 4.
    """
    for match in _PATTERN.finditer(text):
        whole = "".join(
            match[part]
            for part in ("number", "number_check", "born", "born_check", "ends", "ends_check",
                         "more", "more_check")
        )  # fmt: skip
        is_one = (
            mrz(match["number"], match["number_check"])
            and mrz(match["born"], match["born_check"])
            and mrz(match["ends"], match["ends_check"])
            and mrz(match["more"], match["more_check"].replace("<", "0"))
            and mrz(whole, match["check"])
        )
        if is_one:
            yield Span(match.start(), match.end(), match["state"] == _UTOPIA)
