"""Every row is held against what a mask must be, while it is written; what holds is counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.errors import WriteError, shorten
from curator.records import ROLES, SPLITS
from curator.tokenizer import Encoder
from curator.write.trainer.options import Options
from curator.write.trainer.source import Batch
from curator.write.trainer.tokenise import Tokens

SPELLED = "the tokens spell the text"
PLACED = "the tokens lie where the tokenizer says"
EXACT = "the tokens that count are the trained parts"
SOME = "some token of each segment counts"
ENDED = "a trained turn ends in a control token"
PROMPTED = "the tokens of the generation prompt come first"
BEGUN = "no text begins twice"
CHECKS = (SPELLED, PLACED, EXACT, SOME, ENDED, PROMPTED, BEGUN)

COUNTS = ("rows", "segments", "tokens", "trained")
REST, TEXT = "template", "text"  # who says what no role says: in a chat, in a passage

_BUG = "please report this bug"
Ints = NDArray[np.int64]
Rows = NDArray[np.bool_]


class Pieces(NamedTuple):
    """The parts of a batch's rows that are written, (S,): of which row, from which token on."""

    row: Ints
    start: Ints
    tokens: Ints


class _Places(NamedTuple):
    """A batch's tokens in one line of bytes; a byte lies between two rows."""

    batch: Batch
    tokens: Tokens
    is_written: Rows  # (N,)
    base: Ints  # (N,) where each row begins
    starts: Ints  # (T,)
    ends: Ints  # (T,) a token without bytes has one here

    @staticmethod
    def of(batch: Batch, tokens: Tokens, pieces: Pieces) -> _Places:
        count = len(batch.id)
        is_written = np.zeros(count, bool)
        is_written[pieces.row] = True
        base = np.cumsum(batch.bytes + 1) - batch.bytes - 1
        shift = np.repeat(base, np.diff(tokens.offsets))
        starts = tokens.starts + shift
        ends = np.maximum(tokens.ends + shift, starts + 1)
        return _Places(batch, tokens, is_written, base, starts, ends)


