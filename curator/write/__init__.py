"""Records -> artifacts: one file an artifact."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO

import numpy as np
import orjson
import polars as pl

from curator.errors import WriteError
from curator.kernels.buffers import text_buffers
from curator.schemas.lines import LineGate
from curator.write.ready import NOTHING, Places, Ready, first_bytes, merged

BATCH_ROWS = 10_000
"""Rows rendered at once: enough to keep columns busy, few enough to stay small in memory."""


def write_lines(  # noqa: PLR0913 - where a line goes, and what is noted of it
    file: IO[bytes],
    lines: pl.Series | Iterable[str],
    gate: LineGate,
    *,
    name: str,
    first: int,
    fields: dict[str, int] | None = None,
    ready: Ready = NOTHING,
    numbers: Places | None = None,
) -> int:
    """
    Write ``lines`` of JSON, each of which has passed ``gate``, and say how many there were.

    ``fields`` takes the names of their fields, and the byte at which each comes up first. Lines
    that are ``ready`` are written among them, by the ``numbers`` of the rows they come from.

    Raises: WriteError with file, line and place for the first line that breaks the schema.
    """
    held = lines if isinstance(lines, pl.Series) else pl.Series(list(lines), dtype=pl.String)
    offsets, data = text_buffers(held + "\n")
    starts, ends = offsets[:-1], offsets[1:] - 1
    places = np.zeros(len(held), np.int64) if numbers is None else ready.places(numbers)
    verdict = gate.judge(data, starts, ends)
    if (bad := verdict.bad) is not None:
        where = f"{name}:{first + bad + int(places[bad])}"
        raise _broken(gate, data[starts[bad] : ends[bad]].tobytes(), where)
    if fields is not None:
        begin = file.tell()
        for field, at in first_bytes(ready, places, offsets, verdict.fields).items():
            fields.setdefault(field, begin + at)
    file.writelines(merged(ready, places, offsets, data))
    return len(held) + len(ready.numbers)


def _broken(gate: LineGate, line: bytes, where: str) -> WriteError:
    try:
        instance = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return WriteError(
            f"a tool call or tool list of this row is not JSON: {error}",
            where=where,
        )
    place, words = next(gate.errors(instance))
    return WriteError(words, where=f"{where}: {place}")
