"""Definition sentences, glossaries and abbreviations become questions after their meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import polars as pl

from curator.derive.english import glossary, grammar
from curator.derive.english.glossary import COUNTED, NEEDS_MORE
from curator.derive.english.noun_phrases import is_noun_phrase, needs_no_article
from curator.derive.english.things import says_what
from curator.derive.english.wording import cased, clean, dangles, names_of, words_of
from curator.derive.found import PLAIN, Found, derive_from
from curator.derive.page.plain import plain
from curator.derive.page.sentences import sentences
from curator.derive.page.source import Block, Section, Source

_SENTENCE = re.compile(
    r"(?P<article>(?:An?|The)\s+)?(?P<open>\*\*\*|\*\*|__|\*|_|\"|\u201c|`)"
    r"(?P<term>[^*_`\"\u201c\u201d.:;]{2,60})(?:\*\*\*|\*\*|__|\*|_|\"|\u201d|`)"
    r"(?P<also>,?\s+(?:or|also called|also known as)\s+[^.;:]{2,60}?,?|\s*\([^()]{1,60}\))?\s+"
    r"(?P<verb>is\s+defined\s+as|are\s+defined\s+as|refers?\s+to|means?|stands?\s+for|is|are)\s+"
    r"(?P<rest>\S+)",
    re.DOTALL,
)
_OPENING = re.compile(
    r"(?P<article>(?:An?|The)\s+)?(?P<term>[^*_`\"\u201c\u201d\n.:;,()]{2,60}?)"
    r"(?P<also>,?\s+(?:or|also called|also known as)\s+[^.;:,]{2,60},|\s*\([^()]{1,60}\))?\s+"
    r"(?P<verb>is\s+defined\s+as|are\s+defined\s+as|refers?\s+to|means?|is|are)\s+(?P<rest>\S+)",
    re.DOTALL,
)
_TERM_OPENING = re.compile(r"The\s+terms?\s+(?=[*_\"\u201c`])")
_CALLED = re.compile(
    r"\b(?:is|are)\s+(?:called|known\s+as)\s+(?P<article>(?:an?|the)\s+)?"
    r"(?P<open>\*\*|__|\*|_|\"|\u201c)(?P<term>[^*_\"\u201c\u201d\n.:;]{2,60})"
    r"(?:\*\*|__|\*|_|\"|\u201d)[.]?\Z"
)
_SAYS_WHAT = frozenset(
    {"a", "an", "the", "any", "one", "anyone", "someone", "something", "anything"}
)
_EXPANDED = re.compile(
    r"(?<![\w*])((?:[\w'-]+ ){1,9}?[\w'-]+) \((?:the )?\"?([A-Z][A-Z0-9]{1,7})(s?)\"?\)"
)
_SMALL = frozenset(["of", "and", "the", "for", "in", "on", "to", "a", "an", "de", "&"])
_PERSON = re.compile(r"the (?:person|man|woman|adult|member|officer|one who)\b")
_LEANS = re.compile(
    r"(?:earlier|previously|in contrast|by contrast|conversely|similarly|likewise"
    r"|(?:(?:all|the|any) )?others?)\b"
    r"|the\s+\w+\s+(?:is|are)\s+(?:called|known\s+as)\b",  # "The trait is known as ..."
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"\b(?:who|which|that)\b")  # a number alone is no meaning but a value
_MOST_CHARS = 1000


@dataclass(frozen=True, kw_only=True)
class Options:
    """Nothing can be set."""


def find(source: Source, options: Options) -> Iterator[Found]:  # noqa: ARG001 - as every step
    """Find sentences that define, entries of glossaries, and abbreviations with their words."""
    names = names_of(source)
    seen: set[str] = set()
    for section in source.sections:
        for found in _in_section(source, section, names):
            if found.question not in seen and not dangles(found.question):
                seen.add(found.question)
                yield found


def _in_section(source: Source, section: Section, names: frozenset[str]) -> Iterator[Found]:
    listed = [*glossary.entries(source, section, names), *glossary.listed(source, section, names)]
    yield from sorted(listed, key=lambda found: found.start)
    taken = {found.end for found in listed}
    for place, block in enumerate(section.blocks):
        is_text = block.kind == "paragraph" and source.text[block.start] not in ">|<"
        if is_text and block.end not in taken:
            yield from _in_paragraph(source, block, section, names, opening=not place)


def _in_paragraph(
    source: Source, block: Block, section: Section, names: frozenset[str], *, opening: bool
) -> Iterator[Found]:
    if block.end - block.start > _MOST_CHARS * 20:
        return
    heading = section.heading or ("" if section.level else source.title)
    for at, (start, end) in enumerate(sentences(source.text, block.start, block.end)):
        said = source.text[start:end]
        yield from _expanded(source, start, end)
        if end - start > _MOST_CHARS or said.endswith((":", "?")) or said[0] in "(<>|":
            continue
        question = _asked(said, names)
        confidence = 0.85
        if not question and opening and at == 0:
            question = _asked_of_heading(said, heading, names)
        if question:
            yield Found(
                question=question, start=start, end=end, confidence=confidence, template=PLAIN
            )


def _asked(said: str, names: frozenset[str]) -> str | None:
    """Ask after the marked term that a sentence defines."""
    if NEEDS_MORE.search(plain(said)) or _LEANS.match(said):
        return None
    if match := _CALLED.search(said[-200:]):
        is_doing = grammar.verb_of_ing(match["term"].split()[0]) is not None
        return (
            None
            if is_doing or dangles(plain(said))
            else _what(match["article"], match["term"], _be(match["term"]), names)
        )
    lead = _TERM_OPENING.match(said)
    match = _SENTENCE.match(said, lead.end() if lead else 0)
    if not match or not _defines(match, said):
        return None
    asked = _what(match["article"], match["term"], match["verb"], names)
    is_person = match["article"] == "The " and _PERSON.match(said, match.start("rest"))
    return asked.replace("What is", "Who is") if asked and is_person else asked


def _be(term: str) -> str:
    return "are" if grammar.is_plural(term.rsplit(maxsplit=1)[-1]) else "is"


def _defines(match: re.Match[str], said: str) -> bool:
    rest, article = match["rest"].lower(), (match["article"] or "").strip()
    if match["verb"] not in ("is", "are"):
        return rest not in ("not", "never", "no")
    is_code = match["open"] == "`"
    if is_code or not says_what(rest, said[match.end() :]):
        return False
    if words_of(said[match.end() :])[:1] == [match["term"].lower()]:
        return False  # "The path is the path to the parent."
    if article != "The" and article:
        return True
    is_bold = match["open"] in ("**", "__", "***")  # what is in italics may be any name
    if rest == "the" and not article and not is_bold:
        return False  # what is in quotes "is the theme of the year"
    is_whole = article or is_bold or needs_no_article(match["term"].lower(), frozenset())
    is_made_up = rest in grammar.NUMBERS and _CLAUSE.search(said, match.end()) is not None
    return (rest in _SAYS_WHAT or is_made_up) and bool(is_whole)


def _asked_of_heading(said: str, heading: str, names: frozenset[str]) -> str | None:
    """Ask after the heading where the first sentence under it says what it is."""
    match = _OPENING.match(said)
    words = clean(heading)
    if not match or not words or NEEDS_MORE.search(plain(said)):
        return None
    bare = re.sub(r"^(?:an?|the)\s+", "", words, flags=re.IGNORECASE)
    if _stem(bare) != _stem(match["term"]):
        return None
    is_state = match["verb"] in ("is", "are")
    if is_state and match["rest"].lower() not in _SAYS_WHAT:
        return None
    if is_state and not says_what(match["rest"], said[match.end() :]):
        return None
    return _what(match["article"], match["term"], match["verb"], names)


def _stem(words: str) -> list[str]:
    lower = words.lower().split()
    return [*lower[:-1], grammar.lemma_of_noun(lower[-1])] if lower else []


def _what(article: str | None, term: str, verb: str, names: frozenset[str]) -> str | None:
    words = " ".join(term.split())
    if not words_of(words) or not is_noun_phrase(words) or "{" in words or COUNTED.fullmatch(words):
        return None
    which = (article or "").strip().lower()
    words = words if which and words[0].isupper() else cased(words, names)
    if verb.split(maxsplit=1)[0] in ("mean", "means", "refer", "refers") and not which:
        return f'What does "{words}" mean?'
    if verb.startswith("stand"):
        return f"What does {words} stand for?"
    if verb.startswith("are") or verb in ("mean", "refer"):
        return f"What are {which + ' ' if which == 'the' else ''}{words}?"
    if grammar.is_plural(words.split(" ")[-1]) and not which:
        return f'What does "{words}" mean?'  # "Zones is a word for ..."
    if which in ("a", "an"):
        which = grammar.article(words)
    return f"What is {which + ' ' if which else ''}{words}?"


def _expanded(source: Source, start: int, end: int) -> Iterator[Found]:
    """Find the words that an abbreviation in brackets stands for, letter by letter."""
    for match in _EXPANDED.finditer(source.text, start, end):
        words, letters = match[1].split(" "), match[2]
        for first in range(len(words)):
            some = words[first:]
            big = [part for word in some if word.lower() not in _SMALL for part in word.split("-")]
            every = [part for word in some for part in word.split("-")]
            is_long = any(len(word) > len(letters) for word in some) and len(some) > 1
            if (
                is_long
                and some[0].lower() not in _SMALL
                and letters in (_initials(big), _initials(every))
            ):
                begin = match.start(1) + sum(len(word) + 1 for word in words[:first])
                yield Found(
                    question=f'What does "{letters}s" stand for?'
                    if match[3]
                    else f"What does {letters} stand for?",
                    start=begin,
                    end=match.end(1),
                    confidence=0.95,
                    template=PLAIN,
                )
                break


def _initials(words: list[str]) -> str:
    return "".join(word[:1] for word in words).upper()


def derive(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Give an example for every term that a document defines."""
    return derive_from(records, partial(find, options=options), step="definitions")
