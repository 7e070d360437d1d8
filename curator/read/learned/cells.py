"""Cells of records: what stands in one, as literals and slots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from curator.kernels.json_fill import LITERAL, Program
from curator.kernels.json_tokens import Places


class Part(NamedTuple):
    """A piece of a cell: a literal, or what stands in a slot, as ``json_fill`` has it."""

    kind: int
    literal: str = ""
    slot: int = 0
    level: int = 0


Cell = tuple[Part, ...] | None


def program(plans: Sequence[Sequence[Cell]]) -> Program:
    """Pack the cells of all plans for a kernel."""
    cells = [cell for each in plans for cell in each]
    literals, parts, size = [], [], 0
    for cell in cells:
        for kind, literal, slot, level in cell or ():
            raw = literal.encode()
            is_literal = kind == LITERAL
            parts.append((kind, size, size + len(raw)) if is_literal else (kind, slot, level))
            literals.append(raw)
            size += len(raw)
    return Program(
        ends(map(len, plans)),
        ends(len(cell or ()) for cell in cells),
        np.array([cell is None for cell in cells], dtype=np.bool_),
        np.array(parts, dtype=np.int64).reshape(-1, 3),
        np.frombuffer(b"".join(literals), dtype=np.uint8),
    )


def ends(counts: Iterable[int]) -> Places:
    """Give where each of so many begins, and where the last ends."""
    return np.cumsum([0, *counts], dtype=np.int64)
