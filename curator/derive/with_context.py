"""Give examples again with the passages that answer them, among passages that do not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, NamedTuple

import orjson
import polars as pl

from curator.derive.chance import chance
from curator.derive.english.content_words import content_words, share_in
from curator.derive.found import source_of, wrapped
from curator.derive.passages import Index, Passages
from curator.records import IS_CHUNK, IS_DOCUMENT, IS_EXAMPLE, KEPT, RECORD

_ABOUT_A_TEXT = ("cloze", "rewrites", "summaries", "unanswerable", "with_context")
"""Steps whose questions bring the text along that they are about: passages would add nothing."""
_LIFE = ("group", "split", "language", "licence", "provenance")
_DOCUMENT = ("id", "title", "text", "blocks", *_LIFE)
_EXAMPLE = ("id", "messages", "label", "meta", *_LIFE)
_EXTRA = ("tools", "context", "rejected_messages")

_MIN_ANSWER_WORDS = 3  # of a labelled example: fewer stand in a passage by chance
_MIN_HELD = 0.8  # share of a labelled answer's words that the passage which answers must hold
_MIN_ASKED = 0.5  # and of the question's
_LOOKED_AT = 5  # so many of the best passages are looked at for a labelled answer
_MAX_HELD = 0.5  # share of the answer's words that a distractor may hold
_MAX_HELD_UNANSWERED = 0.25  # where no passage may answer
_MAX_ASKED_UNANSWERED = 0.6
_MIN_DISTRACTOR_CHARS = 80  # a heading alone distracts nobody
_FOUND = 0.7  # confidence in a passage that was searched for


@dataclass(frozen=True, kw_only=True)
class Options:
    """How many passages, how long, and how often none of them answers."""

    max_chars: int = 1000  # of a passage, in code points
    distractors: int = 3
    unanswered: float = 0.2  # share of the examples whose passages do not hold the answer
    answer: str = "The passages do not say."  # what is said then
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse numbers that make no passages, and an answer that would be filled."""
        if self.max_chars < 1 or self.distractors < 0 or not 0 <= self.unanswered <= 1:
            raise ValueError(
                "max_chars must be at least 1, distractors at least 0, unanswered from 0 to 1"
            )
        if wrapped(self.answer, "") != self.answer:
            raise ValueError("answer is said as it stands: it may not hold {text} or {plain}")


def derive(records: pl.LazyFrame, options: Options) -> pl.LazyFrame:
    """
    Give an example row for every example that a document answers, with passages as its context.

    Taken are examples of one question and one answer, without tools, context or a dispreferred
    answer, unless an answer is just the label, or their step is one of cloze, rewrites, summaries,
    unanswerable. The passage that answers an example derived from a document is the one that
    covers its span; for a labelled example it is among the best that BM25 finds for question and
    answer, and holds at least 0.8 of the answer's words (three or more) and half of the question's.
    An example without such a passage makes no row.

    All passages of a row are of the document that answers it: fewer distractors are given where it
    has no more, so that ``provenance.document_id`` ties the row to all that it shows, and no
    document comes to stand in two splits. Where no other passage is sure not to answer, the row is
    answered, so that the share of the unanswered is at most what was asked for.

    Columns: ``context`` is the passages, joined by an empty line; ``meta.passages`` their places.
             provenance has the example's id as ``parent_id``; its span, confidence and template
             where the example had a document; otherwise the span of the passage that answers and
             the answer as a template without a hole. Where no passage answers, the span is that of
             the passage which comes closest, and the template is ``answer``.
    Keeps:   the same rows for any order of threads: equal scores go by place in the document.
    """
    step = pl.col("provenance").struct.field("derived_by")
    messages = pl.col("messages")
    role = messages.list.eval(pl.element().struct.field("role")).list.join(" ")
    answer = messages.list.last().struct.field("content")
    is_taken = (
        IS_EXAMPLE
        & (role == "user assistant")
        & pl.all_horizontal(pl.col(_EXTRA).is_null())
        & ~step.is_in(_ABOUT_A_TEXT).fill_null(value=False)
        & ~(answer == pl.col("label")).fill_null(value=False)
    )
    is_searched = IS_DOCUMENT & ~IS_CHUNK
    rows = records.filter(KEPT & (is_searched | is_taken)).select(
        *dict.fromkeys([*_DOCUMENT, *_EXAMPLE])
    )
    return rows.map_batches(partial(_made, options=options), schema=dict(RECORD), streamable=False)


def _made(rows: pl.DataFrame, *, options: Options) -> pl.DataFrame:
    library = _Library(rows.filter(IS_DOCUMENT).select(_DOCUMENT), options)
    examples = rows.filter(IS_EXAMPLE).select(_EXAMPLE).iter_rows(named=True)
    made = [row for example in examples if (row := library.row(example))]
    return pl.DataFrame(made, schema=dict(RECORD), orient="row", infer_schema_length=None)


class _Asked(NamedTuple):
    """The words of what an example asks and says."""

    question: list[str]
    answer: list[str]


