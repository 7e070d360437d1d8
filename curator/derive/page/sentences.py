"""The sentences of a paragraph, as exact spans of the document."""

from __future__ import annotations

from collections.abc import Iterator

from sentencex import get_sentence_boundaries


def sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """
    Yield the span of each sentence of ``text[start:end]``, without the space around it.

    A line end inside a sentence belongs to it: paragraphs may be wrapped.

    >>> list(sentences("It costs €9.00. See p. 4.", 0, 25))
    [(0, 15), (16, 25)]
    """
    said = text[start:end].replace("\n", " ")  # of equal length, so that offsets hold
    at = 0
    for found in get_sentence_boundaries("en", said):
        words = found["text"].strip()
        if not words:
            continue
        first = said.index(words, at)
        at = first + len(words)
        yield start + first, start + at
