"""
Texts put together from the slots of JSON rows, as a plan says that all rows of a kind are read.

A plan has *cells*, each a text or null, and a cell has parts: a literal, or what stands in a slot.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from curator.kernels.compiled import compiled
from curator.kernels.json_emit import compacted, copied, escaped, resolved
from curator.kernels.json_tokens import Bytes, Places

Mask = npt.NDArray[np.bool_]

LITERAL, TEXT, RAW, COMPACT, MADE = 0, 1, 2, 3, 4
"""Kinds of parts; each has two numbers, named here."""
# LITERAL start, end: so much of the program's literals
# TEXT slot, level: a text of JSON, and in how many JSON strings it is written, one in the other
# RAW slot, level: the very bytes
# COMPACT slot, 0: JSON values without blanks, no character escaped that need not be
# MADE number, level: a text that was made of the row outside


class Program(NamedTuple):
    """The cells of P plans, C in all, of K parts."""

    cell_offsets: Places  # (P + 1,)
    part_offsets: Places  # (C + 1,)
    is_null: Mask  # (C,)
    parts: Places  # (K, 3): the kind and its two numbers
    literals: Bytes


class Slots(NamedTuple):
    """What N rows put into their cells: spans of ``data``; slot 0 of row i is ``first[i]``."""

    data: Bytes
    spans: Places  # (S, 2)
    first: Places  # (N,)


class Filled(NamedTuple):
    """The cells of all rows, in order, as Arrow has texts: D of them."""

    offsets: Places  # (D + 1,)
    data: Bytes
    is_there: Mask  # (D,)


def fill(plan: Places, program: Program, slots: Slots, made: Slots) -> Filled:
    """
    Write the cells of each row as its plan says; spans of ``made`` are plain texts, not JSON.

    Shapes: plan (N,), a plan's number for each row.
    """
    cells = np.diff(program.cell_offsets)[plan]
    offsets = np.zeros(int(cells.sum()) + 1, dtype=np.int64)
    is_there = np.zeros(len(offsets) - 1, dtype=np.bool_)
    texts = np.empty(_most(plan, program, slots, made), dtype=np.uint8)
    _fill(plan, program, slots, made, offsets, is_there, texts)
    return Filled(offsets, texts[: offsets[-1]], is_there)


@compiled
def _most(plan: Places, program: Program, slots: Slots, made: Slots) -> int:
    """Give a size that all cells fit in."""
    most = 0
    for row in range(len(plan)):
        first = program.part_offsets[program.cell_offsets[plan[row]]]
        last = program.part_offsets[program.cell_offsets[plan[row] + 1]]
        for at in range(first, last):
            kind, one, two = program.parts[at]
            if kind == LITERAL:
                most += two - one
            elif kind == MADE:
                start, end = made.spans[made.first[row] + one]
                most += (end - start) * (6 << two if two else 1)
            else:
                start, end = slots.spans[slots.first[row] + one]
                size = end - (~start if start < 0 else start)
                if kind == RAW:
                    most += size * (6 << two if two else 1)
                else:
                    most += size << (two - 1) if start < 0 and two > 1 else size
    return most


@compiled
def _fill(  # noqa: PLR0917 - compiled functions take no keywords
    plan: Places,
    program: Program,
    slots: Slots,
    made: Slots,
    offsets: Places,
    is_there: Mask,
    texts: Bytes,
) -> None:
    out = cell = 0
    for row in range(len(plan)):
        for at_cell in range(program.cell_offsets[plan[row]], program.cell_offsets[plan[row] + 1]):
            is_there[cell] = not program.is_null[at_cell]
            for at in range(program.part_offsets[at_cell], program.part_offsets[at_cell + 1]):
                kind, one, two = program.parts[at]
                if kind == LITERAL:
                    out = copied(program.literals, one, two, texts, out)
                elif kind == MADE:
                    start, end = made.spans[made.first[row] + one]
                    out = escaped(made.data, start, end, two, texts, out)
                else:
                    start, end = slots.spans[slots.first[row] + one]
                    if kind == COMPACT:
                        out = compacted(slots.data, start, end, texts, out)
                    elif kind == RAW and two > 0:
                        start = ~start if start < 0 else start
                        out = escaped(slots.data, start, end, two, texts, out)
                    elif kind == TEXT and start < 0:
                        out = resolved(slots.data, ~start, end, two, texts, out)
                    else:
                        out = copied(slots.data, ~start if start < 0 else start, end, texts, out)
            cell += 1
            offsets[cell] = out
