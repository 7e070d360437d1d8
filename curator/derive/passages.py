"""Documents as passages that can be searched: BM25 over the stems of their content words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from curator.derive.english.content_words import content_words
from curator.derive.page.chunking import Span, cut
from curator.derive.page.source import Block, Source

if TYPE_CHECKING:
    import numpy as np
    from bm25s import BM25
    from numpy.typing import NDArray


class Index:
    """BM25 over texts that are given as lists of words; equal scores keep the texts' order."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        """Hold the words of each text by number."""
        self._numbers: dict[str, int] = {}
        number = self._numbers.setdefault
        self._texts = [[number(word, len(self._numbers)) for word in text] for text in texts]

    @cached_property
    def _bm25(self) -> BM25:
        from bm25s import BM25

        index = BM25(backend="numpy", csc_backend="numpy")
        index.index((self._texts, self._numbers), create_empty_token=False, show_progress=False)
        return index

    def scores(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Score every text for ``words``; what no text holds counts nothing."""
        import numpy as np

        known = [self._numbers[word] for word in sorted(set(words)) if word in self._numbers]
        if not known:
            return np.zeros(len(self._texts), np.float32)
        scores: NDArray[np.float32] = self._bm25.get_scores_from_ids(known)
        return scores

    def ranked(self, words: Sequence[str]) -> Iterator[tuple[int, float]]:
        """Yield the texts that hold any of ``words`` with their scores, the best first."""
        import numpy as np

        scores = self.scores(words)
        held = np.flatnonzero(scores > 0)
        for place in held[np.argsort(-scores[held], kind="stable")].tolist():
            yield place, float(scores[place])


class Passages:
    """One document, cut into passages."""

    def __init__(self, source: Source, max_chars: int) -> None:
        """Cut ``source`` at sections and blocks, into at most ``max_chars`` each."""
        self.source = source
        self.spans: list[Span] = cut(source.text, source.blocks, max_chars)
        self.words = [content_words(source.text[start:end]) for start, end in self.spans]
        self._begins = [start for start, _ in self.spans]

    @cached_property
    def index(self) -> Index:
        """Search the passages of this document."""
        return Index(self.words)

    @cached_property
    def held(self) -> list[frozenset[str]]:
        """The words of each passage, each once."""
        return [frozenset(words) for words in self.words]

    @cached_property
    def _tables(self) -> list[Block]:
        return [block for block in self.source.blocks if block.kind == "table"]

    def covering(self, start: int, end: int) -> int | None:
        """
        Find the passage that holds the whole span, None if it is cut through or crosses two.

        A cell is understood by the head of its table: the passage must hold that as well.
        """
        at = bisect_right(self._tables, start, key=lambda table: table.start)
        if at and start < self._tables[at - 1].end:
            start = self._tables[at - 1].start
        place = bisect_right(self._begins, start) - 1
        return place if place >= 0 and self.spans[place][1] >= end else None
