"""What a description says of a thing by its first word: what it does, or what it holds."""

from __future__ import annotations

from curator.derive.english import grammar as g
from curator.derive.english.wording import words_of

_HOLDS = frozenset({"contains", "holds", "includes"})
_NO_VERB_BEFORE = frozenset({"which", "that", "are", "for", "of"})


def what_it_does(name: str, description: str) -> str | None:
    """
    Ask what ``name`` does, or what it holds, where the description begins by saying so.

    >>> what_it_does("the flag", "Shows the help."), what_it_does("the folder", "Contains maps.")
    ('what does the flag do', 'what does the folder contain')
    """
    first, *rest = words_of(description) or [""]
    is_verb = g.is_third_person(first) and ("NOUN" not in g.parts(first) or first[0].isupper())
    if not rest or rest[0] in _NO_VERB_BEFORE or not is_verb:
        return None
    return f"what does {name} {g.verb_of(first) if first.lower() in _HOLDS else 'do'}"
