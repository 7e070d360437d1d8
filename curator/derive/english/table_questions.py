"""What a cell of a table answers: the question that its row and its column ask."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from curator.derive.english import grammar as g
from curator.derive.english.descriptions import what_it_does
from curator.derive.english.noun_phrases import are_many, is_noun_phrase, needs_no_article
from curator.derive.english.questions import is_generic
from curator.derive.english.wording import cased, clean, from_reader, is_about, words_of


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


OF_WHAT = _set(
    "accuracy aim author capital cause color colour context default definition description "
    "effect function height identifier length level location meaning name owner path purpose "
    "role size source status substitution syntax title type unit value version weight width"
)
FOR_WHAT = _set(
    "age amount capacity charge cost date deadline deposit discount dosage dose duration "
    "fare fee fine frequency height interest limit maximum minimum penalty premium price "
    "rate rationale reason rebate reduction rent rule salary share speed supplement tariff "
    "tax temperature term threshold time toll wage"
)
_PRICES = _set("fare price fee cost charge rate toll tariff rent")
_HIGHER = _PRICES | _set(
    "age amount capacity deposit discount dosage dose fine interest limit penalty premium rebate "
    "reduction salary share speed supplement tax temperature threshold wage"
)
_LONGER = frozenset({"duration", "length", "time", "term"})
_VAGUE = _set(
    "item thing name type kind value field key step case flag option format parameter argument "
    "entry description number no code string row line word part word question"
)
_WHERE = re.compile(r"(Where|When|How|Why) (?:it|they) ([a-z]+)((?: [a-z'-]+)*)")
_WHAT_READER = re.compile(
    r"(What|When|Where|How) (?:you|I) (can|may|must|should) ([a-z]+(?: [a-z'-]+)*)"
)
_USE = re.compile(r"([A-Z][a-z]+) it (for|in|with|on|as|to)")
_WHO = re.compile(r"Who ([a-z]+s)(?: for)?")
_KEPT_FOR = re.compile(r"([A-Z][a-z]+(?:ed|pt|ld)) for")
_DURATION = re.compile(r"\d+ (?:minute|hour|day|week|month|year)s?")
_COUNT = re.compile(
    r"(?:\d[\d,]*|one|two|three|four|five|six|seven|eight|nine|ten|none)"
    r"(?: (?:each|for every .*|per .*|[a-z]+ for every .*))?"
)
NUMBER = re.compile(r"(\D{0,3}?)(\d{1,3}(?:,\d{3})+|\d+)((?:\.\d+)?)(\s?[^\d\s]\D*)?")
_PARTS = re.compile(r"\s*[,;]\s*|\s+or\s+")
_NOT_SAID = _set("item thing name value entry number string row line word key object element")
_LISTED = _set("hours times conditions requirements rules rates fees prices dates opening days")
_DOES = re.compile(r"([A-Z][a-z]+s) ([A-Z][\w'-]+(?: [A-Z][\w'-]+)*)")
_DOES_AT = re.compile(r"([A-Z][a-z]+s) at")
_TIME = re.compile(r"\d{1,2}[:.]\d{2}(?: ?[ap]\.?m\.?)?")
_NOT_BY_ITSELF = re.compile(r"[^\w .'\u2019-]|\b(?:and|or|other|first|second|third)\b")
LOOKED_UP = 0.5
"""The confidence of a question that only names row and column, as for looking something up."""

_OWNED = re.compile(r"['\u2019]s?\b")  # the inner's path
_FEW_WORDS = 3
_MOST_THING_WORDS = 3
_SAYS_LITTLE = _set(
    "rule reason status value type title role purpose effect size term amount limit minimum "
    "maximum context default rate time date number path identifier substitution"
)
_OF_WORDS = frozenset({"meaning", "name", "definition", "title"})
_MODALS = _set("can may must should will could might would")


@dataclass(frozen=True)
class Naming:
    """How the table is spoken of."""

    thing: str  # what a row is, such as "ticket"; "" if the head does not say
    topic: str  # heading or title of the table, without its number; "" if it has none
    title: str = ""  # of the document
    names: frozenset[str] = frozenset()  # words that keep their capitals
    uncounted: frozenset[str] = frozenset()  # nouns that stand without an article

    def row(self, head: str) -> str:
        """Name a row: a dog; the ticket “Flex”, where it is not sure to be a thing by itself."""
        is_said = self.thing and self.thing.split(" ")[-1] not in _NOT_SAID
        quoted = f"the {self.thing} “{head}”" if is_said else f"“{head}”"
        words = head.split(" ")
        is_name = len(words) > 1 and all(word[:1].isupper() for word in words)
        is_known = head in self.names or not all(map(g.parts, words))
        if is_name and not is_known:
            return quoted  # "Question Heading" may be any kind of thing
        phrase = head if is_name else cased(head, self.names)
        is_written = head[:1].isupper()  # what begins small may be a name in some code
        return (is_written and _by_itself(phrase, self.uncounted)) or quoted

    def within(self, column: str) -> str | None:
        """Open a question whose row and column do not tell all; None if nothing does."""
        is_said = self.thing and self.thing.split()[-1] not in _VAGUE
        if is_said and _head_noun(column) not in _SAYS_LITTLE:
            return ""
        return self.opening or None

    @property
    def opening(self) -> str:
        """Open a question with the place of the table, "" where nothing names it."""
        return f"In {self.place}, " if self.place else ""

    @property
    def place(self) -> str:
        """Say where the table stands, by the heading above it, and by the title if that adds."""
        if not self.topic:
            return ""
        title = clean(self.title)
        adds = title and not is_generic(title) and not is_about(title, self.topic)
        where = f" in “{title}”" if adds and "“" not in title else ""
        return f"the table under “{self.topic}”{where}"


def topic_of(headings: Iterable[str]) -> str:
    """Give the nearest heading that says what a table is about, or ""."""
    topics = (clean(words) for words in headings)
    topic = next((words for words in topics if words and not is_generic(words)), "")
    return "" if topic.endswith("?") or "“" in topic else topic


def thing_of(head: str) -> str:
    """Give the head of the first column if it says what one row is, or ""."""
    words = words_of(head)
    if not words or len(words) > _MOST_THING_WORDS or " ".join(words) != head:
        return ""
    *before, last = words
    is_noun = "NOUN" in g.parts(last) and last[0].islower() and not g.is_plural(last)
    describes = all("NOUN" in g.parts(word) or "ADJ" in g.parts(word) for word in before)
    return head if is_noun and describes and not any(map(g.is_closed, words)) else ""


def _by_itself(phrase: str, uncounted: frozenset[str]) -> str | None:
    """Give ``phrase`` with its article if it names a thing and can be read in no other way."""
    words = phrase.split(" ")
    if _NOT_BY_ITSELF.search(phrase) or not is_noun_phrase(phrase):
        return None
    if len(words) == 1 and ("ADJ" in g.parts(phrase) or not g.parts(phrase)) and words[0].islower():
        return None
    if words[0].lower() in g.DETERMINERS or words[0].lower() in g.PREPOSITIONS:
        return None
    if all(word[0].isupper() for word in words) or needs_no_article(phrase, uncounted):
        return phrase
    return f"{g.article(phrase)} {phrase}" if words[0][0].islower() else None


def question(column: str, row: str, value: str, table: Naming) -> tuple[str, float] | None:
    """
    Ask for the ``value`` under ``column`` in the row ``row``; None where no form is sure.

    >>> question("Price each way", "Dog", "€4.00", Naming("animal", ""))
    ('What is the price each way for a dog?', 0.85)
    """
    head = cased(column, table.names)
    within, is_number = table.within(head), NUMBER.fullmatch(value) is not None or value == "free"
    asked = _clause(column, row, value, table)
    if not asked and head == "description":
        asked = what_it_does(table.row(row), value)
    if not asked and not is_several(value):
        asked = _attribute(head, table, row)
    if within is not None and asked:
        within = "" if asked.startswith("in the table") else within
        return _capital(f"{within}{asked}?"), 0.85
    price = _price_of(table.topic)
    if price and is_number:
        what = f"what is the “{column}” {price} for {table.row(row)}"
        return f"{table.opening}{what}?", 0.85
    if table.place:
        return f"{table.opening}what is listed under “{column}” for “{row}”?", LOOKED_UP
    return None


def higher(column: str, one: str, other: str, table: Naming) -> str | None:
    """Ask which of two rows has more of what ``column`` measures."""
    head = cased(column, table.names)
    within = table.within(head)
    which = f"which {table.thing}" if table.thing else "which"
    noun = _head_noun(head)
    if noun in _HIGHER | _LONGER and is_attribute(head) and within is not None:
        more = "longer" if noun in _LONGER else "higher"
        return _capital(f"{within}{which} has the {more} {head}, “{one}” or “{other}”?")
    price = _price_of(table.topic)
    if not price or not table.opening:
        return None
    return f"{table.opening}{which} has the higher “{column}” {price}, “{one}” or “{other}”?"


def is_several(value: str) -> bool:
    """Say whether a cell lists short values, so that it is not the one that is asked for."""
    pieces = _PARTS.split(value)
    return len(pieces) > 1 and all(len(piece.split()) <= _FEW_WORDS for piece in pieces)


def _attribute(head: str, table: Naming, row: str) -> str | None:
    if not is_attribute(head):
        return None
    noun = _head_noun(head)
    is_thing = table.thing and table.thing.split(" ")[-1] not in _NOT_SAID
    name = (
        f"the {table.thing} “{row}”"
        if is_thing and noun in _OF_WORDS and table.thing
        else table.row(row)
    )
    return f"what is the {head} {'of' if noun in OF_WHAT else 'for'} {name}"


def is_attribute(head: str) -> bool:
    """Say whether ``head`` is one thing that something else has: price each way."""
    words = words_of(head)
    noun = _head_noun(head)
    if noun not in OF_WHAT | FOR_WHAT or " ".join(words) != head or _OWNED.search(head):
        return False
    before = words[: words.index(noun)]
    return all(g.can_be_noun(word) or g.can_describe(word) for word in before)


def _head_noun(head: str) -> str:
    words = words_of(head)
    ends = (at for at, word in enumerate(words) if word.lower() in g.PREPOSITIONS | {"each"})
    core = words[: next(ends, len(words))]
    return core[-1] if core else ""


def _clause(column: str, row: str, value: str, table: Naming) -> str | None:
    name = table.row(row)
    head = cased(column, table.names)
    is_many = g.is_plural(_head_noun(head)) and is_noun_phrase(head)
    if is_many and head.islower() and _COUNT.fullmatch(value):
        return f"how many {head} are listed for {name}"
    if (match := _KEPT_FOR.fullmatch(column)) and _DURATION.fullmatch(value):
        is_one = name.split(" ")[0] in ("the", "a", "an")
        things = cased(row, table.names)
        if is_one or (is_noun_phrase(things) and are_many(things)):
            whole = f"is {name}" if is_one else f"are {things}"
            return f"how long {whole} {match[1].lower()}"
        return None
    if table.place and is_many and head.split(" ")[-1] in _LISTED and head.islower():
        return f"in {table.place}, what are the {head} for {name}"
    asked = None if is_generic(row) or not table.place else _of_doing(column, value, name)
    if asked:
        return f"in {table.place}, {asked}"
    return _of_reader(column, row, table) or _of_place(column, name)


def _of_doing(column: str, value: str, name: str) -> str | None:
    """Ask when or where: Leaves Corrow, 07:40; Calls at, Ommerby."""
    match = _DOES.fullmatch(column) if _TIME.fullmatch(value) else None
    if match and g.is_third_person(match[1]):
        return f"when does {name} {g.verb_of(match[1])} {match[2]}"
    match = _DOES_AT.fullmatch(column) if value[:1].isupper() else None
    if match and g.is_third_person(match[1]):
        return f"where does {name} {g.verb_of(match[1])}"
    return None


def _of_reader(column: str, row: str, table: Naming) -> str | None:
    if (match := _WHAT_READER.fullmatch(column)) and table.thing:
        wh, modal, rest = match[1].lower(), match[2], match[3]
        return f"{wh} {modal} I {from_reader(rest)} when the {table.thing} is “{row}”"
    return None


def _of_place(column: str, name: str) -> str | None:
    if match := _WHERE.fullmatch(column):
        wh, verb, rest = match[1].lower(), match[2], match[3]
        if verb in _MODALS | {"is", "are"}:
            return f"{wh} {verb} {name}{rest}"
        if "VERB" in g.parts(verb):
            return f"{wh} does {name} {g.verb_of(verb)}{rest}"
    if (match := _USE.fullmatch(column)) and g.is_base_verb(match[1]):
        return f"what do I {match[1].lower()} {name} {match[2]}"
    if (match := _WHO.fullmatch(column)) and g.is_third_person(match[1]):
        return f"who {match[1]} for {name}" if match[1] in ("pays", "cares") else None
    return None


def _price_of(topic: str) -> str:
    words = [word.lower() for word in words_of(topic)]
    singular = (g.lemma_of_noun(word) for word in words)
    return next((word for word in singular if word in _PRICES), "") if len(words) > 1 else ""


def _capital(question: str) -> str:
    return question[:1].upper() + question[1:]
