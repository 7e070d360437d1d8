"""Whether a sentence has a verb of its own."""

from __future__ import annotations

import re

from curator.derive.english import grammar as g
from curator.derive.english.wording import words_of

_RELATIVE = re.compile(r"\b(?:that|which|who|whom|whose|where)\b[^,.;]*")
_MODIFIED = g.DETERMINERS | g.NUMBERS | g.PREPOSITIONS


def has_verb(sentence: str) -> bool:
    """
    Say whether ``sentence`` says or orders something, outside what its "that" and "which" open.

    >>> has_verb("The shed smells of tar."), has_verb("The hut, a shed that smells of tar.")
    (True, False)
    """
    words = words_of(_RELATIVE.sub(" ", sentence))
    if words and g.is_base_verb(words[0]):
        return True
    lower = [word.lower() for word in words]
    return any(
        word in g.AUXILIARIES or (at > 0 and _is_verb(word, lower[at - 1]))
        for at, word in enumerate(lower)
    )


def _is_verb(word: str, before: str) -> bool:
    if before in _MODIFIED or before[0].isdigit() or g.is_closed(word):
        return False
    is_form = g.is_third_person(word) or g.is_past(word) or g.is_base_verb(word)
    return is_form and "ADJ" not in g.parts(word)
