"""Models in a folder: model2vec is read as it is, sentence-transformers by its own library."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from curator.embed.safetensors import tensors
from curator.errors import MissingExtra, RecipeError, SourceError, shorten

WEIGHTS, TOKENIZER, CONFIG = "model.safetensors", "tokenizer.json", "config.json"
MODULES = "modules.json"
MAX_TOKENS = 512  # unless the model's config says otherwise


class StaticModel:
    """
    A model2vec folder: the mean of the vectors of a text's first tokens.

    Source: model2vec 0.10, StaticModel.encode.
    """

    def __init__(self, folder: Path) -> None:
        """Map the vectors and read the tokenizer; raises SourceError for what is damaged."""
        try:
            from tokenizers import Tokenizer
        except ImportError as error:
            raise MissingExtra("tokenizers", "embed") from error

        held = tensors(folder / WEIGHTS)
        read = (folder / TOKENIZER).read_bytes()
        try:
            self._vectors = held["embeddings"]
            self._tokenizer: Any = Tokenizer.from_buffer(read)
            self._unknown = _unknown(json.loads(read)["model"], self._tokenizer)
            config = json.loads((folder / CONFIG).read_bytes())
            most = int(config.get("max_length") or MAX_TOKENS)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SourceError(
                f"is no model2vec model: {shorten(str(error))}", where=str(folder)
            ) from error
        self._tokenizer.no_padding()
        self._token_weights, self._mapping = held.get("weights"), held.get("mapping")
        lengths = [len(token) for token in self._tokenizer.get_vocab()]
        self._max_chars = most * int(np.median(lengths))
        self._tokenizer.enable_truncation(most)
        self.name = f"{folder.name} {_digest(folder / WEIGHTS, folder / TOKENIZER)}"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give the mean of each text's token vectors; a text without known tokens is zeros."""
        cut = [text[: self._max_chars] for text in texts]
        encoded = self._tokenizer.encode_batch_fast(cut, add_special_tokens=False)
        out = np.zeros((len(texts), self._vectors.shape[1]), np.float32)
        for row, one in enumerate(encoded):
            ids = np.array([token for token in one.ids if token != self._unknown], np.int64)
            if ids.size:
                places = ids if self._mapping is None else self._mapping[ids]
                vectors = self._vectors[places].astype(np.float32)
                if self._token_weights is not None:
                    vectors *= self._token_weights[ids, None].astype(np.float32)
                out[row] = vectors.mean(axis=0)
        return out


class SentenceModel:
    """A sentence-transformers folder, run by its library on this machine's processor."""

    def __init__(self, folder: Path) -> None:
        """Load the model from ``folder`` alone."""
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise MissingExtra("sentence-transformers", "embed") from error

        try:
            self._model: Any = SentenceTransformer(
                str(folder), device="cpu", local_files_only=True, trust_remote_code=False
            )
        except (OSError, ValueError, KeyError) as error:
            raise SourceError(
                f"is no sentence-transformers model: {shorten(str(error))}", where=str(folder)
            ) from error
        files = sorted(p for p in folder.rglob("*") if p.suffix in {".safetensors", ".bin"})
        self.name = f"{folder.name} {_digest(folder / MODULES, *files)}"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give what the model gives."""
        vectors: NDArray[np.float32] = self._model.encode(
            list(texts), convert_to_numpy=True, show_progress_bar=False
        )
        return vectors.astype(np.float32, copy=False)


def open_folder(folder: Path) -> StaticModel | SentenceModel:
    """
    Open the model in ``folder``; nothing is ever downloaded.

    Raises: RecipeError for a folder that holds neither kind of model; MissingExtra.
    """
    if all((folder / name).is_file() for name in (WEIGHTS, TOKENIZER, CONFIG)) and _is_static(
        folder
    ):
        return StaticModel(folder)
    if (folder / MODULES).is_file():
        return SentenceModel(folder)
    raise RecipeError(
        f"there is no embedder at {shorten(str(folder))}",
        hint="name a folder with a model2vec or sentence-transformers model, "
        "or an address such as https://host/v1#model",
    )


def _is_static(folder: Path) -> bool:
    """Tell model2vec by its one table of vectors: some of its models claim the other kind too."""
    return "embeddings" in tensors(folder / WEIGHTS)


def _unknown(model: dict[str, Any], tokenizer: Any) -> int | None:
    if model.get("unk_id") is not None:
        return int(model["unk_id"])
    token = model.get("unk_token")
    found: int | None = None if token is None else tokenizer.token_to_id(token)
    return found


def _digest(*files: Path) -> str:
    sha256 = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            sha256.update(hashlib.file_digest(file, "sha256").digest())
    return sha256.hexdigest()[:16]
