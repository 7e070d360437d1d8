"""Put questions to sections that do not answer them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice

import polars as pl

from curator.derive import faq, headings
from curator.derive.chance import chance
from curator.derive.english.content_words import content_words, share_in
from curator.derive.found import Found, derive_from, wrapped
from curator.derive.page.source import Section, Source

_MAX_ANSWER_HELD = 0.25  # share of the answer's words that the other section may hold
_MAX_ASKED = 0.25  # and of the question's
_MIN_QUESTION_WORDS = 2  # a question that says less may be answered in other words
_VAGUE = frozenset({"know", "com", "come", "happen", "mean", "work", "go", "thing", "something"})
_LOOKED_AT = 40  # so many sections are tried for a question
_RARE = 0.25  # a word in fewer of the sections tells what a question is about
_NAME = re.compile(r"(?<=[\w,;] )[A-Z][\w-]+|\b[A-Z]{2,}\b")
_CONFIDENCE = 0.7


@dataclass(frozen=True, kw_only=True)
class Options:
    """How many questions of one document, and what is said where nothing answers."""

    per_document: int = 3
    min_chars: int = 150  # of the section that is searched, in code points
    max_chars: int = 3000
    answer: str = "The text does not say."
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse an answer that would be filled from the text."""
        if wrapped(self.answer, "") != self.answer:
            raise ValueError(
                "answer is said as it stands: it may not hold {text}, {plain} or {item}"
            )


def find(source: Source, options: Options) -> Iterator[Found]:
    """
    Find, for questions of the document, another section that does not answer them.

    Questions are those of the steps faq and headings; not what there is to know about a topic, for
    a little of that may stand anywhere. The other section stands under the same
    heading if there is one that will do. It holds no number and no name of the answer, at most a
    quarter of the answer's words and of the question's (those of the document's title and vague
    ones aside), and none that is rare in the document. A hash of seed, document and span chooses.

    The span and the passage are the section that was searched, its heading included, so that a
    reader sees what it is about; the template is ``answer`` and has no hole.
    """
    sections = _Sections(source, options)
    if len(sections.usable) < 2:  # one that answers, another that does not
        return
    asked = {
        each.question: each
        for each in chain(
            faq.find(source, faq.Options()), headings.find(source, headings.Options())
        )
        if each.question.endswith("?") and each.confidence >= _CONFIDENCE
    }
    order = sorted(
        asked.values(),
        key=lambda each: (chance(options.seed, source.id, each.start, each.end), each.question),
    )
    made = (found for each in order if (found := sections.silent(each)))
    yield from sorted(islice(made, options.per_document), key=lambda found: found.start)


def derive(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """Give an example for every question that stays open."""
    return derive_from(records, partial(find, options=options), step="unanswerable")


class _Sections:
    """The sections of one document, as passages that a question may be put to."""

    def __init__(self, source: Source, options: Options) -> None:
        self._source, self._options = source, options
        self._all = [section for section in source.sections if section.blocks]
        self._spans = [_span(section) for section in self._all]
        self._begins = [start for start, _ in self._spans]
        sizes = [end - start for start, end in self._spans]
        self.usable = [
            at for at, size in enumerate(sizes) if options.min_chars <= size <= options.max_chars
        ]
        self._siblings: dict[tuple[str, ...], list[int]] = {}
        for at in self.usable:
            self._siblings.setdefault(_family(self._all[at]), []).append(at)
        said = [source.text[start:end] for start, end in self._spans]
        self._held = [frozenset(content_words(each)) for each in said]
        self._known = _VAGUE | {*content_words(source.title)}
        self._counts: dict[str, int] = {}
        for held in self._held:
            for word in held:
                self._counts[word] = self._counts.get(word, 0) + 1

    def silent(self, asked: Found) -> Found | None:
        """Give the question with a section that does not answer it, None if none is sure."""
        text, options = self._source.text, self._options
        own = bisect_right(self._begins, asked.start) - 1
        said = text[asked.start : asked.end]
        question = {*content_words(asked.question)} - self._known
        answer = {*content_words(said)}
        rare = self._rare(question)
        if own < 0 or len(question) < _MIN_QUESTION_WORDS or not rare or not answer:
            return None
        firm = {word for word in answer if word[0].isdigit()}
        firm |= {word for name in _NAME.findall(said) for word in content_words(name)}
        for at in self._candidates(own, asked):
            held = self._held[at]
            if (
                not firm & held
                and not rare & held
                and share_in(answer, held) <= _MAX_ANSWER_HELD
                and share_in(question, held) <= _MAX_ASKED
            ):
                start, end = self._spans[at]
                return Found(
                    question=asked.question,
                    start=start,
                    end=end,
                    confidence=_CONFIDENCE,
                    template=options.answer,
                    passage=(start, end),
                )
        return None

    def _rare(self, question: set[str]) -> set[str]:
        """Give the words that tell what is asked: few sections of the document hold them."""
        few = max(1, _RARE * len(self._held))
        return {word for word in question if 0 < self._counts.get(word, 0) <= few}

    def _candidates(self, own: int, asked: Found) -> Iterator[int]:
        """Yield other sections, siblings first, from a place that the hash chooses."""
        near = self._siblings.get(_family(self._all[own]), [])
        draw = chance(self._options.seed, self._source.id, asked.question)
        for places in (near, self.usable):
            first = int(draw * len(places))
            turned = (places[(first + step) % len(places)] for step in range(len(places)))
            yield from islice((at for at in turned if at != own), _LOOKED_AT)


def _family(section: Section) -> tuple[str, ...]:
    return (str(section.level), *section.above)


def _span(section: Section) -> tuple[int, int]:
    first = section.opening or section.blocks[0]
    return first.start, section.blocks[-1].end
