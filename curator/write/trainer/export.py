"""One export: rows become tokens batch by batch, then packs over all of them, then files."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
import orjson
import polars as pl
from numpy.typing import NDArray

from curator.errors import WriteError
from curator.kernels.gather import gather
from curator.records import SPLITS
from curator.task import Task
from curator.tokenizer import Encoder, TokenizerFiles
from curator.write.trainer import overflow, shards
from curator.write.trainer.chat import chats
from curator.write.trainer.ledger import TokenLedger
from curator.write.trainer.options import Options
from curator.write.trainer.overflow import Fitted, LeftOut
from curator.write.trainer.packing import Plan, plan
from curator.write.trainer.proof import Pieces, Proof
from curator.write.trainer.shards.messages import Lines
from curator.write.trainer.source import Batch, chunks, examples
from curator.write.trainer.spill import Spill
from curator.write.trainer.template import ChatTemplate
from curator.write.trainer.tokenise import Tokens, tokenise
from curator.write.trainer.tokens import Packs
from curator.write.trainer.written import turn_starts

SEGMENTS, SKIPPED = "segments.parquet", "skipped.jsonl"
_WORK = ".tokens"


@dataclass(kw_only=True)
class Export:
    """
    What is known of an export while it is made.

    ``tokenise`` goes through all rows, ``pack`` plans over them, ``write`` makes the files.
    """

    options: Options
    files: TokenizerFiles
    encoder: Encoder
    template: ChatTemplate | None  # none for chunks
    out: Path
    proof: Proof
    ledger: TokenLedger = field(default_factory=TokenLedger)
    plans: dict[str, Plan] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)  # reason -> rows
    hidden_reasoning: int = 0  # turns whose reasoning is in no token
    _spills: dict[str, Spill] = field(default_factory=dict)
    _segments: list[pl.DataFrame] = field(default_factory=list)
    _too_long: list[LeftOut] = field(default_factory=list)
    _names: dict[int, str] = field(default_factory=dict)  # of rows that are too long

    def tokenise(self, records: pl.LazyFrame, task: Task) -> None:
        """
        Encode, mask and prove every row; what is written waits on disk.

        Raises: WriteError where the template, or a row that is too long, does not allow it;
                Differs where the tokenizer's engine gives other ids than the reference.
        """
        work = self.out / _WORK
        work.mkdir()
        with ExitStack() as stack:
            self._spills = {name: stack.enter_context(Spill(work, name)) for name in SPLITS}
            skipped = stack.enter_context((self.out / SKIPPED).open("wb"))
            lines = None
            if "messages" in self.options.formats:
                lines = stack.enter_context(Lines(folder=self.out / "messages"))
            for batch in shards.ahead(self._batches(records, task)):
                tokens = tokenise(batch, self.encoder, verify_all=self.options.verify_tokens)
                self._take(batch, tokens, skipped, lines)
        if not self.left_out:
            (self.out / SKIPPED).unlink()
        overflow.refuse(self._too_long, name=self._names.__getitem__)
        if not any(part.height for part in self._segments):
            raise _nothing(self.left_out, self.options)

    def pack(self) -> None:
        """Plan packs over all segments of each split."""
        for name, spill in self._spills.items():
            lengths = spill.segments().lengths
            if self.options.packing == "none":
                longest = self.options.max_length
                fill = lengths.sum() / max(lengths.size * longest, 1)
                self.plans[name] = Plan(Packs.single(lengths.size), lengths.size, float(fill))
            elif lengths.size:
                self.plans[name] = plan(
                    lengths,
                    self.options.max_length,
                    max_segments=self.options.max_segments,
                    seed=self.options.seed,
                )
        self.plans = {name: made for name, made in self.plans.items() if made.packs.segments.size}

    def write(self) -> None:
        """Write every format, read it back, and say which segment stands where."""
        for name, made in self.plans.items():
            tokens = shards.SplitTokens(
                split=name,
                segments=self._spills[name].segments(),
                packs=made.packs,
                max_length=self.options.max_length,
                shard_tokens=self.options.shard_tokens,
                vocab_size=self.encoder.vocab_size,
            )
            for form in self.options.formats:
                if form != "messages":
                    (self.out / form).mkdir(exist_ok=True)
                    shards.write(form, tokens, self.out / form)
                    self.proof.hold_files(tokens, self.out / form)
        self.places().write_parquet(self.out / SEGMENTS, compression="zstd")
        template = None if self.template is None else self.template.source
        self.files.save(self.out / "tokenizer", chat_template=template)
        shutil.rmtree(self.out / _WORK)

    def places(self) -> pl.DataFrame:
        """
        Give every segment its place.

        Columns: split, pack, place (in the pack), id, part, start_token, tokens, trained, row (in
                 reading order), by split, pack and place.
        """
        every = pl.concat(self._segments)
        parts = []
        for name, made in self.plans.items():
            offsets, members = made.packs
            sizes = np.diff(offsets)
            pack = np.repeat(np.arange(sizes.size), sizes)
            mine = every.filter(pl.col("split") == name)[members]
            place = np.arange(members.size) - np.repeat(offsets[:-1], sizes)
            parts.append(
                mine.with_columns(
                    pack=pl.Series(pack, dtype=pl.Int64), place=pl.Series(place, dtype=pl.Int32)
                )
            )
        first = ("split", "pack", "place", "id", "part", "start_token", "tokens", "trained", "row")
        return pl.concat(parts).select(first)

    def _batches(self, records: pl.LazyFrame, task: Task) -> Iterator[Batch]:
        if self.template is None:
            return chunks(records, self.files, self.encoder)
        return examples(records, self.options, task, self.template, self.encoder)

    def _take(self, batch: Batch, tokens: Tokens, skipped: IO[bytes], lines: Lines | None) -> None:
        """Decide what becomes of each row, prove what is written, and put it aside."""
        fitted = self._fitted(batch, tokens)
        row, start, stop, part, _ = fitted.pieces
        trained = self.proof.add(batch, tokens, Pieces(row, start, stop - start))
        split = batch.split.gather(row)
        self._segments.append(
            pl.DataFrame(
                {
                    "split": split,
                    "id": batch.id.gather(row),
                    "part": part.astype(np.int32),
                    "start_token": start,
                    "tokens": (stop - start).astype(np.int32),
                    "trained": trained.astype(np.int32),
                    "row": row + batch.first,
                }
            )
        )
        bounds, places = fitted.pieces.stretches(tokens.offsets)
        for name, spill in self._spills.items():
            mine = (split == name).to_numpy()
            if mine.any():
                ids, mask = gather(tokens.ids, tokens.mask, bounds, places[mine])
                spill.add(ids, mask, (stop - start)[mine])
        self.hidden_reasoning += batch.hidden_reasoning
        self._count(batch, tokens, fitted)
        self._skip(batch, tokens, fitted.left_out, skipped)
        if lines is not None and batch.turns is not None and batch.tools is not None:
            is_written = np.zeros(len(batch.id), bool)
            is_written[row] = True
            wanted = pl.Series(is_written)
            turns = type(batch.turns).of(batch.turns.lists().filter(wanted))
            lines.add(batch.split.filter(wanted), turns, batch.tools.filter(wanted))

    def _fitted(self, batch: Batch, tokens: Tokens) -> Fitted:
        """Cut or leave out what is too long; rows that were left out before have no mask left."""
        mask = tokens.mask
        if gone := tokens.why.is_not_null().arg_true().to_list():
            mask = mask.copy()
            for row in gone:
                mask[tokens.offsets[row] : tokens.offsets[row + 1]] = 0
        return overflow.fit(
            mask,
            tokens.offsets,
            self.options.overflow,
            self.options.max_length,
            turn_starts=lambda row: self._turns(batch, tokens, row),
        )

    def _turns(self, batch: Batch, tokens: Tokens, row: int) -> list[int]:
        """Count the tokens of a row before each of its user's turns."""
        if self.template is None or batch.turns is None or batch.tools is None:
            return []
        first, last = batch.turns.offsets[row : row + 2]
        alone = type(batch.turns)(
            flat=batch.turns.flat[first:last], offsets=np.array([0, last - first])
        )
        chat = next(iter(chats(alone, batch.tools[row : row + 1])))
        text = batch.rendered.texts[row]
        cuts = [len(text[:at].encode()) for at in turn_starts(self.template, chat)]
        starts = tokens.starts[tokens.offsets[row] : tokens.offsets[row + 1]]
        at: NDArray[np.int64] = np.searchsorted(starts, cuts)
        holds = at < starts.size
        return [
            int(n)
            for n, cut in zip(at[holds], np.array(cuts)[holds], strict=True)
            if starts[n] == cut
        ]

    def _count(self, batch: Batch, tokens: Tokens, fitted: Fitted) -> None:
        self.ledger += TokenLedger.of(
            batch.split,
            tokens=np.diff(tokens.offsets),
            trained=fitted.trained,
            context=fitted.context,
            truncated=fitted.truncated,
            dropped=fitted.dropped,
        )

    def _skip(
        self, batch: Batch, tokens: Tokens, left_out: Iterable[LeftOut], file: IO[bytes]
    ) -> None:
        """Name what is left out, with its reason."""
        for gone in left_out:
            told = tokens.why[gone.row]
            self.left_out[told or gone.reason] += 1
            if self.options.overflow == "error" and gone.reason == overflow.TOO_LONG:
                place = batch.first + gone.row
                self._names[place] = batch.name(gone.row)
                self._too_long.append(gone._replace(row=place))
            line: dict[str, Any] = {
                "id": batch.id[gone.row],
                "split": batch.split[gone.row],
                "part": gone.part,
                "reason": told or gone.detail,
                "tokens": gone.stop - gone.start,
            }
            file.write(orjson.dumps(line) + b"\n")


def _nothing(left_out: Counter[str], options: Options) -> WriteError:
    """Word why an export has no row."""
    if left_out:
        (why, count), *_ = left_out.most_common(1)
        return WriteError(f"no row can be written: {why} ({count:,} rows)", where="trainer")
    hint = "add derive: [chunks], or leave out rows: chunks" if options.rows == "chunks" else ""
    return WriteError(f"there are no {options.rows} to write", where="trainer", hint=hint)
