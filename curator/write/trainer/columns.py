"""
Rows written by columns: what a template puts around each text is learned once a shape.

A shape is what a template may decide by: the roles of a chat, which of its texts are there, and
its tools. What was learned is held against Jinja in every batch, on some rows of every shape;
whatever cannot be learned, or is not proven, is written by Jinja, a row at a time.
"""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import polars as pl

from curator.prompt.turns import Turns
from curator.records import ROLES
from curator.write.trainer.chat import Chat
from curator.write.trainer.options import TrainOn
from curator.write.trainer.probe import WHITESPACE, Unforeseen
from curator.write.trainer.rendered import Rendered
from curator.write.trainer.shaped import ODD, Block, Ints, Rows, assembled
from curator.write.trainer.shapes import Shape, learn
from curator.write.trainer.template import ChatTemplate
from curator.write.trainer.watched import WatchedTemplate
from curator.write.trainer.written import Refused, TemplateFault, written

log = logging.getLogger("curator.write")

MIN_ROWS = 16
"""Rows of a shape in a batch from which on it is learned: proving takes half as many."""

PROVEN_ROWS = 8
SEARCHED_ROWS = 2048  # among which rows are sought that a template may cut


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
        rows = Rows(turns, tools)
        blocks, left = [], [np.zeros(0, np.int64)]
        for key, members in rows.shapes():
            shape = self._shape(key, rows, members) if members.size >= MIN_ROWS else None
            if shape is None:
                left.append(members)
                continue
            is_safe = rows.lack(shape, members)
            safe, other = members[is_safe], members[~is_safe]
            block = assembled(shape, rows, safe)
            sample = _sample(rows, safe, block)
            if self._is_proven(rows, block, sample):
                blocks.append(block)
                left.append(other)
            else:
                self._shapes[key] = None
                left.append(members)
        slow, why = self._by_jinja(rows, np.sort(np.concatenate(left)))
        return _joined([*blocks, slow], why, rows.count)

    def _shape(self, key: tuple[bytes, str | None], rows: Rows, members: Ints) -> Shape | None:
        if key in self._shapes:
            return self._shapes[key]
        shape = None
        if ODD not in key[0]:
            chat = next(rows.chats(members[:1]))
            try:
                shape = learn(self._watched, chat, self._train_on)
            except (Unforeseen, Refused, TemplateFault) as error:
                log.debug("%d rows are left to Jinja: %s", members.size, error)
        self._shapes[key] = shape
        return shape

    def _is_proven(self, rows: Rows, block: Block, sample: Ints) -> bool:
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

    def _by_jinja(self, rows: Rows, members: Ints) -> tuple[Block, dict[int, str]]:
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
        return Block(members, series, prompts, counts, np.hstack([nothing, *areas])), why


def render_columns(
    template: ChatTemplate, turns: Turns, tools: pl.Series, train_on: TrainOn
) -> Rendered:
    """Write every row as ``written()`` does, by columns where that is proven."""
    return Columns(template, train_on).render(turns, tools)


def _sample(rows: Rows, members: Ints, block: Block) -> Ints:
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


def _joined(blocks: list[Block], why: dict[int, str], count: int) -> Rendered:
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
