"""Arrays out of a safetensors file, mapped: a length, a JSON head, and the bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from curator.errors import SourceError, shorten

MAX_HEAD_BYTES = 100_000_000  # the format's own limit
DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2",
    "I8": "<i1", "U8": "<u1",
}  # fmt: skip


def tensors(path: Path) -> dict[str, NDArray[Any]]:
    """
    Map the tensors of ``path`` by name; those of a dtype that NumPy lacks are left out.

    Raises: SourceError for what is no such file.
    Source: https://huggingface.co/docs/safetensors, format.
    """
    try:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            _hold(2 <= size <= MAX_HEAD_BYTES, "the length of its head is wrong")
            head: dict[str, Any] = json.loads(file.read(size))
        data = np.asarray(np.memmap(path, np.uint8, "r", offset=8 + size))
        return {
            name: _tensor(data, told)
            for name, told in head.items()
            if name != "__metadata__" and told["dtype"] in DTYPES
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(
            f"is no safetensors file: {shorten(str(error))}", where=str(path)
        ) from error


def _tensor(data: NDArray[np.uint8], told: dict[str, Any]) -> NDArray[Any]:
    first, last = told["data_offsets"]
    _hold(0 <= first <= last <= data.size, "a tensor lies outside the file")
    tensor: NDArray[Any] = data[first:last].view(DTYPES[told["dtype"]]).reshape(told["shape"])
    return tensor


def _hold(is_so: bool, else_what: str) -> None:  # noqa: FBT001
    if not is_so:
        raise ValueError(else_what)
