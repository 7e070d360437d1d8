"""What an English word can be: part of speech, number, verb form; and its article."""

from __future__ import annotations

from functools import lru_cache


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


ARTICLES = frozenset({"a", "an", "the"})
NUMBERS = _set("one two three four five six seven eight nine ten eleven twelve")
DETERMINERS = ARTICLES | _set(
    "my your our his her its their each every any some no all both another several many few more "
    "most enough either neither which what whose"
)
POINTING = frozenset({"this", "that", "these", "those"})
PERSONS = _set("i you we he she it they me us him them")
SOMEBODY = _set(
    "something anything nothing everything someone somebody anyone anybody nobody everyone "
    "everybody"
)
BE = frozenset({"is", "are", "was", "were", "am"})
AUXILIARIES = BE | _set(
    "do does did have has had can could may might must shall should will would cannot don't "
    "doesn't didn't can't couldn't won't wouldn't mustn't shouldn't isn't aren't wasn't hasn't"
)
WH = _set("what when where why who whom whose which how")
PREPOSITIONS = _set(
    "about above across after against along among around as at before behind below beneath beside "
    "between beyond by despite during except for from in inside into like near of off on onto "
    "out outside over past per since through throughout to toward towards under until up upon "
    "versus via with within without"
)
CONJUNCTIONS = frozenset({"and", "or", "nor", "&"})
LINKS = _set("if when while because unless whether although though that once until")
ADVERBS = _set(
    "not never always also only just too very now then there here again away back together "
    "so yet still ever often soon later already instead"
)
NEED_OBJECTS = _set(
    "use make get put set do have give take keep find let show tell install uninstall upgrade "
    "download configure enable disable add remove create define replace include"
)
_CLOSED = (
    DETERMINERS | POINTING | PERSONS | SOMEBODY | AUXILIARIES | WH | PREPOSITIONS | CONJUNCTIONS
) | (LINKS | ADVERBS)
_UNCOUNTED = _set(
    "access accommodation advice aid air assistance baggage bereavement care cash clothing "
    "compensation compliance conduct cooperation corrosion credit customs damage data driving "
    "education electricity employment encryption energy English equipment evidence feedback "
    "finance food freight fuel furniture guidance hardware harm health help heating homework "
    "housing hygiene ice identification illness information infrastructure insurance jewellery "
    "jewelry knowledge labour labor land language law lighting litter logging luck luggage "
    "machinery mail maintenance management meat medicine metadata money music news noise oil paint "
    "paper parking pay payment permission plastic poetry pollution post power praise privacy "
    "production progress property protection proof publicity punctuation quality rain research "
    "rubbish safety sand security shipping shopping smoking snow software space staff storage "
    "stuff support training transport transportation travel treatment trouble typography "
    "unemployment vocabulary waste water wealth weather wildlife wood work writing"
)
_AN_LETTERS = frozenset("AEFHILMNORSX")
_AN_WORDS = ("hour", "honest", "honour", "honor", "heir")
_A_WORDS = ("uni", "use", "usu", "eu", "one", "once", "uti", "ure", "ubi")
_NOT_UNI = ("unim", "unin", "unid", "unil")


@lru_cache(maxsize=1 << 16)
def parts(word: str) -> frozenset[str]:
    """
    Give what ``word`` can be: NOUN, VERB, ADJ, ADV, PROPN; none for closed classes and unknowns.

    >>> sorted(parts("book"))
    ['NOUN', 'VERB']
    """
    return frozenset() if word.lower() in _CLOSED else frozenset(_lemmas(word.lower()))


@lru_cache(maxsize=1 << 16)
def _lemmas(word: str) -> dict[str, tuple[str, ...]]:
    from lemminflect import getAllLemmas

    return dict(getAllLemmas(word))


@lru_cache(maxsize=1 << 14)
def _inflected(lemma: str, tag: str) -> tuple[str, ...]:
    from lemminflect import getInflection

    return tuple(getInflection(lemma, tag))


def is_closed(word: str) -> bool:
    """Say whether ``word`` is grammar and no content: an article, a pronoun, a preposition ..."""
    return word.lower() in _CLOSED


