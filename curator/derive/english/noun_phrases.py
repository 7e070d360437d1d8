"""Phrases that are things: which words can be one, how many it is, whether an article lacks."""

from __future__ import annotations

import re
from itertools import pairwise

from curator.derive.english import grammar as g
from curator.derive.english.wording import words_of


def is_noun_phrase(phrase: str) -> bool:
    """
    Say whether ``phrase`` can only be things: no verb of its own, nobody who acts.

    >>> is_noun_phrase("lost children"), is_noun_phrase("sentences start with a verb")
    (True, False)
    """
    if re.search(r"[.:;!?()]", phrase) or re.search(r"\b(?:and|or|,)\s*$", phrase):
        return False
    sides = re.split(r"\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or|&)\s+", phrase)
    if "," in phrase and not re.search(r"\s(?:and|or|&)\s", phrase):
        return False  # what follows the comma is no part of a list
    return all(_is_one(words_of(side)) for side in sides)


def _is_one(words: list[str]) -> bool:
    """Read [article] [describing words] noun [preposition, and again]."""
    pieces: list[list[str]] = [[]]
    for word in words:
        if word.lower() in g.PREPOSITIONS:
            pieces.append([])
        else:
            pieces[-1].append(word)
    return bool(words) and all(
        _is_simple(piece, is_last=at == len(pieces) - 1) for at, piece in enumerate(pieces)
    )


def _is_simple(words: list[str], *, is_last: bool) -> bool:
    while words and words[0].lower() in g.DETERMINERS:
        words = words[1:]
    if not words:
        return False
    *before, head = words
    if not is_last and before and g.is_participle(head) and not can_head(head):
        *before, head = before  # words used on ...
    if not can_head(head) or g.parts(head) in ({"ADV"}, {"ADJ", "ADV"}):
        return False
    return all(_can_stand_before(word, words[at + 1]) for at, word in enumerate(before))


def _can_stand_before(word: str, after: str) -> bool:
    if g.is_closed(word) and word.lower() not in g.NUMBERS and word.lower() != "very":
        return False
    is_name = word[0].isupper() or after[0].isupper()
    if not is_name and not g.can_be_noun(word) and not g.can_describe(word):
        return False
    if g.is_plural(word) and not g.can_describe(word) and not is_name:
        return False  # "sentences start", "uses tables": somebody does something
    return not g.is_third_person(word) or "NOUN" in g.parts(word)


def can_head(word: str) -> bool:
    """Say whether a thing can be called by ``word``: a noun, a name, an activity."""
    is_doing = g.verb_of_ing(word) is not None
    return g.can_be_noun(word) or word[0].isupper() or word[0].isdigit() or is_doing


def head_of(phrase: str) -> str:
    """Give the noun that decides the number."""
    words = words_of(phrase)
    ends = [at for at, word in enumerate(words) if at and word.lower() in g.PREPOSITIONS]
    core = words[: ends[0]] if ends else words
    if len(core) > 1 and g.is_participle(core[-1]) and "NOUN" not in g.parts(core[-1]):
        core = core[:-1]
    return core[-1]


def are_many(phrase: str) -> bool:
    """Say whether ``phrase`` is of more than one thing."""
    if phrase.lower().startswith(("each ", "every ")):
        return False
    return bool(re.search(r"\s(?:and|&)\s", phrase)) or g.is_plural(head_of(phrase))


def needs_no_article(phrase: str, uncounted: frozenset[str]) -> bool:
    """Say whether ``phrase`` is grammatical as it is: one thing that can be counted has an "a"."""
    return all(
        _is_whole(side, uncounted) for side in re.split(r",\s*|\s+(?:and|or|&)\s+", phrase) if side
    )


def _is_whole(phrase: str, uncounted: frozenset[str]) -> bool:
    words = words_of(phrase)
    first, head = words[0], head_of(phrase)
    if _lacks_article(words, head) or any(
        len(piece) > 1 and not piece[0][0].isdigit() and not _is_complete(piece, uncounted)
        for piece in _behind(words)
    ):
        return False
    is_doing = g.verb_of_ing(first) is not None and "ADJ" not in g.parts(first)
    return is_doing or _is_complete(words[: words.index(head) + 1], uncounted)


def _is_complete(words: list[str], uncounted: frozenset[str]) -> bool:
    first, head = words[0], words[-1]
    is_many = g.is_plural(head) or head.lower() in uncounted or g.is_uncounted(head)
    is_own = first.lower() in g.DETERMINERS | g.NUMBERS or first.endswith(("'s", "s'"))
    is_activity = g.verb_of_ing(head) is not None
    return is_own or is_many or head[0].isupper() or is_activity


def _lacks_article(words: list[str], head: str) -> bool:
    """Say whether letters that stand for a thing come behind a mere noun: repository URL."""
    at = words.index(head)
    is_letters = len(head) > 1 and head.isupper()
    before = words[at - 1] if at else ""
    is_noun = before.islower() and g.parts(before) == {"NOUN"}
    return is_letters and is_noun and not any(word.lower() in g.DETERMINERS for word in words[:at])


def _behind(words: list[str]) -> list[list[str]]:
    """Give what stands behind each preposition, as far as the next one."""
    places = [at for at, word in enumerate(words) if word.lower() in g.PREPOSITIONS]
    return [words[at + 1 : end] for at, end in pairwise([*places, len(words)])]
