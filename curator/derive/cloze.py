"""Hide a term, a number or a time in a sentence that stands alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import polars as pl

from curator.derive.chance import chance
from curator.derive.english.content_words import content_words
from curator.derive.english.sentence_verbs import has_verb
from curator.derive.found import PLAIN, Found, derive_from
from curator.derive.page.list_items import items
from curator.derive.page.plain import plain
from curator.derive.page.sentences import sentences
from curator.derive.page.source import Block, Source

GAP = "____"
_HOLE = "\ue000"  # stands for the gap while markup is taken off: no syntax, no white space
_QUESTION = 'Fill in the gap: "{}"'
_QUESTION_FROM = 'Fill in the gap in this sentence from “{}”: "{}"'

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_UNIT = (
    r"(?:per cent|percent|seconds?|minutes?|hours?|days?|weeks?|months?|years?|working days"
    r"|business days|calendar days|euros?|dollars?|pounds?|cents?"
    r"|(?:kilo|centi|milli)?met(?:re|er)s?"
    r"|(?:kilo|milli)?grams?|tonnes?|tons?|lit(?:re|er)s?|miles?|feet|inches|acres|bytes?"
    r"|[kmg]b|kib|mib|gib|km|cm|mm|kg|ml|mb)"
)
_FIGURE = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_COUNT = r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_VALUE = re.compile(
    rf"(?<![\w$€£.,:/#-])(?:"
    rf"\d{{1,2}}\ {_MONTH}(?:\ \d{{4}})?|{_MONTH}\ \d{{1,2}}(?:,\ \d{{4}})?"
    rf"|\d{{1,2}}:\d{{2}}(?:\ ?[ap]\.?m\b\.?)?"
    rf"|[€$£](?:{_FIGURE})(?:\ (?:million|billion))?"
    rf"|(?:{_FIGURE})\ ?[%€]"
    rf"|(?:{_FIGURE}|{_COUNT})\ {_UNIT}(?![\w-])"
    rf")(?![\w%€/-]|[.,:]\d)"
)
_TERM = re.compile(r"(?P<marks>\*\*|__)(?=\S)(?P<term>[^*_\n]{3,60}?)(?<=\S)(?P=marks)")
_DEFINES = re.compile(
    r"(?P<article>(?:An?|The) )?(?P<marks>\*\*|__)[^*_\n]{3,60}(?P=marks)"
    r"\s+(?:is|are|means|mean|refers to)\s+(?!not\b|only\b|also\b|never\b|always\b)"
    r"(?P<meaning>.*)",
    re.DOTALL,
)
_OPENING = re.compile(
    r"(?:it|its|they|their|them|he|she|his|her|we|our|i|you|your|this|that|these|those|such|but|and"
    r"|so|or|also|then|however|therefore|thus|otherwise|instead|both|another|others?|here|there|no"
    r"|yes|neither|either|one|some|most|many|all|none|each of|for example|for instance|if so|if not"
    r"|in addition|in fact|in other words|of the|within|as a result|similarly|likewise|finally"
    r"|first|second|third|next|again|still|yet|please|note|example|before|after)\b",
    re.IGNORECASE,
)
_ANAPHOR = re.compile(
    r"\b(?:this|these|those|above|below|following|follows|previous|preceding|earlier|former|latter"
    r"|here|aforementioned|respectively|such|same|other|others|them|remaining|rest|additional|recently|however|also"
    r"|too|therefore|thus|moreover|again|chapter|section|figure|table"
    r"|appendix|page|example|e\.g|i\.e)\b",
    re.IGNORECASE,
)
_PERSONS = re.compile(r"\b(?:it|its|they|their|he|she|his|her|him)\b", re.IGNORECASE)
_REFERS_BACK = re.compile(
    r"\bthe (?:\w+ )?(?:condition|disorder|disease|illness|syndrome|device|method|procedure|process"
    r"|form|type|change|case|amount|period|test|patients?|items?|product|document|agreement|letter"
    r"|results?|question|answer|problem|system|program|rule|sentence|word)\b",
    re.IGNORECASE,
)
_SPEAKERS = re.compile(r"\b(?:we|us|our|ours|i|my|me)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['\N{RIGHT SINGLE QUOTATION MARK}-][^\W_]+)*")
_FOREIGN = re.compile(r"https?:|www\.|[`\[\]{}<>|\\\"“”=_#~^]|\*\*\*")
_DIGIT = re.compile(r"\d")
_LOOSE = re.compile(
    rf"\b(?:past|last|next|recent|another|{_COUNT[3:-1]}|one) (?:to |or |and )?\Z", re.IGNORECASE
)
_ABOUT = re.compile(
    r"\W*(?:about|approximately|around|only|up to|nearly|almost|at least)?\s*\Z", re.IGNORECASE
)
_MIN_CHARS, _MAX_CHARS = 40, 220
_MIN_WORDS = 4  # of content, beside what is hidden
_MAX_TERM_WORDS = 4


@dataclass(frozen=True, kw_only=True)
class Options:
    """How many sentences of one document may get a gap."""

    per_document: int = 5
    seed: int = 0


def find(source: Source, options: Options) -> Iterator[Found]:
    """
    Find sentences that stand alone, with a term that they define or the only value they hold.

    Values are amounts of money, percentages, dates, times of day, and numbers with a unit. Of more
    than ``per_document`` sentences a hash of seed, document and span chooses. A sentence that says
    no word of the document's title, or opens with "The", is given with the title.
    """
    every = [found for part in _parts(source) for found in _gaps(source, *part)]
    order = sorted(every, key=lambda each: chance(options.seed, source.id, each.start, each.end))
    yield from sorted(order[: options.per_document], key=lambda each: each.start)


def derive(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Give an example for every gap."""
    return derive_from(records, partial(find, options=options), step="cloze")