def can_be_noun(word: str) -> bool:
    """Say whether ``word`` can name something; words that no dictionary has may."""
    if is_closed(word):
        return False
    return not parts(word) or bool(parts(word) & {"NOUN", "PROPN"})


def can_describe(word: str) -> bool:
    """Say whether ``word`` can stand before a noun: an adjective, a participle, a number."""
    lower = word.lower()
    return (
        "ADJ" in parts(lower)
        or lower in NUMBERS
        or lower[:1].isdigit()
        or bool(is_participle(lower))
        or verb_of_ing(lower) is not None
    )


def is_uncounted(word: str) -> bool:
    """Say whether a noun stands without an article: luggage, safety."""
    lower = word.lower()
    return lower in _UNCOUNTED or lower.endswith(("ness", "ship", "ism", "bility", "graphy"))


def lemma_of_noun(word: str) -> str:
    """Give the singular of a noun; other words stay as they are."""
    lower = word.lower()
    return _lemmas(lower).get("NOUN", (lower,))[0]


def is_plural(word: str) -> bool:
    """Say whether ``word`` is a noun in the plural."""
    lower = word.lower()
    lemma = lemma_of_noun(lower)
    if lemma != lower:
        return lower in _inflected(lemma, "NNS")
    return not parts(lower) and lower.endswith("s") and not lower.endswith(("ss", "us", "is"))


def is_base_verb(word: str) -> bool:
    """Say whether ``word`` can be a command: go, book, write."""
    lower = word.lower()
    if lower.startswith(("un", "re")) and not parts(lower):
        lower = lower[2:]  # uninstall
    return lower in ("be", "do") or lower in (_verbs(lower) if parts(lower) else ())


def is_third_person(word: str) -> bool:
    """Say whether ``word`` can be what one somebody does: goes, books, writes."""
    lower = word.lower()
    return any(lower != verb and lower in _inflected(verb, "VBZ") for verb in _verbs(lower))


def is_past(word: str) -> bool:
    """Say whether ``word`` can be what somebody did: went, booked, wrote."""
    lower = word.lower()
    return any(lower != verb and lower in _inflected(verb, "VBD") for verb in _verbs(lower))


def is_participle(word: str) -> bool:
    """Say whether ``word`` can be what was done: gone, booked, written."""
    lower = word.lower()
    return any(lower != verb and lower in _inflected(verb, "VBN") for verb in _verbs(lower))


def verb_of(word: str) -> str:
    """Give the base form of a verb."""
    lower = word.lower()
    return next((verb for verb in _verbs(lower) if verb != lower), lower)


def verb_of_ing(word: str) -> str | None:
    """
    Give the verb that ``word`` is the -ing form of, or None.

    >>> verb_of_ing("travelling"), verb_of_ing("thing")
    ('travel', None)
    """
    lower = word.lower()
    if not lower.endswith("ing") or is_closed(lower):
        return None
    stem = lower[:-3]
    for verb in filter(None, (*_verbs(lower), stem, stem + "e", stem[:-1])):
        is_doubled = verb == stem[:-1] and stem[-1:] == verb[-1:]
        is_form = lower in _inflected(verb, "VBG") or is_doubled
        if verb != lower and is_form and verb in _verbs(verb):
            return verb
    return None


def _verbs(word: str) -> tuple[str, ...]:
    found = _lemmas(word)
    return found.get("VERB", ()) + found.get("AUX", ())


def article(words: str) -> str:
    """
    Give "a" or "an", by how the first of ``words`` sounds.

    >>> article("hour"), article("unit"), article("MRI")
    ('an', 'a', 'an')
    """
    first = words.split(" ", 1)[0].strip("\"'\u201c\u2018")
    if first[1:2] == "-":
        return "an" if first[0].upper() in _AN_LETTERS else "a"  # n-ary, T-shirt
    if len(first) > 1 and first.isupper() and not (len(first) > 4 and set(first) & set("AEIOU")):
        return "an" if first[0] in _AN_LETTERS else "a"
    lower = first.lower()
    if lower.startswith(_AN_WORDS):
        return "an"
    if lower.startswith(_A_WORDS) and not lower.startswith(_NOT_UNI):
        return "a"
    return "an" if lower[:1] in tuple("aeiou") or lower[:2] in ("8", "11", "18") else "a"