@dataclass(kw_only=True)
class Proof:
    """Checks what is added, and counts it: ``holds`` and ``splits`` say what was found."""

    encoder: Encoder
    options: Options
    _checked: Counter[str] = field(default_factory=Counter, init=False)  # check -> rows
    _counts: dict[str, Counter[str]] = field(default_factory=dict, init=False)  # split -> what

    def add(self, batch: Batch, tokens: Tokens, pieces: Pieces) -> Ints:
        """
        Prove the rows of which something is written, and say how many tokens of each piece count.

        Raises: WriteError naming the first row that breaks a check, and what differs.
        """
        places = _Places.of(batch, tokens, pieces)
        self._checked[SPELLED] += int((places.is_written & tokens.is_spelled).sum())
        self._checked[PLACED] += int((places.is_written & ~tokens.is_spelled).sum())
        self._hold_spans(places)
        self._hold_beginning(places)
        self._hold_prompts(places)
        before = np.concatenate([[0], np.cumsum(tokens.mask, dtype=np.int64)])
        first = tokens.offsets[pieces.row] + pieces.start
        trained: Ints = before[first + pieces.tokens] - before[first]
        self._hold(places, pieces.row[trained == 0], f"{SOME}: here is one where none does")
        for check in (EXACT, SOME, BEGUN):
            self._checked[check] += int(places.is_written.sum())
        self._count(places, pieces, trained)
        return trained

    def _hold(self, places: _Places, wrong: Ints, what: str, hint: str = _BUG) -> None:
        if wrong.size:
            name = f"row {places.batch.id[int(wrong[0])]}"
            raise WriteError(what, where=name, hint=hint)

    def _hold_spans(self, places: _Places) -> None:
        """Whatever touches a span lies in it and counts; nothing else counts."""
        tokens, spans = places.tokens, places.batch.spans
        row = np.repeat(np.arange(places.base.size), np.diff(spans.offsets))
        starts, ends = spans.starts + places.base[row], spans.ends + places.base[row]
        first = np.searchsorted(places.ends, starts, side="right")
        last = np.searchsorted(places.starts, ends)
        known = np.maximum(np.minimum(first, places.starts.size - 1), 0)
        before = np.concatenate([[0], np.cumsum(tokens.mask, dtype=np.int64)])
        holds = first < last
        if places.starts.size:
            holds &= (places.starts[known] >= starts) & (places.ends[last - 1] <= ends)
        holds &= before[last] - before[first] == last - first
        inside = np.bincount(row, weights=last - first, minlength=places.base.size)
        total = before[tokens.offsets[1:]] - before[tokens.offsets[:-1]]
        bad = inside != total
        bad[row[~holds]] = True
        wrong = np.flatnonzero(bad & places.is_written)
        self._hold(places, wrong, f"{EXACT}: here others do")
        if self.options.train_on != "all" and places.batch.turns is not None:
            self._hold_ends(places, row, first, last)

    def _hold_ends(self, places: _Places, row: Ints, first: Ints, last: Ints) -> None:
        """Look at the last token of each span that is no space."""
        ids, ends = places.tokens.ids, [*self.encoder.control_ids.tolist(), self.encoder.eos_id]
        held = np.flatnonzero(places.is_written[row])
        at, low, open_rows = last[held] - 1, first[held], row[held]
        while at.size:
            is_open = ~np.isin(ids[at], [end for end in ends if end is not None])
            at, low, open_rows = at[is_open], low[is_open], open_rows[is_open]
            each = np.unique(ids[at])
            blank = each[[not self.encoder.decode([int(one)]).strip() for one in each]]
            if (stuck := ~np.isin(ids[at], blank) | (at <= low)).any():
                what = f"{ENDED}: here one ends in {self._shown(ids[at[stuck][:1]])}"
                hint = "let the template end a turn before anything else follows"
                self._hold(places, open_rows[stuck], what, hint)
            at = at - 1
        self._checked[ENDED] += int(places.is_written.sum())

    def _hold_beginning(self, places: _Places) -> None:
        tokens, bos = places.tokens, self.encoder.bos_id
        if bos is None:
            return
        rows = np.flatnonzero(places.is_written & (np.diff(tokens.offsets) > 1))
        first = tokens.offsets[rows]
        wrong = rows[(tokens.ids[first] == bos) & (tokens.ids[first + 1] == bos)]
        what = f"{BEGUN}: here {self._shown(np.array([bos], np.int32))} stands twice"
        hint = "take one of the two out of the template"
        self._hold(places, wrong, what, hint)

    def _hold_prompts(self, places: _Places) -> None:
        """
        Encode what stands between the last control token of each prompt and its end.

        A control token parts what is before from what is behind, so that many prompts share one.
        """
        tokens, prompt = places.tokens, places.batch.rendered.prompt_bytes
        rows = np.flatnonzero(places.is_written & (prompt >= 0))
        if not rows.size:
            return
        stop = np.searchsorted(places.starts, places.base[rows] + prompt[rows])
        first = self._last_control(tokens.ids, tokens.offsets[rows], stop)
        known = np.minimum(first, max(places.starts.size - 1, 0))
        start = np.where(first < stop, places.starts[known] - places.base[rows], 0)
        tails = pl.select(
            pl.lit(places.batch.rendered.texts.gather(rows).cast(pl.Binary)).bin.slice(
                pl.lit(pl.Series(start)), pl.lit(pl.Series(prompt[rows] - start))
            )
        ).to_series()
        each = tails.unique(maintain_order=True)
        ids, offsets = self.encoder.encode([tail.decode("utf-8") for tail in each])
        which = tails.replace_strict(each, np.arange(len(each)), return_dtype=pl.Int64).to_numpy()
        lengths = np.diff(offsets)[which]
        bad = lengths != stop - first
        good = np.flatnonzero(~bad)
        count = lengths[good]
        step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        ours = tokens.ids[np.repeat(first[good], count) + step]
        same = ours == ids[np.repeat(offsets[which[good]], count) + step]
        bad[np.repeat(good, count)[~same]] = True
        wrong = np.flatnonzero(bad)
        what = ""
        if wrong.size:
            at = int(wrong[0])
            alone = ids[offsets[which[at]] : offsets[which[at] + 1]]
            here = tokens.ids[first[at] : max(stop[at], first[at]) + 1]
            what = f"{PROMPTED}: alone it ends in {self._shown(alone)}, here in {self._shown(here)}"
        hint = "let the generation prompt of the template end in a control token or a line break"
        self._hold(places, rows[wrong], what, hint)
        self._checked[PROMPTED] += rows.size

    def _last_control(self, ids: NDArray[np.int32], begin: Ints, stop: Ints) -> Ints:
        """Find the last control token in each ``begin:stop``, else the first token there."""
        is_control = np.zeros(max(self.encoder.vocab_size, 1), bool)
        is_control[self.encoder.control_ids] = True
        at = np.concatenate([[-1], np.flatnonzero(is_control[ids])])
        found: Ints = at[np.searchsorted(at, stop) - 1]
        return np.maximum(found, begin)

    def _shown(self, ids: NDArray[np.int32]) -> str:
        return shorten(repr(self.encoder.decode(ids.tolist())), 40)

    def _count(self, places: _Places, pieces: Pieces, trained: Ints) -> None:
        tokens, batch = places.tokens, places.batch
        split = batch.split.cast(pl.Enum(SPLITS)).to_physical().to_numpy().astype(np.int64)
        first = tokens.offsets[pieces.row] + pieces.start
        edges = np.zeros(tokens.ids.size + 1, np.int8)
        np.add.at(edges, first, 1)
        np.subtract.at(edges, first + pieces.tokens, 1)
        written = np.concatenate([[0], np.cumsum(np.cumsum(edges[:-1], dtype=np.int8), dtype=int)])
        said = batch.rendered
        low = np.searchsorted(places.starts, said.start + places.base[said.row])
        high = np.searchsorted(places.starts, said.end + places.base[said.row])
        spoken = written[high] - written[low]
        rest = TEXT if batch.turns is None else REST
        for code, name in enumerate(SPLITS):
            mine = split[pieces.row] == code
            if not mine.any():
                continue
            total = int(pieces.tokens[mine].sum())
            of_role = np.bincount(
                said.role[split[said.row] == code],
                weights=spoken[split[said.row] == code],
                minlength=len(ROLES),
            ).astype(int)
            self._counts.setdefault(name, Counter()).update(
                {
                    "rows": int((places.is_written & (split == code)).sum()),
                    "segments": int(mine.sum()),
                    "tokens": total,
                    "trained": int(trained[mine].sum()),
                    **dict(zip(ROLES, of_role.tolist(), strict=True)),
                    rest: total - int(of_role.sum()),
                }
            )

    def holds(self) -> list[dict[str, Any]]:
        """List the checks, and of how many rows each was found to hold."""
        return [
            {"name": name, "rows": self._checked[name], "holds": True}
            for name in CHECKS
            if self._checked[name]
        ]

    def splits(self) -> dict[str, dict[str, Any]]:
        """Give rows, segments and tokens of each split that has some, and who says the tokens."""
        said = (TEXT,) if self.options.rows == "chunks" else (*ROLES, REST)
        return {
            name: {
                **{what: self._counts[name][what] for what in COUNTS},
                "by_role": {role: self._counts[name][role] for role in said},
            }
            for name in SPLITS
            if name in self._counts
        }
