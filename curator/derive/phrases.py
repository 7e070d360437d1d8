"""The forms that a heading can have, and how each is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from curator.derive import grammar as g
from curator.derive.wording import content, from_reader, words_of


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
_PRONOUN_SUBJECTS = _set("we you i they it everyone everybody nobody someone somebody")
_COMMON_COMMANDS = _set("use make get set put keep find check ask try show tell")
_OPINIONS = _set(
    "most least best next better worst only same first last major main good great bad big key "
    "important common popular useful powerful simple easy difficult critical essential vital "
    "necessary possible perfect ideal nice must more less very way problem problems challenge "
    "mistake result reason right wrong bit lot matter kind favourite favorite"
)
_WAYS = _set("with on to at through into onto off without around against up out")
_STEPS = re.compile(r"^\s{0,3}1[.)]\s", re.MULTILINE)
_NOT_DONE = _set(
    "expect remember note know need want like believe consider have understand let see"
)
_COMPOUNDS = re.compile(
    r"(?:use|check|set|test|show)[ -](?:cases?|lists?|ups?|of)\b", re.IGNORECASE
)
_DEFINES = re.compile(
    r"(?P<article>(?:an?|the)\s+)?(?P<term>[^.,:;()]{2,60}?)(?:,[^,.]{2,40},)?\s+"
    r"(?:(?P<be>is|are)\s+(?:an?|the|any|one of)\s|means?\s|refers? to\s|(?:is|are) defined as\s)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Form:
    """A question without its capital and its mark."""

    question: str
    confidence: float
    needs_topic: bool = False  # it makes no sense unless something says what it is about
    likes_topic: bool = False  # it makes more sense then


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
    if not is_last and len(before) and g.is_participle(head) and not _names(head):
        *before, head = before  # words used on ...
    if not _names(head) or "ADV" in g.parts(head) and "NOUN" not in g.parts(head):
        return False
    for at, word in enumerate(before):
        if g.is_closed(word) and word.lower() not in g.NUMBERS and word.lower() != "very":
            return False
        if not word[0].isupper() and not g.can_be_noun(word) and not g.can_describe(word):
            return False
        is_name = word[0].isupper() or words[at + 1][0].isupper()
        if g.is_plural(word) and not g.can_describe(word) and not is_name:
            return False  # "sentences start", "uses tables": somebody does something
        if g.is_third_person(word) and "NOUN" not in g.parts(word):
            return False
    return True


def _names(word: str) -> bool:
    is_doing = g.verb_of_ing(word) is not None
    return g.can_be_noun(word) or word[0].isupper() or word[0].isdigit() or is_doing


def _head(phrase: str) -> str:
    """Give the noun that decides the number."""
    words = words_of(phrase)
    ends = [at for at, word in enumerate(words) if at and word.lower() in g.PREPOSITIONS]
    core = words[: ends[0]] if ends else words
    if len(core) > 1 and g.is_participle(core[-1]) and "NOUN" not in g.parts(core[-1]):
        core = core[:-1]
    return core[-1]


def _are_many(phrase: str) -> bool:
    if phrase.lower().startswith(("each ", "every ")):
        return False
    return bool(re.search(r"\s(?:and|&)\s", phrase)) or g.is_plural(_head(phrase))


def needs_no_article(phrase: str, uncounted: frozenset[str]) -> bool:
    """Say whether ``phrase`` is grammatical as it is: one thing that can be counted has an "a"."""
    return all(
        _is_whole(side, uncounted) for side in re.split(r",\s*|\s+(?:and|or|&)\s+", phrase) if side
    )


def _is_whole(phrase: str, uncounted: frozenset[str]) -> bool:
    first, head = words_of(phrase)[0], _head(phrase)
    is_many = g.is_plural(head) or head.lower() in uncounted or g.is_uncounted(head)
    is_own = first.lower() in g.DETERMINERS or first.endswith(("'s", "s'"))
    is_activity = g.verb_of_ing(head) is not None or g.verb_of_ing(first) is not None
    return is_own or is_many or head[0].isupper() or is_activity


def of_thing(phrase: str, uncounted: frozenset[str]) -> Form | None:
    """Ask about a thing, or about things."""
    words = words_of(phrase)
    if not is_noun_phrase(phrase):
        return None
    first, is_joined = words[0].lower(), bool(re.search(r",|\s(?:and|or|&)\s", phrase))
    head = _head(phrase).lower()
    has_more = any(word.lower() in g.PREPOSITIONS for word in words[1:])
    asked = from_reader(phrase)
    be = "are" if _are_many(phrase) else "is"
    the = "" if first in ("the", "your", "our", "my") else "the "
    counted = first in g.NUMBERS or (first == "the" and words[1].lower() in g.NUMBERS)
    if counted and be == "are" and not is_joined:
        return Form(f"what are {the}{asked}", 0.7, needs_topic=not has_more, likes_topic=True)
    is_plain = first not in g.DETERMINERS or first in ("the", "your", "our")
    if head in _LISTED and is_plain and not is_joined:
        return Form(f"what are {the}{asked}", 0.7, needs_topic=not has_more, likes_topic=True)
    if head in _ASKED_OF and is_plain and not is_joined and has_more:
        return Form(f"what is {the}{asked}", 0.7, likes_topic=True)
    if first in g.NUMBERS or not content(phrase) or not needs_no_article(phrase, uncounted):
        return None
    needs = len(content(phrase)) < 2 or (first == "the" and not has_more)
    is_named = words[-1][0].isupper()
    return Form(
        f"what should I know about {asked}",
        0.5,
        needs_topic=needs and not is_named,
        likes_topic=True,
    )


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
    if (
        match["be"]
        and words_of(said[match.end() :])[:1]
        and (words_of(said[match.end() :])[0].lower() in _OPINIONS)
    ):
        return None
    term, said_article = " ".join(bare), (match["article"] or "").strip().lower()
    if g.is_plural(_head(term)):
        return Form(f"what are {own and own + ' '}{term}", 0.85)
    which = own or said_article
    if which in ("a", "an"):
        which = g.article(term)
    if not which and not term[0].isupper() and not (match["be"] or "").lower() == "is":
        return None
    return Form(f"what is {which and which + ' '}{term}", 0.85)


def _stem(words: list[str]) -> list[str]:
    lower = [word.lower().strip("*_\"'`") for word in words]
    return [*lower[:-1], g.lemma_of_noun(lower[-1])] if lower else []


def of_doing(phrase: str, verb: str, said: str) -> Form | None:
    """Ask how to do what the heading says is done: booking a group."""
    first, _, rest = phrase.partition(" ")
    words = words_of(rest)
    if not words or not _can_follow(rest) or words[-1].lower() in g.SOMEBODY or "," in rest:
        return None
    after = words[0].lower()
    is_free = "NOUN" not in g.parts(first)
    if after in g.PREPOSITIONS:  # travelling with a dog, but: training for staff
        is_doing = is_free or after in _WAYS
    elif after in g.DETERMINERS | g.SOMEBODY | g.NUMBERS | g.POINTING:
        is_doing = True
    else:  # booking assistance, but: opening hours; the section tells
        is_doing = bool(_STEPS.search(said)) or _is_done(verb, said)
    return Form(f"how do I {verb} {from_reader(rest)}", 0.7) if is_doing else None


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


def of_command(phrase: str) -> Form | None:
    """Ask how, when or whether to do what the heading orders."""
    if not is_command(phrase):
        return None
    first, _, rest = phrase.partition(" ")
    lower = first.lower()
    if lower in ("don't", "never") or phrase.lower().startswith("do not "):
        rest = rest.removeprefix("not ") if lower == "do" else rest
        verb = words_of(rest)[0]
        is_plain = g.is_base_verb(verb) and _can_follow(rest.partition(" ")[2] or "it")
        if not is_plain or re.search(r"\band\b.*\bever\b", rest):
            return None
        return Form(f"should I {from_reader(rest)}", 0.7)
    if not _can_follow(rest) or "," in rest or (lower in _NOT_DONE and lower != "consider"):
        return None
    if lower == "consider":
        is_doing = g.verb_of_ing(words_of(rest)[0]) is not None
        return Form(f"should I consider {from_reader(rest)}", 0.7) if is_doing else None
    if lower == "be":
        return Form(f"how can I be {from_reader(rest)}", 0.7)
    if match := re.fullmatch(r"(.+?)\s+(?:when|only when|only if|if)\s+.+", rest):
        return Form(f"when should I {lower} {from_reader(match[1])}", 0.7)
    return Form(f"how do I {lower} {from_reader(rest)}", 0.7)


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
    return True


def of_time(phrase: str) -> Form | None:
    """Ask what to do, or what happens, at the time or in the case that the heading names."""
    clause = phrase.split(",", 1)[0]
    first, _, rest = clause.partition(" ")
    first, words = first.lower(), words_of(rest)
    if first == "when" and words and words[0].lower() == "to":
        return _to("when", rest) if "," not in phrase else None
    if not words or g.is_base_verb(clause.split()[-1]) and len(words) == 1:
        return None
    subject, verb = words[0].lower(), words[1] if len(words) > 1 else ""
    turned = from_reader(clause[0].lower() + clause[1:])
    if first == "when" and g.verb_of_ing(subject):
        return Form(f"what should I do {turned}", 0.7, needs_topic=len(words) < 3)
    if first == "when" and subject in g.AUXILIARIES:
        return Form(from_reader(clause), 0.7)
    if first in ("before", "after", "while", "until", "once", "if"):
        is_clause = subject in _PRONOUN_SUBJECTS | g.SOMEBODY and _is_finite(verb)
        if not is_clause and not (first == "if" and _verb_at(words)):
            return None
        return Form(f"what should I do {turned}", 0.7) if subject != "we" else None
    if first != "when" or subject == "we" or "," in phrase:
        return None
    if subject in _PRONOUN_SUBJECTS | g.SOMEBODY and _is_finite(verb) or _verb_at(words):
        return Form(f"what happens {turned}", 0.7)
    return None


def _to(wh: str, rest: str) -> Form | None:
    verb = rest.split()[1] if len(rest.split()) > 1 else ""
    if not g.is_base_verb(verb):
        return None
    doing = from_reader(rest.partition(" ")[2])
    return Form(f"how do I {doing}" if wh == "how" else f"{wh} should I {doing}", 0.7)


def of_clause(phrase: str) -> Form | None:
    """Put a clause that a question word opens into the order of a question."""
    wh, _, rest = phrase.partition(" ")
    wh, words = wh.lower(), words_of(rest)
    if not words or "," in rest or words[-1].lower() in g.WH or not content(phrase):
        return None
    first = words[0].lower()
    if first == "to":
        return _to(wh, rest)
    if first in g.AUXILIARIES:
        is_stub = len(words) == 1
        needs = len(content(phrase)) < 2
        return None if is_stub else Form(from_reader(f"{wh} {rest}"), 0.85, needs)
    if wh in ("what", "who") and g.is_third_person(first) and not g.is_plural(first):
        return _subject_asked(wh, rest, words)
    if wh in ("what", "who") and g.is_third_person(first) and len(words) > 1:
        return _subject_asked(wh, rest, words)
    if wh in ("which", "whose") or first in ("much", "many", "long", "often", "far", "big"):
        return None
    at = _verb_at(words)
    if at is None:
        return None
    subject, verb = " ".join(words[:at]), words[at].lower()
    tail = " ".join(words[at + 1 :])
    if re.search(r"[^\w\s'&-]", rest):
        return None  # marks would be lost
    needs = len(content(phrase)) < 2
    if verb in g.AUXILIARIES and (tail or verb in g.BE):
        asked = f"{wh} {verb} {subject} {tail}"
    elif subject.lower() in ("we", "you", "i", "they") and g.is_base_verb(verb):
        asked = f"{wh} do {subject} {verb} {tail}"
    elif g.is_third_person(verb):
        asked = f"{wh} does {subject} {g.verb_of(verb)} {tail}"
    elif g.is_base_verb(verb) and _are_many(subject):
        asked = f"{wh} do {subject} {verb} {tail}"
    elif g.is_past(verb):
        asked = f"{wh} did {subject} {g.verb_of(verb)} {tail}"
    else:
        return None
    return Form(from_reader(asked.strip()), 0.7, needs_topic=needs)


def _subject_asked(wh: str, rest: str, words: list[str]) -> Form | None:
    is_stub = len(words) == 1 or words[-1].lower() in ("next", "then", "now")
    return Form(from_reader(f"{wh} {rest}"), 0.7, needs_topic=is_stub)


def _is_finite(word: str) -> bool:
    lower = word.lower()
    return (
        lower in g.AUXILIARIES
        or g.is_base_verb(lower)
        or g.is_third_person(lower)
        or (g.is_past(lower))
    )


def _verb_at(words: list[str]) -> int | None:
    """Find the verb of a clause that begins with its subject: after a pronoun, or after a noun."""
    if words[0].lower() in _PRONOUN_SUBJECTS | g.SOMEBODY:
        return 1 if len(words) > 1 and _is_finite(words[1]) else None
    for at in range(1, len(words)):
        word, before = words[at].lower(), words[at - 1]
        if word in g.WH or word in g.POINTING:
            return None  # a clause within the subject
        if not _names(before) or not is_noun_phrase(" ".join(words[:at])):
            continue
        if word in g.AUXILIARIES:
            return at
        is_many = _are_many(" ".join(words[:at]))
        agrees = g.is_base_verb(word) if is_many else g.is_third_person(word)
        if agrees and not g.is_closed(word):
            return at
    return None
