"""Tell the life of one row: where it came from, what touched it, where it ended."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from curator.engine import Engine
from curator.errors import SourceError
from curator.manifest import load
from curator.pipeline.folder import DOCUMENTS, RECORDS, REJECTED

MIN_PREFIX = 4
_SHOWN_MATCHES = 5


@dataclass(frozen=True, kw_only=True)
class Life:
    """One row of a run, as its files tell it."""

    id: str
    fate: str  # "kept", "rejected" or "merged"
    row: dict[str, Any]  # the record; a rejected one also has step, reason and detail
    absorbed: tuple[dict[str, Any], ...]  # rows that were merged into this one: id, uri, row, step
    artifacts: tuple[str, ...]  # files of the run that hold the row
    segments: tuple[dict[str, Any], ...] = ()  # where its tokens stand: split, pack, place, ...
    left_out: tuple[dict[str, Any], ...] = ()  # what of it was not tokenised: reason, tokens, part

    def as_dict(self) -> dict[str, Any]:
        """Give the fields by name, for JSON."""
        return {
            "id": self.id,
            "fate": self.fate,
            "row": self.row,
            "absorbed": list(self.absorbed),
            "artifacts": list(self.artifacts),
            "segments": list(self.segments),
            "left_out": list(self.left_out),
        }


def explain(folder: Path, name: str, engine: Engine) -> list[Life]:
    """
    Find the rows of a run by id: whole, or its first characters; a former id counts as well.

    Several rows can share an id: repeats of one content have one.

    Raises: SourceError where no row, or more than one id, begins with ``name``.
    """
    load(folder)
    if not (folder / RECORDS).is_file():
        raise SourceError(
            "its records are not here: what was published of a run has none",
            where=str(folder),
            hint="ask the folder that curator run has made",
        )
    if len(name) < MIN_PREFIX:
        raise SourceError(f"{name!r} is too short", hint=f"give {MIN_PREFIX} characters of an id")
    found = _find(folder, name, engine)
    ids = sorted({row["id"] for row in found})
    if not ids:
        raise SourceError(f"no row has an id that begins with {name!r}", where=str(folder))
    if len(ids) > 1:
        listed = ", ".join(ids[:_SHOWN_MATCHES])
        raise SourceError(f"{len(ids)} ids begin with {name!r}: {listed}", hint="give more of it")
    return [_life(folder, row, engine) for row in found]


def _find(folder: Path, name: str, engine: Engine) -> list[dict[str, Any]]:
    parent = pl.col("provenance").struct.field("parent_id")
    hit = pl.col("id").str.starts_with(name) | parent.str.starts_with(name).fill_null(value=False)
    found = []
    for file in (RECORDS, DOCUMENTS, REJECTED):
        if (folder / file).is_file():
            matches = engine.gather(pl.scan_parquet(folder / file).filter(hit)).sort("position")
            found += [{**row, "_file": file} for row in matches.to_dicts()]
    return found


def _life(folder: Path, row: dict[str, Any], engine: Engine) -> Life:
    file = row.pop("_file")
    fate = "merged" if row["merged_into"] else "rejected" if row["rejected"] else "kept"
    origin = pl.col("provenance").struct
    absorbed = engine.gather(
        pl.scan_parquet(folder / REJECTED)
        .filter((pl.col("merged_into") == row["id"]) & (pl.col("position") != row["position"]))
        .select("position", "id", "step", uri=origin.field("uri"), row=origin.field("row"))
    )
    return Life(
        id=row["id"],
        fate=fate,
        row=row,
        absorbed=() if fate != "kept" else tuple(absorbed.sort("position").to_dicts()),
        artifacts=(file, *_artifacts(folder, row)) if fate == "kept" else (file,),
        segments=_segments(folder, row["id"]) if fate == "kept" else (),
        left_out=_left_out(folder, row["id"]) if fate == "kept" else (),
    )


def _segments(folder: Path, name: str) -> tuple[dict[str, Any], ...]:
    """Find the segments of a row; rows of one content have one id, and are all given."""
    path = folder / "trainer" / "segments.parquet"
    if not path.is_file():
        return ()
    hit = pl.scan_parquet(path).filter(pl.col("id") == name)
    return tuple(hit.sort("row", "start_token").drop("id", "row").collect().to_dicts())


def _left_out(folder: Path, name: str) -> tuple[dict[str, Any], ...]:
    path = folder / "trainer" / "skipped.jsonl"
    if not path.is_file():
        return ()
    with path.open("rb") as lines:
        found = [orjson.loads(line) for line in lines if name.encode() in line]
    said = ("reason", "tokens", "part")
    return tuple({key: gone[key] for key in said} for gone in found if gone["id"] == name)


def _artifacts(folder: Path, row: dict[str, Any]) -> list[str]:
    """Name the artifacts that say the id of a kept row: files of the bank, and its shard."""
    holders = []
    needle = row["id"].encode()
    for path in sorted(folder.glob("bank/**/*.jsonl")):
        with path.open("rb") as lines:
            if any(needle in line for line in lines):
                holders.append(path.relative_to(folder).as_posix())
    for path in sorted(folder.glob(f"dataset/data/{row['split']}-*.parquet")):
        ids = pl.scan_parquet(path).select((pl.col("id") == row["id"]).any())
        if ids.collect().item():
            holders.append(path.relative_to(folder).as_posix())
    return holders
