"""One pack of a trainer export as its files hold it: who stands in it, and what counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from curator.errors import RecipeError, SourceError
from curator.records import SPLITS
from curator.tokenizer import Encoder, open_encoder, open_files
from curator.verify.segments import FOLDER, SEGMENTS, table
from curator.write.trainer.stored import FORMATS, IN_PACKS, find
from curator.write.trainer.tokens import IGNORED


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One example of a pack, or the part of it that stands there."""

    id: str
    part: int
    start_token: int
    ids: list[int]
    labels: list[int]
    pieces: list[bytes]  # what each token spells

    @property
    def tokens(self) -> int:
        """How many there are."""
        return len(self.ids)

    @property
    def trained(self) -> int:
        """How many of them count."""
        return sum(label != IGNORED for label in self.labels)

    def runs(self) -> Iterator[tuple[str, bool]]:
        """Give the text in stretches that are trained on, or are not."""
        both = zip(self.pieces, (label != IGNORED for label in self.labels), strict=True)
        for is_trained, run in groupby(both, lambda one: one[1]):
            yield b"".join(piece for piece, _ in run).decode("utf-8", "replace"), is_trained

    def as_dict(self) -> dict[str, Any]:
        """Give everything by name, for JSON; ``texts`` are the tokens', runs are of whole ones."""
        return {
            "id": self.id,
            "part": self.part,
            "start_token": self.start_token,
            "tokens": self.tokens,
            "trained": self.trained,
            "ids": self.ids,
            "labels": self.labels,
            "runs": [{"text": text, "is_trained": known} for text, known in self.runs()],
            "texts": [piece.decode("utf-8", "replace") for piece in self.pieces],
        }


@dataclass(frozen=True, kw_only=True)
class Pack:
    """One pack, or one row of a format that has none."""

    split: str
    number: int
    packs: int  # of the split
    file: str  # in the export
    segments: tuple[Segment, ...]

    @property
    def tokens(self) -> int:
        """All tokens of the pack."""
        return sum(segment.tokens for segment in self.segments)

    @property
    def trained(self) -> int:
        """How many of them count."""
        return sum(segment.trained for segment in self.segments)

    def as_dict(self) -> dict[str, Any]:
        """Give everything by name, for JSON."""
        return {
            "split": self.split,
            "pack": self.number,
            "packs": self.packs,
            "file": self.file,
            "tokens": self.tokens,
            "trained": self.trained,
            "segments": [segment.as_dict() for segment in self.segments],
        }


def open_pack(folder: Path, split: str, pack: int, *, files: str | None = None) -> Pack:
    """
    Read pack ``pack`` of a split, in the format ``files`` or the first that there is.

    Raises: SourceError where there is no export, or its files do not agree; RecipeError for a
            format, a split or a pack that it does not have.
    """
    export = folder if (folder / SEGMENTS).is_file() else folder / FOLDER
    there = [name for name in FORMATS if (export / name).is_dir()]
    if not (export / SEGMENTS).is_file() or not there:
        raise SourceError(
            "there is no trainer export here",
            where=str(folder),
            hint="put trainer under write: in the recipe, and run it",
        )
    if files is not None and files not in there:
        raise RecipeError(f"there are no {files} files", hint=f"there are {', '.join(there)}")
    form = files or there[0]
    shard, packs = find(export / form, split, pack)
    if shard is None:
        rows = table(export)["split"].unique().to_list()
        hint = f"packs 0 to {packs - 1}"
        if not packs:
            hint = f"--split {' or '.join(name for name in SPLITS if name in rows)}"
        raise RecipeError(
            f"{split} has no pack {pack:,}" if packs else f"{split} has no rows", hint=hint
        )
    members = _members(table(export).filter(pl.col("split") == split), form, pack)
    if members["tokens"].to_list() != shard.block.seq_lengths.tolist():
        raise SourceError(
            f"pack {pack} of {form} is not the one that {SEGMENTS} tells of",
            where=str(shard.path),
            hint="curator verify says what else differs",
        )
    encoder = open_encoder(open_files(str(export / "tokenizer")), reference_only=True)
    ends = np.cumsum(shard.block.seq_lengths).tolist()
    return Pack(
        split=split,
        number=pack,
        packs=packs,
        file=shard.path.relative_to(export).as_posix(),
        segments=tuple(
            _segment(
                row,
                shard.block.ids[end - row["tokens"] : end].tolist(),
                shard.block.labels[end - row["tokens"] : end].tolist(),
                encoder,
            )
            for row, end in zip(members.to_dicts(), ends, strict=True)
        ),
    )


def _members(segments: pl.DataFrame, form: str, pack: int) -> pl.DataFrame:
    if form in IN_PACKS:
        return segments.filter(pl.col("pack") == pack).sort("place")
    return segments.sort("row", "start_token").slice(pack, 1)


def _segment(row: dict[str, Any], ids: list[int], labels: list[int], encoder: Encoder) -> Segment:
    return Segment(
        id=row["id"],
        part=row["part"],
        start_token=row["start_token"],
        ids=ids,
        labels=labels,
        pieces=[_piece(one, encoder) for one in ids],
    )


def _piece(token: int, encoder: Encoder) -> bytes:
    spelling = encoder.spelling
    if spelling is None or not 0 <= token < spelling.offsets.size - 1:
        return encoder.decode([token]).encode()
    return spelling.data[spelling.offsets[token] : spelling.offsets[token + 1]].tobytes()