class _Library:
    """All documents, cut into passages when they are first asked for."""

    def __init__(self, documents: pl.DataFrame, options: Options) -> None:
        self._documents = documents
        self._options = options
        self._places = {name: at for at, name in reversed(list(enumerate(documents["id"])))}
        self._opened: dict[str, Passages] = {}

    def row(self, example: dict[str, Any]) -> dict[str, Any] | None:
        """Give the example with passages, None where no passage answers it."""
        question, answer = (message["content"] or "" for message in example["messages"])
        asked = _Asked(content_words(question), content_words(answer))
        if not asked.question or not asked.answer or wrapped(answer, "") != answer:
            return None  # what holds a hole cannot stand as a template
        place = example["provenance"]
        found = self._searched(asked) if place["derived_by"] is None else self._covering(place)
        if found is None:
            return None
        passages, best = found
        return self._told(example, asked, passages, best)

    def _open(self, name: str) -> Passages:
        if name not in self._opened:
            row = self._documents.row(self._places[name], named=True)
            self._opened[name] = Passages(source_of(row), self._options.max_chars)
        return self._opened[name]

    def _covering(self, place: dict[str, Any]) -> tuple[Passages, int] | None:
        if place["document_id"] not in self._places or place["start"] is None:
            return None
        passages = self._open(place["document_id"])
        best = passages.covering(place["start"], place["end"])
        return None if best is None else (passages, best)

    def _searched(self, asked: _Asked) -> tuple[Passages, int] | None:
        if len(set(asked.answer)) < _MIN_ANSWER_WORDS or not self._places:
            return None
        places, index = self._all
        ranked = index.ranked([*asked.question, *asked.answer])
        for _, (at, _) in zip(range(_LOOKED_AT), ranked, strict=False):
            passages, number = places[at]
            held = passages.held[number]
            if (
                share_in(set(asked.answer), held) >= _MIN_HELD
                and share_in(set(asked.question), held) >= _MIN_ASKED
            ):
                return passages, number
        return None

    @cached_property
    def _all(self) -> tuple[list[tuple[Passages, int]], Index]:
        """Every passage of every document, in the order of the rows."""
        opened = [self._open(name) for name in sorted(self._places, key=self._places.__getitem__)]
        places = [
            (passages, number) for passages in opened for number in range(len(passages.words))
        ]
        return places, Index([passages.words[number] for passages, number in places])

    def _told(
        self, example: dict[str, Any], asked: _Asked, passages: Passages, best: int
    ) -> dict[str, Any]:
        options = self._options
        key = (options.seed, example["id"])
        ranked = [at for at, _ in passages.index.ranked(asked.question) if at != best]
        if chance(*key) < options.unanswered:
            others = _distractors(passages, ranked, asked, is_sure=True)
            shown = [at for _, at in zip(range(options.distractors + 1), others, strict=False)]
            if shown:
                return self._row(example, passages, shown, None)
        others = _distractors(passages, ranked, asked, is_sure=False)
        shown = [at for _, at in zip(range(options.distractors), others, strict=False)]
        return self._row(example, passages, [best, *shown], best)

    def _row(
        self, example: dict[str, Any], passages: Passages, shown: list[int], best: int | None
    ) -> dict[str, Any]:
        options, text = self._options, passages.source.text
        order = sorted(shown, key=lambda at: (chance(options.seed, example["id"], at), at))
        spans = [passages.spans[at] for at in order]
        name = passages.source.id
        meta = orjson.loads(example["meta"] or "{}")
        meta["passages"] = [
            {"document_id": name, "start": start, "end": end} for start, end in spans
        ]
        question, answer = example["messages"]
        was = example["provenance"]
        place = {"document_id": name, "parent_id": example["id"], "derived_by": "with_context"}
        if best is None or was["derived_by"] is None:
            start, end = passages.spans[shown[0]]
            said = options.answer if best is None else answer["content"]
            sure = min(_FOUND, was["confidence"] or 1.0)
            place |= {"start": start, "end": end, "confidence": sure, "template": said}
            if best is None:
                answer = {**answer, "content": said, "reasoning": None}
        return {
            **{key: example[key] for key in (*_LIFE, "label")},
            "changes": [],
            "messages": [question, answer],
            "context": "\n\n".join(text[start:end] for start, end in spans),
            "provenance": {**was, **place},
            "meta": orjson.dumps(meta).decode(),
        }


def _distractors(
    passages: Passages, ranked: Iterable[int], asked: _Asked, *, is_sure: bool
) -> Iterator[int]:
    """Yield passages that do not hold the answer, those that look most like it first."""
    most = _MAX_HELD_UNANSWERED if is_sure else _MAX_HELD
    answer, question = set(asked.answer), set(asked.question)
    for at in ranked:
        start, end = passages.spans[at]
        held = passages.held[at]
        if end - start < _MIN_DISTRACTOR_CHARS or share_in(answer, held) > most:
            continue
        if is_sure and share_in(question, held) > _MAX_ASKED_UNANSWERED:
            continue
        yield at
