"""Turn headings and leads into titles and summaries of the text under them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import polars as pl

from curator.derive.chance import chance
from curator.derive.english.content_words import content_words, share_in, stem
from curator.derive.english.grammar import ARTICLES, AUXILIARIES, PERSONS, WH, is_closed, parts
from curator.derive.english.noun_phrases import is_noun_phrase
from curator.derive.found import PLAIN, Found, derive_from
from curator.derive.page.plain import plain
from curator.derive.page.sentences import sentences
from curator.derive.page.source import Block, Section, Source


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TITLE = "Give this text a title."
_ABOUT = "What is this text about, in a few words?"
_EXPLAINED = "What does this text explain?"
_SUMMARY = "Summarise this text in one or two sentences."
_MARKS = re.compile(r"\s{0,3}#{1,6}[ \t]+|\s*")
_NUMBER = re.compile(
    r"(?:\d+(?:\.\d+)*[.)]?|[IVXLC]+[.)]|[A-Z][.)]|§+\s*\d[\d.]*)(?:[ \t]+|(?<=[.)])(?=[A-Z]))"
)
_CLOSING = re.compile(r"(?:[ \t]+#+)?[ \t]*\Z")
_COUNTED = re.compile(
    r"(?:step|example|figure|table|chapter|part|section|appendix|annex|note|item|question|day"
    r"|lesson|unit|exercise|case|option)\b[ .]*(?:\d|[ivx]+\b|[a-z]\b)",
    re.IGNORECASE,
)
_GENERIC = _set(
    """
    overview introduction intro notes note example examples summary conclusion conclusions more
    questions question answers answer faq faqs background general details detail other misc
    miscellaneous further information resources references reference links see also content contents
    appendix index preface foreword people ask asked frequently about next steps step read reading
    related topics topic tips tip key points point before after good bad better worse instead do
    don't dos don'ts what why how when where who which tools tool things thing basics important
    remember warning caution description usage use using purpose scope discussion remarks remark
    place places way ways go stuff
    """
)
_GENERIC_STEMS = frozenset(stem(word) for word in _GENERIC)
_EXPLAINS = re.compile(r"(?:how|what|when|where|why|who)\b[^.:;?!]*\.", re.IGNORECASE)
_POINTS = re.compile(
    r"\b(?:below|above|following|follows|here|this (?:page|section|chapter|guide|document|part"
    r"|article|site|table|list|example|topic|manual|handbook)|these (?:pages|sections|guidelines)"
    r"|(?:see|read|click|visit) |next (?:page|section)|previous|earlier|e\.g\.|for example)\b",
    re.IGNORECASE,
)
_OPENS_A_CLAUSE = re.compile(r"(?:how|what|when|where|why|who)\b", re.IGNORECASE)
_DANGLING = re.compile(
    r"(?:it|its|they|their|he|she|this|that|these|those|such|but|and|so|or|also|then|however"
    r"|therefore|thus|otherwise|instead|both|another|other|here|there|no|yes|as|via|by|with)\b",
    re.IGNORECASE,
)
_NOT_A_TITLE = re.compile(r"[?!:;.…]|https?|www\.|\d{4}|[^\x00-\x7f]\Z")
_MARKUP = re.compile(r"[*_`#|\\]+")
_ABOUT_SHARE = 0.5  # of the titles that answer either question
_MIN_TITLE_WORDS, _MAX_TITLE_WORDS = 2, 10
_BEGIN_CHARS = 300  # of the text, which must hold one of the title's words
_MIN_TITLE_HELD = 0.6  # share of a title's content words that the text must hold
_MIN_LEAD_CHARS, _MAX_LEAD_CHARS, _MAX_LEAD_SENTENCES = 60, 500, 2
_MIN_LEAD_HELD, _MIN_LEAD_WORDS = 0.85, 8
_MIN_RATIO = 3  # the body is at least so many times as long as its lead
_MIN_TOUCHED = 1.0  # share of the sections that say something of what the lead says
_MIN_PARTS = 2  # sections under a lead: what has none is told by it, not summarised


@dataclass(frozen=True, kw_only=True)
class Options:
    """Texts shorter or longer, in code points, are neither titled nor summarised."""

    min_chars: int = 200
    max_chars: int = 6000
    seed: int = 0


def find(source: Source, options: Options) -> Iterator[Found]:
    """
    Find headings that name, and leads that sum up, what stands under them.

    A title has two to ten words, no question or number, and the text under it, its passage, holds
    0.6 of its content words but not the title itself. A lead is one paragraph of one or two
    sentences, directly under a heading with sections, and the rest, its passage, is three times as
    long and holds 0.6 of its content words.
    """
    sections = source.sections
    for place, section in enumerate(sections):
        until = sections[-1].until if section.level == 0 else section.until
        if section.blocks and section.opening:
            body = section.blocks[0].start, until
            yield from _title(source, section.opening, body, options)
        if place == 0 and section.blocks and (section.level == 1 or source.title):
            under = tuple(each for each in sections[1:] if each.until <= until)
            yield from _lead(source, section, under, options)


def derive(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Give an example for every title and summary."""
    return derive_from(records, partial(find, options=options), step="summaries")


