"""Where in a text personal data stands, and what a text must hold to be looked at closely."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """Half-open, in code points; ``is_nobodys`` where it is kept for examples, or no person's."""

    start: int
    end: int
    is_nobodys: bool = False


TEXT, DIGIT, LONG_NUMBER = "", "[0-9]", r"[0-9][0-9 ().\u00a0\u2009\u202f\u2010\u2011/-]{5,}[0-9]"
"""What a type needs, each more than the one before: nothing, a digit, at least seven in a row."""
