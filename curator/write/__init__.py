"""Records -> artifacts: one file an artifact."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO

import orjson
import polars as pl

from curator.errors import WriteError
from curator.kernels.buffers import text_buffers
from curator.schemas.lines import LineGate

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
) -> int:
    """
    Write ``lines`` of JSON, each of which has passed ``gate``, and say how many there were.

    ``fields`` takes the names of their fields, and the byte at which each comes up first.

    Raises: WriteError with file, line and place for the first line that breaks the schema.
    """
    held = lines if isinstance(lines, pl.Series) else pl.Series(list(lines), dtype=pl.String)
    offsets, data = text_buffers(held + "\n")
    starts, ends = offsets[:-1], offsets[1:] - 1
    verdict = gate.judge(data, starts, ends)
    if (bad := verdict.bad) is not None:
        raise _broken(gate, data[starts[bad] : ends[bad]].tobytes(), f"{name}:{first + bad}")
    if fields is not None:
        begin = file.tell() - int(offsets[0])
        fields.update(
            {n: begin + int(starts[at]) for n, at in verdict.fields.items() if n not in fields}
        )
    file.write(data[offsets[0] : offsets[-1]])
    return len(held)


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
