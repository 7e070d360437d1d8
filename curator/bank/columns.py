"""Text columns as files that are mapped, not read: a code for each row, the values sorted."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.kernels.buffers import text_buffers

NO_VALUE = -1


class Column(NamedTuple):
    """The values of all rows; each array is a file, named after the column and itself."""

    codes: NDArray[np.int32]  # (N,) places in the values; NO_VALUE for null
    starts: NDArray[np.int64]  # (V + 1,) into data
    data: NDArray[np.uint8]  # the distinct values in UTF-8, ascending

    def __len__(self) -> int:
        """Count the rows."""
        return int(self.codes.size)

    def value(self, row: int) -> str | None:
        """Give the value of a row."""
        code = int(self.codes[row])
        return None if code == NO_VALUE else self._bytes(code).decode()

    def codes_of(self, values: Collection[str | None]) -> NDArray[np.int32]:
        """Give the codes of those ``values`` that there are, ascending."""
        found = {NO_VALUE if value is None else self._code(value) for value in values}
        return np.array(sorted(code for code in found if code is not None), np.int32)

    def _code(self, value: str) -> int | None:
        sought = value.encode(errors="replace")
        low, high = 0, self.starts.size - 1
        while low < high:
            middle = (low + high) // 2
            if self._bytes(middle) < sought:
                low = middle + 1
            else:
                high = middle
        is_there = low < self.starts.size - 1 and self._bytes(low) == sought
        return low if is_there else None

    def _bytes(self, code: int) -> bytes:
        return self.data[self.starts[code] : self.starts[code + 1]].tobytes()


def write_column(values: pl.Series, out: Path) -> None:
    """Write a column of strings to ``out``, a path to which the names of the arrays are added."""
    codes = (values.rank("dense").cast(pl.Int64) - 1).fill_null(NO_VALUE).to_numpy()
    starts, data = text_buffers(values.drop_nulls().unique().sort())
    arrays = Column(codes.astype(np.int32), starts - starts[0], data[starts[0] : starts[-1]])
    for name, array in arrays._asdict().items():
        np.save(out.with_name(f"{out.name}.{name}.npy"), array)
