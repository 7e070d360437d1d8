"""The words that carry the content of an English text, and how much of them another text holds."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_WORD = re.compile(r"\d+(?:[.,:/]\d+)*%?|[^\W_]+(?:['’][^\W_]+)*")  # noqa: RUF001 (typographic)
_STOP = _set(
    """
    a about after again all also although am an and any are as at be because been before being both
    but by can can't cannot could did do does doesn't doing don't down during each either else etc
    ever every few for from further get give given gives had has have having he her here hers him
    his how however i if in instead into is isn't it its itself just let like made make makes many
    may me might more most much must my need neither no nor not of off often on once one only or
    other otherwise our ours out over own per please same shall she should since so some such take
    than that the their theirs them then there therefore these they this those through to too under
    until up upon us use used uses using very was way we were what when where whether which while
    who whom whose why will with within without would yes yet you your yours
    """
)
_VOWELS = frozenset("aeiouy")
_MIN_STEM = 3


def content_words(text: str) -> list[str]:
    """
    Give the stems of the content words of ``text`` and its numbers, in order.

    >>> content_words("The fares of both crossings cost €14.00.")
    ['fare', 'cross', 'cost', '14.00']
    """
    said = text.casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return [stem(word) for word in _WORD.findall(said) if word not in _STOP]


def share_in(words: Collection[str], others: Collection[str]) -> float:
    """Give the share of ``words`` that ``others`` (a set) hold; 1 if there are none to hold."""
    return sum(word in others for word in words) / len(words) if words else 1.0


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """
    Take the ending off an English word; good enough to compare words, not to print them.

    >>> [stem(word) for word in ("crossings", "copied", "booked", "pass", "its")]
    ['cross', 'copy', 'book', 'pass', 'its']
    """
    word = word.removesuffix("'s")
    if not word.isalpha():
        return word
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > _MIN_STEM:
        word = word[:-3] + "y" if word.endswith("ies") and len(word) > 4 else word[:-1]
    for ending, instead in (("ied", "y"), ("ing", ""), ("ed", ""), ("ly", "")):
        if word.endswith(ending):
            short = word.removesuffix(ending)
            if len(short) >= _MIN_STEM and _VOWELS & set(short):
                word = short + instead
                break
    if len(word) > _MIN_STEM + 1 and word[-1] == word[-2] and word[-1] not in "sl":
        word = word[:-1]
    return word[:-1] if word.endswith("e") and len(word) > _MIN_STEM + 1 else word
