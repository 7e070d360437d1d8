"""Whether a text reads as English, told by small words that no English text does without."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SMALL = frozenset(
    {"the", "and", "to", "of", "that", "with", "are", "you", "it", "not", "be", "by", "from"}
    | {"this", "have", "your", "can", "which", "will", "when", "should", "they"}
)
_WORD = re.compile(r"[^\W\d_]+")
_MOST_WORDS = 3_000  # of which the first are looked at
_FEWEST_WORDS = 30  # a few words may be anything
_LEAST = 0.03  # of the words: English prose has 0.15, other languages 0.01


def reads_as_english(said: Iterable[str]) -> bool:
    """
    Say whether the paragraphs of a text may be English; a few words may always be.

    >>> reads_as_english(["Die Hunde bleiben an Bord, und das ist gut so."] * 9)
    False
    """
    words: list[str] = []
    for each in said:
        words += _WORD.findall(each.lower())
        if len(words) > _MOST_WORDS:
            break
    few = len(words) < _FEWEST_WORDS
    return few or sum(word in _SMALL for word in words) >= _LEAST * len(words)
