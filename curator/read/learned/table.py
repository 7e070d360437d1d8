"""The slots of rows that share a skeleton, and whether they answer as a plan wants it."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from curator.kernels.json_skeleton import Skeletons
from curator.kernels.json_texts import gather
from curator.kernels.json_tokens import Bytes, Places
from curator.read.learned.plan import Plan
from curator.read.learned.watched import Look, answered, made_of

Mask = npt.NDArray[np.bool_]
_BACKSLASH = ord("\\")


class Table(NamedTuple):
    """N rows of one skeleton, with S slots each."""

    data: Bytes
    rows: Places  # (N,) which of a piece they are
    spans: Places  # (N, S, 2)
    openings: Bytes  # (N, S)

    @staticmethod
    def of(data: Bytes, found: Skeletons, rows: Places) -> Table:
        """Take the slots of ``rows``, which share a skeleton."""
        first = found.slot_offsets[rows]
        slots = found.slot_offsets[rows[0] + 1] - first[0]
        at = first[:, None] + np.arange(slots)
        return Table(data, rows, found.spans[at], found.openings[at])

    def where(self, is_taken: Mask) -> Table:
        """Keep some rows."""
        if is_taken.all():
            return self
        return self._replace(
            rows=self.rows[is_taken],
            spans=self.spans[is_taken],
            openings=self.openings[is_taken],
        )

    def texts(self, slot: int) -> list[str]:
        """Give what stands in a slot of every row."""
        offsets, data, _ = gather(self.data, np.ascontiguousarray(self.spans[:, slot]))
        whole, ends = data.tobytes(), offsets.tolist()
        return [whole[start:end].decode() for start, end in pairwise(ends)]

    def row(self, at: int) -> list[str]:
        """Give what stands in every slot of one row."""
        return Table(self.data, self.rows, self.spans[[at]].swapaxes(0, 1), self.openings).texts(0)


def answer_alike(table: Table, plan: Plan) -> Mask:
    """Say of each row whether it gives the answers that ``plan`` was learned from."""
    holds = np.ones(len(table.rows), dtype=np.bool_)
    for look in plan.looks:
        is_asked = holds & _may_differ(table, look)
        if not is_asked.any():
            continue
        some = table.where(is_asked)
        named = tuple(dict.fromkeys(look.slots))
        texts = zip(*(some.texts(slot) for slot in named), strict=True)
        told = [answered(look, dict(zip(named, row, strict=True))) for row in texts]
        holds[np.flatnonzero(is_asked)] = [answer == look.answer for answer in told]
    return holds


def _may_differ(table: Table, look: Look) -> Mask:
    """Spare rows a look whose beginning is not the one that is looked for."""
    is_beginning = look.method == "startswith" and look.answer is False
    sought = look.arguments[0] if is_beginning else ""
    steps = {(step.method, step.arguments) for step in look.source.steps}
    if not (
        isinstance(sought, str) and sought[:1].strip() and steps <= {("lstrip", ()), ("strip", ())}
    ):
        return np.ones(len(table.rows), dtype=np.bool_)
    opening = table.openings[:, look.source.slot]
    is_alike: Mask = (opening == sought.encode()[0]) | (opening == _BACKSLASH)
    return is_alike


def made_texts(table: Table, plan: Plan) -> list[list[str]]:
    """Make the texts of each row that ``plan`` makes of its slots: a list for each of them."""
    texts = cache(table.texts)
    return [[made_of(text, steps) for text in texts(slot)] for slot, steps in plan.made]
