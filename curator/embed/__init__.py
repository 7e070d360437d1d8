"""Texts as vectors: lexical by default, a local model or an address where one is named."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from curator.embed.lexical import Features, features

__all__ = ["Embedder", "Features", "LexicalEmbedder", "features", "open_embedder"]


class Embedder(Protocol):
    """What turns texts into vectors that can be compared by their dot product."""

    @property
    def name(self) -> str:
        """Which model it is; vectors of two names are never compared."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give one vector of unit length a text. Shapes: texts (N,) -> (N, D)."""


class LexicalEmbedder:
    """Hashed words and 4-byte pieces, dense and short, for what cannot read sparse features."""

    name = "lexical-256"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give one vector of unit length a text; a text without words is all zeros."""
        import polars as pl

        from curator.kernels import ngrams
        from curator.kernels.buffers import text_buffers

        buffers = text_buffers(pl.Series(texts, dtype=pl.String))
        counted = ngrams.features(*buffers, 256, ngrams.ALIKE)
        points = counted.astype(np.float32)
        length = np.linalg.norm(points, axis=1, keepdims=True)
        unit: NDArray[np.float32] = points / np.maximum(length, np.float32(1))
        return unit


def open_embedder(spec: str | None = None, *, cache: Path | None = None) -> Embedder:
    """
    Open the embedder that ``spec`` names; None is the lexical one, which needs nothing.

    A folder holds a model2vec or sentence-transformers model. An address of the OpenAI kind names
    its model: ``https://host/v1#model`` or ``https://host/v1?model=model``; the key is read from
    CURATOR_EMBEDDINGS_KEY or OPENAI_API_KEY. Vectors are cached in the folder ``cache`` (default:
    the user's cache folder) by content and model, so that a second run computes nothing.

    Raises: RecipeError for what is none of these; MissingExtra.
    """
    if spec is None:
        return LexicalEmbedder()
    from curator.embed.address import Address
    from curator.embed.cached import Cached
    from curator.embed.folder import open_folder

    is_address = spec.startswith(("http://", "https://"))
    return Cached(Address.from_spec(spec) if is_address else open_folder(Path(spec)), cache)
