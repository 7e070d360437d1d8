"""
Rows written by columns: what a template puts around each text is learned once a shape.

A shape is what a template may decide by: the roles of a chat, which of its texts are there, and
its tools. What was learned is held against Jinja in every batch, on some rows of every shape;
whatever cannot be learned, or is not proven, is written by Jinja, a row at a time.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from curator.prompt.turns import Turns
from curator.records import ROLES
from curator.write.trainer.chat import Chat, chats
from curator.write.trainer.options import TrainOn
from curator.write.trainer.probe import WHITESPACE, Cut, Slot, Unforeseen
from curator.write.trainer.rendered import Rendered
from curator.write.trainer.shapes import Place, Shape, learn
from curator.write.trainer.template import ChatTemplate
from curator.write.trainer.watched import WatchedTemplate
from curator.write.trainer.written import Refused, TemplateFault, written

log = logging.getLogger("curator.write")

Ints = NDArray[np.int64]

MIN_ROWS = 16
"""Rows of a shape in a batch from which on it is learned: proving takes half as many."""

PROVEN_ROWS = 8
SEARCHED_ROWS = 2048  # among which rows are sought that a template may cut
MAX_BYTES = 1_048_576
"""Longer rows are written by Jinja, which refuses what is larger than any chat."""

_ODD = 255


class _Block(NamedTuple):
    """Some rows as they are written."""

    rows: Ints  # (n,)
    texts: pl.Series
    prompt_bytes: Ints
    counts: Ints  # regions of each row
    areas: Ints  # (4, sum of counts): message, role, start, end


class Columns:
    """Rows by one template; what it learns in a batch it knows in the next."""

    def __init__(self, template: ChatTemplate, train_on: TrainOn) -> None:
        """Know no shape yet."""
        self._template, self._train_on = template, train_on
        self._watched = WatchedTemplate.of(template)
        self._shapes: dict[tuple[bytes, str | None], Shape | None] = {}

    def render(self, turns: Turns, tools: pl.Series) -> Rendered:
        """
        Write every row as ``written()`` does.

        Raises: TemplateFault with the row in which it shows.
        """
        rows = _Rows(turns, tools)
        blocks, left = [], [np.zeros(0, np.int64)]
        for key, members in rows.shapes():
            shape = self._shape(key, rows, members) if members.size >= MIN_ROWS else None
            if shape is None:
                left.append(members)
                continue
            is_safe = rows.lack(shape, members)
            safe, other = members[is_safe], members[~is_safe]
            block = _assembled(shape, rows, safe)
            sample = _sample(rows, safe, block)
            if self._is_proven(rows, block, sample):
                blocks.append(block)
                left.append(other)
            else:
                self._shapes[key] = None
                left.append(members)
        slow, why = self._by_jinja(rows, np.sort(np.concatenate(left)))
        return _joined([*blocks, slow], why, rows.count)

    def _shape(self, key: tuple[bytes, str | None], rows: _Rows, members: Ints) -> Shape | None:
        if key in self._shapes:
            return self._shapes[key]
        shape = None
        if _ODD not in key[0]:
            chat = next(rows.chats(members[:1]))
            try:
                shape = learn(self._watched, chat, self._train_on)
            except (Unforeseen, Refused, TemplateFault) as error:
                log.debug("%d rows are left to Jinja: %s", members.size, error)
        self._shapes[key] = shape
        return shape

    def _is_proven(self, rows: _Rows, block: _Block, sample: Ints) -> bool:
        """Say whether Jinja writes the rows at ``sample`` in ``block`` as they are there."""
        ends = np.cumsum(block.counts)
        for at, chat in zip(sample, rows.chats(block.rows[sample]), strict=True):
            areas = block.areas[:, ends[at] - block.counts[at] : ends[at]]
            try:
                text, prompt_bytes, expected = _in_bytes(self._template, chat, self._train_on)
            except (Refused, TemplateFault) as error:
                log.debug("what was learned does not hold: %s", error)
                return False
            same = text == block.texts[int(at)] and prompt_bytes == block.prompt_bytes[at]
            if not (same and np.array_equal(areas, expected)):
                log.debug("what was learned does not hold: row %d differs", block.rows[at])
                return False
        return True

    def _by_jinja(self, rows: _Rows, members: Ints) -> tuple[_Block, dict[int, str]]:
        texts, prompts, areas, why = [], np.full(members.size, -1), [], {}
        nothing = np.zeros((4, 0), np.int64)
        for at, (row, chat) in enumerate(zip(members, rows.chats(members), strict=True)):
            try:
                text, prompts[at], found = _in_bytes(self._template, chat, self._train_on)
            except Refused as refused:
                text, found, why[int(row)] = "", nothing, refused.message
            except TemplateFault as fault:
                fault.row = int(row)
                raise
            texts.append(text)
            areas.append(found)
        counts = np.array([found.shape[1] for found in areas], np.int64)
        series = pl.Series(texts, dtype=pl.String)
        return _Block(members, series, prompts, counts, np.hstack([nothing, *areas])), why


def render_columns(
    template: ChatTemplate, turns: Turns, tools: pl.Series, train_on: TrainOn
) -> Rendered:
    """Write every row as ``written()`` does, by columns where that is proven."""
    return Columns(template, train_on).render(turns, tools)


class _Rows:
    """The messages of a batch by row and place."""

    def __init__(self, turns: Turns, tools: pl.Series) -> None:
        self.turns, self.tools, self.count = turns, tools, len(turns.offsets) - 1

    @cached_property
    def size_bytes(self) -> Ints:
        """How long the texts of each row are, (N,)."""
        said = [pl.col(name) for name in ("content", "reasoning") if name in self.turns.flat]
        sizes = self.turns.flat.select(
            pl.sum_horizontal(text.str.len_bytes().cast(pl.Int64) for text in said)
        )
        before = np.concatenate([[0], np.cumsum(sizes.to_series().to_numpy())])
        total: Ints = np.diff(before[self.turns.offsets])
        return total

    def shapes(self) -> Iterator[tuple[tuple[bytes, str | None], Ints]]:
        """Give each shape with its rows, in the order of their first."""
        codes, offsets = _codes(self.turns.flat), pa.py_buffer(self.turns.offsets)
        buffers = [None, offsets, pa.py_buffer(codes)]
        said = pa.Array.from_buffers(pa.large_binary(), self.count, buffers)
        frame = pl.DataFrame({"said": pl.Series(said), "tools": self.tools.cast(pl.String)})
        groups = frame.with_row_index("row").group_by("said", "tools", maintain_order=True)
        for shape, tools, members in groups.agg("row").iter_rows():
            yield (shape, tools), np.array(members, np.int64)

    def chats(self, members: Ints) -> Iterator[Chat]:
        """Give some rows as a template reads them."""
        counts = np.diff(self.turns.offsets)[members]
        offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        first = np.repeat(self.turns.offsets[members] - offsets[:-1], counts)
        flat = self.turns.flat[first + np.arange(offsets[-1])]
        return chats(Turns(flat=flat, offsets=offsets), self.tools.gather(pl.Series(members)))

    def texts(self, members: Ints, message: int, column: str) -> pl.Series:
        """Give a field of the same message of some rows."""
        at = pl.Series(self.turns.offsets[members] + message)
        return self.turns.flat[column].gather(at)

    def lack(self, shape: Shape, members: Ints) -> NDArray[np.bool_]:
        """Say of each row whether no field holds a literal that it must not."""
        holds = np.zeros(members.size, bool)
        for message, column, literals in shape.guards:
            texts = self.texts(members, message, column)
            holds |= texts.str.contains_any(list(literals)).fill_null(value=False).to_numpy()
        return ~(holds | (self.size_bytes[members] > MAX_BYTES))


def _codes(flat: pl.DataFrame) -> NDArray[np.uint8]:
    """Give each message a number for what a template may see of it without its texts."""
    roles = {role: index for index, role in enumerate(ROLES)}
    odd = [pl.col("tool_calls").is_not_null(), pl.col("tool_call_id").is_not_null()]
    code = pl.col("role").replace_strict(roles, default=None, return_dtype=pl.UInt8)
    weight = len(ROLES)
    for name in ("content", "reasoning", "name"):
        if name not in flat.columns:
            continue
        text = pl.col(name)
        odd.append(pl.lit(_is_blank(flat[name])))
        kind = pl.when(text.is_null()).then(0).when(text.str.len_bytes() == 0).then(1).otherwise(2)
        code += kind.cast(pl.UInt8) * weight
        weight *= 3
    known = [one.fill_null(value=False) for one in odd]
    code = pl.when(pl.any_horizontal(known)).then(None).otherwise(code).fill_null(_ODD)
    return flat.select(code.cast(pl.UInt8)).to_series().to_numpy()


def _is_blank(texts: pl.Series) -> pl.Series:
    """Say of each text whether it has only white space; nulls and empty texts have none."""
    # comparing looks at the first bytes alone: white space sorts before "!" or after "~"
    may_be = ((texts < "!") & (texts > "")) | ((texts > "~") & (texts < "\u3001"))
    at = may_be.fill_null(value=False).arg_true()
    is_blank = texts.gather(at).str.strip_chars(WHITESPACE) == ""
    return pl.Series(np.zeros(len(texts), bool)).scatter(at, is_blank)


def _assembled(shape: Shape, rows: _Rows, members: Ints) -> _Block:
    """Write rows of a learned shape."""
    slots = shape.slots
    named = {slot: f"{place}" for place, slot in enumerate(dict.fromkeys(slots))}
    given = {
        f"{message} {column}": rows.texts(members, message, column)
        for message, column in dict.fromkeys((slot.message, slot.field) for slot in slots)
    }
    cut = pl.DataFrame(given, height=members.size).select(
        _cut(pl.col(f"{slot.message} {slot.field}"), slot.cuts).alias(name)
        for slot, name in named.items()
    )
    parts = [pl.col(named[p]) if isinstance(p, Slot) else pl.lit(p) for p in shape.parts]
    text = pl.concat_str(parts) if parts else pl.lit("")
    texts = cut.select(text.alias("text")).to_series() if slots else None
    if texts is None:
        texts = pl.Series(["".join(map(str, shape.parts))] * members.size, dtype=pl.String)
    before = np.zeros((len(slots) + 1, members.size), np.int64)
    sizes = cut.select(pl.all().str.len_bytes())
    for place, slot in enumerate(slots):
        before[place + 1] = before[place] + sizes[named[slot]].to_numpy()

    def at(place: Place) -> Ints:
        where: Ints = before[place.slots] + place.size_bytes
        return where

    areas = np.empty((4, members.size, len(shape.areas)), np.int64)
    for index, area in enumerate(shape.areas):
        areas[0, :, index], areas[1, :, index] = area.message, area.role
        areas[2, :, index], areas[3, :, index] = at(area.start), at(area.end)
    prompts = np.full(members.size, -1) if shape.prompt is None else at(shape.prompt)
    counts = np.full(members.size, len(shape.areas))
    return _Block(members, texts, prompts, counts, areas.reshape(4, -1))


def _cut(text: pl.Expr, cuts: Sequence[Cut]) -> pl.Expr:
    for side, chars in cuts:
        cut = text.str.strip_chars_start if side == "start" else text.str.strip_chars_end
        text = cut(chars)
    return text


def _sample(rows: _Rows, members: Ints, block: _Block) -> Ints:
    """Choose rows to prove: the first, last, longest, of other bytes, with space at an edge."""
    count = members.size
    sizes = block.texts.str.len_bytes().to_numpy()
    chosen = [0, count - 1, int(sizes.argmax())] if count else []
    seen = members[:SEARCHED_ROWS]
    wide = block.texts[: seen.size].str.contains(r"[^\x00-\x7f]").arg_true()
    chosen += wide[:1].to_list()
    for message in range(np.diff(rows.turns.offsets)[members[0]] if count else 0):
        texts = rows.texts(seen, message, "content")
        spaced = texts != texts.str.strip_chars(WHITESPACE)
        chosen += spaced.fill_null(value=False).arg_true()[:1].to_list()
    drawn = [(place * 2_654_435_761 + 97) % count for place in range(1, PROVEN_ROWS + 1) if count]
    return np.array(list(dict.fromkeys([*chosen[:6], *drawn]))[:PROVEN_ROWS], np.int64)


def _in_bytes(template: ChatTemplate, chat: Chat, train_on: TrainOn) -> tuple[str, int, Ints]:
    """Write a row by Jinja: its text, its prompt and its regions in bytes."""
    text, prompt_chars, regions = written(template, chat, train_on)
    points = sorted({max(prompt_chars, 0), *(at for r in regions for at in (r.start, r.end))})
    size, last, places = 0, 0, {}
    for point in points:
        size += len(text[last:point].encode())
        places[point], last = size, point
    areas: list[list[Any]] = [
        [r.message for r in regions],
        [ROLES.index(r.role) for r in regions],
        [places[r.start] for r in regions],
        [places[r.end] for r in regions],
    ]
    prompt_bytes = -1 if prompt_chars < 0 else places[prompt_chars]
    return text, prompt_bytes, np.array(areas, np.int64).reshape(4, -1)


def _joined(blocks: list[_Block], why: dict[int, str], count: int) -> Rendered:
    """Give the rows of all blocks in their order."""
    rows = np.concatenate([block.rows for block in blocks])
    back = np.argsort(rows, kind="stable")
    said = pl.concat([block.texts.alias("text") for block in blocks], rechunk=True)
    prompts = np.concatenate([block.prompt_bytes for block in blocks])[back]
    counts = np.concatenate([block.counts for block in blocks])
    areas = np.hstack([block.areas for block in blocks])
    row = np.repeat(rows, counts)
    order = np.argsort(row, kind="stable")
    message, role, start, end = areas[:, order]
    reasons = pl.Series("why", [None] * count, dtype=pl.String)
    if why:
        reasons = reasons.scatter(list(why), list(why.values()))
    return Rendered(
        texts=said.gather(pl.Series(back)),
        why=reasons,
        prompt_bytes=prompts.astype(np.int64),
        row=row[order],
        message=message,
        role=role.astype(np.int8),
        start=start,
        end=end,
    )
