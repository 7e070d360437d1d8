"""Lines of a JSON Lines file: found by their offsets, parsed when somebody asks for one."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from curator.errors import SourceError

PIECE_BYTES = 1 << 24  # looked through for line breaks at a time


class Lines:
    """
    The objects of a file, line by line: a read-only sequence that threads may share.

    What is mapped stays readable if the file is replaced. ``offsets`` is a NumPy file that says
    where lines begin and the last one ends, (N + 1,); without it all lines are looked through once.
    """

    def __init__(self, path: Path, offsets: Path | None = None) -> None:
        """Map the file. Raises: SourceError where it cannot be read, or the offsets do not fit."""
        self.path = path
        try:
            with path.open("rb") as file:
                is_empty = not file.read(1)
                self._data = (
                    b"" if is_empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                )
        except OSError as error:
            raise SourceError(f"cannot be read: {error.strerror}", where=str(path)) from error
        self._offsets = (
            _line_starts(self._data) if offsets is None else _known(offsets, len(self._data))
        )

    def __len__(self) -> int:
        """Count the lines."""
        return len(self._offsets) - 1

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Parse all lines, one by one."""
        return (self[number] for number in range(len(self)))

    def __getitem__(self, number: int) -> dict[str, Any]:
        """Parse one line, counted from 0. Raises: SourceError for a line that is no object."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        start, stop = int(self._offsets[number]), int(self._offsets[number + 1])
        try:
            parsed = orjson.loads(self._data[start:stop])
        except orjson.JSONDecodeError as error:
            raise SourceError(f"is not JSON: {error}", where=f"{self.path}:{number + 1}") from error
        if not isinstance(parsed, dict):
            raise SourceError("is no JSON object", where=f"{self.path}:{number + 1}")
        return parsed


def _known(path: Path, size: int) -> NDArray[np.int64]:
    """Map the offsets. Raises: SourceError where they are not of a file of ``size`` bytes."""
    try:
        offsets = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise SourceError(f"cannot be read: {error}", where=str(path)) from error
    fits = offsets.dtype == np.int64 and offsets.ndim == 1 and offsets.size > 0
    if not fits or offsets[0] != 0 or offsets[-1] != size:
        raise SourceError(
            "does not fit the lines that it is of", where=str(path), hint="run the recipe again"
        )
    return np.asarray(offsets)


def _line_starts(data: bytes | mmap.mmap) -> NDArray[np.int64]:
    """Give where each line begins, and where the last one ends. Shapes: (N + 1,)."""
    parts = [np.zeros(1, np.int64)]
    for first in range(0, len(data), PIECE_BYTES):
        piece = np.frombuffer(data[first : first + PIECE_BYTES], np.uint8)
        parts.append(np.flatnonzero(piece == ord("\n")) + (first + 1))
    starts = np.concatenate(parts)
    return starts if starts[-1] == len(data) else np.append(starts, len(data))
