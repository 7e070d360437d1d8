"""Every row is held against what a mask must be, while it is written; what holds is counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.errors import WriteError, shorten
from curator.records import ROLES, SPLITS
from curator.tokenizer import Encoder
from curator.write.trainer import read_back
from curator.write.trainer.options import Options
from curator.write.trainer.shards import SplitTokens
from curator.write.trainer.source import Batch
from curator.write.trainer.stored import IN_PACKS
from curator.write.trainer.tokenise import Tokens

SPELLED = "the tokens spell the text"
PLACED = "the tokens lie where the tokenizer says"
EXACT = "the tokens that count are the trained parts"
SOME = "some token of each segment counts"
ENDED = "a trained turn ends in a control token"
ONCE = "no trained turn ends twice"
PROMPTED = "the tokens of the generation prompt come first"
BEGUN = "no text begins twice"
STORED = "the files hold these tokens and labels, and no others"
RESTART = "the segments of a pack lie end to end: positions restart with each"
CHECKS = (SPELLED, PLACED, EXACT, SOME, ENDED, ONCE, PROMPTED, BEGUN, STORED, RESTART)

COUNTS = ("rows", "segments", "tokens", "trained")
REST, TEXT = "template", "text"  # who says what no role says: in a chat, in a passage

_BUG = "please report this bug"
Ints = NDArray[np.int64]


class Pieces(NamedTuple):
    """The parts of a batch's rows that are written, (S,), in order: of which row, from where."""

    row: Ints
    start: Ints
    tokens: Ints


class _Found(NamedTuple):
    """A batch, and what stands where in it."""

    batch: Batch
    tokens: Tokens
    is_written: NDArray[np.bool_]  # (N,)
    audit: Any  # kernels.audit.Audit


