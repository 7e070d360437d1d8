"""
Which label a text names: the label itself, or the label in words around it that leave no doubt.

A label is found in its own letters; else whatever the case, the marks around it and between its
words. Within other words it must be the only label named, not denied, and stated: at the beginning
before a mark, alone on a line, between quotes or other marks, or after a colon or a word that
states ("is", "as", "label"), with or without an article.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from curator.errors import shorten

Doubt = Literal["no label", "several labels", "denied label", "label not stated"]

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")  # noqa: RUF001 - both marks that join a word
_EDGES = " \t\r\n\"'`*_.,;:!?()[]{}<>«»“”‘’„。，！？：；「」"  # noqa: RUF001 - what people write
_DENIES = re.compile(
    r"\b(?:not|no|never|neither|nor|without|except|cannot|\w{2,6}n['’]t)\b[^.:;,!?\n]{0,40}\Z",  # noqa: RUF001
    re.IGNORECASE,
)
_ARTICLES = frozenset(("a", "an", "the"))
_STATES = frozenset(
    {"is", "be", "as", "are", "say", "choose", "pick", "select", "label", "labels", "category"}
    | {"class", "classification", "answer", "intent", "topic", "type"}
)
_OPENERS, _CLOSERS = "\"'`*«“‘„[({<「", "\"'`*»”’“])}>」"  # noqa: RUF001


@dataclass(frozen=True, kw_only=True)
class _Index:
    exact: frozenset[str]
    folded: Mapping[str, str | None]  # None: two labels differ in case or edges alone
    worded: Mapping[tuple[str, ...], str | None]
    lengths: tuple[int, ...]  # how many words labels have, longest first


@dataclass(frozen=True, kw_only=True)
class _Mention:
    label: str | None
    first: int  # word
    last: int


def named(labels: tuple[str, ...], text: str) -> tuple[str, None, str] | tuple[None, Doubt, str]:
    """Give the label that ``text`` names, or what is in doubt and a detail."""
    index = _index(labels)
    bare = text.strip()
    for way in (text, bare):
        if way in index.exact:
            return way, None, ""
    if (label := index.folded.get(_folded(bare))) is not None:
        return label, None, ""
    spans = list(_WORD.finditer(text))
    words = [_folded(span.group()) for span in spans]
    if (label := index.worded.get(tuple(words))) is not None:
        return label, None, ""
    return _judged(list(_mentions(index, words)), words, spans, text)


def _judged(
    mentions: list[_Mention], words: list[str], spans: list[re.Match[str]], text: str
) -> tuple[str, None, str] | tuple[None, Doubt, str]:
    if not mentions:
        return None, "no label", shorten(text.strip())
    labels = {mention.label for mention in mentions}
    label = mentions[0].label
    if label is None or len(labels) > 1:
        known = sorted(name for name in labels if name is not None)
        return None, "several labels", shorten(", ".join(known) or text.strip())
    if any(_is_denied(text, spans[mention.first].start()) for mention in mentions):
        return None, "denied label", shorten(label)
    if not any(_is_stated(mention, words, spans, text) for mention in mentions):
        return None, "label not stated", shorten(label)
    return label, None, ""


def _is_denied(text: str, start: int) -> bool:
    """Look for a word that denies, shortly before and in the same clause."""
    return _DENIES.search(text[max(0, start - 60) : start]) is not None


def _is_stated(mention: _Mention, words: list[str], spans: list[re.Match[str]], text: str) -> bool:
    first, last = mention.first, mention.last
    is_final = last + 1 == len(spans)
    before = text[spans[first - 1].end() if first else 0 : spans[first].start()]
    after = text[spans[last].end() : len(text) if is_final else spans[last + 1].start()]
    if after.lstrip().startswith("?"):
        return False
    is_alone = is_final or bool(after.strip()) or "\n" in after
    if is_alone and (not first or "\n" in before):
        return True
    if after and before[-1:] in _OPENERS and before[-1:] and after[0] in _CLOSERS:
        return True
    if ":" in before or "=" in before:
        return True
    spoken = [word for word in words[max(0, first - 3) : first] if word not in _ARTICLES]
    return bool(spoken) and spoken[-1] in _STATES


def _mentions(index: _Index, words: list[str]) -> Iterator[_Mention]:
    """Find labels among the words, the longest first where several begin at one word."""
    at = 0
    while at < len(words):
        for length in index.lengths:
            key = tuple(words[at : at + length])
            if key in index.worded:
                yield _Mention(label=index.worded[key], first=at, last=at + len(key) - 1)
                at += len(key)
                break
        else:
            at += 1


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip(_EDGES).replace("’", "'")  # noqa: RUF001


@lru_cache(maxsize=32)
def _index(labels: tuple[str, ...]) -> _Index:
    folded: dict[str, str | None] = {}
    worded: dict[tuple[str, ...], str | None] = {}
    for label in dict.fromkeys(labels):
        short = _folded(label)
        if short:
            folded[short] = None if short in folded else label
        words = tuple(_folded(word) for word in _WORD.findall(label))
        if words:
            worded[words] = None if words in worded else label
    lengths = tuple(sorted({len(words) for words in worded}, reverse=True))
    return _Index(exact=frozenset(labels), folded=folded, worded=worded, lengths=lengths)
