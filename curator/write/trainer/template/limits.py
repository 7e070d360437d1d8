"""What a chat template may spend on one chat: steps, and the size of what it makes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from jinja2.exceptions import SecurityError

MAX_SOURCE_CHARS = 262_144
"""The longest template that is read; the longest of the well-known ones have 20,000."""

MAX_CHARS = 8_388_608
"""The longest text, or list, that a template may make."""

MAX_STEPS = 2_000_000
"""Rounds of loops, calls and filters in one chat; one of sixty messages takes 15,000."""

MAX_NUMBER = 100_000
"""The largest number that may be handed to a call: widths, ranges, indents."""

_WIDE_FORMAT = re.compile(r"\d{5}|\*|\{[^{}]*\{")  # a width that is long, or comes from a value
_CHARS_A_STEP = 64


class Spent:
    """The steps that a render has taken so far."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.steps = 0

    def take(self, chars: int = 0) -> None:
        """Count one step, and more of them for ``chars`` made or looked through."""
        if chars > MAX_CHARS:
            raise SecurityError(f"the template makes a text or list longer than {MAX_CHARS:,}")
        self.steps += 1 + chars // _CHARS_A_STEP
        if self.steps > MAX_STEPS:
            raise SecurityError(f"the template takes more than {MAX_STEPS:,} steps for one chat")

    def each(self, values: Iterable[Any]) -> Iterator[Any]:
        """Give ``values``, one step each."""
        for value in values:
            self.take()
            yield value


def length(value: Any) -> int:
    """Give the length of a text or container, 0 of anything else."""
    return len(value) if isinstance(value, str | list | tuple | dict | range) else 0


def written_length(value: Any, limit: int = MAX_CHARS) -> int:
    """
    Give about how long ``value`` is as text, as soon as that is above ``limit``.

    A list that holds the same list many times is short in memory and endless on paper.
    """
    total, left = 0, [value]
    while left and total <= limit:
        item = left.pop()
        if isinstance(item, str):
            total += len(item)
            continue
        total += 8
        if isinstance(item, dict):
            left.extend(item)
            left.extend(item.values())
        elif isinstance(item, range):
            total += 8 * len(item)
        elif isinstance(item, list | tuple):
            total += len(item)
            left.extend(item)
    return total


def product(left: Any, right: Any) -> int:
    """Give about how long ``left * right`` is as text, 0 of numbers, which stay small."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, str | list | tuple) and isinstance(other, int):
            return written_length(one) * max(other, 0)
    if any(isinstance(number, int) and abs(number) > 2**63 for number in (left, right)):
        raise SecurityError("the template reckons with numbers above 64 bits")
    return 0


def check_power(left: Any, right: Any) -> None:
    """Refuse powers that are longer than a number of 64 bits."""
    if abs(right) > 64 or abs(left) > 2**32:
        raise SecurityError("the template reckons with powers above 64 bits")


def check_format(text: Any) -> None:
    """Refuse a format whose width makes a short value long."""
    if isinstance(text, str) and _WIDE_FORMAT.search(text):
        raise SecurityError("the template pads text to a width of its own making")


def check_date_format(text: str) -> None:
    """Refuse a date format with a width."""
    if re.search(r"%[^%A-Za-z]*\d", text) or len(text) > 1000:
        raise SecurityError("the template pads a date")


def check_numbers(arguments: Iterable[Any]) -> None:
    """Refuse a call with a number so large that only a hostile template needs it."""
    for value in arguments:
        if isinstance(value, int) and abs(value) > MAX_NUMBER:
            raise SecurityError(f"the template calls with a number above {MAX_NUMBER:,}")