def _parts(source: Source) -> Iterator[tuple[int, int]]:
    """Yield the spans in which sentences stand: paragraphs, and items without items under them."""
    has_lead_in = False  # "You pay for:" is a part of every sentence in the list
    for block in source.blocks:
        if block.kind == "paragraph" and not source.text.startswith((">", "<"), block.start):
            yield block.start, block.end
        elif block.kind == "list" and not has_lead_in:
            yield from _items(source, block)
        has_lead_in = source.text[block.end - 1] == ":"


def _items(source: Source, block: Block) -> Iterator[tuple[int, int]]:
    found = items(source.text, block.start, block.end)
    if any(item.number is not None for item in found):  # a step is understood among its steps
        return
    for item in found:
        yield item.start, item.end


def _gaps(source: Source, start: int, end: int) -> Iterator[Found]:
    seen = list(sentences(source.text, start, end))
    for first, last in seen:
        said = source.text[first:last]
        if not _MIN_CHARS <= len(said) <= _MAX_CHARS or "\n\n" in said or not _stands_alone(said):
            continue
        hidden = _term(said)
        is_term = hidden is not None
        hidden = hidden or _value(said)
        if hidden is None:
            continue
        begin, stop = hidden
        gapped = _with_gap(said, begin, stop)
        hidden_words = {*content_words(said[begin:stop])}
        question = _question(source.title, gapped, hidden_words, is_term=is_term)
        if question:
            yield Found(
                question=question,
                start=first + begin,
                end=first + stop,
                confidence=0.7 if is_term else 0.5,
                template=PLAIN,
            )


def _stands_alone(said: str) -> bool:
    words = said.lstrip("*_")
    opening = " ".join(_WORD.findall(plain(said))[:3])
    return (
        words[:1].isupper()
        and said.rstrip("*_")[-1:] == "."
        and not _OPENING.match(words)
        and not _FOREIGN.search(said.replace("**", "").replace("__", ""))
        and not _ANAPHOR.search(said)
        and not _REFERS_BACK.search(said)
        and not _PERSONS.search(opening)
        and ":" not in re.sub(r"\d:\d", "", said)
        and has_verb(plain(said))
    )


def _term(said: str) -> tuple[int, int] | None:
    """Find the term that the sentence defines; its span is without the marks around it."""
    match = _DEFINES.match(said)
    term = _TERM.search(said)
    if not match or not term or len(_TERM.findall(said)) != 1:
        return None
    if len(term["term"].split()) > _MAX_TERM_WORDS or term["term"][0].isdigit():
        return None
    if len(content_words(plain(match["meaning"]))) < _MIN_WORDS:
        return None
    return term.span("term")


def _value(said: str) -> tuple[int, int] | None:
    """Find the only value of a sentence."""
    found = list(_VALUE.finditer(said))
    is_label = said.startswith(("*", "_"))  # "**Free of charge** for 30 days." has no verb
    if len(found) != 1 or is_label or _PERSONS.search(said) or _SPEAKERS.search(said):
        return None
    begin, stop = found[0].span()
    before, after = said[:begin], said[stop:]
    is_nobody = _ABOUT.match(before) and not after.startswith(
        " of "
    )  # "3% may fall ill." - of whom?
    if is_nobody or _LOOSE.search(before) or _DIGIT.search(before + after):
        return None
    return begin, stop


def _question(title: str, gapped: str | None, hidden: set[str], *, is_term: bool) -> str | None:
    """Ask for the gap; a sentence that says no word of its document's title comes with it."""
    if gapped is None:
        return None
    name = plain(title)
    told = {*content_words(name)}
    says_it = told & {*content_words(gapped)}
    if not gapped.startswith("The ") and (is_term or says_it):
        return _QUESTION.format(gapped)
    return _QUESTION_FROM.format(name, gapped) if name and not hidden <= told else None


def _with_gap(said: str, begin: int, stop: int) -> str | None:
    """Give the words of the sentence with a gap, None if they give it away or say too little."""
    words = plain(said[:begin] + _HOLE + said[stop:])
    hidden = plain(said[begin:stop])
    rest = words.replace(_HOLE, " ")
    gone = {*content_words(hidden)}
    if words.count(_HOLE) != 1 or not hidden or gone & {*content_words(rest)}:
        return None
    if len(content_words(rest)) < _MIN_WORDS or "*" in rest or "_" in rest:
        return None
    return words.replace(_HOLE, GAP)