@dataclass(kw_only=True)
class Proof:
    """Checks what is added, and counts it: ``holds`` and ``splits`` say what was found."""

    encoder: Encoder
    options: Options
    _checked: Counter[str] = field(default_factory=Counter, init=False)  # check -> rows
    _held: set[tuple[str, str]] = field(default_factory=set, init=False)  # check, split: once
    _counts: dict[str, Counter[str]] = field(default_factory=dict, init=False)  # split -> what

    def add(self, batch: Batch, tokens: Tokens, pieces: Pieces) -> Ints:
        """
        Prove the rows of which something is written, and say how many tokens of each piece count.

        Raises: WriteError naming the first row that breaks a check, and what differs.
        """
        found = self._audited(batch, tokens, pieces)
        trained: Ints = found.audit.trained
        wrong = np.flatnonzero(~found.audit.is_exact & found.is_written)
        self._hold(found, wrong, f"{EXACT}: here others do")
        self._hold(found, pieces.row[trained == 0], f"{SOME}: here is one where none does")
        self._hold_beginning(found)
        for check in (EXACT, SOME, BEGUN):
            self._checked[check] += int(found.is_written.sum())
        self._checked[SPELLED] += int((found.is_written & tokens.is_spelled).sum())
        self._checked[PLACED] += int((found.is_written & ~tokens.is_spelled).sum())
        if self.options.train_on != "all" and batch.turns is not None:
            self._hold_ends(found)
        self._hold_prompts(found)
        self._count(found, pieces)
        return trained

    def _audited(self, batch: Batch, tokens: Tokens, pieces: Pieces) -> _Found:
        from curator.kernels import audit

        rows, said = len(batch.id), batch.rendered
        is_written = np.zeros(rows, bool)
        is_written[pieces.row] = True

        def stretches(row: Ints, starts: Ints, ends: Ints) -> audit.Stretches:
            return audit.Stretches(np.searchsorted(row, np.arange(rows + 1)), starts, ends)

        return _Found(
            batch,
            tokens,
            is_written,
            audit.audit(
                audit.Tokens(tokens.offsets, tokens.ids, tokens.starts, tokens.ends, tokens.mask),
                self._control_bytes,
                said.prompt_bytes,
                audit.Stretches(*batch.spans),
                stretches(said.row, said.start, said.end),
                said.role,
                len(ROLES),
                stretches(pieces.row, pieces.start, pieces.start + pieces.tokens),
            ),
        )

    @cached_property
    def _control_bytes(self) -> Ints:
        """Say of each id how many bytes it has as a control token; others have none."""
        sizes = np.zeros(max(self.encoder.vocab_size, 1), np.int64)
        ids, offsets = self.encoder.encode(self.encoder.control_tokens)
        for token, first, last in zip(
            self.encoder.control_tokens, offsets, offsets[1:], strict=False
        ):
            if last - first == 1:
                sizes[ids[first]] = len(token.encode())
        return sizes

    def _hold(self, found: _Found, wrong: Ints, what: str, hint: str = _BUG) -> None:
        if wrong.size:
            name = f"row {found.batch.name(int(wrong[0]))}"
            raise WriteError(what, where=name, hint=hint)

    def _hold_ends(self, found: _Found) -> None:
        """Look at the last token of each span that is no space, and at the one before it."""
        ids, ends = found.tokens.ids, [*self.encoder.control_ids.tolist(), self.encoder.eos_id]
        spans = found.batch.spans
        row = np.repeat(np.arange(spans.offsets.size - 1), np.diff(spans.offsets))
        is_written = found.is_written[row]
        at, row, start = (
            found.audit.span_last[is_written],
            row[is_written],
            spans.starts[is_written],
        )
        while at.size:
            is_end = np.isin(ids[at], [end for end in ends if end is not None])
            self._hold_once(found, at[is_end], row[is_end], start[is_end])
            at, row, start = at[~is_end], row[~is_end], start[~is_end]
            stuck = ~self._is_blank(ids[at]) | (at == found.tokens.offsets[row])
            if stuck.any():
                what = f"{ENDED}: here one ends in {self._shown(ids[at[stuck][:1]])}"
                hint = "let the template end a turn before anything else follows"
                self._hold(found, row[stuck], what, hint)
            at = at - 1
        for check in (ENDED, ONCE):
            self._checked[check] += int(found.is_written.sum())

    def _hold_once(self, found: _Found, end: Ints, row: Ints, start: Ints) -> None:
        """Look for the same end of turn before the one at ``end``, in a span from ``start`` on."""
        ids, twice = found.tokens.ids, np.zeros(end.size, bool)
        for back in (1, 2):  # a line break may stand between
            before = end - back
            same = (before >= found.tokens.offsets[row]) & (ids[before] == ids[end])
            same &= found.tokens.starts[before] >= start
            same[same] = (back == 1) | self._is_blank(ids[before[same] + 1])
            twice |= same
        what = f"{ONCE}: here one ends in {self._shown(ids[end[twice][:1]])} and again"
        self._hold(found, row[twice], what, "take one of the two out of the template")

    def _is_blank(self, ids: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Say of each token whether it is nothing but space."""
        each = np.unique(ids)
        return np.isin(ids, each[[not self.encoder.decode([int(one)]).strip() for one in each]])

    def _hold_beginning(self, found: _Found) -> None:
        tokens, bos = found.tokens, self.encoder.bos_id
        if bos is None:
            return
        rows = np.flatnonzero(found.is_written & (np.diff(tokens.offsets) > 1))
        first = tokens.offsets[rows]
        wrong = rows[(tokens.ids[first] == bos) & (tokens.ids[first + 1] == bos)]
        what = f"{BEGUN}: here {self._shown(np.array([bos], np.int32))} stands twice"
        hint = "take one of the two out of the template"
        self._hold(found, wrong, what, hint)

    def _hold_prompts(self, found: _Found) -> None:
        """
        Encode what stands between the last control token of each prompt and its end.

        Nobody is asked for an answer of weight 0, so its prompt may end within a token.
        A control token parts what is before from what is behind, so that many prompts share one.
        """
        tokens, prompt, turns = found.tokens, found.batch.rendered.prompt_bytes, found.batch.turns
        rows = np.flatnonzero(found.is_written & (prompt >= 0))
        if turns is None or not rows.size:
            return
        weight = turns.flat["weight"].gather(turns.offsets[rows + 1] - 1).fill_null(1).to_numpy()
        rows = rows[weight != 0]
        if not rows.size:
            return
        first, stop = found.audit.prompt_from[rows], found.audit.prompt_stop[rows]
        start = np.where(first == tokens.offsets[rows], 0, tokens.starts[first])
        texts, marks = found.batch.rendered.texts, self.encoder.control_tokens
        tails, which = _distinct(texts, rows, start, prompt[rows])
        is_parted = np.array([tail.startswith(marks) for tail in tails])[which] | (start == 0)
        if not is_parted.all():  # the token of what is unknown, and as long as its name
            first = np.where(is_parted, first, tokens.offsets[rows])
            tails, which = _distinct(texts, rows, np.where(is_parted, start, 0), prompt[rows])
        ids, offsets = self.encoder.encode(tails)
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
            here = tokens.ids[first[at] : first[at] + alone.size + 1]
            what = f"{PROMPTED}: alone it ends in {self._shown(alone)}, here in {self._shown(here)}"
        hint = "let the generation prompt of the template end in a control token or a line break"
        self._hold(found, rows[wrong], what, hint)
        self._checked[PROMPTED] += rows.size

    def _shown(self, ids: NDArray[np.int32]) -> str:
        return shorten(repr(self.encoder.decode(ids.tolist())), 40)

    def _count(self, found: _Found, pieces: Pieces) -> None:
        split = found.batch.split.cast(pl.Enum(SPLITS)).to_physical().to_numpy()
        rest = TEXT if found.batch.turns is None else REST
        for code, name in enumerate(SPLITS):
            mine = split[pieces.row] == code
            if not mine.any():
                continue
            spoken = found.audit.spoken[split == code].sum(axis=0).tolist()
            self._counts.setdefault(name, Counter()).update(
                {
                    "rows": int((found.is_written & (split == code)).sum()),
                    "segments": int(mine.sum()),
                    "tokens": int(pieces.tokens[mine].sum()),
                    "trained": int(found.audit.trained[mine].sum()),
                    **dict(zip((*ROLES, rest), spoken, strict=True)),
                }
            )

    def hold_files(self, tokens: SplitTokens, folder: Path) -> None:
        """
        Read the files of a split in the folder of a format back, and prove what they hold.

        Raises: WriteError naming the file, the pack, and what differs.
        """
        read_back.hold(tokens, folder)
        for check in (STORED, *((RESTART,) if folder.name in IN_PACKS else ())):
            if (check, tokens.split) not in self._held:
                self._held.add((check, tokens.split))
                self._checked[check] += self._counts[tokens.split]["rows"]

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


def _distinct(texts: pl.Series, rows: Ints, starts: Ints, ends: Ints) -> tuple[list[str], Ints]:
    """Cut bytes out of the texts of some rows; give the different ones, and which each row has."""
    cut = pl.lit(texts.gather(rows).cast(pl.Binary)).bin.slice(
        pl.lit(pl.Series(starts)), pl.lit(pl.Series(ends - starts))
    )
    tails = pl.select(cut).to_series()
    if tails.rle_id()[-1] == 0:  # as a rule: the same words ask for every answer
        return [tails[0].decode("utf-8")], np.zeros(rows.size, np.int64)
    each = tails.unique(maintain_order=True)
    which = tails.replace_strict(each, np.arange(len(each)), return_dtype=pl.Int64).to_numpy()
    return [tail.decode("utf-8") for tail in each], which
