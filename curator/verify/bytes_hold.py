"""Same bytes: an id is the hash of its content, and a file is what the manifest says it is."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from curator import records as rows
from curator.engine import Engine
from curator.errors import Violation
from curator.manifest import MANIFEST, load, sha256_of
from curator.verify.files import gather, named, record_files

PROMISE = "same bytes"


def check(folder: Path, engine: Engine) -> list[Violation]:
    """Find rows whose content did not give them their id, and files that have changed."""
    return [*_ids(folder, engine), *_files(folder)]


def _ids(folder: Path, engine: Engine) -> list[Violation]:
    violations = []
    for path in record_files(folder):
        whole = rows.complete(pl.scan_parquet(path).drop("step", "reason", "detail", strict=False))
        hashed = whole.select("position", "id", hashed=rows.content_id())
        wrong = gather(engine, hashed.filter(pl.col("id") != pl.col("hashed")), "position")
        message = "row {position}: the id {id} is not that of its content ({hashed})"
        violations += named(wrong, PROMISE, message, where=str(path))
    return violations


def _files(folder: Path) -> list[Violation]:
    said = load(folder).artifacts
    there = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    there.pop(MANIFEST, None)
    changed = {
        name
        for name in said.keys() & there.keys()
        if sha256_of(there[name]) != said[name]["sha256"]
    }
    messages = [
        *((name, "the manifest lists this file, but it is gone") for name in said.keys() - there),
        *((name, "the manifest does not list this file") for name in there.keys() - said),
        *((name, "its bytes are not those that the run wrote") for name in changed),
    ]
    return [
        Violation(
            rule=PROMISE, message=message, where=str(folder / name), hint="run the recipe again"
        )
        for name, message in sorted(messages)
    ]
