"""The slots of rows that share a skeleton, and whether they answer as a plan wants it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from curator.kernels.json_fill import Slots
from curator.kernels.json_skeleton import Skeletons
from curator.kernels.json_texts import texts_at
from curator.kernels.json_tokens import Bytes, Places
from curator.read.learned.looks import Look, Source
from curator.read.learned.opening import open_texts
from curator.read.learned.plan import Plan

Mask = npt.NDArray[np.bool_]
_BACKSLASH = ord("\\")
_TRIMS = {("lstrip", ()), ("strip", ())}


@dataclass(frozen=True)
class Table:
    """N rows of one skeleton, with S slots each: places in the bytes of a piece, or behind them."""

    piece: Bytes
    rows: Places  # (N,) which of the piece they are
    spans: Places  # (N, S, 2)
    openings: Bytes  # (N, S)
    opened: Bytes  # of texts that hold JSON, as if they stood behind the piece

    @staticmethod
    def of(piece: Bytes, found: Skeletons, rows: Places) -> Table:
        """Take the slots of ``rows``, which share a skeleton."""
        first = found.slot_offsets[rows]
        slots = found.slot_offsets[rows[0] + 1] - first[0]
        at = first[:, None] + np.arange(slots)
        return Table(piece, rows, found.spans[at], found.openings[at], piece[:0])

    @cached_property
    def data(self) -> Bytes:
        """All bytes that spans are of."""
        return np.concatenate([self.piece, self.opened]) if len(self.opened) else self.piece

    def where(self, is_taken: Mask) -> Table:
        """Keep some rows."""
        if is_taken.all():
            return self
        return replace(
            self,
            rows=self.rows[is_taken],
            spans=self.spans[is_taken],
            openings=self.openings[is_taken],
        )

    @cached_property
    def _texts(self) -> dict[int, list[str]]:
        return {}

    def texts(self, slot: int) -> list[str]:
        """Give what stands in a slot of every row."""
        if slot not in self._texts:
            self._texts[slot] = texts_at(self.data, self.spans[:, slot])
        return self._texts[slot]

    def named(self, slots: Sequence[int]) -> Iterator[dict[int, str]]:
        """Give what stands in some slots, by their numbers, row by row."""
        names = tuple(dict.fromkeys(slots))
        if len(names) == 1:
            (name,) = names
            return ({name: text} for text in self.texts(name))
        rows = zip(*map(self.texts, names), strict=True)
        return (dict(zip(names, row, strict=True)) for row in rows)

    def row(self, at: int) -> list[str]:
        """Give what stands in every slot of one row."""
        return texts_at(self.data, self.spans[at])

    def opening(self, look: Look) -> tuple[Table, Mask]:
        """Open a text of every row; keep those of the skeleton that is wanted, with its slots."""
        way, cell = look.arguments
        first = np.arange(len(self.rows)) * self.spans.shape[1]
        slots = Slots(self.data, self.spans.reshape(-1, 2), first)
        data, found = open_texts(slots, cell, way)
        wanted = np.frombuffer(str(look.answer).encode(), dtype=np.uint8)
        sizes = np.diff(found.offsets)
        is_wanted = found.is_sound & (sizes == len(wanted))
        at = found.offsets[:-1][is_wanted, None] + np.arange(len(wanted))
        is_wanted[is_wanted] = (found.data[at] == wanted).all(axis=1)
        if not is_wanted.any():
            return self.where(is_wanted), is_wanted
        inner = Table.of(data, found, np.flatnonzero(is_wanted))
        kept = self.where(is_wanted)
        spans = moved(inner.spans, 0, len(self.piece) + len(self.opened))
        table = Table(
            self.piece,
            kept.rows,
            np.concatenate([kept.spans, spans], axis=1),
            np.concatenate([kept.openings, inner.openings], axis=1),
            np.concatenate([self.opened, data]),
        )
        return table, is_wanted


def alike(table: Table, plan: Plan) -> tuple[Table, Mask]:
    """Keep the rows that answer as ``plan`` was learned from, and say which they are."""
    holds = np.ones(len(table.rows), dtype=np.bool_)
    for look in plan.looks:
        if look.is_opening:
            table, is_kept = table.opening(look)
        else:
            is_kept = _answers(table, look)
            table = table.where(is_kept)
        holds[holds] = is_kept
        if not holds.any():
            break
    return table, holds


def _answers(table: Table, look: Look) -> Mask:
    holds = np.ones(len(table.rows), dtype=np.bool_)
    is_asked = _may_differ(table, look)
    if is_asked.any():
        ask = look.asker()
        holds[is_asked] = [ask(row) for row in table.where(is_asked).named(look.slots)]
    return holds


def _may_differ(table: Table, look: Look) -> Mask:
    """Spare rows a closer look whose text does not even begin with what was not found."""
    first, sought = look.source.parts[0], look.arguments[0] if look.arguments else None
    is_sought = look.answer is False and look.method in ("startswith", "__eq__")
    steps = {(step.method, step.arguments) for step in look.source.steps}
    if not (
        is_sought
        and isinstance(sought, str)
        and sought[:1].strip()
        and isinstance(first, int)
        and (not steps or (steps <= _TRIMS and len(look.source.parts) == 1))
    ):
        return np.ones(len(table.rows), dtype=np.bool_)
    opening = table.openings[:, first]
    is_alike: Mask = (opening == sought.encode()[0]) | (opening == _BACKSLASH)
    if look.method == "__eq__" and look.source.slot is not None:
        starts, ends = table.spans[:, first].T
        is_alike &= (starts < 0) | (ends - starts == len(sought.encode()))
    return is_alike


def moved(spans: Places, behind: int, by: int) -> Places:
    """Give spans so much further on that are not before ``behind``; inverted starts stay so."""
    plain = np.where(spans < 0, ~spans, spans)
    shift = np.where(plain[..., 1:] > behind, by, 0)  # by its end: an empty text may be the last
    found: Places = np.where(spans < 0, spans - shift, spans + shift) if by else spans
    return found


def made_texts(table: Table, sources: Sequence[Source]) -> list[list[str]]:
    """Make texts of the slots of each row: a list for each of the ``sources``."""
    made = []
    for source in sources:
        make = source.maker()
        made.append([make(row) for row in table.named(source.slots)])
    return made
