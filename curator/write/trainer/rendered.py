"""Rows as the text a model is given, and which part of it says what."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """
    N rows as a chat template writes them, and the K regions of their texts that messages fill.

    A region of an assistant is what a model would write: from the end of the generation prompt to
    the end of the end-of-turn mark. That of another message is its content. What lies in
    no region is the template's.

    A row that the template refuses has an empty text, and ``why`` says what it said.

    Shapes: texts, why, prompt_bytes (N,); the others (K,), by row, then by start; regions of a
            row are disjoint, and one that the text does not show is left out.
    Units:  start and end in bytes of the row's text as UTF-8, half-open.
    """

    texts: pl.Series
    why: pl.Series  # null where the row was written
    prompt_bytes: NDArray[np.int64]  # length of the generation prompt of the completion, else -1
    row: NDArray[np.int64]
    message: NDArray[np.int64]  # which message of its row
    role: NDArray[np.int8]  # index in records.ROLES
    start: NDArray[np.int64]
    end: NDArray[np.int64]

    def without(self, why: pl.Series) -> Rendered:
        """Leave out more rows: those for which ``why`` says something."""
        return replace(self, why=pl.select(pl.coalesce(self.why, why)).to_series())
