"""Make an example of each text that stands beside its rewritten form (before, after)."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import polars as pl

from curator.derive.found import ITEM, PLAIN, TEXT, Found, derive_from
from curator.derive.page.bare_span import bare
from curator.derive.page.before_after import Mark, clean, marks, pairs_in, side_of
from curator.derive.page.plain import plain
from curator.derive.page.source import Source
from curator.derive.page.table_cells import Cell, table

_OF_WORDING = re.compile(
    r"\bplain(er|ly)?\b|\bbefore and after\b|\bre-?writ|\bre-?word|\bwording\b|\bjargon\b"
    r"|\bhow we (write|answer|say|tell)\b|\b(concise|clear(er|ly)?|wordy|wordiness)\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"\n[ \t]*\n|(?m:^[ \t]*(?:[-*+•]|\d{1,3}[.)]|#{1,6}|>)[ \t])|<br|\|[ \t]*-{3}"
)
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_WORD = re.compile(r"[^\W\d_]{2,}|\bI\b")
_LONG_WORD = re.compile(r"[^\W\d_]{5,}")
_SENTENCE_END = re.compile(r"[.?!:;…][\"'”\u2019)\]]*\Z")
_MAX_PHRASE_WORDS = 8


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a rewrite is asked for."""

    instruction: str = "Rewrite this in plain language."  # put before the text to rewrite


def derive(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Give an example for each pair of a text and its rewritten form, as the marks say."""
    return derive_from(records, partial(find, options=options), step="rewrites")


def find(source: Source, options: Options) -> Iterator[Found]:
    """
    Yield the pairs under marks such as **Before:** and **After:**, and in tables of two columns.

    A pair in which one side is a picture, code or a remark in brackets makes none.
    """
    made = [*_marked(source, options), *_in_tables(source, options)]
    yield from sorted(made, key=lambda found: found.start)


def _marked(source: Source, options: Options) -> Iterator[Found]:
    found = list(marks(source))
    ends = [*(mark.start for mark in found[2:]), len(source.text)]
    for (before, after), until in zip(pairwise(found), ends, strict=False):
        if not before.opens or after.opens or after.word not in pairs_in(before.word):
            continue
        if before.level and after.level is None:
            continue
        said = side_of(source, before, after.start)
        new = side_of(source, after, until)
        if said is None or new is None or not _is_text(source, said) or not _is_text(source, new):
            continue
        is_beside = before.indent is not None and before.block == after.block
        if (
            before.word != "before"
            or is_beside
            or _tells_of_wording(source, before)
            or _share_words(source, said, new)
        ):
            confidence = 0.95 if before.level is None else 0.85
            pair = _found(source, said, new, options.instruction, confidence)
            is_item = after.indent is not None and pair.template == TEXT
            yield replace(pair, template=ITEM) if is_item else pair


def _found(
    source: Source, said: tuple[int, int], new: tuple[int, int], instruction: str, confidence: float
) -> Found:
    before = source.text[said[0] : said[1]]
    if _SEVERAL.search(before):
        indent = re.search(r"\n([ \t]+)\S", before)
        asked = textwrap.dedent((indent[1] if indent else "") + before).strip()
    else:
        asked = plain(before)
    template = TEXT if _SEVERAL.search(source.text[new[0] : new[1]]) else PLAIN
    return Found(
        question=f"{instruction}\n\n{clean(asked)}",
        start=new[0],
        end=new[1],
        confidence=confidence,
        template=template,
    )


def _is_text(source: Source, span: tuple[int, int]) -> bool:
    """Say whether words stand there: no picture alone, no code, no remark on the text."""
    said = _PICTURE.sub("", source.text[span[0] : span[1]]).strip()
    is_code = said.startswith(("```", "~~~", "`")) or "\n```" in said
    return not is_code and "{::" not in said and len(_WORD.findall(said)) > 1


def _tells_of_wording(source: Source, mark: Mark) -> bool:
    return any(_OF_WORDING.search(words) for words in (source.title, *mark.headings))


def _share_words(source: Source, said: tuple[int, int], new: tuple[int, int]) -> bool:
    one, other = (
        {word.lower()[:5] for word in _LONG_WORD.findall(source.text[start:end])}
        for start, end in (said, new)
    )
    return bool(one & other)


def _in_tables(source: Source, options: Options) -> Iterator[Found]:
    for block in source.blocks:
        found = table(source.text, block.start, block.end) if block.kind == "table" else None
        if found is None or len(found.head) != 2:
            continue
        before, after = (
            cell.words.lower().replace("\u2019", "'").rstrip(":") for cell in found.head
        )
        if after not in pairs_in(before):
            continue
        for old, new in found.rows:
            if pair := _from_cells(source, old, new, before, options):
                yield pair


def _from_cells(source: Source, old: Cell, new: Cell, head: str, options: Options) -> Found | None:
    both = old.words + new.words
    is_remark = new.words.startswith(("(", "[")) or "{:" in both or "__" in both
    is_section = old.words.startswith("§") and new.words.startswith("§")
    if is_remark or is_section or old.words == new.words or old.words.startswith("`"):
        return None
    if not _WORD.search(old.words) or not _WORD.search(new.words):
        return None
    if _are_several(old.words, new.words):
        return None
    start, end = bare(source.text, new.start, new.end)
    question = f"{options.instruction}\n\n{old.words}"
    if _is_phrase(old.words) and _is_phrase(new.words):
        if head == "before" and not _OF_WORDING.search(source.title):
            return None
        question = f"What is a plainer way to say “{old.words}”?"
    return Found(question=question, start=start, end=end, confidence=0.95, template=PLAIN)


def _is_phrase(words: str) -> bool:
    return not _is_ended(words) and len(words.split()) <= _MAX_PHRASE_WORDS


def _are_several(old: str, new: str) -> bool:
    """Say whether two cells seem to hold several phrases each, a line for one."""
    is_phrases = not _is_ended(old) and not _is_ended(new) and not _is_phrase(old)
    return is_phrases and 2 * len(new.split()) < len(old.split())


def _is_ended(words: str) -> bool:
    return _SENTENCE_END.search(words.removesuffix("...")) is not None
