"""A heading as the question that its section answers, by the grammar of the heading."""

from __future__ import annotations

import re
from dataclasses import dataclass

from curator.derive.english import clauses, doings, grammar, things
from curator.derive.english.form import Form
from curator.derive.english.noun_phrases import is_noun_phrase, needs_no_article
from curator.derive.english.wording import (
    cased,
    clean,
    content,
    dangles,
    from_reader,
    is_about,
    words_of,
)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


MOST_WORDS = 18  # a heading of more words is a sentence of the text
_MOST_CHARS = 200
_FEWEST_LETTERS = 3
_MOST_TOPIC_WORDS = 5  # longer ones make the question stilted
_SURE = 0.7  # the confidence of a question that asks for more than what there is to know
_GENERIC = _set(
    "about abstract acknowledgements acknowledgments agenda alternatives answer answers appendix "
    "appendices argument arguments attribute attributes author authors after availability "
    "background before bibliography book books box caution changelog comment comments "
    "compatibility conclusion conclusions contact contents content context copyright credits data "
    "default definition definitions description detail details discussion document download "
    "epilogue example examples exercise exercises explanation explanations figure figures "
    "footnotes foreword general glossary guideline guidelines heading headings hint hints history "
    "home important index information intro introduction item items key keywords legend licence "
    "license link links list lists menu method methods misc miscellaneous module name navigation "
    "note notes online option options other others overview override page parameter parameters "
    "part point points preamble preface properties purpose question questions quiz reading "
    "readings recap recommendation recommendations reference references remark remarks remember "
    "resource resources result results sample scenario scenarios scope section source sources "
    "start status subject subjects summary synopsis syntax table tables takeaways term terms text "
    "thoughts tip tips title todo topic topics top type update updates usage value values video "
    "videos warning warnings word words"
)
_FILLERS = _set(
    "a an the some more further additional related quick brief final main supplementary "
    "supplemental session useful also see and for & my your our all key general"
)
_FAQ = re.compile(
    r".*\b(?:faqs?|frequently asked\b.*|questions (?:and|&) answers|q ?(?:&|and) ?a"
    r"|common questions"
    r"|questions (?:people|passengers|users|customers|readers|guests|visitors|we|you|that|often"
    r"|from|our|asked)\b.*)",
    re.IGNORECASE,
)
_BAD = re.compile(
    r"[{}<>|=\\/^~§@;…]|\.\s|\.\.|https?:|\w\.\w|[!?].*\w|--|\s-\s|\s[\u2013\u2014]\s"
)
_PAPERS = _set(
    "tutorial tutorials manual guide guides guideline guidelines handbook reference documentation "
    "readme faq news note notes examples example exercise exercises appendix chapter introduction "
    "another other"
)
_DATE = re.compile(
    r"(?:\W|\d|st|nd|rd|th|and|to|of|a\.?m\.?|p\.?m\.?|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|spring|summer|autumn|winter"
    r"|year|version|v|week|day|page)+",
    re.IGNORECASE,
)
_MANNER = re.compile(
    r",?\s+(?:step[- ]by[- ]step|in brief|at a glance|in a nutshell)$", re.IGNORECASE
)
_VERSUS = re.compile(r"(.+?)\s+(?:versus|vs\.?|v\.)\s+(.+)", re.IGNORECASE)
_OR = re.compile(r"([^,]+?)\s+or\s+([^,]+)", re.IGNORECASE)
_SITE = re.compile(r": | [-|\u2013\u2014] ")  # behind it a title says what it is part of
_COMPARES = re.compile(
    r"\b(?:choose|use|take|pick|prefer|buy|select|opt for)\b[^.]*\b(?:when|if|for|unless)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What the document around a heading says about how to read it."""

    names: frozenset[str] = frozenset()  # words that keep their capitals
    uncounted: frozenset[str] = frozenset()  # nouns that stand without an article
    commands: bool = False  # its headings give orders: what could be one is not taken for a thing
    said: str = ""  # how the section of the heading reads


def question_of(
    heading: str, above: tuple[str, ...], title: str, setting: Setting | None = None
) -> tuple[str, float] | None:
    """
    Give the question that the section under ``heading`` answers, and its confidence, or None.

    ``above`` are the headings it stands under, outermost first; the nearest, or else the title,
    says what the question is about where the heading alone does not.

    >>> question_of("2.1 Booking a group", (), "Groups")
    ('How do I book a group?', 0.7)
    """
    setting = setting or Setting()
    words = _MANNER.sub("", clean(heading)) if len(heading) <= _MOST_CHARS else ""
    if is_generic(words):
        return None
    if words.endswith("?"):
        words = cased(words, setting.names)
        return None if dangles(words) else (_capital(words), 0.85)
    if _BAD.search(words) or ":" in words or len(words.split()) > MOST_WORDS:
        return None
    phrase = cased(words, setting.names)
    form = _form(phrase, setting)
    if form is None or dangles(from_reader(form.question)):
        return None
    is_led_in = heading.rstrip(" *_").endswith(":") and grammar.is_third_person(
        words.split(" ")[-1]
    )
    if is_led_in and form.confidence < _SURE:
        return None  # "Good content uses:" goes on in what stands below
    question = _about(form, phrase, above, title, setting)
    return (_capital(question) + "?", form.confidence) if question else None


def is_generic(words: str) -> bool:
    """Say whether a heading names a part of any document, a number or a day: never a topic."""
    letters = sum(char.isalpha() for char in words)
    lower = {word.lower() for word in words_of(words)}
    is_part = lower <= _GENERIC | _FILLERS or words.lower().startswith(("table of ", "list of "))
    return letters < _FEWEST_LETTERS or is_part or bool(_DATE.fullmatch(words)) or is_faq(words)


def is_faq(heading: str) -> bool:
    """Say whether a heading opens questions that people ask."""
    return _FAQ.fullmatch(heading.strip().rstrip(":")) is not None


def _form(phrase: str, setting: Setting) -> Form | None:
    first = phrase.split(" ", 1)[0].lower()
    if match := _VERSUS.fullmatch(phrase) or _OR.fullmatch(phrase):
        return _of_pair(match, setting.said)
    if first in ("if", "before", "after", "while", "once", "when", "until"):
        return clauses.of_time(phrase, setting.said)
    if first in grammar.WH:
        return clauses.of_clause(phrase, setting.uncounted)
    if form := things.of_definition(phrase, setting.said):
        return form
    verb = grammar.verb_of_ing(first)
    form = doings.of_doing(phrase, verb, setting.said) if verb else None
    return form or doings.of_command(phrase, setting.uncounted) or _thing(phrase, setting)


def _of_pair(sides: re.Match[str], said: str) -> Form | None:
    one, other = sides.groups()
    if other[0].isupper():
        one = _capital(one)  # the first word of a heading may be a name, too
    if not is_noun_phrase(one) or not is_noun_phrase(other):
        return None
    if sides.re is _VERSUS:
        return Form(f"what is the difference between {one} and {other}", 0.7)
    return Form(f"should I choose {one} or {other}", 0.7) if _COMPARES.search(said) else None


def _thing(phrase: str, setting: Setting) -> Form | None:
    first = phrase.split(" ", 1)[0]
    if setting.commands and grammar.is_base_verb(first) and " " in phrase:
        return None  # where others are orders, this may be one
    return things.of_thing(phrase, setting.uncounted)


def _about(
    form: Form, phrase: str, above: tuple[str, ...], title: str, setting: Setting
) -> str | None:
    """Name the topic first where the heading alone would not say what it is about."""
    if not (form.needs_topic or form.likes_topic) and len(content(phrase)) > 1:
        return form.question
    for words in (*reversed(above), title):
        if is_about(words, phrase):
            if form.needs_topic and len(content(phrase)) < 2:
                continue  # it is all that the phrase says
            return form.question
        topic = topic_of(words, setting)
        if topic:
            return f"when it comes to {topic}, {form.question}"
    return None if form.needs_topic else form.question


def topic_of(words: str, setting: Setting) -> str | None:
    """Give a heading or a title as a thing to speak about, or None where it is none."""
    words = _SITE.split(clean(words), maxsplit=1)[0]
    if len(words) > _MOST_CHARS or is_generic(words) or _BAD.search(words):
        return None
    phrase = cased(words, setting.names)
    is_letters = phrase.isupper() and " " not in phrase  # "the API", but which?
    is_paper = bool(_PAPERS.intersection(map(str.lower, words_of(phrase))))
    if is_letters or is_paper or things.is_mixed(phrase) or _lacks_the(phrase, setting.uncounted):
        return None
    is_short = len(words_of(phrase)) <= _MOST_TOPIC_WORDS
    is_thing = is_noun_phrase(phrase) and not doings.is_command(phrase)
    is_whole = needs_no_article(phrase, setting.uncounted)
    first = phrase.split(" ", 1)[0]
    is_order = setting.commands and grammar.is_base_verb(first)
    is_no_thing = is_order or first.lower() in things.NOTHING
    return phrase if is_short and is_thing and is_whole and not is_no_thing else None


def _lacks_the(phrase: str, uncounted: frozenset[str]) -> bool:
    """Say whether a name ends in a word that has an article: (the) Steering Committee."""
    head = words_of(phrase)[-1]
    is_word = head[0].isupper() and not head.isupper() and grammar.parts(head) == {"NOUN"}
    is_name = " " not in phrase or phrase.lower().startswith(("the ", "a ", "an "))
    return is_word and not is_name and not needs_no_article(head.lower(), uncounted)


def commands(headings: list[str]) -> bool:
    """Say whether some of the ``headings`` of a document are plainly orders."""
    return any(
        words and doings.is_command(words) for words in map(clean, headings) if words[-1:] != "?"
    )


def _capital(question: str) -> str:
    return question[:1].upper() + question[1:]
