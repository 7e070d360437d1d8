"""Headings that say or order what to do, and how one asks for the way to do it."""

from __future__ import annotations

import re
from itertools import pairwise

from curator.derive.english import grammar as g
from curator.derive.english.form import Form
from curator.derive.english.noun_phrases import needs_no_article
from curator.derive.english.wording import from_reader, words_of


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_COMMON_COMMANDS = _set("use make get set put keep find check ask try show tell")
_WAYS = _set("with on to at through into onto off without around against up out")
_NOT_DONE = _set("expect remember note know need want like believe have understand let see try")
_NOT_MEANT = _set("forget fail lose miss lack assign exist")  # nobody sets out to do so
_WHEN = re.compile(r"(.+?)\s+(?:only )?(?:when|if)\s+.+")
_COMPOUNDS = re.compile(
    r"(?:use|check|set|test|show)[ -](?:cases?|lists?|ups?|of)\b"
    r"|(?:first|second|third|next|last)\b"
    r"|\S+ (?:options?|instructions?|settings?|requirements?|guides?|process|procedures?"
    r"|parameters?|arguments?|commands?|scripts?|modes?)\Z",
    re.IGNORECASE,
)


def of_doing(phrase: str, verb: str, said: str) -> Form | None:
    """Ask how to do what the heading says is done: booking a group."""
    first, _, rest = phrase.partition(" ")
    words = words_of(rest)
    if not words or not _can_follow(rest) or words[-1].lower() in g.SOMEBODY or "," in rest:
        return None
    if verb in _NOT_DONE | _NOT_MEANT or _goes_on(words):
        return None
    after = words[0].lower()
    is_free = "NOUN" not in g.parts(first)
    if after == "of" or (after in g.PREPOSITIONS and verb in g.NEED_OBJECTS):
        return None
    if after in g.PREPOSITIONS:  # travelling with a dog, but: training for staff
        is_doing = is_free or after in _WAYS
    elif after in g.DETERMINERS | g.SOMEBODY | g.NUMBERS | g.POINTING:
        is_doing = True
    else:  # booking assistance, but: opening hours; the section tells
        is_quality = "ADJ" in g.parts(first)  # missing pieces
        is_doing = not is_quality and _is_done(verb, said)
    if not is_doing:
        return None
    return Form(f"how do I {verb} {from_reader(rest)}", 0.7, likes_topic=len(words) == 1)


def _goes_on(words: list[str]) -> bool:
    """Say whether a second doing follows, which would keep its form: and helping out."""
    return any(
        word.lower() in g.CONJUNCTIONS and g.verb_of_ing(after) and not g.is_uncounted(after)
        for word, after in pairwise(words)
    )


def _is_done(verb: str, said: str) -> bool:
    leads = r"(?:\A|[.!?]\s+|\b(?:to|you|can|must|may|should|please|not|will|cannot)\s+)"
    return re.search(rf"{leads}{re.escape(verb)}\b", said, re.IGNORECASE) is not None


def is_command(phrase: str) -> bool:
    """Say whether ``phrase`` is an order beyond doubt: write for the web."""
    first, _, rest = phrase.partition(" ")
    words, lower = words_of(rest), first.lower()
    if not words or not (first[0].isupper() or first.islower()) or _COMPOUNDS.match(phrase):
        return False
    if lower in ("don't", "never", "avoid") or phrase.lower().startswith("do not "):
        return True
    if not g.is_base_verb(first) or g.verb_of_ing(first):
        return False
    after = words[0].lower()
    if lower in ("be", "do") or not g.parts(first) & {"NOUN", "ADJ"}:
        return "'" not in first and "-" not in first
    if "ADJ" in g.parts(first):
        return after in g.ARTICLES | {"your", "our"}
    is_object = after in g.DETERMINERS or after in g.PERSONS or after in g.NUMBERS
    is_quality = bool({"ADJ"} & g.parts(after)) and "NOUN" not in g.parts(after)
    return is_object or is_quality or lower in _COMMON_COMMANDS


def of_command(phrase: str, uncounted: frozenset[str]) -> Form | None:
    """Ask how, when or whether to do what the heading orders."""
    if not is_command(phrase) or phrase.lower().startswith(("don't ", "never ", "do not ")):
        return _forbidden(phrase) if is_command(phrase) else None
    first, _, rest = phrase.partition(" ")
    order, asked = first.lower(), from_reader(rest)
    if not _can_follow(rest) or "," in rest or order in _NOT_DONE:
        return None
    if order == "be":
        return Form(f"how can I be {asked}", 0.7)
    if order == "consider" and g.verb_of_ing(words_of(rest)[0]):
        return Form(f"should I consider {asked}", 0.7)
    if order == "consider" or not has_articles(rest, uncounted):
        return None  # "redirect directive" is no order
    match = _WHEN.fullmatch(rest)
    asked = (
        f"when should I {order} {from_reader(match[1])}" if match else f"how do I {order} {asked}"
    )
    return Form(asked, 0.7, likes_topic=len(words_of(rest)) == 1)


def _forbidden(phrase: str) -> Form | None:
    rest = phrase.partition(" ")[2].removeprefix("not ")
    verb, _, others = rest.partition(" ")
    is_plain = g.is_base_verb(verb) and _can_follow(others or "it") and "so" not in others.split()
    return Form(f"should I {from_reader(rest)}", 0.7) if is_plain else None


def has_articles(rest: str, uncounted: frozenset[str]) -> bool:
    """Say whether what is done to has the article that it needs."""
    thing: list[str] = []
    for word in words_of(rest):
        if word.lower() in g.PREPOSITIONS | g.LINKS or "ADV" in g.parts(word) - {"NOUN"}:
            break
        thing.append(word)
    if thing and thing[0].lower() in g.PERSONS | g.SOMEBODY | g.WH:
        return True  # us, somebody, what we know
    is_doing = bool(thing) and g.verb_of_ing(thing[0]) is not None
    is_activity = is_doing and "ADJ" not in g.parts(thing[0]) and thing[0].lower() != "existing"
    return not thing or is_activity or needs_no_article(" ".join(thing), uncounted)


def _can_follow(rest: str) -> bool:
    """Say whether ``rest`` is what may stand behind a verb, and no further sentence."""
    if not rest or re.search(r"[:;()]|\.\s|,\s*(?:use|see|but|then|not)\b", rest):
        return False
    lower = [word.lower() for word in words_of(rest)]
    opened = False
    for word in lower:
        opened = opened or word in g.LINKS | g.WH | g.PERSONS | {"before", "after", "as"}
        if word in g.AUXILIARIES and not opened:
            return False  # a whole sentence, whose subject is the doing
    return not _has_second_verb(lower)


def _has_second_verb(words: list[str]) -> bool:
    """Find what somebody does to something: (dropping) a vector drops its elements."""
    return any(
        g.is_third_person(words[at]) and words[at + 1] in g.DETERMINERS
        for at in range(1, len(words) - 1)
        if words[at - 1] not in g.DETERMINERS | g.PREPOSITIONS | g.CONJUNCTIONS | g.WH | {"that"}
    )
