"""What finds exemplars for a query: the bank's index or, where it has none, a scan of its lines."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from curator.bank.where import Where, wanted
from curator.errors import RecipeError, SourceError

INDEX = "index"


class Retrieval(Protocol):
    """Finds the ranks most like a text, among those that may be found."""

    def search(
        self, text: str, k: int, where: Where | None, groups: Collection[str]
    ) -> list[tuple[int, float]]:
        """Give at most ``k`` ranks with their scores, best first, none of ``groups``."""

    def allowed(self, where: Where | None, groups: Collection[str]) -> NDArray[np.bool_]:
        """Say of each rank whether a search may give it."""


def open_retrieval(
    folder: Path, count: int, lines: Iterable[dict[str, Any]], embedder: str | None = None
) -> Retrieval:
    """
    Open the index of the bank in ``folder``; without one, read all its ``lines``.

    Raises: SourceError where the index cannot be read, or is not of so many lines; RecipeError
    where it holds no vectors of the ``embedder``.
    """
    if (folder / INDEX).is_dir():
        return Indexed(folder / INDEX, count, embedder)
    if embedder is not None:
        raise RecipeError(
            "the bank has no index, and so no vectors to compare a query with",
            where=str(folder),
            hint="in the recipe, write: bank: {index: true, embedder: ...}",
        )
    from curator.bank.scan import Scan

    return Scan(lines)


class Indexed:
    """An index that is mapped from disk."""

    def __init__(self, folder: Path, count: int, embedder: str | None = None) -> None:
        """Map the index."""
        from curator.bank.index import open_index
        from curator.embed import open_embedder

        model = None if embedder is None else open_embedder(embedder)
        self._index = open_index(folder, embedder=model)
        if len(self._index) != count:
            raise SourceError(
                f"the index is of {len(self._index):,} exemplars, and the bank has {count:,}",
                where=str(folder),
                hint="run the recipe again",
            )

    def search(
        self, text: str, k: int, where: Where | None, groups: Collection[str]
    ) -> list[tuple[int, float]]:
        """Give at most ``k`` ranks that share a term with ``text``, none of ``groups``."""
        kept = wanted(where) or None
        found = self._index.search(text, k, where=kept, exclude_group=sorted(groups))
        return list(zip(found.rows.tolist(), found.scores.tolist(), strict=True))

    def allowed(self, where: Where | None, groups: Collection[str]) -> NDArray[np.bool_]:
        """Say of each rank whether a search may give it."""
        columns = self._index.columns
        free = np.ones(len(self._index), np.bool_)
        for name, values in wanted(where).items():
            free &= np.isin(columns[name].codes, columns[name].codes_of(values))
        if groups:
            free &= ~np.isin(columns["group"].codes, columns["group"].codes_of(sorted(groups)))
        return free
