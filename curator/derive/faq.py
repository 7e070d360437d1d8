"""Questions that a document asks itself become examples with the answers that it gives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import polars as pl

from curator.derive.english import questions
from curator.derive.english.grammar import can_be_noun
from curator.derive.english.wording import cased, clean, content, dangles, names_of
from curator.derive.found import ITEM, PLAIN, TEXT, Found, derive_from
from curator.derive.headings import answer_in
from curator.derive.page.list_items import items
from curator.derive.page.plain import plain
from curator.derive.page.source import Block, Section, Source

_Q = r"[*_]{0,3}Q(?:uestion)?[ ]?\d{0,3}[*_]{0,3}[:.][*_]{0,3}[ \t]*"
_A = r"[*_]{0,3}A(?:nswer)?[ ]?\d{0,3}[*_]{0,3}[:.][*_]{0,3}[ \t]*"
_PAIR = re.compile(rf"^[ \t]*(?:{_Q}|{_A})", re.MULTILINE | re.IGNORECASE)
_MARKED = re.compile(r"(?P<mark>\*\*\*|___|\*\*|__|\*|_)(?P<asked>[^*_\n]{3,300}\?)(?P=mark)")
_SPACES = re.compile(r"\s*")
_HOW_TO = re.compile(r"\Ahow to (?=.*\?\Z)", re.IGNORECASE)  # which is no sentence
_MOST_CHARS = 4000
_FEWEST_WORDS = 3
_MOST_QUESTION_CHARS = 300


@dataclass(frozen=True, kw_only=True)
class Options:
    """Nothing can be set."""


def find(source: Source, options: Options) -> Iterator[Found]:  # noqa: ARG001 - as every step
    """Find Q and A marks, headings and bold lines that ask, and what people say under them."""
    seen: set[str] = set()
    names = names_of(source)
    for section in source.sections:
        for asked, start, end, template, confidence in _in_section(source, section):
            question = _question(asked, names)
            if question and question.casefold() not in seen:
                seen.add(question.casefold())
                yield Found(
                    question=question,
                    start=start,
                    end=end,
                    confidence=confidence,
                    template=template,
                )


_GAP = re.compile(r"\s+(?=[?!]\Z)")  # French and old typists set one before the mark
_Pair = tuple[str, int, int, str, float]


def _in_section(source: Source, section: Section) -> Iterator[_Pair]:
    heading = section.heading or ("" if section.level else source.title)
    is_people = any(map(questions.is_faq, section.above))
    pairs = list(_in_blocks(source, section.blocks))
    if heading.rstrip().endswith("?") or (is_people and _is_statement(heading)):
        answer = None if pairs else answer_in(source, section.blocks, _MOST_CHARS)
        if answer:
            confidence = 0.95 if is_people or heading.rstrip().endswith("?") else 0.85
            yield (heading, *answer, confidence)
    yield from pairs


def _is_statement(heading: str) -> bool:
    return heading.rstrip().endswith((".", "!")) and len(heading.split()) > _FEWEST_WORDS


def _in_blocks(source: Source, blocks: tuple[Block, ...]) -> Iterator[_Pair]:
    at = 0
    last_faq = max((i for i, block in enumerate(blocks) if block.kind == "faq"), default=-1)
    while at < len(blocks):
        block = blocks[at]
        if block.kind == "faq":
            until = at + 1
            while until < last_faq and blocks[until].kind != "faq":
                until += 1  # what stands between two pairs belongs to the first
            yield from _in_faq(source, block, blocks[at + 1 : until])
            at = until
        elif block.kind == "paragraph" and (match := _marked(source, block)):
            rest = block.start + match.end()
            if rest < block.end:
                start = rest + _space(source.text, rest)
                yield match["asked"], start, block.end, PLAIN, 0.95
                at += 1
                continue
            until = at + 1
            while until < len(blocks) and not _opens(source, blocks[until]):
                until += 1
            answer = answer_in(source, blocks[at + 1 : until], _MOST_CHARS)
            if answer:
                yield (match["asked"], *answer, 0.95)
            at = until
        else:
            if block.kind == "list":
                yield from _in_list(source, block)
            at += 1


def _marked(source: Source, block: Block) -> re.Match[str] | None:
    return _MARKED.match(source.text[block.start : min(block.end, block.start + 400)])


def _opens(source: Source, block: Block) -> bool:
    """Say whether a block begins something new: a bold line, asked or not."""
    said = source.said(block)[: _MOST_QUESTION_CHARS + 10].strip()
    return block.kind == "faq" or (
        block.kind == "paragraph"
        and (
            _MARKED.match(said) is not None or (said[:2] in ("**", "__") and said[-2:] == said[:2])
        )
    )


def _in_faq(source: Source, block: Block, further: tuple[Block, ...]) -> Iterator[_Pair]:
    """Part a block at its marks; what stands ``further`` belongs to its last answer."""
    said, first = source.said(block), block.start
    marks = list(_PAIR.finditer(said))
    for place, (mark, answer) in enumerate(pairwise(marks), start=2):
        if not _is_question(mark[0]) or _is_question(answer[0]):
            continue
        until = marks[place].start() if place < len(marks) else len(said)
        told = said[answer.end() : until].rstrip()
        several = ITEM if block.kind == "list" else TEXT
        end, template = first + answer.end() + len(told), several if "\n\n" in told else PLAIN
        if further and place == len(marks):
            end, template = further[-1].end, TEXT
        if told:
            asked = said[mark.end() : answer.start()]
            yield asked, first + answer.end(), end, template, 0.95


def _is_question(mark: str) -> bool:
    return mark.strip(" \t*_")[:1] in "Qq"


def _in_list(source: Source, block: Block) -> Iterator[_Pair]:
    for item in items(source.text, block.start, block.end):
        said = source.text[item.start : item.end]
        yield from _in_faq(source, Block("list", None, item.start, item.end), ())
        if match := _MARKED.match(said[:400]):
            start = item.start + match.end()
            start += _space(source.text, start)
            if start < item.end and item.depth == 0:
                yield match["asked"], start, item.end, PLAIN, 0.95


def _space(text: str, at: int) -> int:
    match = _SPACES.match(text, at)
    return len(match[0]) if match else 0


def _question(asked: str, names: frozenset[str]) -> str | None:
    """Give the words of a question as a person would put it, or None where it dangles."""
    if len(asked) > _MOST_QUESTION_CHARS:
        return None
    raw = _GAP.sub("", plain(asked))
    words = _HOW_TO.sub("How do I ", clean(raw))
    if raw.endswith((".", "!")) and words[-1:] not in ".!?":
        words += raw[-1]
    long = [word for word in words.split()[1:] if len(word) > _FEWEST_WORDS]
    if len(long) >= _FEWEST_WORDS and not any(word[0].islower() for word in long):
        words = cased(words, names)
    says_little = not any(map(can_be_noun, content(words)))
    if words.lower().startswith("did you "):
        return None  # the page asks the reader
    if len(words.split()) < _FEWEST_WORDS or says_little or dangles(words) or words.count("?") > 2:
        return None
    return words[:1].upper() + words[1:]


def derive(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Give an example for every question that a document asks and answers."""
    return derive_from(records, partial(find, options=options), step="faq", english=False)
