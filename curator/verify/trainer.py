"""A trainer export held against the records: every token is made again, and compared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from curator.errors import CuratorError, MissingExtra, Violation, shorten
from curator.manifest import load
from curator.records import ROLES
from curator.verify.files import named
from curator.verify.redo import Makings, Redone, makings, redo
from curator.verify.segments import FOLDER, MASKS, table, told
from curator.verify.witness import Witness
from curator.write.trainer.stored import FORMATS, IN_PACKS, Shard, shards, splits_of
from curator.write.trainer.tokens import IGNORED

_CHUNK_SEGMENTS = 4_096  # whose tokens are compared with what was told of them at once
Ints = NDArray[np.int64]


class _Fault(NamedTuple):
    """What is wrong with one segment, or with a file where no id is known."""

    id: str | None
    split: str
    pack: int
    what: str


def masks(witness: Witness, promise: str) -> list[Violation]:
    """Find tokens and labels that are not those which the records give, and packs that differ."""
    export = witness.folder / FOLDER
    if not export.is_dir():
        return []
    try:
        with TemporaryDirectory() as work:
            by = makings(export, load(witness.folder), witness.task())
            faults = list(_faults(witness, by, redo(witness.kept, by, Path(work))))
    except MissingExtra:
        raise
    except CuratorError as error:
        return [Violation(rule=promise, message=error.message, where=error.where or str(export))]
    rows = pl.DataFrame(
        faults, schema={"id": pl.String, "split": pl.String, "pack": int, "what": str}, orient="row"
    )
    known, other = rows.filter(pl.col("id").is_not_null()), rows.filter(pl.col("id").is_null())
    return [
        *named(other, promise, "{split}: {what}", where=str(export)),
        *named(known, promise, "{id} ({split}, pack {pack}): {what}", where=str(export)),
    ]


def _faults(witness: Witness, by: Makings, redone: Redone) -> Iterator[_Fault]:
    export = witness.folder / FOLDER
    yield from _sources(export, by)
    segments = witness.numbered(table(export))
    wrong = list(_places(segments, redone, by))
    yield from wrong
    if wrong:
        return  # what the files should hold is not known
    yield from _counts(export, segments, redone)
    for form in FORMATS:
        for split in sorted(splits_of(export / form)) if (export / form).is_dir() else ():
            own = segments.filter(pl.col("split") == split)
            if form not in IN_PACKS:
                own = own.sort("row", "start_token").with_columns(pack=pl.int_range(pl.len()))
            yield from _File(export / form, split, own, redone, by).faults()


def _sources(export: Path, by: Makings) -> Iterator[_Fault]:
    said = told(export, MASKS)
    ours = {"tokenizer": by.files.sha256, "template": by.template and by.template.sha256}
    for name, sha256 in ours.items():
        if (said[name] or {}).get("sha256") != sha256:
            yield _Fault(None, MASKS, 0, f"the {name} that it names is not the one in tokenizer/")


def _places(segments: pl.DataFrame, redone: Redone, by: Makings) -> Iterator[_Fault]:
    """Each segment is a part of a row that may be written; no two share a token."""
    row, start = (segments[name].to_numpy().astype(np.int64) for name in ("row", "start_token"))
    tokens = segments["tokens"].to_numpy().astype(np.int64)
    is_known = (row >= 0) & (row < redone.rows.height)
    known = np.where(is_known, row, 0)
    lengths = np.append(np.diff(redone.offsets), 0)[known]
    order = np.lexsort((start, row))
    follows = np.append(False, (row[order][1:] == row[order][:-1]))
    ends = np.append(0, (start + tokens)[order][:-1])
    overlaps = np.zeros(row.size, bool)
    overlaps[order] = follows & (start[order] < ends)
    why = redone.rows["why"].gather(known) if redone.rows.height else pl.Series([None] * row.size)
    checks: list[tuple[NDArray[np.bool_], Any]] = [
        (~is_known, "there is no such row"),
        (
            is_known & ((start < 0) | (tokens < 1) | (start + tokens > lengths)),
            "it ends behind its row",
        ),
        (overlaps, "it shares tokens with another segment of its row"),
        (is_known & why.is_not_null().to_numpy(), why),
    ]
    for bad, what in checks:
        for at in np.flatnonzero(bad).tolist():
            words = what if isinstance(what, str) else f"it may not be written: {what[at]}"
            yield _Fault(*_name(segments, at), words)
    sums = segments.group_by("split", "pack", maintain_order=True).agg(pl.col("tokens").sum())
    for split, pack, total in sums.filter(pl.col("tokens") > by.options.max_length).iter_rows():
        words = f"pack {pack} has {total:,} tokens, more than {by.options.max_length:,}"
        yield _Fault(None, split, pack, words)


def _name(segments: pl.DataFrame, at: int) -> tuple[str, str, int]:
    row = segments.row(at, named=True)
    return row["id"], row["split"], row["pack"]


def _starts(segments: pl.DataFrame, redone: Redone) -> tuple[Ints, Ints]:
    """Give where each segment begins among all tokens, and how many it has."""
    row, start = (segments[name].to_numpy().astype(np.int64) for name in ("row", "start_token"))
    return redone.offsets[row] + start, segments["tokens"].to_numpy().astype(np.int64)


def _counts(export: Path, segments: pl.DataFrame, redone: Redone) -> Iterator[_Fault]:
    """Count anew what counts in each segment, who says it, and how many tokens came in."""
    spoken: dict[str, Ints] = {}
    for split in segments["split"].unique(maintain_order=True):
        own = segments.filter(pl.col("split") == split)
        spoken[split] = np.zeros(len(ROLES) + 1, np.int64)
        for first in range(0, own.height, _CHUNK_SEGMENTS):
            part = own.slice(first, _CHUNK_SEGMENTS)
            starts, lengths = _starts(part, redone)
            made = redone.at(starts, lengths)
            spoken[split] += np.bincount(made.roles, minlength=len(ROLES) + 1)
            counted = np.add.reduceat(made.counts.astype(np.int64), np.cumsum(lengths) - lengths)
            said = part["trained"].to_numpy()
            for at in np.flatnonzero((counted != said) | (counted == 0)).tolist():
                words = f"{counted[at]:,} tokens count, segments.parquet says {said[at]:,}"
                yield _Fault(*_name(part, at), words if counted[at] else "no token counts")
    for split, counts in told(export, MASKS)["splits"].items():
        rest, *said = spoken.get(split, np.zeros(len(ROLES) + 1, np.int64)).tolist()
        ours = dict(zip(ROLES, said, strict=True)) | {"template": rest, "text": rest}
        for role, tokens in counts["by_role"].items():
            if tokens != ours.get(role):
                words = f"{MASKS} gives {role} {tokens:,} tokens, it has {ours.get(role):,}"
                yield _Fault(None, split, 0, words)
    arrived = np.diff(redone.offsets)
    for split, sums in told(export, "trainer.json")["ledger"]["splits"].items():
        total = int(arrived[(redone.rows["split"] == split).to_numpy()].sum())
        if total != sums["tokens"]:
            words = f"its rows have {total:,} tokens, the ledger says {sums['tokens']:,}"
            yield _Fault(None, split, 0, words)


class _File(NamedTuple):
    """The files of one format and split, and the segments that should stand in them, in order."""

    folder: Path
    split: str
    segments: pl.DataFrame
    redone: Redone
    by: Makings

    def faults(self) -> Iterator[_Fault]:
        """Compare everything, in order; where packs differ, what follows them is not compared."""
        packs = self.segments.group_by("pack", maintain_order=True).len()["len"].to_numpy()
        at = pack = 0
        for shard in shards(self.folder, self.split):
            block = shard.block
            for fault in shard.faults:
                yield _Fault(None, self.split, pack, f"{shard.path.name}: {fault}")
            some = self.segments.slice(at, block.seq_lengths.size)
            if differs := _differs(shard, some, packs[pack:]):
                yield _Fault(None, self.split, pack, f"{shard.path.name}: {differs}")
                return
            if some.height:
                yield from self._tokens(shard, some)
            at += block.seq_lengths.size
            pack += block.pack_offsets.size - 1
        if at != self.segments.height:
            words = f"{self.folder.name} holds {at:,} of {self.segments.height:,} segments"
            yield _Fault(None, self.split, pack, words)

    def _tokens(self, shard: Shard, some: pl.DataFrame) -> Iterator[_Fault]:
        starts, lengths = _starts(some, self.redone)
        made = self.redone.at(starts, lengths)
        ids, labels = shard.block.ids, shard.block.labels
        expected = np.where(made.counts, made.ids, IGNORED)
        begins = np.cumsum(lengths) - lengths
        differs = labels != expected
        if shard.is_shifted:
            differs[begins] = False  # the format does not say it
        bad = np.flatnonzero((ids != made.ids) | differs)
        segment, first = np.unique(
            np.searchsorted(begins, bad, side="right") - 1, return_index=True
        )
        for at, place in zip(segment.tolist(), bad[first].tolist(), strict=True):
            token = f"{self.folder.name}: token {place - begins[at]}"
            if ids[place] != made.ids[place]:
                words = f"{token} is {self._text(ids[place])}, not {self._text(made.ids[place])}"
            elif labels[place] not in (IGNORED, ids[place]):
                words = f"{token} has the label {labels[place]}, neither its id nor {IGNORED}"
            else:
                says = (
                    "does not count, but should" if made.counts[place] else "counts, but should not"
                )
                words = f"{token}, {self._text(ids[place])}, {says}"
            yield _Fault(*_name(some, at), words)

    def _text(self, token: np.int32) -> str:
        return shorten(repr(self.by.encoder.decode([int(token)])), 24)


def _differs(shard: Shard, some: pl.DataFrame, packs: Ints) -> str:
    """Say where the packs of a file are not those of the table, or do not add up."""
    block = shard.block
    sizes = np.diff(block.seq_offsets)
    before = np.concatenate([[0], np.cumsum(block.seq_lengths, dtype=np.int64)])
    sums = before[block.seq_offsets[1:]] - before[block.seq_offsets[:-1]]
    if (bad := np.flatnonzero(sums != np.diff(block.pack_offsets))).size:
        held = np.diff(block.pack_offsets)[bad[0]]
        return f"a row of {held:,} tokens has segments of {sums[bad[0]]:,}"
    if some.height < block.seq_lengths.size or sizes.size > packs.size:
        return "it holds more segments than segments.parquet has"
    if (sizes != packs[: sizes.size]).any():
        return "its packs have other numbers of segments than segments.parquet has"
    if (block.seq_lengths != some["tokens"].to_numpy()).any():
        return "its segments have other lengths than segments.parquet has"
    return ""
