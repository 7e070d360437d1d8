"""Headings that name a thing, and how one asks after it."""

from __future__ import annotations

import re

from curator.derive.english import grammar as g
from curator.derive.english.form import Form
from curator.derive.english.noun_phrases import are_many, head_of, is_noun_phrase, needs_no_article
from curator.derive.english.wording import content, from_reader, words_of


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_LISTED = _set(
    "rules prices fares fees costs charges rates types kinds steps ways reasons requirements "
    "conditions benefits advantages disadvantages limits exceptions causes symptoms treatments "
    "signs hours deadlines differences duties rights responsibilities goals aims principles "
    "penalties risks effects criteria stages phases parts"
)
_ASKED_OF = _set(
    "price cost purpose aim goal difference meaning cause role deadline definition penalty "
    "relationship structure duration"
)
_PARTS_OF_TEXT = _set(
    "note notes example examples overview summary introduction information details reference "
    "references section sections chapter listing excerpt"
)
_OWN = frozenset({"the", "your", "our", "my"})
_MAIL = _set("question answer reply message letter request enquiry inquiry e-mail email dear hello")
_FURTHER = _set("another other others more further additional some several same any")
NOTHING = frozenset({"no", "any"})
"""What opens a phrase that names no thing to speak about."""

_LEADS_TO_THE = re.compile(r"\b(?:at|in|from|to|by) (?:end|start|beginning|bottom|middle) of\b")
_VARIOUS = _set("multiple various different common general typical main such")
_NOT_ASKED_ABOUT = _set("understanding introducing learning knowing getting")
_JOINED = re.compile(r",|\s(?:and|or|&)\s")
_UNSAID = re.compile(r"related\b|\w+ing of\b")
_OPINIONS = _set(
    "most least best next better worst only same first last major main good great bad big key "
    "important common popular useful powerful simple easy difficult critical essential vital "
    "necessary core crucial central integral interesting example exception possible perfect ideal "
    "nice must more less very way problem problems challenge mistake result reason right wrong "
    "bit lot matter kind favourite favorite"
)
_DEFINES = re.compile(
    r"(?P<article>(?:an?|the)\s+)?(?P<term>[^.,:;()]{2,60}?)(?:,[^,.]{2,40},)?\s+"
    r"(?:(?P<be>is|are)\s+(?:an?|the|any|one of)\s|means?\s|refers? to\s|(?:is|are) defined as\s)",
    re.IGNORECASE,
)


def of_thing(phrase: str, uncounted: frozenset[str]) -> Form | None:
    """Ask about a thing, or about things."""
    if not is_noun_phrase(phrase) or _is_odd(phrase):
        return None
    words = words_of(phrase)
    first = words[0].lower()
    has_more = any(word.lower() in g.PREPOSITIONS for word in words[1:])
    if form := _listed(phrase, words, has_more=has_more):
        return form
    is_bare = first in ("a", "an") and len(content(phrase)) == 1  # an exception, but to what?
    is_vague = first in g.NUMBERS | NOTHING or not content(phrase) or _UNSAID.match(phrase)
    if (
        is_bare
        or is_vague
        or not needs_no_article(phrase, uncounted)
        or _LEADS_TO_THE.search(phrase)
    ):
        return None
    if g.verb_of_ing(first) in g.NEED_OBJECTS and words[1:2] and words[1].lower() in g.PREPOSITIONS:
        return None  # installing with what there is: but what?
    about = f"what should I know about {from_reader(phrase)}"
    return Form(about, 0.5, needs_topic=not has_more, likes_topic=True)


def _listed(phrase: str, words: list[str], *, has_more: bool) -> Form | None:
    """Ask for the things, or for what the one thing is."""
    first, head = words[0].lower(), head_of(phrase).lower()
    the = "" if first in _OWN else "the "
    is_counted = first in g.NUMBERS or (first == "the" and words[1].lower() in g.NUMBERS)
    is_closed = first in g.DETERMINERS and first not in _OWN
    if is_closed or _JOINED.search(phrase):
        return None
    asked = from_reader(phrase)
    if head in _LISTED or (is_counted and are_many(phrase)):
        return Form(f"what are {the}{asked}", 0.7, needs_topic=not has_more, likes_topic=True)
    if head in _ASKED_OF and has_more:
        return Form(f"what is {the}{asked}", 0.7, likes_topic=True)
    return None


def _is_odd(phrase: str) -> bool:
    """Say whether nobody would ask about ``phrase``: a part of a text, a letter, some others."""
    words = words_of(phrase)
    first, head = words[0].lower(), head_of(phrase).lower()
    is_letter = first == "dear" or (first in ("your", "our", "my", "re") and head in _MAIL)
    is_order = len(words) == 1 and phrase.isupper() and "VERB" in g.parts(phrase)
    is_further = first in _FURTHER | _NOT_ASKED_ABOUT | _VARIOUS
    return is_letter or is_order or is_further or head in _PARTS_OF_TEXT or is_mixed(phrase)


def is_mixed(phrase: str) -> bool:
    """Say whether a name seems to be lowered in part: federal Plain Language guidelines."""
    words = phrase.split()
    return any(
        words[at].islower()
        and not g.is_closed(words[at])
        and all(word[:1].isupper() and _is_word(word) for word in words[at + 1 : at + 3])
        for at in range(len(words) - 2)
    )


def _is_word(word: str) -> bool:
    return bool(g.parts(word)) or g.is_uncounted(word)


def says_what(first: str, rest: str) -> bool:
    """
    Say whether what follows "is" says what a thing is, and not how it is or what is done to it.

    >>> says_what("a", " ship"), says_what("the", " best choice"), says_what("measured", "")
    (True, False, False)
    """
    lower = first.lower().strip(".,;:")
    after = words_of(rest)[:1]
    if lower in ("a", "an", "the", "one"):
        return not after or after[0].lower() not in _OPINIONS
    is_done = g.is_participle(lower) and "NOUN" not in g.parts(lower)
    return not is_done and g.parts(lower) != {"ADJ"} and lower not in ("not", "never", "no", "to")


def of_definition(phrase: str, said: str) -> Form | None:
    """Ask what a thing is where the section begins by saying so."""
    match = _DEFINES.match(said[:300])
    if not match or not is_noun_phrase(phrase) or re.search(r",|\s(?:and|or)\s", phrase):
        return None
    words = phrase.split()
    own = words[0].lower() if words[0].lower() in g.ARTICLES else ""
    bare = words[1:] if own else words
    if _stem(bare) != _stem(match["term"].split()):
        return None
    if match["be"] and not says_what("a", said[match.end() :]):
        return None
    term, said_article = " ".join(bare), (match["article"] or "").strip().lower()
    if g.is_plural(head_of(term)):
        return Form(f"what are {own and own + ' '}{term}", 0.85)
    which = said_article if said_article in ("a", "an") else own or said_article
    if which in ("a", "an"):
        which = g.article(term)
    if not which and not term[0].isupper() and (match["be"] or "").lower() != "is":
        return None
    return Form(f"what is {which and which + ' '}{term}", 0.85)


def _stem(words: list[str]) -> list[str]:
    lower = [word.lower().strip("*_\"'`") for word in words]
    return [*lower[:-1], g.lemma_of_noun(lower[-1])] if lower else []
