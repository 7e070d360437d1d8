"""Tokens on disk while an export is made: what has been tokenised waits there for its pack."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import numpy as np
from numpy.typing import NDArray

from curator.write.trainer.tokens import Segments


class Spill:
    """
    The segments of one split, appended in order; only their lengths stay in memory.

    Holds two files in ``folder`` while it is open: ids of 4 bytes and a mask of 1 byte a token.
    """

    def __init__(self, folder: Path, split: str) -> None:
        self._ids, self._mask = folder / f"{split}.ids", folder / f"{split}.mask"
        self._lengths: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
        self._files = ExitStack()
        self._open: list[IO[bytes]] = []

    def __enter__(self) -> Self:
        for path in (self._ids, self._mask):
            self._open.append(self._files.enter_context(path.open("wb")))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._files.close()

    def add(
        self, ids: NDArray[np.int32], mask: NDArray[np.uint8], lengths: NDArray[np.int64]
    ) -> None:
        """Append the tokens of some segments, which have ``lengths`` tokens each."""
        for file, values in zip(self._open, (ids, mask), strict=True):
            file.write(np.ascontiguousarray(values).data)
        self._lengths.append(lengths)

    def segments(self) -> Segments:
        """Map what was added; the files must have been closed."""
        lengths = np.concatenate(self._lengths)
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        total = int(offsets[-1])
        if not total:
            return Segments(np.zeros(0, np.int32), np.zeros(0, np.uint8), offsets)
        ids = np.asarray(np.memmap(self._ids, np.int32, "r", shape=(total,)))
        mask = np.asarray(np.memmap(self._mask, np.uint8, "r", shape=(total,)))
        return Segments(ids, mask, offsets)
