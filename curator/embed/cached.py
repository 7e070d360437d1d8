"""Vectors kept on disk by content and model, so that nothing is computed or paid for twice."""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from curator.errors import SourceError

log = logging.getLogger("curator.embed")

KEY_BYTES = 16
HEAD_BYTES = 512
SAVE_ROWS = 2048  # vectors that an interrupted run can lose


class Model(Protocol):
    """What computes vectors, of any length."""

    @property
    def name(self) -> str:
        """Which model it is."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give a vector a text."""


class Cached:
    """
    Vectors of unit length: those of texts seen before are read, the others computed and added.

    One file a model: a head of HEAD_BYTES, then a key and a vector a row. Rows are only ever added,
    under a lock, so that processes may share the file; a row cut short by a crash is overwritten.
    """

    def __init__(self, model: Model, folder: Path | None = None) -> None:
        """Keep the vectors of ``model`` in ``folder`` (None: the user's cache folder)."""
        self._model, self.name = model, model.name
        digest = hashlib.sha256(model.name.encode()).hexdigest()[:12]
        words = re.sub(r"[^A-Za-z0-9._-]+", "-", model.name).strip("-.")[-80:]
        self.path = (folder or cache_folder()) / f"{words}-{digest}.vectors"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give one vector of unit length a text; what a model has no vector for is all zeros."""
        keys = [_key(text) for text in texts]
        known = self._read(set(keys))
        wanted = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        missing = list(wanted.items())
        for at in range(0, len(missing), SAVE_ROWS):
            some = missing[at : at + SAVE_ROWS]
            vectors = _unit(self._model.embed([text for _, text in some]), self.name, len(some))
            new = {key: vector for (key, _), vector in zip(some, vectors, strict=True)}
            self._add(new)
            known |= new
        if not keys:
            return np.zeros((0, 0), np.float32)
        widths = {vector.size for vector in known.values()}
        if len(widths) > 1:
            raise SourceError(
                f"{self.name} gave vectors of different lengths",
                where=str(self.path),
                hint="another model answers by this name now: delete the file",
            )
        return np.stack([known[key] for key in keys])

    def _read(self, keys: set[bytes]) -> dict[bytes, NDArray[np.float32]]:
        rows = self._rows()
        if rows is None:
            return {}
        at = np.flatnonzero(np.isin(rows["key"], np.array(sorted(keys), f"V{KEY_BYTES}")))
        found = zip(rows["key"][at], rows["vector"][at], strict=True)
        return {key.tobytes(): vector for key, vector in found}

    def _rows(self) -> NDArray[Any] | None:
        """Map all whole rows; None where there are none."""
        try:
            with self.path.open("rb") as file:
                head = file.read(HEAD_BYTES)
            dtype = _row_dtype(json.loads(head)["dims"])
            count = (self.path.stat().st_size - HEAD_BYTES) // dtype.itemsize
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("the cached vectors in %s are not used: %s", self.path, error)
            return None
        if count <= 0:
            return None
        return np.memmap(self.path, dtype, "r", HEAD_BYTES, (count,))

    def _add(self, new: dict[bytes, NDArray[np.float32]]) -> None:
        dims = next(iter(new.values())).size
        dtype = _row_dtype(dims)
        rows = np.zeros(len(new), dtype)
        rows["key"] = np.array(list(new), f"V{KEY_BYTES}")
        rows["vector"] = list(new.values())
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                head = file.read(HEAD_BYTES)
                told = _head(self.name, dims)
                if head != told:
                    file.seek(0)
                    file.truncate()
                    file.write(told)
                size = file.seek(0, os.SEEK_END)
                file.seek(size - (size - HEAD_BYTES) % dtype.itemsize)
                file.write(rows.tobytes())
        except OSError as error:
            log.warning("vectors are not cached in %s: %s", self.path, error)


def cache_folder() -> Path:
    """Where vectors are kept unless a folder is named."""
    home = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(home) if Path(home).is_absolute() else Path.home() / ".cache"
    return base / "curator" / "embeddings"


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()[:KEY_BYTES]


def _head(name: str, dims: int) -> bytes:
    told = {"version": 1, "dims": dims, "model": hashlib.sha256(name.encode()).hexdigest()}
    return json.dumps(told).encode().ljust(HEAD_BYTES)


def _row_dtype(dims: int) -> np.dtype[Any]:
    return np.dtype([("key", f"V{KEY_BYTES}"), ("vector", "<f4", (int(dims),))])


def _unit(vectors: NDArray[np.float32], name: str, count: int) -> NDArray[np.float32]:
    if vectors.ndim != 2 or len(vectors) != count or not np.isfinite(vectors).all():
        raise SourceError(f"{name} gave no proper vector for each of {count} texts")
    length = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    unit: NDArray[np.float32] = (vectors / np.where(length > 0, length, 1)).astype(np.float32)
    return unit
