"""Ask when to do the one and when the other: "Use X when ... Use Y when ..."."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import polars as pl

from curator.derive.english import grammar as g
from curator.derive.english.alternatives import Choice, choice_in, match_of
from curator.derive.english.noun_phrases import is_noun_phrase
from curator.derive.english.wording import dangles, from_reader
from curator.derive.found import PLAIN, Found, derive_from
from curator.derive.page.bare_span import bare
from curator.derive.page.list_items import items
from curator.derive.page.plain import plain
from curator.derive.page.sentences import sentences
from curator.derive.page.source import Block, Source

_INSTEAD = re.compile(r"\s+(?:instead of|rather than)\s+")
_UNLIKE = re.compile(
    r"Unlike ((?:an?|the) [^,]{2,60}), ((?:an?|the) [^,]{2,60}?) (?:is|has|does)\b"
)
_OTHERWISE = re.compile(
    r"(?:If|When) ([^,;:]{8,140}), ([a-z]+ [^;.]{3,160})[;,.]? (?:[Oo]therwise|if not),?"
    r" ([a-z]+ \S+).*"
)
_ELSE = re.compile(r"(?:Otherwise|If not)\b")
_POINTS = re.compile(r"'s?\b|\b(?:above|below|each|any|every|following|other|most|many|some|one)\b")
_PRONOUN = re.compile(r"\b(?:it|its|they|them|their|he|she|his|him|her|there|here)\b")
_MARKS = re.compile(r"[{<\[|(]")
_FIRST = re.compile(r" (?:first|instead)\Z")  # it says when, not what
_MOST_WORDS = 14
_LONGEST_BLOCK = 20_000
_BOTH = 2


@dataclass(frozen=True, kw_only=True)
class Options:
    """Whether somebody's own situation is put as a question, too."""

    situations: bool = True


def derive(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Give examples that ask when to do the one and when the other."""
    return derive_from(records, partial(find, options=options), step="contrasts")


def find(source: Source, options: Options) -> Iterator[Found]:
    """
    Yield what is asked of sentences that stand beside one another and set two ways apart.

    Two orders are ways to choose from if they have the same verb of choice, or if the one says
    what the other does not.
    """
    for block in source.blocks:
        if block.kind not in ("paragraph", "list") or block.end - block.start > _LONGEST_BLOCK:
            continue
        said = _sentences(source, block)
        choices = [choice_in(source.text, start, end) for start, end in said]
        yield from _chosen(source, choices, options)
        for span in said:
            if found := _alone(source, span):
                yield found
        for one, other in pairwise(said):
            is_next = other[0] - one[1] <= _BOTH and _ELSE.match(source.text, other[0])
            if is_next and (found := _otherwise(source, (one[0], other[1]))):
                yield found


def _sentences(source: Source, block: Block) -> list[tuple[int, int]]:
    if block.kind == "paragraph":
        return list(sentences(source.text, block.start, block.end))
    found = items(source.text, block.start, block.end)
    return [span for item in found for span in sentences(source.text, item.start, item.end)]


def _chosen(source: Source, choices: list[Choice | None], options: Options) -> Iterator[Found]:
    asked: set[int] = set()
    for one, other in pairwise(choices):
        if one is None or other is None or not match_of(one, other):
            continue
        for this, that in ((one, other), (other, one)):
            question = None if this.is_cut else _rather(this, that)
            if question is None or this.start in asked:
                continue
            asked.add(this.start)
            yield _found(question, this.start, this.end, 0.85)
            case = _situation(this, (one, other))
            if case and options.situations:
                yield _found(case, *bare(source.text, *this.place), 0.7)


def _rather(this: Choice, that: Choice) -> str | None:
    do, other = (_FIRST.sub("", from_reader(words)) for words in (this.order, that.order))
    if "it" in (this.what, that.what):
        other = f"{that.verb} it"
    elif this.verb == that.verb:
        other = _FIRST.sub("", from_reader(that.what))
    return (
        None if _is_odd(do) or _MARKS.search(other) else f"When should I {do} rather than {other}?"
    )


def _situation(this: Choice, both: tuple[Choice, Choice]) -> str | None:
    """Put the condition as somebody's own case; the answer is what to choose."""
    one, other = (from_reader(choice.what) for choice in both)
    case = from_reader(this.condition)
    is_safe = (
        this.is_case
        and not _is_odd(case)
        and not _PRONOUN.search(case)
        and _is_thing(one)
        and _is_thing(other)
    )
    if not is_safe or both[0].verb != both[1].verb:
        return None
    return f"{case[:1].upper()}{case[1:]}. Should I {this.verb} {one} or {other}?"


def _is_thing(way: str) -> bool:
    return len(way.split()) <= _MOST_WORDS // 2 and is_noun_phrase(way)


def _alone(source: Source, span: tuple[int, int]) -> Found | None:
    start, end = span
    if match := _UNLIKE.match(plain(source.text[start:end])):
        one, other = match[2], match[1]
        question = f"How does {one} differ from {other}?"
        is_clean = _is_thing(one) and _is_thing(other) and not _POINTS.search(f"{one} {other}")
        return _found(question, start, end, 0.7) if is_clean and not _is_odd(question) else None
    choice = choice_in(source.text, start, end, is_single=True)
    if choice and len(ways := _INSTEAD.split(choice.order)) == _BOTH:
        do, other = (from_reader(way) for way in ways)
        question = f"When should I {do} instead of {other}?"
        return None if _is_odd(question) else _found(question, start, end, 0.85)
    return _otherwise(source, span)


def _otherwise(source: Source, span: tuple[int, int]) -> Found | None:
    """Ask what to do in a case, where the text says what to do in it and what otherwise."""
    match = _OTHERWISE.fullmatch(plain(source.text[span[0] : span[1]]))
    if not match or not (_is_order(match[2]) and _is_order(match[3])):
        return None
    if match[1].split(" ")[0].endswith(("ing", "ed")) or _POINTS.search(match[1]):
        return None
    question = f"What should I do if {from_reader(match[1])}, and what otherwise?"
    return None if _is_odd(question) else _found(question, *span, 0.7)


def _is_order(words: str) -> bool:
    """Say whether ``words`` begin with an order, and not with what something is or does."""
    first, after = words.split(" ")[:_BOTH]
    return g.is_base_verb(first) and after.lower() not in g.AUXILIARIES


def _is_odd(words: str) -> bool:
    return dangles(words) or bool(_MARKS.search(words)) or words.count('"') % 2 == 1


def _found(question: str, start: int, end: int, confidence: float) -> Found:
    return Found(question=question, start=start, end=end, confidence=confidence, template=PLAIN)
