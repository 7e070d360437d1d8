"""Records -> artifacts: one file an artifact."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO

import orjson

from curator.errors import WriteError
from curator.schemas import Gate

BATCH_ROWS = 10_000
"""Rows rendered at once: enough to keep columns busy, few enough to stay small in memory."""


def write_lines(  # noqa: PLR0913 - where a line goes, and what is noted of it
    file: IO[bytes],
    lines: Iterable[str],
    gate: Gate,
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
    held = list(lines)
    for index, line in enumerate(held):
        number = first + index
        try:
            instance = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise WriteError(
                f"a tool call or tool list of this row is not JSON: {error}",
                where=f"{name}:{number}",
            ) from error
        if not gate.is_valid(instance):
            place, words = next(gate.errors(instance))
            raise WriteError(words, where=f"{name}:{number}: {place}")
        if fields is not None and not instance.keys() <= fields.keys():
            before = file.tell() + sum(len(each.encode()) + 1 for each in held[:index])
            fields.update({key: before for key in instance if key not in fields})
    if held:
        file.write("\n".join(held).encode())
        file.write(b"\n")
    return len(held)