def _title(
    source: Source, opening: Block, body: tuple[int, int], options: Options
) -> Iterator[Found]:
    if not options.min_chars <= body[1] - body[0] <= options.max_chars:
        return
    start, end = _words(source.text, opening)
    title = plain(source.text[start:end])
    said = _flat(source.text[slice(*body)])
    words = content_words(title)
    if not _names(title) or _flat(title) in said:
        return
    begin = content_words(said[:_BEGIN_CHARS])
    if share_in(words, set(content_words(said))) < _MIN_TITLE_HELD or not {*words} & {*begin}:
        return
    is_about = _is_nominal(title) and chance(options.seed, source.id, start, end) < _ABOUT_SHARE
    yield Found(
        question=_ABOUT if is_about else _TITLE,
        start=start,
        end=end,
        confidence=0.7,
        template=PLAIN,
        passage=body,
    )


def _words(text: str, opening: Block) -> tuple[int, int]:
    """Give the span of a heading without its marks and its number."""
    line = text[opening.start : opening.end].partition("\n")[0]
    begin = _MARKS.match(line).end()  # type: ignore[union-attr]  # it matches the empty text
    if number := _NUMBER.match(line, begin):
        begin = number.end()
    return opening.start + begin, opening.start + len(_CLOSING.sub("", line))


def _names(title: str) -> bool:
    """Say whether a heading would do as a title for a stranger."""
    words = re.findall(r"[\w'\N{RIGHT SINGLE QUOTATION MARK}-]+", title)
    return (
        _MIN_TITLE_WORDS <= len(words) <= _MAX_TITLE_WORDS
        and len({*content_words(title)} - _GENERIC - _GENERIC_STEMS) >= _MIN_TITLE_WORDS
        and title[0].isupper()
        and not _NOT_A_TITLE.search(title)
        and not _COUNTED.match(title)
        and not _DANGLING.match(title)
        and not _POINTS.search(title)
    )


def _is_nominal(title: str) -> bool:
    """Say whether a title names a thing or a doing: no order, no question, no sentence."""
    words = title.lower().split()
    first = words[0]
    if not is_noun_phrase(title.lower()):
        return False
    if is_closed(first):
        return first in ARTICLES
    is_bare_verb = "VERB" in parts(first) and not first.endswith(("s", "ing", "ed"))
    return not is_bare_verb and not (AUXILIARIES | WH | PERSONS).intersection(words)


def _lead(
    source: Source, section: Section, under: Sequence[Section], options: Options
) -> Iterator[Found]:
    lead = section.blocks[0]
    following = section.blocks[1].start if len(section.blocks) > 1 else None
    level = min((each.level for each in under), default=0)
    parts_of_it = [each for each in under if each.level == level]
    if lead.kind != "paragraph" or len(parts_of_it) < _MIN_PARTS:
        return
    opening = under[0].opening
    begin = following if following is not None or opening is None else opening.start
    body = begin or lead.end, under[-1].until
    length = lead.end - lead.start
    if not options.min_chars <= body[1] - body[0] <= options.max_chars:
        return
    if body[1] - body[0] < _MIN_RATIO * length:
        return
    said = plain(source.said(lead))
    whole = _flat(source.text[slice(*body)])
    if not _is_lead(said) or _flat(said) in whole:
        return
    question = _EXPLAINED if _EXPLAINS.fullmatch(said) else _SUMMARY
    if question == _SUMMARY:
        words = set(content_words(said))
        count = len(list(sentences(source.text, lead.start, lead.end)))
        bodies = (
            source.text[each.blocks[0].start : each.until] for each in parts_of_it if each.blocks
        )
        touched = sum(bool(words.intersection(content_words(each))) for each in bodies)
        if (
            count > _MAX_LEAD_SENTENCES
            or len(words) < _MIN_LEAD_WORDS
            or share_in(words, set(content_words(whole))) < _MIN_LEAD_HELD
            or touched < _MIN_TOUCHED * len(parts_of_it)
            or _OPENS_A_CLAUSE.match(said)
        ):
            return
    yield Found(
        question=question,
        start=lead.start,
        end=lead.end,
        confidence=0.7 if question == _EXPLAINED else 0.5,
        template=PLAIN,
        passage=body,
    )


def _is_lead(said: str) -> bool:
    return (
        _MIN_LEAD_CHARS <= len(said) <= _MAX_LEAD_CHARS
        and said[0].isupper()
        and said.endswith(".")
        and "http" not in said
        and not _POINTS.search(said)
        and not _DANGLING.match(said)
    )


def _flat(text: str) -> str:
    return " ".join(_MARKUP.sub("", text).casefold().split())
